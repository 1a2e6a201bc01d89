"""The officer's document card with every field and check digit, and the two holders side by side."""

from typing import Any

from config.messages.catalogue import Catalogue
from config.messages.moments import BANGKOK, clock
from models.mrz_checks import CheckState
from models.mrz_layout import LAYOUTS
from models.regions import Note, ReadState
from station.documents.mrz import Document
from station.evidence import (
    Attestation,
    ComparedField,
    DocumentRead,
    Evidence,
    HolderMatch,
    Truth,
)
from station.kiosk.context import KioskContext
from station.kiosk.officer_typed import age, date_words, typed_card
from station.kiosk.outline import outline_of
from station.lane.snapshot import LaneSnapshot

TONES = {Truth.PASS: "admit", Truth.FAIL: "refuse", Truth.CANNOT_TELL: "unsure"}
MARKS = {Truth.PASS: "ok", Truth.FAIL: "fail", Truth.CANNOT_TELL: "unsure"}
FIELDS = ("surname", "given_names", "document_number", "nationality", "birth_date", "sex", "expiry_date")
"""Fields of a document that the officer sees and may correct, in the order of the card."""
_READS = {
    ReadState.CLEAN: ("admit", "ok"),
    ReadState.CORRECTED: ("admit", "ok"),
    ReadState.FAILED: ("unsure", "unsure"),
    ReadState.ABSENT: ("unsure", "unsure"),
}


def document_card(snapshot: LaneSnapshot, context: KioskContext, catalogue: Catalogue) -> dict[str, Any]:
    """The document as read or attested, with the check digits, beside the live picture."""
    read = snapshot.evidence.document
    attested = snapshot.evidence.attestation(Attestation.DOCUMENT)
    card: dict[str, Any] = {"there": False, "outline": outline_of(snapshot.sight), "fields": [], "lines": []}
    card |= {"notes": [], "seen": "", "typed": None}
    if read is not None:
        tone, mark = _READS[read.state]
        if not read.document.checks_hold:
            tone, mark = "refuse", "fail"
        elif read.name_unconfirmed:
            tone, mark = "unsure", "unsure"
        chip = "unconfirmed" if read.name_unconfirmed and mark != "fail" else read.state.value
        return (
            card
            | {
                "there": True,
                "tone": tone,
                "mark": mark,
                "chip": catalogue.text(f"officer.read_{'wrong' if mark == 'fail' else chip}"),
                "sub": catalogue.text("officer.read_by", time=clock(read.at, seconds=True), frames=read.frames),
                "confidence": _confidence(read.confidence),
                "fields": [_field(read, name, context, catalogue) for name in FIELDS],
                "lines": _zone(read.document),
            }
            | _noted(read, snapshot.evidence, catalogue)
        )
    if attested is not None:
        return card | typed_card(attested, context, catalogue)
    return card | {"chip": catalogue.text("state.need")}


def _confidence(least: float | None) -> dict[str, Any] | None:
    """Five bars and a figure; nothing for a reader that does not say."""
    if least is None:
        return None
    percent = int(least * 100)
    return {"percent": percent, "bars": max(1, min(5, round(percent / 20))), "low": percent < 95}


def _noted(read: DocumentRead, evidence: Evidence, catalogue: Catalogue) -> dict[str, Any]:
    """What else the camera saw, and the button that answers for a document on a screen."""
    seen = evidence.attestation(Attestation.DOCUMENT_SEEN)
    notes = []
    for note in read.notes:
        answered = note is Note.SCREEN and seen is not None
        tone, mark = ("brand", "now") if answered else ("unsure", "unsure")
        word = "officer.note_seen" if answered else f"officer.note_{note.value}"
        notes.append({"tone": tone, "mark": mark, "text": catalogue.text(word)})
    asks = Note.SCREEN in read.notes and seen is None
    return {"notes": notes, "seen": catalogue.text("officer.document_seen_button") if asks else ""}


def _field(read: DocumentRead, name: str, context: KioskContext, catalogue: Catalogue) -> dict[str, Any]:
    document = read.document
    raw = document.fields()[name]
    check = document.check(f"{name}_check")
    composite_wrong = document.check("composite_check") is CheckState.WRONG and name != "surname"
    said = [c for c in read.corrections if c.field == name]
    first = next((c for c in said if c.changed), None)
    doubted = name in read.unconfirmed
    if check is CheckState.WRONG:
        tone, mark, word = "refuse", "fail", "officer.check_wrong"
    elif doubted:
        tone, mark, word = "unsure", "unsure", "officer.unconfirmed"
    elif said:
        tone, mark, word = "brand", "now", "officer.corrected" if first else "officer.confirmed"
    elif check is CheckState.OK:
        tone, mark, word = "admit", "ok", "officer.check_ok"
    elif composite_wrong or read.state is ReadState.FAILED:
        tone, mark, word = "unsure", "unsure", "officer.check_none"
    else:
        tone, mark, word = "admit", "ok", ""
    return {
        "name": name,
        "label": catalogue.text(f"field.{name}"),
        "value": _shown(name, document, context, catalogue) or catalogue.text("common.unknown"),
        "raw": raw,
        "check": catalogue.text(word) if word else "",
        "tone": tone,
        "mark": mark,
        "original": catalogue.text("officer.was_read", value=first.original) if first else "",
        "confirm": catalogue.text("officer.confirm") if doubted else "",
    }


def _shown(name: str, document: Document, context: KioskContext, catalogue: Catalogue) -> str:
    match name:
        case "birth_date":
            years = age(document.birth_date, context.now.astimezone(BANGKOK).date())
            text = date_words(document.birth_date, catalogue)
            return f"{text} · {years}" if years is not None else text
        case "expiry_date":
            return date_words(document.expiry_date, catalogue)
        case _:
            return document.fields()[name]


def _zone(document: Document) -> list[list[dict[str, Any]]]:
    """The lines of the zone cut into pieces; pieces under a wrong check digit are marked."""
    layout = LAYOUTS[document.format]
    wrong = {name.removesuffix("_check") for name in document.wrong_checks}
    lines: list[list[dict[str, Any]]] = []
    for number, text in enumerate(document.lines):
        pieces, at = [], 0
        marked = sorted((f.start, f.start + f.length) for f in layout.fields if f.line == number and f.name in wrong)
        for start, end in marked:
            pieces += [{"text": text[at:start], "wrong": False}, {"text": text[start:end], "wrong": True}]
            at = end
        pieces.append({"text": text[at:], "wrong": False})
        lines.append([piece for piece in pieces if piece["text"]])
    return lines


def holder_card(snapshot: LaneSnapshot, catalogue: Catalogue) -> dict[str, Any]:
    """Document and certificate holder side by side, differing letters marked."""
    judgement = snapshot.judgement
    match = judgement.holder if judgement is not None else None
    said = _said(snapshot.evidence, catalogue)
    if match is None:
        return {
            "there": False,
            "rows": [],
            "said": said,
            "asking": False,
            "chip": catalogue.text("officer.holder_wait"),
        }
    read = snapshot.evidence.certificate
    candidate = read is not None and not read.bound
    truth = _unless_candidate(match.truth, candidate)
    return {
        "there": True,
        "tone": TONES[truth],
        "mark": MARKS[truth],
        "chip": catalogue.text(f"officer.holder_{truth.value}"),
        "rows": [_compared(field, candidate, catalogue) for field in match.fields],
        "said": said,
        "asking": said is None and _asks(match),
    }


def _asks(match: HolderMatch) -> bool:
    return match.truth is not Truth.PASS


def _said(evidence: Evidence, catalogue: Catalogue) -> dict[str, str] | None:
    same = evidence.attestation(Attestation.SAME_HOLDER)
    different = evidence.attestation(Attestation.DIFFERENT_HOLDER)
    newest = max((a for a in (same, different) if a), key=lambda a: a.at, default=None)
    if newest is None:
        return None
    good = newest.what is Attestation.SAME_HOLDER
    return {
        "tone": "admit" if good else "refuse",
        "mark": "ok" if good else "fail",
        "text": catalogue.text(f"officer.said_{newest.what.value}", officer=newest.officer, time=clock(newest.at)),
    }


def _unless_candidate(truth: Truth, candidate: bool) -> Truth:
    """A certificate that nobody has bound yet may be another traveller's: it differs from nobody."""
    return Truth.CANNOT_TELL if candidate and truth is Truth.FAIL else truth


def _compared(field: ComparedField, candidate: bool, catalogue: Catalogue) -> dict[str, Any]:
    truth = _unless_candidate(field.truth, candidate)
    return {
        "label": catalogue.text(f"field.{field.name}"),
        "document": _marked(field.document, set(field.differs_at)),
        "certificate": _marked(field.certificate, _differing(field)),
        "given": bool(field.certificate),
        "tone": TONES[truth],
        "mark": MARKS[truth],
        "differs": truth is not Truth.PASS,
    }


def _differing(field: ComparedField) -> set[int]:
    """The same places in the certificate's text, when both are so alike that places can be told."""
    if len(field.document) != len(field.certificate):
        return set()
    return set(field.differs_at)


def _marked(text: str, places: set[int]) -> list[dict[str, Any]]:
    """Text as runs of marked and unmarked letters."""
    runs: list[dict[str, Any]] = []
    for position, letter in enumerate(text):
        marked = position in places
        if runs and runs[-1]["marked"] is marked:
            runs[-1]["text"] += letter
        else:
            runs.append({"text": letter, "marked": marked})
    return runs
