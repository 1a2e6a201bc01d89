"""How often a high skin temperature was a fever: from stored screenings, by what a thermometer then said. Pure.

Fevers are rare: at 3 in 10,000 travellers even a scanner that finds 99 % of them and is wrong about 1 % of the others
is right in 3 of 100 alarms (0.0003 * 0.99 / (0.0003 * 0.99 + 0.9997 * 0.01) = 0.029). So the share of confirmed ones
among the alarms that were followed up is reported with its 95 % interval (Wilson score, 1927), never alone.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from config.rules.reasons import ReasonCode
from drivers.readings import TemperatureState
from station.evidence import Attestation
from station.judgement.temperature import hand_celsius

_Z = 1.959963984540054
"""Of the normal distribution, two-sided 95 %."""
BASE_RATE_NOTE = (
    "At a base rate of 0.03 % even a scanner of 99 % sensitivity and 99 % specificity is right in 3 of 100 alarms."
)


class Outcome(StrEnum):
    """What became of one screening's skin temperature."""

    UNMEASURED = "unmeasured"
    """None was taken by the scanner, or the order asked for none."""
    UNUSABLE = "unusable"
    """Taken, and none might be used: not calibrated, drift, conditions."""
    LOW = "low"
    CONFIRMED = "confirmed"
    """High at first, and at or above the limit by thermometer."""
    NOT_CONFIRMED = "not_confirmed"
    """High at first, and below the limit by thermometer."""
    NOT_FOLLOWED_UP = "not_followed_up"
    """High at first; no thermometer, or before the rest was over."""


@dataclass(frozen=True, slots=True)
class TemperatureReport:
    """Counts of screenings."""

    screenings: int
    purged: int
    """Their content is gone; they are counted nowhere else."""
    unmeasured: int
    unusable: int
    low: int
    confirmed: int
    not_confirmed: int
    not_followed_up: int

    @property
    def measured(self) -> int:
        """Screenings with a usable skin temperature by the scanner."""
        return self.low + self.first_high

    @property
    def first_high(self) -> int:
        """Screenings with a skin temperature at or above the limit."""
        return self.second_by_thermometer + self.not_followed_up

    @property
    def second_by_thermometer(self) -> int:
        """High ones that a thermometer measured after the rest."""
        return self.confirmed + self.not_confirmed

    @property
    def predictive_value(self) -> float | None:
        """Share of confirmed ones among those that were followed up; None when there was none."""
        followed = self.second_by_thermometer
        return self.confirmed / followed if followed else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95 % interval by Wilson's score."""
        followed = self.second_by_thermometer
        return wilson(self.confirmed, followed) if followed else None


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927).

    Raises:
        ValueError: there are no trials, or more successes than trials.
    """
    if trials <= 0 or not 0 <= successes <= trials:
        raise ValueError("A share needs trials, and no more successes than those.")
    share, square = successes / trials, _Z * _Z
    centre = (share + square / (2 * trials)) / (1 + square / trials)
    half = _Z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials)) / (1 + square / trials)
    return max(0.0, centre - half), min(1.0, centre + half)


def report(payloads: Iterable[Mapping[str, Any]]) -> TemperatureReport:
    """Count the outcomes of stored screenings (payloads of SCREENING entries; purged ones are empty)."""
    found: Counter[Outcome] = Counter()
    purged = 0
    for payload in payloads:
        if payload:
            found[outcome_of(payload)] += 1
        else:
            purged += 1
    return TemperatureReport(
        screenings=sum(found.values()) + purged,
        purged=purged,
        **{each.value: found[each] for each in Outcome},
    )


def outcome_of(payload: Mapping[str, Any]) -> Outcome:
    """What became of one screening's skin temperature, by the limit under which it was judged."""
    rows = payload.get("evidence", ())
    taken = [row for row in rows if row["kind"] == "temperature"]
    usable = [row for row in taken if row["state"] == TemperatureState.READY and row["max_celsius"] is not None]
    if not usable:
        return Outcome.UNUSABLE if taken else Outcome.UNMEASURED
    spoken = next((o for o in payload["outcomes"] if o["code"].startswith("T-") and "limit" in o["params"]), None)
    if spoken is None:
        return Outcome.UNMEASURED
    limit = float(spoken["params"]["limit"])
    first = next((row for row in usable if row["max_celsius"] >= limit), None)
    if first is None:
        return Outcome.LOW
    by_hand = [
        celsius
        for row in rows
        if row["kind"] == "attested" and row["what"] == Attestation.TEMPERATURE and row["at"] >= first["at"]
        if (celsius := hand_celsius(row["values"])) is not None
    ]
    if not by_hand or spoken["code"] == ReasonCode.TEMPERATURE_AGAIN:
        return Outcome.NOT_FOLLOWED_UP
    return Outcome.CONFIRMED if by_hand[-1] >= limit else Outcome.NOT_CONFIRMED
