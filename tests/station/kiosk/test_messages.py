import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.evidence import Attestation, VerdictKind
from station.kiosk.errors import BadCommand
from station.kiosk.messages import LONGEST, command_of, read_message
from station.lane.commands import Again, Attest, Correct, Decide, MeasureAgain

WHO = "Somjai R."


@pytest.mark.parametrize(
    ("message", "command"),
    [
        ({"type": "decide", "verdict": "REFER"}, Decide(WHO, VerdictKind.REFER)),
        (
            {"type": "decide", "verdict": "REFUSE", "reason": "O-FLS", "note": "paper"},
            Decide(WHO, VerdictKind.REFUSE, "O-FLS", "paper"),
        ),
        ({"type": "decide", "verdict": "ADMIT", "reason": "O-PRF"}, Decide(WHO, VerdictKind.ADMIT, "O-PRF")),
        (
            {"type": "decide", "verdict": "ADMIT", "reason": "O-OTH", "note": " seen "},
            Decide(WHO, VerdictKind.ADMIT, "O-OTH", "seen"),
        ),
        ({"type": "correct", "field": "surname", "value": " X "}, Correct(WHO, "surname", "X")),
        ({"type": "attest", "what": "same_holder"}, Attest(WHO, Attestation.SAME_HOLDER, {})),
        (
            {"type": "attest", "what": "temperature", "values": {"celsius": "36.6", "colour": "red"}},
            Attest(WHO, Attestation.TEMPERATURE, {"celsius": "36.6"}),
        ),
        ({"type": "attest", "what": "document_seen", "values": {"a": "b"}}, Attest(WHO, Attestation.DOCUMENT_SEEN, {})),
        (
            {
                "type": "attest",
                "what": "document",
                "values": {"kind": "thai_id", "surname_th": " ใจดี ", "for_life": "yes"},
            },
            Attest(WHO, Attestation.DOCUMENT, {"kind": "thai_id", "surname_th": "ใจดี", "for_life": "yes"}),
        ),
        (
            {
                "type": "attest",
                "what": "paper",
                "values": {"kind": "pcr", "issuer": " LAB ", "at": "2026-11-19", "result": "negative", "class": "crew"},
                "picture": "0" * 64,
            },
            Attest(WHO, Attestation.PAPER, {"kind": "pcr", "issuer": "LAB", "at": "2026-11-19", "result": "negative"}),
        ),
        (
            {"type": "attest", "what": "exemption", "values": {"class": "crew", "issuer": "X", "reference": "1"}},
            Attest(WHO, Attestation.EXEMPTION, {"class": "crew", "issuer": "X", "reference": "1"}),
        ),
        ({"type": "attest", "what": "class", "values": {}}, Attest(WHO, Attestation.CLASS, {})),
        (
            {"type": "attest", "what": "origin", "values": {"province": "TH-10"}},
            Attest(WHO, Attestation.ORIGIN, {"province": "TH-10"}),
        ),
        ({"type": "measure_again"}, MeasureAgain(WHO)),
        ({"type": "again", "yes": True}, Again(WHO, True)),
        ({"type": "again", "yes": "yes"}, Again(WHO, False)),
    ],
)
def test_commands(message, command):
    assert command_of(message, WHO) == command


@pytest.mark.parametrize(
    "message",
    [
        {"type": "shut_down"},
        {"type": "decide", "verdict": "MAYBE"},
        {"type": "decide", "verdict": "REFUSE", "reason": "O-PRF"},
        {"type": "decide", "verdict": "REFER", "reason": "O-PRF"},
        {"type": "decide", "verdict": "REFUSE", "reason": "O-OTH"},
        {"type": "decide", "verdict": "ADMIT", "reason": "O-OTH", "note": "  "},
        {"type": "decide", "verdict": "REFER", "note": "\ud83d"},
        {"type": "correct", "field": "surname", "value": "\ud83d"},
        {"type": "attest", "what": "certificate", "values": {"issuer": "\udc00"}},
        {"type": "decide", "verdict": "ADMIT", "note": "x" * 201},
        {"type": "decide", "verdict": "ADMIT", "note": 7},
        {"type": "correct", "field": "lines", "value": "X"},
        {"type": "attest", "what": "everything"},
        {"type": "attest", "what": "paper", "values": {}, "picture": ["x"]},
        {"type": "attest", "what": "document", "values": {"kind": "passport"}},
        {"type": "attest", "what": "document", "values": {"for_life": "no"}},
        {"type": "attest", "what": "document", "values": ["x"]},
    ],
)
def test_what_is_no_command_is_refused(message):
    with pytest.raises(BadCommand):
        command_of(message, WHO)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"x"',
        "{}",
        '{"type": 7}',
        json.dumps({"type": "x" * LONGEST}),
        "[" * 4000,
        '{"type": "decide", "note": ' + "[" * 4000,
        '{"type": "x", "note": "\\ud83d"}',
        '{"type": "x", "\\ud83d": 1}',
    ],
)
def test_what_is_no_message_is_refused(text):
    with pytest.raises(BadCommand):
        read_message(text)


VALUES = st.one_of(st.none(), st.text(), st.integers(), st.lists(st.text()), st.dictionaries(st.text(), st.text()))
NAMES = st.sampled_from(["verdict", "reason", "field", "value", "what", "values", "yes", "note"])
KINDS = st.sampled_from(["decide", "correct", "attest", "measure_again", "again", "other"])


@given(st.dictionaries(NAMES, VALUES), KINDS)
def test_any_message_is_a_command_or_refused(message, kind):
    try:
        command_of({**message, "type": kind}, WHO)
    except BadCommand:
        return
