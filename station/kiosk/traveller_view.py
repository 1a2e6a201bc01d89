"""The traveller screen as a pure function of the lane: one instruction, what is still needed, the result.

It never holds more of a person than one given name, and never a reason code.
"""

from typing import Any

from config.messages.catalogue import Catalogue
from config.messages.moments import clock, day
from drivers.readings import DeviceKind, TemperatureState, WhyNot
from models.regions import Guidance
from station.evidence import Evidence, EvidenceKind, Truth, VerdictKind
from station.kiosk.card_parts import awaited
from station.kiosk.context import KioskContext
from station.kiosk.officer_devices import broken, works
from station.kiosk.outline import outline_of, spot_of
from station.lane.snapshot import LaneSnapshot, Need, NeedState, Notice, Phase

ICONS = {
    EvidenceKind.DOCUMENT: "passport",
    EvidenceKind.CERTIFICATE: "certificate",
    EvidenceKind.TEMPERATURE: "face",
}
_MARKS = {NeedState.NEED: "wait", NeedState.NOW: "now", NeedState.DONE: "ok"}
_GUIDES = {
    Guidance.CLOSER: ("closer", "closer"),
    Guidance.TILT: ("tilt", "tilt"),
    Guidance.GLARE: ("sun", "glare"),
    Guidance.HOLD_STILL: ("still", "hold_still"),
    Guidance.WHOLE_PAGE: ("page", "whole_page"),
    Guidance.ONE_DOCUMENT: ("one", "one_document"),
}
_SCANNER = {
    TemperatureState.NO_FACE: ("face", "face_look"),
    TemperatureState.WARMING: ("clock", "scanner_warming"),
    TemperatureState.STALE: ("clock", "scanner_stale"),
    TemperatureState.UNSTEADY: ("still", "face_still"),
    TemperatureState.READY: ("still", "face_still"),
    TemperatureState.COVERED: ("person", "face_bare"),
    TemperatureState.TOO_COOL: ("closer", "forehead_closer"),
    TemperatureState.UNCALIBRATED: ("officer", "face_by_hand"),
    TemperatureState.DRIFT: ("officer", "face_by_hand"),
    TemperatureState.OUT_OF_CONDITIONS: ("officer", "face_by_hand"),
    TemperatureState.FAULT: ("officer", "face_by_hand"),
}
_FACE = {
    WhyNot.TOO_FAR: ("closer", "face_closer"),
    WhyNot.TOO_NEAR: ("hand", "face_back"),
    WhyNot.OFF_CENTRE: ("face", "face_middle"),
    WhyNot.CUT: ("face", "face_middle"),
    WhyNot.HOT_THING: ("sun", "face_hot_thing"),
    WhyNot.TOO_WARM_SURROUNDINGS: ("officer", "face_by_hand"),
}
"""Where it helps to say why no face is measured; else: look here."""
_TOLD = (Notice.DOCUMENT_UNREADABLE, Notice.OTHER_CODE, Notice.CERTIFICATE_UNREADABLE, Notice.LEFT)
_LONGEST_NAME = 14
_NAMED_SCREENS = {"again", "not_ready", "confirm", "refer", "admit"}
"""Screens that are not about one piece of evidence; their words are `instruction.*` or `result.*`."""


def screen_of(snapshot: LaneSnapshot) -> str:
    """Which of the traveller's screens stands now."""
    judgement = snapshot.judgement
    match snapshot.phase:
        case Phase.NOT_READY:
            return "not_ready"
        case Phase.IDLE:
            return "idle"
        case Phase.AGAIN:
            return "again"
        case Phase.SAVED:
            admitted = snapshot.saved is not None and snapshot.saved.verdict is VerdictKind.ADMIT
            return "admit" if admitted else "refer"
        case Phase.PROPOSED:
            return "confirm" if judgement is not None and judgement.verdict is VerdictKind.ADMIT else "refer"
        case _:
            return _gathering(snapshot)


def traveller_view(snapshot: LaneSnapshot, context: KioskContext, catalogue: Catalogue) -> dict[str, Any]:
    """Everything that the traveller screen shows at this moment."""
    screen = screen_of(snapshot)
    show = {"document": "camera", "certificate": "camera", "temperature": "thermal", "rest": "thermal"}.get(screen)
    if _by(snapshot, screen) != "camera":
        show = None
    return {
        "revision": snapshot.revision,
        "screen": screen,
        "tone": screen if screen in ("refer", "admit") else "plain",
        "say": _say(snapshot, screen, catalogue),
        "thanks": _thanks(snapshot, screen, catalogue),
        "notice": _notice(snapshot, screen, catalogue),
        "show": show,
        "outline": outline_of(snapshot.sight) if show == "camera" else None,
        "guide": _guide(snapshot, screen, catalogue),
        "temperature": _temperature(snapshot) if show == "thermal" else None,
        "spot": _spot(snapshot, context) if show == "thermal" else None,
        "any_order": sum(need.state is not NeedState.DONE for need in snapshot.needs) > 1,
        "needs": [_tile(need, catalogue) for need in snapshot.needs],
        "result": _result(snapshot, context, screen, catalogue),
        "prepare": _prepare(snapshot, catalogue) if screen == "refer" else None,
        "called": context.called_at is not None,
        "begin": _begin(snapshot),
    }


def _begin(snapshot: LaneSnapshot) -> str:
    """Who begins: the camera (empty), the passport reader, or, when a device that is needed is gone, the officer."""
    if broken(snapshot, DeviceKind.THERMAL) or _by(snapshot, "document") == "officer":
        return "gone"
    return "reader" if _by(snapshot, "document") == "reader" else ""


def _by(snapshot: LaneSnapshot, screen: str) -> str:
    """What reads the thing that a screen asks for: camera, or reader or officer once the camera is gone."""
    kinds = {"document": DeviceKind.DOCUMENT_READER, "certificate": DeviceKind.CODE_READER}
    if screen not in kinds or broken(snapshot, DeviceKind.CAMERA) is None:
        return "camera"
    return "reader" if works(snapshot, kinds[screen]) else "officer"


def _gathering(snapshot: LaneSnapshot) -> str:
    judgement = snapshot.judgement
    now = next((need.kind for need in snapshot.needs if need.state is NeedState.NOW), None)
    if judgement is not None and judgement.second_measurement and now in (None, EvidenceKind.TEMPERATURE):
        return "rest"
    if awaited(snapshot.evidence) is not None:
        return str(EvidenceKind.CERTIFICATE)
    if now is None:
        now = next((need.kind for need in snapshot.needs if need.state is NeedState.NEED), None)
    return str(now) if now is not None else "confirm"


def given_name(evidence: Evidence) -> str:
    """The first given name as one speaks it, or nothing when it is missing or too long for the screen."""
    if evidence.document is None:
        return ""
    first = evidence.document.document.given_names.split(" ")[0]
    return first.capitalize() if 1 < len(first) <= _LONGEST_NAME else ""


def _say(snapshot: LaneSnapshot, screen: str, catalogue: Catalogue) -> dict[str, str]:
    name = given_name(snapshot.evidence)
    parts = awaited(snapshot.evidence) if screen == "certificate" else None
    if screen == "idle":
        title, hint, second = "welcome.title", "welcome.begin_hint", ""
    elif screen == "admit":
        title, hint, second = "result.admit", "result.admit_name" if name else "result.admit_hint", ""
    elif parts is not None:
        title, hint, second = "instruction.next_code", "instruction.next_code_hint", "instruction.next_code"
    elif screen == "rest" and snapshot.judgement is not None and snapshot.judgement.by_thermometer:
        title, hint, second = "instruction.rest", "instruction.rest_thermometer_hint", "instruction.rest"
    elif screen == "refer":
        title, hint, second = "result.refer", "result.refer_hint", "result.refer"
    else:
        title, hint, second = f"instruction.{screen}", f"instruction.{screen}_hint", f"instruction.{screen}"
        if (by := _by(snapshot, screen)) != "camera":
            hint = f"instruction.{screen}_{by}_hint"
    icon = {"idle": "gate", "rest": "face", "not_ready": "sync", "again": "passport", "confirm": "clock"}
    kinds = {kind.value: picture for kind, picture in ICONS.items()}
    counted = {"shown": len(parts.shown), "total": parts.total, "next": parts.missing[0]} if parts else {}
    words = catalogue.text(hint, name=name, **counted)
    if catalogue.language == "th" and second and screen not in ("rest", "again"):
        words = f"{words} · {catalogue.english(second)}"
    speech = f"{catalogue.text(title)}. {catalogue.text(hint, name=name, **counted)}."
    return {
        "icon": icon.get(screen) or kinds.get(screen, "person"),
        "title": catalogue.text(title),
        "hint": words,
        "speech": speech,
    }


def _thanks(snapshot: LaneSnapshot, screen: str, catalogue: Catalogue) -> str | None:
    """What was just received: said on the screen that asks for the next thing."""
    if screen not in ("certificate", "temperature", "document"):
        return None
    evidence = snapshot.evidence
    if (parts := awaited(evidence)) is not None:
        return catalogue.text("thanks.code", shown=len(parts.shown), total=parts.total)
    moments = [
        (e.at, kind) for kind, e in (("document", evidence.document), ("certificate", evidence.certificate)) if e
    ]
    moments += [(taken.at, "temperature") for taken in evidence.temperatures[-1:]]
    if not moments:
        return None
    newest = max(moments)[1]
    name = given_name(evidence)
    key = "thanks.document_name" if newest == "document" and name else f"thanks.{newest}"
    return catalogue.text(key, name=name)


def _notice(snapshot: LaneSnapshot, screen: str, catalogue: Catalogue) -> str | None:
    if snapshot.notice not in _TOLD or screen in _NAMED_SCREENS:
        return None
    return catalogue.text(f"notice.{snapshot.notice.value}")


def _guide(snapshot: LaneSnapshot, screen: str, catalogue: Catalogue) -> dict[str, Any] | None:
    """The one word inside the picture."""
    if screen in ("temperature", "rest"):
        reading = snapshot.measuring
        state = reading.state if reading is not None else TemperatureState.NO_FACE
        why = reading.why_not if reading is not None and state is TemperatureState.NO_FACE else None
        icon, key = _FACE[why] if why in _FACE else _SCANNER[state]
        good = state in (TemperatureState.READY, TemperatureState.UNSTEADY)
    elif screen in ("document", "certificate"):
        sight = snapshot.sight
        if sight is not None and sight.code is not None:
            icon, key, good = "still", "code_found", True
        elif sight is not None and sight.guidance is not None:
            (icon, key), good = _GUIDES[sight.guidance], sight.guidance is Guidance.HOLD_STILL
        elif sight is not None and sight.document is not None:
            icon, key, good = "still", "hold_still", True
        elif screen == "certificate":
            icon, key, good = "qr", "searching_code", False
        else:
            icon, key, good = "passport", "searching", False
    else:
        return None
    hint = "guidance.searching_hint" if key == "searching_code" else f"guidance.{key}_hint"
    return {"icon": icon, "title": catalogue.text(f"guidance.{key}"), "hint": catalogue.text(hint), "good": good}


def _temperature(snapshot: LaneSnapshot) -> str | None:
    reading = snapshot.measuring
    if reading is None or reading.max_celsius is None or reading.state is not TemperatureState.READY:
        return None
    return f"{reading.max_celsius:.1f} °C"


def _spot(snapshot: LaneSnapshot, context: KioskContext) -> list[float] | None:
    reading = snapshot.measuring
    if reading is None or reading.max_celsius is None:
        return None
    return spot_of(reading.spot, context.thermal_shape)


def _tile(need: Need, catalogue: Catalogue) -> dict[str, str]:
    word = "attested" if need.attested and need.state is NeedState.DONE else need.state.value
    return {
        "kind": need.kind.value,
        "icon": ICONS[need.kind],
        "label": catalogue.text(f"need.{need.kind.value}"),
        "state": need.state.value,
        "mark": _MARKS[need.state],
        "word": catalogue.text(f"state.{word}"),
    }


def _result(snapshot: LaneSnapshot, context: KioskContext, screen: str, catalogue: Catalogue) -> dict[str, str] | None:
    saved = snapshot.saved
    if saved is None or screen not in ("admit", "refer") or snapshot.phase is not Phase.SAVED:
        return None
    return {
        "number": context.number(saved.sequence),
        "saved": catalogue.text("result.saved_at", time=clock(saved.at, seconds=True)),
        "day": day(saved.at, catalogue.language),
        "clock": clock(saved.at),
        "place": context.place(catalogue.language),
    }


def _prepare(snapshot: LaneSnapshot, catalogue: Catalogue) -> dict[str, str] | None:
    """What the traveller can have ready for the officer; help, never a reason."""
    judgement = snapshot.judgement
    if judgement is None:
        return None
    hot = any(o.code == "T-HOT" and o.truth is Truth.FAIL for o in judgement.outcomes)
    if hot and len(snapshot.evidence.temperatures) > 1:
        text = {"title": catalogue.text("prepare.health"), "text": catalogue.text("prepare.health_text")}
        return {"icon": ICONS[EvidenceKind.TEMPERATURE]} | text
    for wanted in (Truth.FAIL, Truth.CANNOT_TELL):
        for outcome in judgement.outcomes:
            kind = outcome.needs or _kind_of_code(outcome.code)
            if outcome.truth is wanted and kind is not None:
                return {
                    "icon": ICONS[kind],
                    "title": catalogue.text(f"prepare.{kind.value}"),
                    "text": catalogue.text(f"prepare.{kind.value}_text"),
                }
    return None


def _kind_of_code(code: str) -> EvidenceKind | None:
    """The evidence that a code is about, by its stage letter; holder questions are about the certificate."""
    if code in ("M-NAM", "M-NAU"):
        return EvidenceKind.CERTIFICATE
    letters = {"M": EvidenceKind.DOCUMENT, "C": EvidenceKind.CERTIFICATE, "T": EvidenceKind.TEMPERATURE}
    return letters.get(code[:1])
