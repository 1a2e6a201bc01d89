"""The lane as the screens see it: one snapshot from its memory, its devices and what is being done. Pure."""

from datetime import datetime

from drivers.readings import DeviceHealth, DeviceKind, DeviceState, SkinTemperature
from station.evidence import EvidenceKind
from station.filling import attested, sensed
from station.lane.deeds import Deed, DeedReport
from station.lane.snapshot import LaneSnapshot, Need, NeedState, Phase, Sight
from station.lane.state import Lane

READING = (DeviceKind.CAMERA, DeviceKind.DOCUMENT_READER, DeviceKind.CODE_READER)
"""Devices by which a traveller can begin."""
WORKING = (DeviceState.READY, DeviceState.DEGRADED)
_COMING = (DeviceState.OPENING, DeviceState.IDENTIFYING, DeviceState.WARMING)


def shown(
    lane: Lane,
    at: datetime,
    revision: int,
    required: tuple[EvidenceKind, ...],
    devices: tuple[DeviceHealth, ...],
    *,
    sight: Sight | None,
    measuring: SkinTemperature | None,
    deeds: tuple[DeedReport, ...] = (),
    offers: tuple[Deed, ...] = (),
) -> LaneSnapshot:
    """The snapshot of this moment; `required` is what the order asks of anybody, until it is known who it is."""
    return LaneSnapshot(
        at=at,
        phase=_phase(lane, devices),
        revision=revision,
        opened_at=lane.opened_at,
        evidence=lane.evidence,
        needs=_needs(lane, required),
        judgement=lane.judgement,
        measuring=measuring,
        sight=sight,
        notice=lane.notice,
        notice_detail=lane.notice_detail,
        tray=lane.tray,
        saved=lane.saved,
        recent=lane.recent,
        devices=devices,
        deeds=deeds,
        offers=offers,
    )


def alike(new: tuple[DeviceHealth, ...], old: tuple[DeviceHealth, ...]) -> bool:
    """Whether the screens would show the same of the devices; counters and ages move all the time."""
    return [(d.device, d.state, d.reason) for d in new] == [(d.device, d.state, d.reason) for d in old]


def _phase(lane: Lane, devices: tuple[DeviceHealth, ...]) -> Phase:
    """NOT_READY stands for IDLE while nothing can read and something is still coming up. What is gone does not come
    back by itself: then the lane is open, and the officer types.
    """
    sensors = [d for d in devices if d.kind in READING or d.kind is DeviceKind.THERMAL]
    if lane.phase is not Phase.IDLE or not sensors:
        return lane.phase
    if any(d.kind in READING and d.state in WORKING for d in sensors):
        return Phase.IDLE
    return Phase.NOT_READY if any(d.state in _COMING for d in sensors) else Phase.IDLE


def _needs(lane: Lane, required: tuple[EvidenceKind, ...]) -> tuple[Need, ...]:
    """A tile per required piece of evidence: done, the first open one is now, the rest still needed."""
    evidence, judgement = lane.evidence, lane.judgement
    second = judgement is not None and judgement.second_measurement
    tiles: list[Need] = []
    for kind in judgement.required if judgement else required:
        by_sensor, by_officer = sensed(evidence, kind), attested(evidence, kind)
        if kind is EvidenceKind.TEMPERATURE and (second or lane.measure_again):
            by_sensor, by_officer = False, by_officer and not second  # before the rest a thermometer does not count
        wanting = judgement is not None and kind in judgement.missing  # a further proof, beside the one that is there
        if (by_sensor or by_officer) and not wanting:
            tiles.append(Need(kind, NeedState.DONE, by_officer and not by_sensor))
        else:
            now = all(t.state is NeedState.DONE for t in tiles)
            tiles.append(Need(kind, NeedState.NOW if now else NeedState.NEED))
    return tuple(tiles)
