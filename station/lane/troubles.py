"""What was missing: the devices that were not ready while a screening was open. Pure; the lane remembers it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from config.messages.said import Said
from drivers.readings import DeviceHealth, DeviceState

_MOST_OF_ONE = 4
_MOST = 32
"""A plug that is loose comes and goes: of each device the newest few are kept."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One device in one state that is not READY."""

    device: str
    kind: str
    state: DeviceState
    reason: str
    """The sentence's pattern, which holds no values; the sentence itself when it has none."""
    since: datetime
    until: datetime | None = None
    """None: it is still so."""


def noticed(known: tuple[Trouble, ...], devices: Iterable[DeviceHealth], at: datetime) -> tuple[Trouble, ...]:
    """Take up how the devices are now: new troubles begin, those that are over get their end."""
    found = list(known)
    for health in devices:
        reason = reason_pattern(health)
        now = (health.device, health.state, reason)
        before = next((t for t in found if t.device == health.device and t.until is None), None)
        if before is not None and (before.device, before.state, before.reason) == now:
            continue
        if before is not None:
            found[found.index(before)] = replace(before, until=at)
        if health.state is not DeviceState.READY:
            found.append(Trouble(health.device, health.kind.value, health.state, reason, at))
            found = _bounded(found, health.device)
    return known if found == list(known) else tuple(found)


def reason_pattern(health: DeviceHealth) -> str:
    """What stays the same of a reason while its seconds count on: its pattern, or itself when it has none."""
    return health.reason.pattern if isinstance(health.reason, Said) else health.reason


def lasting(known: tuple[Trouble, ...]) -> tuple[Trouble, ...]:
    """Those that are not over: with them the next traveller begins."""
    return tuple(trouble for trouble in known if trouble.until is None)


def _bounded(found: list[Trouble], device: str) -> list[Trouble]:
    """Without the oldest ended ones of a device, and of all, that are more than are kept."""
    own = [t for t in found if t.device == device]
    dropped = own[: max(0, len(own) - _MOST_OF_ONE)]
    return [t for t in found if t not in dropped][-_MOST:]
