"""What a rule says of skin temperatures: measured by the scanner, then perhaps by hand. Pure.

A high one counts only when a second measurement after a rest confirms it. By default that is a clinical thermometer in
an officer's hand (IEC 80601-2-59, scope, note 101): the scanner then neither clears nor confirms what it called high.
"""

import math
from collections.abc import Mapping
from datetime import timedelta

from config.rules.reasons import ReasonCode, message_key
from config.rules.ruleset import Rule, RuleSet, SecondBy
from drivers.readings import TemperatureState
from station.evidence import Attestation, Evidence, EvidenceKind, OfficerAttested, RuleOutcome, TemperatureTaken, Truth

BY_HAND_MESSAGE = "reason.t_2nd_thermometer"
"""What T-2ND says where the second measurement is a thermometer's."""


def below_limit(rule: Rule, evidence: Evidence, rules: RuleSet) -> RuleOutcome:
    """The skin temperature is below the limit; a high one counts only when it was measured twice."""
    limit, taken = rules.skin_celsius_limit, evidence.temperatures
    attested = evidence.attestation(Attestation.TEMPERATURE)
    usable = [each for each in taken if high(each, limit) is not None]
    first_high = next((each for each in usable if high(each, limit)), None)
    if first_high is not None and rules.second_by is SecondBy.THERMOMETER:
        return _by_thermometer(rule, first_high, attested, rules)
    if attested is not None and (not taken or attested.at >= taken[-1].at):
        by_hand = _by_hand(rule, attested.values, limit)
        confirmed = sum(bool(high(each, limit)) for each in taken) > 1
        if confirmed and by_hand.truth is Truth.PASS:
            # Twice high by the scanner and not by hand: a person of the health staff decides, no rule.
            return _said(rule, Truth.CANNOT_TELL, ReasonCode.TEMPERATURE_UNSURE, by_hand.params, attested=True)
        return by_hand
    if not taken:
        return _said(rule, Truth.CANNOT_TELL, ReasonCode.TEMPERATURE_MISSING, needs=EvidenceKind.TEMPERATURE)
    if not usable:
        return _said(rule, Truth.CANNOT_TELL, ReasonCode.TEMPERATURE_UNSURE, needs=EvidenceKind.TEMPERATURE)
    params = _params(usable[-1], limit)
    if not high(usable[-1], limit):
        return _said(rule, Truth.PASS, ReasonCode.TEMPERATURE_FINE, params)
    if sum(bool(high(each, limit)) for each in usable) > 1:
        return _said(rule, Truth.FAIL, ReasonCode.TEMPERATURE_HIGH, params)
    return _said(rule, Truth.CANNOT_TELL, ReasonCode.TEMPERATURE_AGAIN, params, needs=EvidenceKind.TEMPERATURE)


def high(taken: TemperatureTaken, limit: float) -> bool | None:
    """Whether a skin temperature is at or above the limit; None when it may not be used."""
    celsius = taken.reading.max_celsius
    if taken.reading.state is not TemperatureState.READY or celsius is None or not math.isfinite(celsius):
        return None
    return celsius >= limit


def hand_celsius(values: Mapping[str, str]) -> float | None:
    """The temperature that an officer typed, point or comma; None when it is no temperature of 25 to 45."""
    try:
        celsius = float(values.get("celsius", "").replace(",", "."))
    except ValueError:
        return None
    return celsius if 25 <= celsius <= 45 else None


def _by_thermometer(
    rule: Rule, first: TemperatureTaken, attested: OfficerAttested | None, rules: RuleSet
) -> RuleOutcome:
    """After a high first one: what the thermometer says, once the rest is over; until then it is asked for."""
    rested = first.at + timedelta(seconds=rules.second_after_seconds)
    if attested is not None and attested.at >= rested:
        return _by_hand(rule, attested.values, rules.skin_celsius_limit)
    params = _params(first, rules.skin_celsius_limit)
    return RuleOutcome(
        rule.id, Truth.CANNOT_TELL, ReasonCode.TEMPERATURE_AGAIN.value, BY_HAND_MESSAGE, params, rule.order,
        EvidenceKind.TEMPERATURE,
    )  # fmt: skip


def _by_hand(rule: Rule, values: Mapping[str, str], limit: float) -> RuleOutcome:
    """What an officer measured by hand."""
    celsius = hand_celsius(values)
    if celsius is None:
        unclear = {"limit": f"{limit:.1f}"}
        return _said(rule, Truth.CANNOT_TELL, ReasonCode.TEMPERATURE_UNSURE, unclear, attested=True)
    params = {"celsius": f"{celsius:.1f}", "limit": f"{limit:.1f}"}
    if celsius >= limit:
        return _said(rule, Truth.FAIL, ReasonCode.TEMPERATURE_HIGH, params, attested=True)
    return _said(rule, Truth.PASS, ReasonCode.TEMPERATURE_FINE, params, attested=True)


def _params(taken: TemperatureTaken, limit: float) -> dict[str, str]:
    return {"celsius": f"{taken.reading.max_celsius:.1f}", "limit": f"{limit:.1f}"}


def _said(
    rule: Rule,
    truth: Truth,
    code: ReasonCode,
    params: Mapping[str, str] | None = None,
    needs: EvidenceKind | None = None,
    *,
    attested: bool = False,
) -> RuleOutcome:
    return RuleOutcome(rule.id, truth, code.value, message_key(code), params or {}, rule.order, needs, attested)
