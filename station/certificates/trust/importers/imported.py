"""What a reader makes of a list: signers, revocations, the list's own date, and what it had to leave out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from station.certificates.revocation.batches import Batch
from station.certificates.trust.bundle import Signer


@dataclass(frozen=True, slots=True)
class Imported:
    """The content of one list."""

    signers: tuple[Signer, ...] = ()
    batches: tuple[Batch, ...] = ()
    as_of: datetime | None = None
    """When the list was made, by its own word."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Why rows were left out, and how many for each reason."""


class Collector:
    """Gathers the rows of a list; a bad row is counted and left out, a list of bad rows only is none."""

    def __init__(self) -> None:
        """Start empty."""
        self.signers: list[Signer] = []
        self.batches: list[Batch] = []
        self.left_out: Counter[str] = Counter()

    def leave_out(self, why: str) -> None:
        """Count a row that is not taken."""
        self.left_out[why] += 1

    def result(self, as_of: datetime | None = None) -> Imported:
        """What was gathered.

        Raises:
            ValueError: nothing was, though there were rows.
        """
        if self.left_out and not self.signers and not self.batches:
            raise ValueError(f"no row of the list can be used: {'; '.join(self.left_out)}")
        return Imported(tuple(self.signers), tuple(self.batches), as_of, dict(self.left_out))


UNREADABLE = "its certificate or key cannot be read"
ROW_ERRORS = (ValueError, KeyError, TypeError, AttributeError, IndexError)
"""What a malformed row of JSON raises in a reader that goes straight to its fields."""


def moment(value: object) -> datetime | None:
    """A time of a list as ISO 8601 text; None when it is none."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
