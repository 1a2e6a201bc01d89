"""Device health in words, for `station devices` and the doctor."""

from drivers.readings import DeviceHealth, DeviceState

_WORDS = {
    DeviceState.ABSENT: "not there",
    DeviceState.OPENING: "being opened",
    DeviceState.IDENTIFYING: "being identified",
    DeviceState.WARMING: "warming up",
    DeviceState.READY: "ready",
    DeviceState.DEGRADED: "not to be relied on",
    DeviceState.FAILED: "failed",
}


def describe(health: DeviceHealth) -> str:
    """One line: name, state, the reason when there is one, the counts that are not zero."""
    age = "" if health.age_seconds is None else f"last good picture {health.age_seconds:.1f} s ago"
    counts = {
        "good": health.frames_good,
        "bad": health.frames_bad,
        "resyncs": health.resyncs,
        "reconnects": health.reconnects,
    }
    told = ", ".join(part for part in (age, *(f"{value} {name}" for name, value in counts.items() if value)) if part)
    line = f"{health.device}: {_WORDS[health.state]}"
    line += f" ({told})" if told else ""
    return f"{line}. {health.reason}" if health.reason else f"{line}."
