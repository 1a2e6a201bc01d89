"""What pages may say to the server: JSON text to commands. Pure; everything is checked against closed lists."""

import json
from typing import Any

from config.rules.reasons import OVERRIDE_REASONS, REFUSAL_REASONS, ReasonCode
from station.evidence import Attestation, VerdictKind
from station.kiosk.errors import BadCommand
from station.kiosk.officer_evidence import FIELDS
from station.lane.commands import Again, Attest, Command, Correct, Decide, MeasureAgain, OpenGate, PrintSlip, SoundSiren
from station.lane.papers import CLASS_FIELDS, LETTER_FIELDS, ORIGIN_FIELDS, PAPER_FIELDS
from station.lane.typed import THAI_ID

LONGEST = 4096
"""Characters in one message."""
_LONGEST_VALUE = 200
_REASONS = {VerdictKind.ADMIT: OVERRIDE_REASONS, VerdictKind.REFUSE: REFUSAL_REASONS, VerdictKind.REFER: ()}
NOTED_REASONS = (ReasonCode.OFFICER_OTHER,)
"""Reasons that say nothing without the officer's note."""
_VALUES = {
    Attestation.DOCUMENT: (
        "kind", "surname", "given_names", "surname_th", "given_names_th", "document_number", "nationality",
        "birth_date", "expiry_date", "for_life",
    ),
    Attestation.DOCUMENT_SEEN: (),
    Attestation.CERTIFICATE: ("kind", "issuer", "date"),
    Attestation.TEMPERATURE: ("celsius", "thermometer"),
    Attestation.SAME_HOLDER: (),
    Attestation.DIFFERENT_HOLDER: (),
    Attestation.PAPER: PAPER_FIELDS,
    Attestation.EXEMPTION: LETTER_FIELDS,
    Attestation.CLASS: CLASS_FIELDS,
    Attestation.ORIGIN: ORIGIN_FIELDS,
}  # fmt: skip
_CLOSED = {"kind": ("", THAI_ID), "for_life": ("", "yes")}
"""Values of a typed document that are chosen, not typed."""


def read_message(text: str) -> dict[str, Any]:
    """One JSON object with a `type`.

    Raises:
        BadCommand: too long, too deep, not JSON, no object, without a type, or with half a character (a surrogate).
    """
    if len(text) > LONGEST:
        raise BadCommand(f"The message is longer than {LONGEST} characters.")
    try:
        message = json.loads(text)
        json.dumps(message, ensure_ascii=False).encode()  # what is no UTF-8 could neither be shown nor written
    except (ValueError, RecursionError) as error:
        raise BadCommand("The message is not JSON, or holds text that is no UTF-8.") from error
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
            note = _text(message, "note").strip()
            if reason in NOTED_REASONS and not note:
                raise BadCommand("That reason needs a note that says what it is.")
            return Decide(officer, verdict, reason, note)
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
            if what is Attestation.DOCUMENT and any(values.get(n, "") not in known for n, known in _CLOSED.items()):
                raise BadCommand("The kind of document is none of its closed list.")
            if not isinstance(message.get("picture") or "", str):
                raise BadCommand("The photograph is named by its digest.")
            return Attest(officer, what, values)
        case "measure_again":
            return MeasureAgain(officer)
        case "again":
            return Again(officer, message.get("yes") is True)
        case "do_gate":
            return OpenGate(officer)
        case "do_siren":
            return SoundSiren(officer)
        case "do_slip":
            return PrintSlip(officer)
        case _:
            raise BadCommand("That is no command of the officer screen.")


def _text(message: dict[str, Any], name: str) -> str:
    value = message.get(name, "")
    if not isinstance(value, str) or len(value) > _LONGEST_VALUE:
        raise BadCommand(f"{name} is no text of at most {_LONGEST_VALUE} characters.")
    try:
        value.encode()
    except UnicodeError as error:
        raise BadCommand(f"{name} holds half a character.") from error
    return value


def _one_of(message: dict[str, Any], name: str, kind: type[Any]) -> Any:
    try:
        return kind(message.get(name))
    except ValueError as error:
        raise BadCommand(f"{name} is none of its closed list.") from error
