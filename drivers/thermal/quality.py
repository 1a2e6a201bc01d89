"""Whether what a streaming scanner sends may be relied on: the limits that are not about bytes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from config.messages.said import say
from drivers.ports import Fact

_EMISSIVITY_STEP = 0.005
_OFFSET_STEP = 0.05


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
        return say("{device} repeats one and the same picture; unplug it and plug it in again.", device=device)
    if evidence.judged and evidence.bad >= limits.bad_share * evidence.judged:
        what = "{bad} of {device}'s last {judged} pictures came broken; check its cable."
        return say(what, device=device, bad=str(evidence.bad), judged=str(evidence.judged))
    wanted, said = limits.emissivity, evidence.emissivity
    if wanted is not None and said is not None and abs(said - wanted) > _EMISSIVITY_STEP:
        what = "{device} measures with emissivity {said} instead of {wanted}; unplug it and plug it in again."
        return say(what, device=device, said=f"{said:.2f}", wanted=f"{wanted:.2f}")
    if evidence.jumped_celsius > limits.jump_celsius:
        what = (
            "{device}'s own temperature jumped by {step} degrees; "
            "keep it out of draught and sun, and replace it when that goes on."
        )
        return say(what, device=device, step=f"{evidence.jumped_celsius:.1f}")
    offset = float(evidence.facts.get(Fact.OFFSET, limits.offset_celsius))
    if abs(offset - limits.offset_celsius) > _OFFSET_STEP:
        what = (
            "{device} adds {said} degrees to every reading by a setting of its own instead of {known}; "
            "correct its offset register."
        )
        return say(what, device=device, said=f"{offset:+.1f}", known=f"{limits.offset_celsius:+.1f}")
    return ""
