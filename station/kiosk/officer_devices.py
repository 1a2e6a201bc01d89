"""The devices on the officer's screen: their marks, what to do without one, gate, slip, siren, a device's own page."""

from datetime import timedelta
from typing import Any

from config.messages.catalogue import Catalogue
from config.messages.moments import clock
from config.messages.said import translated
from drivers.readings import DeviceHealth, DeviceKind, DeviceState
from station.equipment import Equipment
from station.evidence import Attestation
from station.kiosk.context import KioskContext
from station.lane.deeds import Deed, DeedReport, DeedState
from station.lane.showing import WORKING
from station.lane.snapshot import LaneSnapshot, Phase

PICTURES: dict[str, str] = {
    DeviceKind.CAMERA: "camera",
    DeviceKind.THERMAL: "thermo",
    DeviceKind.DOCUMENT_READER: "passport",
    DeviceKind.CODE_READER: "qr",
    DeviceKind.RELAYS: "gate",
    DeviceKind.PRINTER: "printer",
    DeviceKind.JOURNAL: "disk",
    DeviceKind.OTHER: "more",
}
_HEALTH = {
    DeviceState.READY: ("admit", "ok"),
    DeviceState.OPENING: ("unsure", "warn"),
    DeviceState.IDENTIFYING: ("unsure", "warn"),
    DeviceState.WARMING: ("unsure", "warn"),
    DeviceState.DEGRADED: ("unsure", "warn"),
    DeviceState.FAILED: ("refuse", "fail"),
    DeviceState.ABSENT: ("refuse", "fail"),
}
_GONE = (DeviceState.FAILED, DeviceState.ABSENT)
_ATTESTED = {
    DeviceKind.CAMERA: Attestation.DOCUMENT,
    DeviceKind.THERMAL: Attestation.TEMPERATURE,
    DeviceKind.DOCUMENT_READER: Attestation.DOCUMENT,
    DeviceKind.CODE_READER: Attestation.CERTIFICATE,
}
_DEEDS = {
    DeedState.UNDER_WAY: ("idle", "wait"),
    DeedState.CONFIRMED: ("admit", "ok"),
    DeedState.COMMANDED: ("unsure", "unsure"),
    DeedState.FAILED: ("refuse", "fail"),
}


def device_marks(snapshot: LaneSnapshot, catalogue: Catalogue) -> list[dict[str, str]]:
    """One mark for each configured device: picture, word, shape, colour."""
    return [_mark(health, catalogue) for health in snapshot.devices]


def _mark(health: DeviceHealth, catalogue: Catalogue) -> dict[str, str]:
    tone, mark = _HEALTH[health.state]
    known = health.kind is not DeviceKind.OTHER
    name = catalogue.text(f"device.{health.kind.value}") if known else health.device
    key = f"device.{health.kind.value}_{health.state.value}"
    label = name if health.state is DeviceState.READY else catalogue.text(key) if key in catalogue else name
    return {
        "device": health.device,
        "kind": health.kind.value,
        "icon": PICTURES[health.kind],
        "label": label,
        "tone": tone,
        "mark": mark,
        "why": translated(health.reason, catalogue.language),
    }


def works(snapshot: LaneSnapshot, *kinds: DeviceKind) -> bool:
    """Whether one device of these kinds works."""
    return any(d.kind in kinds and d.state in WORKING for d in snapshot.devices)


def broken(snapshot: LaneSnapshot, *kinds: DeviceKind) -> DeviceHealth | None:
    """A device of these kinds that does not work, when no other of its kind does."""
    gone = (d for d in snapshot.devices if d.kind in kinds and d.state in _GONE)
    return next((d for d in gone if not works(snapshot, d.kind)), None)


def gone_words(
    snapshot: LaneSnapshot, context: KioskContext, catalogue: Catalogue, *kinds: DeviceKind
) -> dict[str, str] | None:
    """That a device of these kinds is gone, and by which way the lane goes on."""
    gone = broken(snapshot, *kinds)
    if gone is None:
        return None
    key, other = f"officer.gone_{gone.kind.value}", _other_way(snapshot, gone.kind)
    since = clock(context.now - timedelta(seconds=gone.age_seconds)) if gone.age_seconds is not None else ""
    title = f"{key}_since" if since and f"{key}_since" in catalogue else key
    wanted = _ATTESTED[gone.kind]
    attested = snapshot.evidence.attestation(wanted) is not None
    needed = not other or gone.kind is DeviceKind.CAMERA
    action = f"attest_{wanted.value}" if needed and not attested and snapshot.phase is not Phase.SAVED else ""
    return {
        "tone": "unsure" if other else "refuse",
        "mark": "s-warn" if other else "s-fail",
        "title": catalogue.text(title, time=since),
        "text": catalogue.text(f"{key}_{other}" if other else f"{key}_text"),
        "action": action,
        "button": catalogue.text(f"officer.{action}_button") if action else "",
        "why": translated(gone.reason, catalogue.language),
    }


def _other_way(snapshot: LaneSnapshot, gone: DeviceKind) -> str:
    """What still reads in its place: the end of a sentence's key; empty when nothing does."""
    documents = works(snapshot, DeviceKind.DOCUMENT_READER)
    codes = works(snapshot, DeviceKind.CODE_READER)
    if gone is DeviceKind.CAMERA:
        if documents and codes:
            return "by_both"
        return "by_document_reader" if documents else "by_code_reader" if codes else ""
    return "by_camera" if gone is not DeviceKind.THERMAL and works(snapshot, DeviceKind.CAMERA) else ""


def failed_deed(snapshot: LaneSnapshot, context: KioskContext, catalogue: Catalogue) -> dict[str, str] | None:
    """The newest thing that was not done."""
    failed = next((each for each in reversed(snapshot.deeds) if each.state is DeedState.FAILED), None)
    if failed is None:
        return None
    key = f"officer.deed_failed_{failed.deed.value}"
    number = context.number(failed.sequence) if failed.sequence else catalogue.text("officer.nobody_on_record")
    why = translated(failed.reason, catalogue.language)
    again = "do_slip" if failed.deed is Deed.SLIP and snapshot.phase is Phase.SAVED else ""
    return {
        "tone": "refuse",
        "mark": "s-fail",
        "title": catalogue.text(key),
        "text": f"{number} · {why}" if why else catalogue.text(f"{key}_text", number=number),
        "action": again,
        "button": catalogue.text("officer.do_slip_again") if again else "",
        "why": why,
    }


def siren_button(snapshot: LaneSnapshot, catalogue: Catalogue) -> dict[str, str] | None:
    """The alarm, on the screen at all times when a siren is wired."""
    if Deed.SIREN not in snapshot.offers:
        return None
    return {"act": "do_siren", "icon": "bell", "text": catalogue.text("officer.do_siren")}


def deed_card(snapshot: LaneSnapshot, catalogue: Catalogue) -> dict[str, Any]:
    """What was done for the saved screening, and what the officer may order; the siren has its own place."""
    saved = snapshot.saved.screening if snapshot.saved and snapshot.phase is Phase.SAVED else ""
    own = [each for each in snapshot.deeds if each.screening == saved]
    printed = any(each.deed is Deed.SLIP and each.state is not DeedState.FAILED for each in own)
    return {
        "told": [_told(each, catalogue) for each in own],
        "offers": [
            {
                "act": f"do_{deed.value}",
                "icon": "gate" if deed is Deed.GATE else "printer",
                "text": catalogue.text(f"officer.do_{deed.value}{'_again' if deed is Deed.SLIP and printed else ''}"),
            }
            for deed in snapshot.offers
            if saved and deed is not Deed.SIREN
        ],
    }


def _told(report: DeedReport, catalogue: Catalogue) -> dict[str, str]:
    tone, mark = _DEEDS[report.state]
    return {
        "tone": tone,
        "mark": mark,
        "text": catalogue.text(f"deed.{report.deed.value}_{report.state.value}"),
        "why": translated(report.reason, catalogue.language),
    }


def device_page(device: Equipment, snapshot: LaneSnapshot, catalogue: Catalogue) -> dict[str, Any]:
    """Everything about one device, for whoever looks after it."""
    health = device.health
    mark = _mark(health, catalogue)
    gate = health.kind is DeviceKind.RELAYS and Deed.GATE in snapshot.offers
    return {
        "device": health.device,
        "title": catalogue.text(f"device.{health.kind.value}"),
        "icon": mark["icon"],
        "tone": mark["tone"],
        "mark": mark["mark"],
        "state": catalogue.text(f"panel.state_{health.state.value}"),
        "why": mark["why"] or catalogue.text("panel.no_reason"),
        "facts": [{"label": catalogue.text(f"panel.{k}"), "text": text} for k, text in _facts(device, catalogue)],
        "act": {"act": "do_gate", "icon": "gate", "text": catalogue.text("officer.do_gate")} if gate else None,
    }


def _facts(device: Equipment, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Names and values, counters only where they mean something for this device."""
    health = device.health
    age = catalogue.text("panel.never")
    if health.age_seconds is not None:
        age = catalogue.text(
            "panel.seconds",
            count=f"{health.age_seconds:.1f}" if health.age_seconds < 10 else f"{health.age_seconds:.0f}",
        )
    bad = catalogue.text("panel.bad_of", count=health.frames_bad, percent=f"{100 * health.bad_ratio:.1f}")
    rows = [("name", health.device), *device.facts, ("age", age)]
    if health.frames_good or health.frames_bad:
        rows += [("good", str(health.frames_good)), ("bad", bad), ("resyncs", str(health.resyncs))]
    rows.append(("reconnects", str(health.reconnects)))
    if health.bytes_in:
        rows.append(("bytes", f"{health.bytes_in:,}"))
    if health.rate_hertz is not None:
        rows.append(("rate", catalogue.text("panel.hertz", value=f"{health.rate_hertz:.1f}")))
    if health.ambient_celsius is not None:
        rows.append(("ambient", f"{health.ambient_celsius:.1f} °C"))
    return rows
