"""The thread around a device: pauses, reasons, restarts."""

import threading

from drivers.errors import DeviceAbsent, DeviceBusy, DriverError
from drivers.keeper import Backoff, Keeper
from drivers.readings import DeviceState


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
