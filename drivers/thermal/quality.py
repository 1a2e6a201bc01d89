"""Whether what a streaming scanner sends may be relied on: the limits that are not about bytes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from drivers.ports import Fact

_EMISSIVITY_STEP = 0.005


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a scanner since its link was opened."""

    unchanged_seconds: float
    """For how long it has sent one and the same picture."""
    bad: int
    """Broken ones among the last `judged` pictures."""
    judged: int
    """0 when there are too few to judge."""
    jumped_celsius: float
    """The largest step of its own temperature between two neighbouring ones of the kept pictures."""
    emissivity: float | None
    """What it says is in force; None when it has said nothing or has only one."""
    facts: Mapping[Fact, str]


class Limits(Protocol):
    """What is asked of it; the scanner's settings are one."""

    @property
    def device(self) -> str:
        """Its name."""

    @property
    def emissivity(self) -> float | None:
        """What it is to measure with; None when that is left to it."""

    @property
    def stuck_seconds(self) -> float:
        """The same picture for so long is a stuck sensor."""

    @property
    def bad_share(self) -> float:
        """Of the judged pictures, 0 to 1."""

    @property
    def jump_celsius(self) -> float:
        """The largest step that its own temperature may make."""

    @property
    def offset_celsius(self) -> float:
        """What it is known to add to every reading."""


def complaint(evidence: Evidence, limits: Limits) -> str:
    """One sentence on what is wrong and what to do; empty when the scanner may be relied on."""
    device = limits.device
    if evidence.unchanged_seconds > limits.stuck_seconds:
        return f"{device} repeats one and the same picture; unplug it and plug it in again."
    if evidence.judged and evidence.bad >= limits.bad_share * evidence.judged:
        return f"{evidence.bad} of {device}'s last {evidence.judged} pictures came broken; check its cable."
    wanted, said = limits.emissivity, evidence.emissivity
    if wanted is not None and said is not None and abs(said - wanted) > _EMISSIVITY_STEP:
        return f"{device} measures with emissivity {said:.2f} instead of {wanted:.2f}; unplug it and plug it in again."
    if evidence.jumped_celsius > limits.jump_celsius:
        return (
            f"{device}'s own temperature jumped by {evidence.jumped_celsius:.1f} degrees; "
            "keep it out of draught and sun, and replace it when that goes on."
        )
    offset = float(evidence.facts.get(Fact.OFFSET, limits.offset_celsius))
    if abs(offset - limits.offset_celsius) > 0.05:
        return (
            f"{device} adds {offset:+.1f} degrees to every reading by a setting of its own instead of "
            f"{limits.offset_celsius:+.1f}; correct its offset register."
        )
    return ""
