"""Cameras of every kind that needs no hardware."""

import itertools
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera import CameraSettings, open_source
from drivers.cameras.loop import Camera, LoopSettings
from drivers.cameras.picture_folder import Look
from drivers.errors import DeviceAbsent, DeviceGone
from drivers.readings import DeviceHealth, DeviceState

FAST = CameraSettings(device="camera", fps=50.0, stale_seconds=0.4)
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def source(url: str, settings: CameraSettings = FAST) -> Camera:
    return open_source(url, settings, jitter=lambda: 1.0)


def health(camera: Camera) -> DeviceHealth:
    return camera.health(NOW)


def drop(folder: Path, name: str, grey: int) -> None:
    data = cv2.imencode(".png", np.full((48, 64, 3), grey, np.uint8))[1]
    hidden = folder / f".{name}"
    hidden.write_bytes(bytes(data))
    hidden.rename(folder / name)


def grey(camera: Camera) -> int | None:
    frame = camera.newest()
    return None if frame is None else int(frame.pixels[0, 0, 0])


def film(path: Path, frames: int, fps: float = 25.0) -> None:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (64, 48))
    assert writer.isOpened()
    for index in range(frames):
        writer.write(np.full((48, 64, 3), 20 + 20 * index, np.uint8))
    writer.release()


@pytest.mark.parametrize("url", ["", "folder:", "webcam:0", "/dev/video0"])
def test_urls_that_are_none(url: str) -> None:
    with pytest.raises(ValueError, match="write v4l2:NUMBER"):
        open_source(url)


def test_a_folder_looks_like_a_live_camera(tmp_path: Path) -> None:
    drop(tmp_path, "a.png", 40)
    with source(f"folder:{tmp_path}") as camera:
        assert until(lambda: grey(camera) == 40)
        assert until(lambda: health(camera).frames_good > 10)
        assert health(camera).state is DeviceState.READY
        drop(tmp_path, "b.png", 90)
        assert until(lambda: grey(camera) == 90)
        frame = camera.newest()
        assert frame is not None
        assert frame.captured_at.tzinfo is not None
        assert not frame.pixels.flags.writeable
        assert until(lambda: camera.newest() is not None and camera.newest().sequence > frame.sequence)  # type: ignore[union-attr]
        real = camera.real_format
        assert real is not None
        assert (real.width, real.height) == (64, 48)
        # Smoothed: on a busy machine it takes a while to settle.
        assert until(lambda: camera.real_format.fps == pytest.approx(50, rel=0.5), 20)  # type: ignore[union-attr]


def test_rubbish_in_the_folder_is_told_and_survived(tmp_path: Path) -> None:
    drop(tmp_path, "a.png", 40)
    with source(f"folder:{tmp_path}") as camera:
        assert until(lambda: grey(camera) == 40)
        (tmp_path / "b.png").write_bytes(b"rubbish")
        assert until(lambda: health(camera).frames_bad == 1)
        assert until(lambda: camera.newest() is None)
        assert health(camera).frames_bad == 1
        assert health(camera).state is DeviceState.FAILED
        assert health(camera).reason == (
            "camera: the newest picture is neither a JPEG nor a PNG; the next good one will be used."
        )
        drop(tmp_path, "c.png", 120)
        assert until(lambda: grey(camera) == 120)
        assert health(camera).state is DeviceState.READY


def test_an_empty_folder_and_one_that_comes_later(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    with source(f"folder:{folder}") as camera:
        assert until(lambda: health(camera).state is DeviceState.ABSENT)
        assert "make it" in health(camera).reason
        folder.mkdir()
        assert until(lambda: "holds no picture yet" in health(camera).reason)
        assert camera.newest() is None
        drop(folder, "a.png", 40)
        assert until(lambda: grey(camera) == 40)


def test_a_recording_goes_round(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    film(path, 5)
    seen: list[int] = []
    with source(f"video:{path}") as camera:
        assert until(lambda: health(camera).frames_good >= 12)
        end = time.monotonic() + 1.0
        while time.monotonic() < end:
            value = grey(camera)
            if value is not None and (not seen or seen[-1] != value):
                seen.append(value)
            time.sleep(0.005)
        assert health(camera).state is DeviceState.READY
        assert health(camera).reconnects == 0
    assert any(later < earlier for earlier, later in itertools.pairwise(seen))
    assert max(seen) >= 80


def test_a_recording_that_ends(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    film(path, 3)
    with source(f"video:{path}", CameraSettings(loop=False, stale_seconds=0.2)) as camera:
        assert until(lambda: "has ended" in health(camera).reason)
        assert health(camera).frames_good == 3
        assert until(lambda: camera.newest() is None)
        assert health(camera).state is DeviceState.FAILED


def test_no_recording_and_a_file_that_is_none(tmp_path: Path) -> None:
    with source(f"video:{tmp_path / 'none.avi'}") as camera:
        assert until(lambda: "There is no recording" in health(camera).reason)
    (tmp_path / "text.avi").write_text("x")
    with source(f"video:{tmp_path / 'text.avi'}") as camera:
        assert until(lambda: "not a video" in health(camera).reason)
        assert health(camera).state is DeviceState.ABSENT


@pytest.mark.parametrize("where", ["97", "/dev/v4l/by-id/none"])
def test_a_camera_that_is_not_plugged_in(where: str) -> None:
    with source(f"v4l2:{where}") as camera:
        assert until(lambda: health(camera).state is DeviceState.ABSENT)
        assert "plug it in" in health(camera).reason
        assert camera.newest() is None


def test_a_path_that_is_no_camera(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    with source(f"v4l2:{tmp_path / 'x'}") as camera:
        assert until(lambda: "is not a camera" in health(camera).reason)
    with source("v4l2:/dev/null") as camera:
        assert until(lambda: "does not open" in health(camera).reason)


class Lens:
    """A sensor whose light, freezes and cable are in the test's hands."""

    pace_seconds = 0.01
    is_sensor = True

    def __init__(self) -> None:
        self.rng = np.random.default_rng(1)
        self.frozen = False
        self.flat: np.ndarray | None = None
        self.gone = False
        self.hang = threading.Event()
        self.hang.set()
        self.opened = self.closed = 0
        self.last = np.zeros((48, 64, 3), np.uint8)

    def open(self) -> "Lens":
        if self.gone:
            raise DeviceAbsent("There is no camera; plug it in.")
        self.opened += 1
        return self

    def grab(self) -> Look:
        self.hang.wait()
        if self.gone:
            raise DeviceGone("camera gives no pictures any more; check its cable.")
        if not self.frozen:
            self.last = self.rng.integers(0, 255, (48, 64, 3), np.uint8)
        return Look(self.last if self.flat is None else self.flat, fresh=True)

    def close(self) -> None:
        self.closed += 1


def through(lens: Lens, monotonic: Callable[[], float] = time.monotonic) -> Camera:
    return Camera(LoopSettings("camera", 0.4), lens.open, lambda: NOW, monotonic, lambda: 1.0)


def test_unplugged_and_plugged_in_again() -> None:
    lens = Lens()
    with through(lens) as camera:
        for _ in range(3):
            assert until(lambda: health(camera).state is DeviceState.READY)
            lens.gone = True
            assert until(lambda: health(camera).state is DeviceState.ABSENT)
            assert until(lambda: camera.newest() is None)
            lens.gone = False
        assert until(lambda: health(camera).reconnects == 3)
    assert lens.opened == lens.closed == 4


def test_a_hung_camera_offers_nothing_old() -> None:
    lens = Lens()
    with through(lens) as camera:
        assert until(lambda: camera.newest() is not None)
        lens.hang.clear()
        assert until(lambda: camera.newest() is None)
        assert health(camera).state is DeviceState.FAILED
        assert "has given no picture for" in health(camera).reason
        lens.hang.set()
        assert until(lambda: health(camera).state is DeviceState.READY)


def fast() -> float:
    """Ten times as fast, so that ten seconds pass in one."""
    return time.monotonic() * 10


def test_a_frozen_sensor_offers_nothing_and_is_opened_again() -> None:
    lens = Lens()
    with through(lens, fast) as camera:
        assert until(lambda: health(camera).state is DeviceState.READY)
        lens.frozen = True
        assert until(lambda: camera.newest() is None)
        # It goes on repeating itself after it was opened again: still nothing, and it is tried again and again.
        assert until(lambda: lens.opened >= 3 and health(camera).state is DeviceState.FAILED, 15)
        assert "one and the same picture" in health(camera).reason
        assert camera.newest() is None
        # Exactly the old picture is not offered by the new opening either, and the first other one is.
        lens.frozen = False
        assert until(lambda: health(camera).state is DeviceState.READY)
        assert until(lambda: camera.newest() is not None)


def test_a_picture_of_before_is_not_offered_by_a_new_opening() -> None:
    """The clock stands still: what keeps the picture back is not that time passes."""
    lens, moment = Lens(), [100.0]
    with through(lens, lambda: moment[0]) as camera:
        assert until(lambda: camera.newest() is not None)
        lens.frozen = True
        old = lens.last
        moment[0] += 11
        assert until(lambda: lens.opened >= 2)
        good = health(camera).frames_good
        assert until(lambda: health(camera).frames_good >= good + 3)
        assert camera.newest() is None
        lens.frozen = False
        assert until(lambda: camera.newest() is not None and health(camera).state is DeviceState.READY)
        frame = camera.newest()
        assert frame is not None
        assert not np.array_equal(frame.pixels, old)


@pytest.mark.parametrize(("level", "said"), [(3, "nothing but black"), (255, "too much light")])
def test_a_covered_or_dazzled_sensor_without_noise_is_not_called_frozen(level: int, said: str) -> None:
    lens = Lens()
    with through(lens, fast) as camera:
        assert until(lambda: health(camera).state is DeviceState.READY)
        lens.flat = np.full((48, 64, 3), level, np.uint8)
        assert until(lambda: said in health(camera).reason)
        begun = fast()
        assert until(lambda: fast() > begun + 15)
        assert said in health(camera).reason
        assert health(camera).state is DeviceState.DEGRADED
    assert lens.opened == 1


def test_stopping_leaves_no_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    for _ in range(5):
        camera = source(f"folder:{tmp_path}")
        camera.start()
        camera.stop()
    assert threading.active_count() == before
