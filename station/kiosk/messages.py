"""What pages may say to the server: JSON text to commands. Pure; everything is checked against closed lists."""

import json
from typing import Any

from config.rules.reasons import OVERRIDE_REASONS, REFUSAL_REASONS
from station.evidence import Attestation, VerdictKind
from station.kiosk.errors import BadCommand
from station.kiosk.officer_evidence import FIELDS
from station.lane.commands import Again, Attest, Command, Correct, Decide, MeasureAgain

LONGEST = 4096
"""Characters in one message."""
_LONGEST_VALUE = 200
_REASONS = {VerdictKind.ADMIT: OVERRIDE_REASONS, VerdictKind.REFUSE: REFUSAL_REASONS, VerdictKind.REFER: ()}
_VALUES = {
    Attestation.DOCUMENT: ("surname", "given_names", "document_number", "nationality", "birth_date", "expiry_date"),
    Attestation.CERTIFICATE: ("kind", "issuer", "date"),
    Attestation.TEMPERATURE: ("celsius", "thermometer"),
    Attestation.SAME_HOLDER: (),
    Attestation.DIFFERENT_HOLDER: (),
}


def read_message(text: str) -> dict[str, Any]:
    """One JSON object with a `type`.

    Raises:
        BadCommand: too long, not JSON, no object, or without a type.
    """
    if len(text) > LONGEST:
        raise BadCommand(f"The message is longer than {LONGEST} characters.")
    try:
        message = json.loads(text)
    except ValueError as error:
        raise BadCommand("The message is not JSON.") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise BadCommand("The message is no object with a type.")
    return message


def command_of(message: dict[str, Any], officer: str) -> Command:
    """The command that an officer's page sent.

    Raises:
        BadCommand: an unknown type, a value outside its closed list, or a text that is too long.
    """
    match message["type"]:
        case "decide":
            verdict = _one_of(message, "verdict", VerdictKind)
            reason = _text(message, "reason")
            if reason and reason not in _REASONS[verdict]:
                raise BadCommand("That reason is not one of the list for this verdict.")
            return Decide(officer, verdict, reason, _text(message, "note"))
        case "correct":
            name = _text(message, "field")
            if name not in FIELDS:
                raise BadCommand("That field cannot be corrected.")
            return Correct(officer, name, _text(message, "value").strip())
        case "attest":
            what = _one_of(message, "what", Attestation)
            given = message.get("values") or {}
            if not isinstance(given, dict):
                raise BadCommand("The values are no object.")
            values = {name: _text(given, name).strip() for name in _VALUES[what] if given.get(name)}
            return Attest(officer, what, values)
        case "measure_again":
            return MeasureAgain(officer)
        case "again":
            return Again(officer, message.get("yes") is True)
        case _:
            raise BadCommand("That is no command of the officer screen.")


def _text(message: dict[str, Any], name: str) -> str:
    value = message.get(name, "")
    if not isinstance(value, str) or len(value) > _LONGEST_VALUE:
        raise BadCommand(f"{name} is no text of at most {_LONGEST_VALUE} characters.")
    return value


def _one_of(message: dict[str, Any], name: str, kind: type[Any]) -> Any:
    try:
        return kind(message.get(name))
    except ValueError as error:
        raise BadCommand(f"{name} is none of its closed list.") from error
