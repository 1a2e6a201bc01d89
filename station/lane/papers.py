"""What an officer types of a printed paper, a letter, a class or an origin: what each field can hold. Pure.

The officer's page is given PATTERNS, so that it refuses what the lane would refuse before anything is sent.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime

from config.messages.moments import BANGKOK
from station.evidence import MOST_PICTURE_BYTES, Attestation, PaperKind
from station.lane.typed import common_era

PAPER_FIELDS = ("kind", "issuer", "at", "result", "doses", "product", "country", "holder", "withdrawn")
LETTER_FIELDS = ("class", "issuer", "reference", "until")
CLASS_FIELDS = ("class",)
ORIGIN_FIELDS = ("province", "country")
_TEXT = r"\S(?:.{0,118}\S)?"
_DAY = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
_CLASS = "[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?"
_COUNTRY = "[A-Z]{2}"
PATTERNS: Mapping[Attestation, Mapping[str, str]] = {
    Attestation.PAPER: {
        "kind": "|".join(PaperKind),
        "issuer": _TEXT,
        "at": f"{_DAY}(?:{_TIME})?",
        "result": "negative|positive",
        "doses": "[1-9]/[1-9]",
        "product": _TEXT,
        "country": _COUNTRY,
        "holder": _TEXT,
        "withdrawn": "yes",
    },
    Attestation.EXEMPTION: {"class": _CLASS, "issuer": _TEXT, "reference": _TEXT, "until": _DAY},
    Attestation.CLASS: {"class": _CLASS},
    Attestation.ORIGIN: {"province": "[A-Z]{2}-[A-Z0-9]{1,3}", "country": _COUNTRY},
}
"""What each field can hold whole. The patterns mean the same to Python's re and to a browser's RegExp."""
TESTS = (PaperKind.PCR, PaperKind.ANTIGEN)
_JPEG = b"\xff\xd8\xff"


def tidied(what: Attestation, values: Mapping[str, str]) -> dict[str, str]:
    """Values as they are kept: single spaces, years of the common era, codes in upper case, no empty ones.

    Attestations of other kinds keep theirs as they are.
    """
    if what not in PATTERNS:
        return dict(values)
    kept = {name: " ".join(value.split()) for name, value in values.items()}
    for name in ("at", "until"):
        if name in kept:
            kept[name] = common_era(kept[name])
    for name in ("country", "province"):
        if name in kept:
            kept[name] = kept[name].upper()
    return {name: value for name, value in kept.items() if value}


def fault(what: Attestation, values: Mapping[str, str], picture: bytes, now: datetime) -> str:
    """Name of the first field that cannot hold its value, or that is missing; empty when all is well.

    A photograph belongs to a paper or a letter only, is a JPEG and has at most MOST_PICTURE_BYTES.
    """
    pictured = what in (Attestation.PAPER, Attestation.EXEMPTION)
    if picture and not (pictured and picture.startswith(_JPEG) and len(picture) <= MOST_PICTURE_BYTES):
        return "picture"
    patterns = PATTERNS.get(what)
    if patterns is None:
        return ""
    for name, value in values.items():
        if name not in patterns or not re.fullmatch(patterns[name], value):
            return name
    if what is Attestation.PAPER:
        return _paper_fault(values, now)
    if what is Attestation.EXEMPTION:
        return _letter_fault(values)
    if what is Attestation.ORIGIN and not values:
        return "province"
    return ""


def _paper_fault(values: Mapping[str, str], now: datetime) -> str:
    if "kind" not in values:
        return "kind"
    if values.get("withdrawn"):
        return ""
    kind = PaperKind(values["kind"])
    needed = ["issuer", "at"]
    needed += ["result"] if kind in TESTS else ["doses"] if kind is PaperKind.VACCINATION else []
    for name in needed:
        if name not in values:
            return name
    if "result" in values and kind not in TESTS:
        return "result"
    if "doses" in values and kind is not PaperKind.VACCINATION:
        return "doses"
    began = first_moment(values["at"])
    return "at" if began is None or began > now else ""


def _letter_fault(values: Mapping[str, str]) -> str:
    if not values:
        return ""  # takes the earlier letter back
    if missing := next((name for name in ("class", "issuer", "reference") if name not in values), ""):
        return missing
    return "until" if "until" in values and first_moment(values["until"]) is None else ""


def first_moment(text: str) -> datetime | None:
    """The moment that a paper gives, or the first one of its local day; None when it is on no calendar."""
    try:
        if "T" in text:
            return datetime.fromisoformat(text)
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=BANGKOK)
