"""`station devices record-camera`, and the camera of a profile."""

import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from config.settings import CameraSettings
from drivers.cameras.controls import Control
from drivers.errors import DeviceSilent
from station.cli import app
from station.devices import camera_settings


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    grey = np.full((240, 320, 3), 120, np.uint8)
    (folder / "a.png").write_bytes(bytes(cv2.imencode(".png", grey)[1]))
    return folder


def run(*words: object):
    return CliRunner().invoke(app, ["devices", "record-camera", *map(str, words)])


def test_a_recording_is_a_mosaic_unless_asked_otherwise(tmp_path, pictures):
    for name, flags, said in (("a.avi", [], False), ("b.avi", ["--personal-data"], True)):
        out = tmp_path / name
        result = run("--source", f"folder:{pictures}", "--out", out, "--seconds", 0.3, "--json", *flags)
        assert result.exit_code == 0, result.output
        told = json.loads(result.stdout)
        assert told["personal_data"] is said
        assert told["pictures"] > 0
        assert out.stat().st_size > 1000


def test_wrong_use(tmp_path):
    assert run("--source", "webcam", "--out", tmp_path / "a.avi").exit_code == 2


def test_why_nothing_came(tmp_path, monkeypatch):
    monkeypatch.setattr("drivers.cameras.recorder._FIRST_SECONDS", 0.5)
    result = run("--source", f"folder:{tmp_path / 'none'}", "--out", tmp_path / "a.avi")
    assert isinstance(result.exception, DeviceSilent)
    assert "make it or correct the profile" in str(result.exception)


def test_what_a_profile_fixes_reaches_the_camera():
    wanted = camera_settings(CameraSettings(focus=0, exposure=156, frames_per_second=10))
    assert wanted.controls == {Control.FOCUS: 0.0, Control.EXPOSURE: 156.0}
    assert wanted.fps == 10
    assert camera_settings(CameraSettings()).controls == {}
