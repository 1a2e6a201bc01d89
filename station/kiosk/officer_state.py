"""The officer's state bar, the strip of travellers, the one alert, and the thermal card."""

from typing import Any

from config.messages.catalogue import Catalogue
from config.messages.moments import clock, day
from drivers.readings import DeviceKind, SkinTemperature, TemperatureState
from station.evidence import Attestation, Evidence, TemperatureTaken, VerdictKind
from station.judgement.temperature import hand_celsius
from station.kiosk.context import KioskContext
from station.kiosk.officer_devices import device_marks, failed_deed, gone_words, siren_button
from station.kiosk.outline import spot_of
from station.kiosk.ports import UplinkState
from station.lane.snapshot import LaneSnapshot, NeedState, Notice, Phase, Saved

_VERDICT_MARKS = {VerdictKind.ADMIT: "ok", VerdictKind.REFER: "refer", VerdictKind.REFUSE: "fail"}
_COLD, _WARM = 34.0, 40.0
"""Ends of the scale in degrees Celsius."""
_ALERTS = (Notice.JOURNAL_FULL, Notice.JOURNAL_FAULTY, Notice.FIELD_REFUSED, Notice.REASON_NEEDED, Notice.OTHER_CODE,
           Notice.DOCUMENT_UNREADABLE, Notice.CERTIFICATE_UNREADABLE, Notice.LEFT)  # fmt: skip
_GRAVE = (Notice.JOURNAL_FULL, Notice.JOURNAL_FAULTY)


def state_bar(snapshot: LaneSnapshot, context: KioskContext, catalogue: Catalogue) -> dict[str, Any]:
    """Place, devices, the way to the centre, who is signed in."""
    return {
        "place": f"{context.place(catalogue.language)} · {catalogue.text('place.lane_short', lane=context.lane)}",
        "sub": f"{catalogue.text('direction.' + context.direction)} · {day(context.now, catalogue.language)}",
        "devices": device_marks(snapshot, catalogue),
        "siren": siren_button(snapshot, catalogue),
        "sync": sync_words(context, catalogue),
        "officer": context.officer,
        "unsealed": catalogue.text("officer.unsealed") if context.unsealed else "",
        "demonstration": catalogue.text("officer.demonstration") if context.demonstration else "",
    }


def sync_words(context: KioskContext, catalogue: Catalogue) -> dict[str, str]:
    """Saved, waiting or receipted, in words with their age."""
    uplink = context.uplink
    since = clock(uplink.waiting_since) if uplink.waiting_since else ""
    contact = clock(uplink.contact_at) if uplink.contact_at else ""
    if uplink.state is UplinkState.REFUSED:
        tone, icon, text = "refuse", "bang", "sync.refused"
    elif uplink.state is UplinkState.OFF:
        tone, icon, text = "unsure", "disk", "sync.off"
    elif uplink.state is UplinkState.UNREACHABLE:
        tone, icon, text = "unsure", "unlink", "sync.unreachable"
    else:
        tone, icon, text = "admit", "send", "sync.contact" if contact else "sync.connected"
    if uplink.waiting:
        title = catalogue.text("sync.waiting" if since else "sync.waiting_now", count=uplink.waiting, time=since)
        if uplink.state is UplinkState.CONNECTED:
            icon = "sync"
    else:
        title = catalogue.text("sync.all_sent")
    return {"tone": tone, "icon": icon, "title": title, "text": catalogue.text(text, time=contact)}


def strip(snapshot: LaneSnapshot, context: KioskContext, catalogue: Catalogue) -> dict[str, Any]:
    """The traveller at hand, then those just saved, newest first."""
    document = snapshot.evidence.document
    now = None
    if snapshot.phase in (Phase.GATHERING, Phase.PROPOSED):
        typed = snapshot.evidence.attestation(Attestation.DOCUMENT)
        name = document.document.surname if document is not None else typed.values.get("surname", "") if typed else ""
        marks = {NeedState.DONE: "ok", NeedState.NOW: "now", NeedState.NEED: "wait"}
        now = {
            "name": name or catalogue.text("officer.traveller"),
            "sub": catalogue.text("officer.now"),
            "marks": [marks[need.state] for need in snapshot.needs],
        }
    recent = [_recent(saved, context, catalogue) for saved in snapshot.recent]
    waiting = sum(1 for saved in snapshot.recent if saved.sequence > context.uplink.receipted_through)
    return {"now": now, "recent": recent, "count": len(recent), "waiting": waiting}


def _recent(saved: Saved, context: KioskContext, catalogue: Catalogue) -> dict[str, str]:
    sent = saved.sequence <= context.uplink.receipted_through
    surname = saved.name.split(",")[0].strip()
    return {
        "name": surname or catalogue.text("officer.no_name"),
        "sub": " · ".join(part for part in (saved.nationality, clock(saved.at)) if part),
        "mark": _VERDICT_MARKS[saved.verdict],
        "tone": saved.verdict.value.lower(),
        "verdict": catalogue.text(f"verdict.{saved.verdict.value}"),
        "number": context.number(saved.sequence),
        "screening": saved.screening,
        "sync": "sent" if sent else "waiting",
        "sync_word": catalogue.text("sync.receipted" if sent else "sync.pending"),
    }


def alert(snapshot: LaneSnapshot, context: KioskContext, catalogue: Catalogue) -> dict[str, str] | None:
    """The most serious thing that a person must know now; never two at once."""
    notice = snapshot.notice
    if notice in _GRAVE and notice is not None:
        return _alert("refuse", "s-fail", f"officer.notice_{notice.value}", "", catalogue)
    if (failed := failed_deed(snapshot, context, catalogue)) is not None:
        return failed
    if context.called_at is not None:
        return _alert("refer", "i-help", "officer.called", "answer_call", catalogue, time=clock(context.called_at))
    if (gone := gone_words(snapshot, context, catalogue, DeviceKind.CAMERA, DeviceKind.THERMAL)) is not None:
        return gone
    if notice in _ALERTS and notice is not None:
        detail = snapshot.notice_detail
        field = f"code_kind.{detail.replace('-', '_')}" if notice is Notice.OTHER_CODE else f"field.{detail}"
        told = catalogue.text(field) if field in catalogue else detail
        return _alert("unsure", "s-unsure", f"officer.notice_{notice.value}", "", catalogue, detail=told)
    return gone_words(snapshot, context, catalogue, DeviceKind.DOCUMENT_READER, DeviceKind.CODE_READER)


def _alert(tone: str, mark: str, key: str, action: str, catalogue: Catalogue, **params: str) -> dict[str, str]:
    return {
        "tone": tone,
        "mark": mark,
        "title": catalogue.text(key, **params),
        "text": catalogue.text(f"{key}_text", **params) if f"{key}_text" in catalogue else "",
        "action": action,
        "button": catalogue.text(f"officer.{action}_button") if action else "",
        "why": "",
    }


def thermal_card(snapshot: LaneSnapshot, context: KioskContext, catalogue: Catalogue) -> dict[str, Any]:
    """The skin temperature that counts, on its scale, and the scanner's newest look."""
    taken = snapshot.evidence.temperatures
    attested = snapshot.evidence.attestation(Attestation.TEMPERATURE)
    now = snapshot.measuring  # the ring belongs to the live picture, and goes with the face
    reading = taken[-1].reading if taken else now
    shown = reading.max_celsius if reading is not None and reading.state is TemperatureState.READY else None
    by_hand = hand_celsius(attested.values) if attested is not None else None
    value = shown if by_hand is None else by_hand
    limit = context.limit_celsius
    hot = value is not None and limit is not None and value >= limit
    chip = _chip(reading, taken, hot, by_hand is not None)
    return {
        "there": bool(taken) or by_hand is not None,
        "tone": chip[0],
        "mark": chip[1],
        "chip": catalogue.text(chip[2]),
        "value": f"{value:.1f}" if value is not None else "–",
        "spread": f"± {reading.spread_celsius / 2:.1f}" if reading and shown and reading.spread_celsius else "",
        "scale": _scale(value, limit, reading, hot),
        "facts": _facts(snapshot.evidence, reading, context, catalogue),
        "spot": spot_of(now.spot, context.thermal_shape) if now is not None and now.max_celsius else None,
        "again": bool(taken) and snapshot.phase in (Phase.GATHERING, Phase.PROPOSED),
    }


def _chip(
    reading: SkinTemperature | None, taken: tuple[TemperatureTaken, ...], hot: bool, by_hand: bool
) -> tuple[str, str, str]:
    if hot:
        return "refuse", "fail", "officer.heat_high"
    if by_hand:
        return "brand", "now", "officer.attested"
    if taken and taken[-1].reading.state is TemperatureState.READY:
        return "admit", "ok", "officer.heat_measured"
    state = reading.state if reading is not None else TemperatureState.NO_FACE
    if state is TemperatureState.READY:
        return "admit", "ok", "officer.heat_ready"
    tone = "idle" if state is TemperatureState.NO_FACE else "unsure"
    return tone, "wait" if tone == "idle" else "warn", f"officer.heat_{state.value}"


def _scale(value: float | None, limit: float | None, reading: SkinTemperature | None, hot: bool) -> dict[str, Any]:
    def place(celsius: float) -> float:
        return round(min(1.0, max(0.0, (celsius - _COLD) / (_WARM - _COLD))), 4)

    spread = reading.spread_celsius / 2 if reading is not None and reading.spread_celsius else 0.1
    return {
        "low": f"{_COLD:.0f}",
        "high": f"{_WARM:.0f}",
        "value": place(value) if value is not None else None,
        "from": place(value - spread) if value is not None else None,
        "to": place(value + spread) if value is not None else None,
        "limit": place(limit) if limit is not None else None,
        "limit_text": f"{limit:.1f}" if limit is not None else "",
        "hot": hot,
    }


def _facts(
    evidence: Evidence, reading: SkinTemperature | None, context: KioskContext, catalogue: Catalogue
) -> list[dict[str, str]]:
    facts = []
    if len(evidence.temperatures) > 1:
        values = " → ".join(f"{t.reading.max_celsius:.1f}" for t in evidence.temperatures if t.reading.max_celsius)
        facts.append(("ok", catalogue.text("officer.heat_attempts", count=len(evidence.temperatures), values=values)))
    if reading is not None and reading.frames and reading.max_celsius is not None:
        facts.append(("ok", catalogue.text("officer.heat_frames", frames=reading.frames)))
    if reading is not None and reading.ambient_celsius is not None:
        facts.append(("ok", catalogue.text("officer.heat_air", air=f"{reading.ambient_celsius:.1f}")))
    if context.limit_celsius is not None:
        facts.append(("now", catalogue.text("officer.heat_limit", limit=f"{context.limit_celsius:.1f}")))
    return [{"mark": mark, "text": text} for mark, text in facts]
