"""What a camera gave, kept and played again."""

import json
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera import CameraSettings, open_source
from drivers.cameras.recorder import coarse, record
from drivers.emulators.cameras import NetworkCamera, desk_scene
from drivers.errors import CaptureUnwritable, DeviceSilent

SCENE = desk_scene(640, 360)


@pytest.fixture
def folder(tmp_path):
    """A folder as a camera."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "a.png").write_bytes(bytes(cv2.imencode(".png", SCENE(1))[1]))
    return f"folder:{pictures}"


def first(url: str) -> np.ndarray:
    with open_source(url) as camera:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            if (frame := camera.newest()) is not None:
                return frame.pixels
            time.sleep(0.01)
    raise AssertionError(url)


@pytest.mark.parametrize("personal", [True, False])
def test_recorded_and_played_again(tmp_path, personal):
    out = tmp_path / "lane.avi"
    # A still one, so that it does not matter which of its pictures was the first.
    with NetworkCamera(lambda _: SCENE(0)) as network, open_source(f"stream:{network.url}") as camera:
        made = record(camera, out, 1.5, personal=personal)
    assert made.pictures > 5
    assert made.coarse is not personal
    times = [json.loads(line) for line in made.times.read_text().splitlines()]
    assert len(times) == made.pictures
    assert [each["at"] for each in times] == sorted(each["at"] for each in times)
    assert all(each["at"].endswith("Z") for each in times)
    assert {path.stat().st_mode & 0o777 for path in (made.video, made.times)} == {0o600}
    played = first(f"video:{out}")
    wanted = SCENE(0) if personal else coarse(SCENE(0))
    assert played.shape == wanted.shape
    assert np.abs(played.astype(int) - wanted).mean() < 5


def test_in_a_mosaic_nothing_can_be_read():
    """A tile is larger than a letter: what was dark on light is one tone."""
    tiles = coarse(SCENE(1))
    assert tiles.shape == SCENE(1).shape
    assert len(np.unique(tiles.reshape(-1, 3), axis=0)) <= 40 * 22
    height, width = 360 // 22, 640 // 40
    assert np.ptp(tiles[height + 1 : 2 * height - 1, width + 1 : 2 * width - 1], axis=(0, 1)).max() <= 6


def test_nothing_is_written_over(tmp_path, folder):
    out = tmp_path / "lane.avi"
    out.write_text("mine")
    with open_source(folder) as camera, pytest.raises(CaptureUnwritable, match="File exists"):
        record(camera, out, 0.2, personal=False)
    assert out.read_text() == "mine"
    (tmp_path / "other.jsonl").write_text("mine")
    with open_source(folder) as camera, pytest.raises(CaptureUnwritable, match="File exists"):
        record(camera, tmp_path / "other.avi", 0.2, personal=False)
    assert not (tmp_path / "other.avi").exists()
    with open_source(folder) as camera, pytest.raises(CaptureUnwritable, match=r"end in \.avi"):
        record(camera, tmp_path / "lane.mp4", 0.2, personal=False)


def test_a_camera_that_gives_nothing(tmp_path):
    ticks = iter(range(10_000))
    with open_source(f"folder:{tmp_path}", CameraSettings()) as camera, pytest.raises(DeviceSilent):
        record(camera, tmp_path / "x.avi", 1, personal=False, monotonic=lambda: float(next(ticks)), wait=lambda _: None)
    assert not Path(tmp_path / "x.avi").exists()
