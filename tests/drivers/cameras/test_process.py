"""A camera in a process of its own: real child processes, real streams, real faults."""

import errno
import mmap
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.camera import CameraSettings, open_source, spoken_address
from drivers.cameras.loop import Camera
from drivers.cameras.process import ProcessEye, ProcessSettings, Unended
from drivers.cameras.words import Kind
from drivers.emulators.cameras import Fault, NetworkCamera, PipeCamera, desk_scene
from drivers.errors import DeviceSilent
from drivers.readings import DeviceHealth, DeviceState

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]
QUICK = CameraSettings(hung_seconds=1.0, open_seconds=8.0)
SCENE = desk_scene(320, 180)


def until(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def source(where: object, settings: CameraSettings = QUICK) -> Camera:
    return open_source(f"stream:{where}", settings, jitter=lambda: 1.0)


def source_at(speed: float, settings: CameraSettings) -> Callable[[str], Camera]:
    """Cameras whose clock runs that much faster."""
    return lambda url: open_source(
        f"stream:{url}", settings, monotonic=lambda: time.monotonic() * speed, jitter=lambda: 1.0
    )


def health(camera: Camera) -> DeviceHealth:
    return camera.health(NOW)


def is_ready(camera: Camera) -> bool:
    return health(camera).state is DeviceState.READY


def children() -> set[int]:
    """Processes that hold a camera for this one; those that are dead and not yet collected too."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
            command = (entry.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == os.getpid() and (b"drivers.cameras.child" in command or fields[0] == "Z"):
            found.add(int(entry.parent.name))
    return found


def runs(process: str) -> bool:
    """Whether it is there and no mere remainder that nobody has collected."""
    try:
        return bool(Path(f"/proc/{process}/cmdline").read_bytes())
    except OSError:
        return False


def held() -> tuple[int, int]:
    """Descriptors and threads of this process."""
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()


def test_pictures_arrive_whole_from_another_process():
    before = held()
    with NetworkCamera(SCENE) as network, source(network.url) as camera:
        assert until(lambda: health(camera).frames_good >= 10)
        assert is_ready(camera)
        assert len(children()) == 1
        frame = camera.newest()
        assert frame is not None
        assert frame.pixels.shape == (180, 320, 3)
        assert not frame.pixels.flags.writeable
        assert frame.pixels.std() > 20
        real = camera.real_format
        assert real is not None
        assert real.fourcc == "MJPG"
    assert not children()
    assert until(lambda: held() == before)


def test_a_stuck_driver_is_killed_and_comes_back(tmp_path):
    """Reading a FIFO that nobody fills hangs for ever: the library has no time limit there."""
    with PipeCamera(tmp_path / "lens", SCENE) as pipe, source(pipe.path) as camera:
        assert until(lambda: is_ready(camera))
        stuck = children()
        pipe.faults.add(Fault.STALL)
        assert until(lambda: health(camera).state is DeviceState.FAILED and "was stuck for" in health(camera).reason)
        assert until(lambda: camera.newest() is None)
        assert until(lambda: not stuck & children())
        pipe.faults.clear()
        assert until(lambda: is_ready(camera))
        assert len(children()) == 1
    assert not children()


def test_a_stopped_child_is_one_that_is_stuck():
    with NetworkCamera(SCENE) as network, source(network.url) as camera:
        assert until(lambda: is_ready(camera))
        (child,) = children()
        os.kill(child, signal.SIGSTOP)
        assert until(lambda: "was stuck for" in health(camera).reason)
        assert until(lambda: is_ready(camera))
        assert child not in children()


def test_a_child_that_dies_is_replaced():
    with NetworkCamera(SCENE) as network, source(network.url) as camera:
        assert until(lambda: is_ready(camera))
        (child,) = children()
        os.kill(child, signal.SIGKILL)
        assert until(lambda: "has ended" in health(camera).reason)
        assert until(lambda: is_ready(camera) and children() not in ({child}, set()))
        assert health(camera).reconnects == 1


def test_a_network_camera_that_stalls_is_given_up():
    with NetworkCamera(SCENE) as network, source(network.url) as camera:
        assert until(lambda: is_ready(camera))
        network.faults.add(Fault.STALL)
        assert until(lambda: health(camera).state in (DeviceState.ABSENT, DeviceState.FAILED))
        network.faults.clear()
        assert until(lambda: is_ready(camera))


def cycle(times: int) -> None:
    with NetworkCamera(SCENE) as network:
        with source(network.url) as camera:
            assert until(lambda: is_ready(camera))
            before = held()
            for _ in range(times):
                network.faults.add(Fault.UNPLUG)
                assert until(lambda: health(camera).state is DeviceState.ABSENT)
                network.faults.clear()
                assert until(lambda: is_ready(camera), 40)
            assert len(children()) == 1
            assert until(lambda: held() == before)
            assert health(camera).reconnects == times
        assert not children()


def test_unplugged_and_plugged_in_20_times():
    cycle(20)


@pytest.mark.slow
def test_unplugged_and_plugged_in_100_times():
    cycle(100)


def test_stopping_while_it_opens_is_quick(tmp_path):
    """Nobody writes to the FIFO, so that opening it hangs."""
    os.mkfifo(tmp_path / "lens")
    camera = source(tmp_path / "lens")
    camera.start()
    assert until(lambda: bool(children()))
    camera.stop()
    assert not children()


def test_the_child_dies_with_its_parent(tmp_path):
    with PipeCamera(tmp_path / "lens", SCENE) as pipe:
        program = textwrap.dedent(f"""
            import sys, time
            sys.path.insert(0, {str(ROOT)!r})
            from drivers.camera import open_source
            camera = open_source("stream:{pipe.path}")
            camera.start()
            while camera.newest() is None:
                time.sleep(0.05)
            print("sees", flush=True)
            time.sleep(60)
        """)
        parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        assert parent.stdout is not None
        assert parent.stdout.readline() == "sees\n"
        tasks = Path(f"/proc/{parent.pid}/task").iterdir()
        (child,) = [each for task in tasks for each in (task / "children").read_text().split()]
        # Stuck in its driver, and still it goes.
        pipe.faults.add(Fault.STALL)
        parent.kill()
        parent.wait()
        parent.stdout.close()
        assert until(lambda: not runs(child))


def test_a_password_is_in_no_sentence_and_no_list_of_processes():
    with NetworkCamera(SCENE) as network:
        secret = network.url.replace("http://", "http://lane:opensesame@")
        with source(secret) as camera:
            assert until(lambda: is_ready(camera))
            (child,) = children()
            assert b"opensesame" not in Path(f"/proc/{child}/cmdline").read_bytes()
            assert b"opensesame" not in Path(f"/proc/{child}/environ").read_bytes()
            network.faults.add(Fault.UNPLUG)
            assert until(lambda: "gives no video" in health(camera).reason)
            assert "opensesame" not in health(camera).reason
    assert spoken_address("rtsp://a:b@10.0.0.7:554/live?x=1") == "10.0.0.7:554"


def test_a_stream_that_is_not_there(tmp_path):
    with source(tmp_path / "none") as camera:
        assert until(lambda: "There is no stream" in health(camera).reason)
    (tmp_path / "film.avi").write_text("x")
    with source(tmp_path / "film.avi") as camera:
        assert until(lambda: "write video: before it" in health(camera).reason)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.BLACK, "nothing but black"),
        (Fault.OVEREXPOSED, "too much light"),
        (Fault.SLOW, "pictures a second instead of 4"),
    ],
)
def test_spoiled_pictures_are_noticed_and_so_is_their_end(fault, said):
    # Time passes faster, so that thirty seconds pass in four; the pictures then come that much slower.
    speed = 4 if fault is Fault.SLOW else 8
    settings = CameraSettings(fps=4 if fault is Fault.SLOW else 1, stale_seconds=30)
    film = source_at(speed, settings)
    with NetworkCamera(SCENE) as network, film(network.url) as camera:
        assert until(lambda: is_ready(camera))
        network.faults.add(fault)
        assert until(lambda: said in health(camera).reason, 20)
        assert health(camera).state is DeviceState.DEGRADED
        assert camera.newest() is not None
        network.faults.clear()
        assert until(lambda: is_ready(camera))


def test_a_frozen_stream_offers_nothing_and_another_process_is_started():
    """What it shows may be the traveller before; thirty seconds pass in four."""
    with NetworkCamera(SCENE) as network, source_at(8, CameraSettings(fps=1, stale_seconds=30))(network.url) as camera:
        assert until(lambda: is_ready(camera))
        (frozen,) = children()
        network.faults.add(Fault.FREEZE)
        assert until(lambda: health(camera).state is DeviceState.FAILED, 20)
        assert "one and the same picture" in health(camera).reason
        assert camera.newest() is None
        assert until(lambda: children() not in ({frozen}, set()))
        assert camera.newest() is None
        network.faults.clear()
        assert until(lambda: is_ready(camera) and camera.newest() is not None)
        assert frozen not in children()


def test_no_second_process_is_started_beside_one_that_does_not_die(tmp_path, monkeypatch):
    """A driver in uninterruptible sleep: SIGKILL does nothing until the camera is unplugged."""
    with PipeCamera(tmp_path / "lens", SCENE) as pipe, source(pipe.path) as camera:
        assert until(lambda: is_ready(camera))
        (stuck,) = children()
        with monkeypatch.context() as kernel:
            kernel.setattr(subprocess.Popen, "kill", lambda child: None)
            pipe.faults.add(Fault.STALL)
            assert until(lambda: "cannot be ended" in health(camera).reason)
        assert health(camera).state is DeviceState.FAILED
        assert camera.newest() is None
        pipe.faults.clear()
        # That sentence is what comes of an attempt to start another.
        assert children() == {stuck}
        os.kill(stuck, signal.SIGKILL)
        assert until(lambda: is_ready(camera) and stuck not in children(), 20)
        assert len(children()) == 1
    assert not children()


def test_an_opening_is_refused_for_as_long_as_the_process_before_it_lives():
    settings = ProcessSettings(Kind.STREAM, "http://127.0.0.1:1/", "127.0.0.1:1", 320, 180, 15.0, {})
    unended = Unended()
    before, child = held(), subprocess.Popen(["sleep", "60"])
    unended.add(child)
    for _ in range(3):
        with pytest.raises(DeviceSilent, match="cannot be ended"):
            ProcessEye(settings, unended)
    assert not children()
    assert held() == before
    child.kill()
    child.wait()
    ProcessEye(settings, unended).close()
    assert held() == before


@pytest.mark.parametrize(("where", "what"), [(os, "pipe"), (mmap, "mmap"), (subprocess, "Popen")])
def test_an_opening_for_which_the_computer_has_nothing_left_keeps_nothing(monkeypatch, where, what):
    def refuse(*_, **__):
        raise OSError(errno.EMFILE, "too many")

    settings = ProcessSettings(Kind.STREAM, "http://127.0.0.1:1/", "127.0.0.1:1", 320, 180, 15.0, {})
    before = held()
    with monkeypatch.context() as computer:
        computer.setattr(where, what, refuse)
        for _ in range(3):
            with pytest.raises(OSError, match="too many"):
                ProcessEye(settings, Unended())
    assert held() == before


def test_missing_and_damaged_pictures_are_survived():
    with NetworkCamera(SCENE) as network, source(network.url) as camera:
        assert until(lambda: is_ready(camera))
        network.faults.update({Fault.DROP, Fault.GARBAGE})
        good = health(camera).frames_good
        assert until(lambda: health(camera).frames_good > good + 15)
        network.faults.clear()
        assert until(lambda: is_ready(camera))
        assert health(camera).reconnects == 0
