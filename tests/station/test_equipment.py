"""What is told of the devices: one truth for screens, figures and journal, and no password in it."""

import json

import pytest

from config.loader import load
from config.messages.catalogue import Catalogue
from drivers.readings import DeviceHealth, DeviceState
from station.app import Kiosk
from station.devices import open_scanner
from station.equipment import equipment_of
from station.kiosk.errands import Errands
from station.kiosk.metrics import exposition


@pytest.fixture
def overrides(tmp_path):
    (tmp_path / "camera").mkdir()
    return {
        "station": {"state": tmp_path / "station"},
        "camera": {"source": f"folder:{tmp_path / 'camera'}"},
        "thermal": {"port": str(tmp_path / "no-scanner")},
        "kiosk": {"port": 0},
        "sync": {"enabled": False},
    }


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("stream:rtsp://gate:s3cret@camera.example:8554/live?key=s3cret", "stream:camera.example:8554"),
        ("stream:rtsp://camera.example/live", "stream:camera.example"),
        ("v4l2:/dev/video0", "v4l2:/dev/video0"),
    ],
)
def test_a_cameras_address_is_told_without_user_password_and_path(overrides, source, told):
    settings = load("demo", overrides | {"camera": {"source": source}})
    scanner = open_scanner(settings.thermal)
    (camera,) = equipment_of([DeviceHealth("camera", DeviceState.READY)], scanner, settings)
    assert camera.facts == (("port", told),)
    assert "s3cret" not in repr(camera)


def test_a_complaint_of_the_thermometer_is_in_the_figures_and_on_the_page(overrides):
    kiosk = Kiosk(load("demo", overrides))
    complaint = "thermal has no calibration record; have it calibrated."
    kiosk._senses._warmth.health = lambda now: DeviceHealth("thermal", DeviceState.DEGRADED, complaint)
    kiosk._senses._journal = (DeviceHealth("journal", DeviceState.DEGRADED, "It was begun anew."),)
    try:
        figures = exposition(kiosk, "")[0].decode()
        page = Errands(kiosk, "Somjai R.").device("thermal", kiosk.snapshot(), Catalogue.load("en"))
    finally:
        kiosk._journal.close()
    assert 'daan_device_state{device="thermal",kind="thermal",state="degraded"} 1.0' in figures
    assert 'device="journal"' in figures
    assert complaint in json.dumps(page)
