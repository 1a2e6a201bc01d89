"""What the presenter page needs of the demonstration's world, and nothing else of it."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

Holding = Literal["nothing", "passport", "certificate", "face"]


@dataclass(frozen=True, slots=True)
class CastMember:
    """One traveller who can be sent to the lane, as a card shows them."""

    key: str
    name: str = field(repr=False)
    portrait_png: bytes = field(repr=False)
    """The face of their passport, at least 144 x 180 pixels."""
    about_key: str
    """Key of the catalogues: what is special about them."""
    expects: Literal["ADMIT", "REFER"]
    """What a right station says."""


@dataclass(frozen=True, slots=True)
class Visit:
    """How a traveller's visit ended."""

    key: str
    outcome: Literal["ADMIT", "REFER"] | None
    """None when the station never came to an end."""
    saved: str
    """Number of the saved screening as the screen showed it; empty when there was none."""


@dataclass(frozen=True, slots=True)
class WorldState:
    """The world at one moment."""

    automatic: bool
    """Travellers come by themselves."""
    current: str | None
    """Key of who stands at the lane."""
    holding: Holding
    waiting: int
    """How many stand in the queue."""
    screen: str
    """What the traveller screen says: idle, document, certificate, temperature, rest, confirm, admit, refer, again,
    not_ready, or `gone` when it is not seen."""
    needs: tuple[tuple[str, str], ...]
    """(document | certificate | temperature, need | now | done) as the screen shows them."""
    verdict: Literal["ADMIT", "REFER"] | None
    saved: str | None
    """Number of the screening, once it is on disk."""
    visits: tuple[Visit, ...]
    """Those that have ended, oldest first."""


class WorldHandle(Protocol):
    """What the presenter can see and do. Every call returns at once and may come from any thread."""

    def present(self, key: str) -> None:
        """Send one traveller to the lane.

        Raises:
            KeyError: there is nobody of that key.
        """

    def automatic(self, on: bool) -> None:
        """Let travellers come by themselves, or stop that."""

    def state(self) -> WorldState:
        """The world now."""

    def picture(self) -> bytes | None:
        """The JPEG before the camera now."""


@dataclass(frozen=True, slots=True)
class PresenterLinks:
    """Where the screens of the demonstration are, and who signs in there."""

    traveller: str
    officer: str
    board: str
    officer_name: str
    officer_pin: str
    """Of the demonstration's own officer; nobody else has one that a page shows."""
