"""The thread around a device: pauses, reasons, restarts, sessions that never come back."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.errors import DeviceAbsent, DeviceBusy, DriverError
from drivers.keeper import Backoff, Keeper, presence
from drivers.readings import DeviceState
from drivers.supervisor import STUCK_SECONDS
from drivers.thermal.gy_mcu90640 import GyMcu90640
from drivers.thermal.scanner import ScannerSettings, ThermalScanner


def until(condition: Callable[[], bool], seconds: float = 8.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.005)
    return False


def test_pauses_double_up_to_the_longest() -> None:
    backoff = Backoff(lambda: 0.0)
    assert [backoff.seconds() for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    backoff.reset()
    assert backoff.seconds() == 0.5


def test_jitter_only_shortens_by_up_to_half() -> None:
    backoff = Backoff(lambda: 1.0)
    assert [backoff.seconds() for _ in range(8)] == [0.25, 0.5, 1, 2, 4, 8, 15, 15]


class Bench:
    """A session that fails as told, and pauses that are written down and not waited."""

    def __init__(self, outcomes: list[Exception]) -> None:
        self.outcomes = outcomes
        self.pauses: list[float] = []
        self.states: list[tuple[DeviceState, str]] = []
        self.done = threading.Event()
        self.keeper = Keeper("thing", self.session, Backoff(lambda: 0.0), pause=self.pause)

    def session(self) -> None:
        self.keeper.opened()
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, DeviceBusy):
            self.keeper.works()
        raise outcome

    def pause(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        self.states.append((self.keeper.condition.state, self.keeper.condition.reason))
        if not self.outcomes:
            self.done.set()
            return True
        return False


def test_every_failure_is_written_down_and_tried_again() -> None:
    bench = Bench(
        [DeviceAbsent("gone"), DriverError("odd"), ZeroDivisionError(), DeviceBusy("held"), DeviceAbsent("x")]
    )
    bench.keeper.start()
    bench.keeper.start()
    assert bench.done.wait(5)
    bench.keeper.stop()
    assert [state for state, _ in bench.states] == [
        DeviceState.ABSENT,
        DeviceState.FAILED,
        DeviceState.FAILED,
        DeviceState.FAILED,
        DeviceState.ABSENT,
    ]
    assert bench.states[2][1] == "The driver of thing failed; it is being started again."
    # It worked before the fourth failure, so the pauses begin again.
    assert bench.pauses == [0.5, 1, 2, 0.5, 1]
    assert bench.keeper.condition.reconnects == 1


def test_a_fault_in_a_driver_is_logged_by_kind_and_place_only(caplog: pytest.LogCaptureFixture) -> None:
    """The message of such an error may quote the buffer, and in it a traveller's name."""
    cause = UnicodeDecodeError("utf-8", b"P<UTOLINDQVARN<<MAJA", 0, 1, "LINDQVARN")
    bench = Bench([ValueError(f"P<UTOLINDQVARN: {cause}")])
    bench.keeper.start()
    assert bench.done.wait(5)
    bench.keeper.stop()
    assert "thing: a fault in its driver: ValueError at test_keeper.py:" in caplog.text
    assert "LINDQVARN" not in caplog.text


def test_stop_ends_a_long_pause_at_once() -> None:
    failed = threading.Event()

    def session() -> None:
        failed.set()
        raise DeviceAbsent("gone")

    keeper = Keeper("thing", session, Backoff(lambda: 0.0, first=60.0))
    keeper.start()
    assert failed.wait(5)
    keeper.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "device thing"]


def test_what_stands_at_a_path_is_another_thing_after_a_replug(tmp_path: Path) -> None:
    port, first, second = tmp_path / "port", tmp_path / "ttyUSB0", tmp_path / "ttyUSB1"
    first.touch()
    second.touch()
    assert presence(str(port)) is None
    port.symlink_to(first)
    seen = [presence(str(port))]
    assert presence(str(port)) == seen[0]
    first.write_bytes(b"traffic on the port is no replug")
    assert presence(str(port)) == seen[0]
    port.unlink()
    port.symlink_to(second)
    seen.append(presence(str(port)))
    port.unlink()
    time.sleep(0.02)
    port.symlink_to(second)
    seen.append(presence(str(port)))
    second.unlink()
    seen.append(presence(str(port)))
    assert len(set(seen)) == 4
    assert seen[-1] is None


def test_a_device_that_comes_ends_the_pause_and_the_next_pauses_are_short(tmp_path: Path) -> None:
    """Opened at once, although the pause was to last ten minutes; while its permissions are being set it is retried."""
    port, tries = tmp_path / "port", []

    def session() -> None:
        tries.append(time.monotonic())
        raise DeviceAbsent("gone")

    keeper = Keeper("thing", session, Backoff(lambda: 0.0, first=0.2, longest=600.0), port=str(port))
    keeper._backoff._next = 600.0
    keeper.start()
    assert until(lambda: len(tries) == 1)
    time.sleep(0.2)
    assert len(tries) == 1
    port.touch()
    assert until(lambda: len(tries) >= 4, 5)
    keeper.stop()


class HangingLink:
    """A cable whose driver never comes back from a read, as a broken kernel driver does."""

    name = "hanging"

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.released = threading.Event()
        self.closed = threading.Event()

    def read_some(self) -> bytes:
        self.asked.set()
        self.released.wait()
        return b"late"

    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        self.closed.set()


class HungScanner:
    """A scanner on hanging cables, one for each opening, and a clock that is set by hand."""

    def __init__(self) -> None:
        self.moment = 1000.0
        self.links: list[HangingLink] = []
        self.scanner = ThermalScanner(
            ScannerSettings("scanner"),
            GyMcu90640(),
            self.open_link,
            monotonic=lambda: self.moment,
            pause=lambda _: bool(time.sleep(0.005)),
        )

    def open_link(self) -> HangingLink:
        self.links.append(HangingLink())
        return self.links[-1]

    def health(self) -> tuple[DeviceState, str]:
        health = self.scanner.health(datetime.now(UTC))
        return health.state, health.reason

    def hang(self, link: int) -> None:
        assert until(lambda: len(self.links) > link and self.links[link].asked.is_set())
        self.moment += STUCK_SECONDS + 1


def _threads() -> int:
    return sum(thread.name == "device scanner" for thread in threading.enumerate())


def test_a_stuck_read_is_seen_and_left_behind_once() -> None:
    hung = HungScanner()
    with hung.scanner:
        hung.hang(0)
        state, reason = hung.health()
        assert (state, reason) == (
            DeviceState.FAILED,
            "scanner does not come back from a call; unplug it and plug it in again.",
        )
        assert hung.scanner._keeper.left == 1
        # The second one hangs too: it is waited for, however often somebody looks.
        hung.hang(1)
        for _ in range(20):
            assert hung.health() == (DeviceState.FAILED, "scanner hangs again; unplug it, and start the station anew.")
        assert (_threads(), hung.scanner._keeper.left, len(hung.links)) == (2, 1, 2)
        # The first one comes back: it gives its cable back and touches nothing else; the second can be left now.
        hung.links[0].released.set()
        assert hung.links[0].closed.wait(5)
        assert until(lambda: _threads() == 1)
        assert hung.scanner.health(datetime.now(UTC)).bytes_in == 0
        hung.health()
        assert until(lambda: len(hung.links) == 3 and hung.links[2].asked.is_set())
        assert "does not come back" in hung.health()[1]
        hung.links[1].released.set()
        assert until(lambda: hung.health()[0] is DeviceState.IDENTIFYING)
        begun = time.monotonic()
        hung.moment += STUCK_SECONDS + 1
    assert time.monotonic() - begun < 5
    for link in hung.links:
        link.released.set()
    assert until(lambda: _threads() == 0)
    assert all(link.closed.is_set() for link in hung.links)


@pytest.mark.slow
def test_stop_ends_in_bounded_time_although_nobody_has_seen_that_it_hangs() -> None:
    hung = HungScanner()
    hung.scanner.start()
    assert until(lambda: len(hung.links) == 1 and hung.links[0].asked.is_set())
    begun = time.monotonic()
    hung.scanner.stop()
    assert time.monotonic() - begun < 20
    hung.links[0].released.set()
    assert until(lambda: _threads() == 0)
