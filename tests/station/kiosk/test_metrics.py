"""GET /metrics over real HTTP, read by Prometheus' own parsers."""

import http.client

import pytest
from kiosk_in_memory import LaneInMemory, Served
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as older_text

from drivers.readings import DeviceState

OPENMETRICS = "application/openmetrics-text; version=1.0.0"


def get(served: Served, accept: str = "", host: str = "") -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
    connection.request("GET", "/metrics", headers={"accept": accept, "host": host or f"127.0.0.1:{served.port}"})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, answer.headers.get("content-type", ""), body


@pytest.mark.parametrize(
    ("accept", "media", "parse"), [(OPENMETRICS, "openmetrics", openmetrics), ("", "text/plain", older_text)]
)
def test_every_device_has_one_state_and_its_counts(lane: LaneInMemory, served: Served, accept, media, parse) -> None:
    lane.show("idle")
    status, content_type, body = get(served, accept)
    assert status == 200
    assert media in content_type
    samples = [sample for family in parse(body) for sample in family.samples]
    by_name: dict[str, list] = {}
    for sample in samples:
        by_name.setdefault(sample.name, []).append(sample)
    devices = lane.snapshot().devices
    assert devices
    for device in devices:
        mine = [s for s in by_name["daan_device_state"] if s.labels["device"] == device.device]
        states = {s.labels["state"]: s.value for s in mine}
        assert set(states) == {state.value for state in DeviceState}
        assert [state for state, value in states.items() if value] == [device.state.value]
        frames = {
            s.labels["outcome"]: s.value
            for s in by_name["daan_device_frames_total"]
            if s.labels["device"] == device.device
        }
        assert frames == {"good": device.frames_good, "bad": device.frames_bad}
        for name, value in (("resyncs", device.resyncs), ("reconnects", device.reconnects)):
            (count,) = [s.value for s in by_name[f"daan_device_{name}_total"] if s.labels["device"] == device.device]
            assert count == value
        ages = [s.value for s in by_name["daan_device_last_good_seconds"] if s.labels["device"] == device.device]
        assert ages == ([] if device.age_seconds is None else [device.age_seconds])
    assert [s.labels["phase"] for s in by_name["daan_lane_phase"] if s.value] == [lane.snapshot().phase.value]
    assert [s.labels["state"] for s in by_name["daan_uplink_state"] if s.value] == [lane.uplink().state.value]
    assert by_name["daan_journal_waiting_entries"][0].value == lane.uplink().waiting


def test_nothing_is_said_of_a_traveller(lane: LaneInMemory, served: Served) -> None:
    """Whatever stands before the lane: the words of the figures are device names and closed lists."""
    for name, exhibit in lane.exhibits.items():
        lane.show(name)
        _, _, body = get(served)
        allowed = {device.device for device in exhibit.snapshot.devices}
        for family in older_text(body):
            for sample in family.samples:
                for label, value in sample.labels.items():
                    assert value in allowed if label == "device" else value.replace("_", "").islower(), (name, sample)


def test_only_on_loopback(served: Served) -> None:
    assert get(served, host="kiosk.example")[0] in (403, 421)
