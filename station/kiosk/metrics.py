"""`GET /metrics`: how devices, lane and journal are, for Prometheus (OpenMetrics 1.0). No word about any traveller.

Loopback only, as everything that the kiosk serves (security.py). Counters run since the program started.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from drivers.readings import DeviceHealth, DeviceState
from station.kiosk.ports import LaneHandle, UplinkState
from station.lane.snapshot import Phase

_Rows = Iterable[tuple[tuple[str, ...], float | None]]


class Figures(Collector):
    """What is read at each request; nothing is counted here.

    Args:
        lane: the lane and its devices.
    """

    def __init__(self, lane: LaneHandle) -> None:
        self._lane = lane

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: the devices are those of the moment."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Every family of figures."""
        yield from _devices(tuple(each.health for each in self._lane.equipment()))
        snapshot, uplink = self._lane.snapshot(), self._lane.uplink()
        yield _one_of("daan_lane_phase", "What the lane is doing.", Phase, snapshot.phase)
        yield _one_of("daan_uplink_state", "How the way to the centre stands.", UplinkState, uplink.state)
        waiting = "Entries of the journal without a receipt of the centre."
        yield _gauge("daan_journal_waiting_entries", waiting, (), [((), uplink.waiting)])
        through = "Every entry up to this sequence has a receipt of the centre."
        yield _gauge("daan_journal_receipted_through", through, (), [((), uplink.receipted_through)])


def exposition(lane: LaneHandle, accept: str) -> tuple[bytes, str]:
    """The figures of this moment, and their media type.

    Args:
        lane: the lane and its devices.
        accept: the Accept header; OpenMetrics when it is asked for, Prometheus' older text otherwise.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(lane))
    encode, media_type = choose_encoder(accept)
    return encode(registry), media_type


def device_states(text: str) -> dict[str, DeviceState]:
    """The state of each device in figures that a kiosk gave; the inverse of `exposition` in Prometheus' older text.

    Raises:
        ValueError: these are no figures of a kiosk.
    """
    families = {family.name: family for family in text_string_to_metric_families(text)}
    if "daan_lane_phase" not in families or "daan_device_state" not in families:
        raise ValueError("no figures of a kiosk")
    samples = families["daan_device_state"].samples
    return {each.labels["device"]: DeviceState(each.labels["state"]) for each in samples if each.value}


def _devices(healths: tuple[DeviceHealth, ...]) -> Iterator[Metric]:
    def each(value: str) -> _Rows:
        return [((health.device,), getattr(health, value)) for health in healths]

    states = [
        ((health.device, health.kind.value, state.value), float(health.state is state))
        for health in healths
        for state in DeviceState
    ]
    yield _gauge("daan_device_state", "1 for the state that it is in.", ("device", "kind", "state"), states)
    frames = [
        ((health.device, outcome), count)
        for health in healths
        for outcome, count in (("good", health.frames_good), ("bad", health.frames_bad))
    ]
    yield _counter("daan_device_frames", "Frames, reads or answers that came.", ("device", "outcome"), frames)
    yield _counter("daan_device_resyncs", "Runs of bytes that belonged to nothing.", ("device",), each("resyncs"))
    yield _counter("daan_device_reconnects", "Times that it came back.", ("device",), each("reconnects"))
    yield _counter("daan_device_received_bytes", "Bytes that came.", ("device",), each("bytes_in"))
    age = "Seconds since the last good frame."
    yield _gauge("daan_device_last_good_seconds", age, ("device",), each("age_seconds"))
    yield _gauge("daan_device_rate_hertz", "Good frames a second, smoothed.", ("device",), each("rate_hertz"))
    yield _gauge("daan_device_ambient_celsius", "Its own temperature.", ("device",), each("ambient_celsius"))


def _gauge(name: str, about: str, labels: tuple[str, ...], rows: _Rows) -> Metric:
    family = GaugeMetricFamily(name, about, labels=labels)
    for values, number in rows:
        if number is not None:
            family.add_metric(values, number)
    return family


def _counter(name: str, about: str, labels: tuple[str, ...], rows: _Rows) -> Metric:
    family = CounterMetricFamily(name, about, labels=labels)
    for values, number in rows:
        family.add_metric(values, number or 0)
    return family


def _one_of(name: str, about: str, words: type[StrEnum], now: StrEnum) -> Metric:
    return _gauge(name, about, (name.rpartition("_")[2],), [((word.value,), float(word is now)) for word in words])
