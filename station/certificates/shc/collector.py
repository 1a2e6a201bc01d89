"""Codes of a card that is split over several, shown one after another ("Chunking Larger SHCs": in any order)."""

from dataclasses import dataclass

from station.certificates.errors import StepFailed
from station.certificates.shc.jws import inflate, open_envelope, read_json
from station.certificates.shc.numeric import Part, join, read_parts

PATIENCE = 60.0
"""Seconds after which a part that was shown is forgotten."""


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """One part, and when it was shown last."""

    part: Part
    text: str
    at: float


@dataclass(frozen=True, slots=True, repr=False)
class Collector:
    """The parts shown of late, of each the newest, so that showing all of a card is enough, whatever came before."""

    held: tuple[Shown, ...] = ()
    """By index; all say the same number of parts."""

    def add(self, text: str, moment: float, patience: float = PATIENCE) -> tuple["Collector", str]:
        """Take up the text of a code.

        Args:
            text: of any 2D code.
            moment: seconds of a clock that only goes forward.
            patience: seconds after which held parts count no longer.

        Returns:
            What is held now, and what to verify: the parts together, whole or not; the text itself when it is no
            part, or when the parts make no card that can be unpacked (they are of two people's cards).
        """
        part = _part(text)
        if part is None:
            return self, text
        others = [
            each
            for each in self.kept(moment, patience).held
            if each.part.total == part.total and each.part.index != part.index
        ]
        held = tuple(sorted([*others, Shown(part, text.strip(), moment)], key=lambda each: each.part.index))
        if len(held) == part.total and not _is_card(tuple(each.part for each in held)):
            return Collector(held), text
        return Collector(held), "\n".join(each.text for each in held)

    def kept(self, moment: float, patience: float = PATIENCE) -> "Collector":
        """What is still held at that moment: people's data does not lie about longer than it is of use."""
        fresh = tuple(each for each in self.held if moment - each.at <= patience)
        return self if len(fresh) == len(self.held) else Collector(fresh)


def _part(text: str) -> Part | None:
    """The one numbered part of several that a text is; None when it is anything else."""
    try:
        parts = read_parts(text)
    except StepFailed:
        return None
    return parts[0] if len(parts) == 1 and parts[0].total > 1 else None


def _is_card(parts: tuple[Part, ...]) -> bool:
    """Whether the parts together can be unpacked; whose they are is not asked here."""
    try:
        read_json(inflate(open_envelope(join(parts)).compressed))
    except StepFailed:
        return False
    return True
