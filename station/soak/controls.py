"""What the soak tells its processes and hears from them while they run: a few numbers in shared memory.

A process that is killed leaves no lock behind, because there is none: each number has one writer.
"""

import ctypes
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerContext
from typing import Any

from sync.faults.clock import FaultyClock, Jump, Jumped
from sync.faults.disk import Doing, Refusal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_JUMPS = tuple(Jump)


class _Numbers(ctypes.Structure):
    _fields_ = (
        ("saved", ctypes.c_int64),
        ("refused", ctypes.c_int64),
        ("allowed", ctypes.c_int64),
        ("disk", ctypes.c_int64),
        ("jump", ctypes.c_int64),
        ("jumped_ms", ctypes.c_int64),
    )


@dataclass(frozen=True, slots=True)
class Controls:
    """One station's numbers."""

    numbers: Any
    """Shared by the processes that it is handed to at their start."""

    @property
    def saved(self) -> int:
        """Records whose append has returned; the writer counts."""
        return int(self.numbers.saved)

    @property
    def refused(self) -> int:
        """Appends that failed and said so; the writer counts."""
        return int(self.numbers.refused)

    def count_saved(self) -> None:
        """One more."""
        self.numbers.saved += 1

    def count_refused(self) -> None:
        """One more."""
        self.numbers.refused += 1

    @property
    def may_save(self) -> bool:
        """Whether the writer may go on."""
        return bool(self.numbers.saved < self.numbers.allowed)

    def allow(self, records: int) -> None:
        """How many may be saved before the writer waits."""
        self.numbers.allowed = records

    def set_disk(self, answer: Refusal) -> None:
        """What the disk under the journal answers from now on."""
        self.numbers.disk = int(answer)

    def decide(self, doing: Doing, file: str, size: int) -> Refusal:
        """The disk's answer; a full disk refuses writes only."""
        answer = Refusal(self.numbers.disk)
        return Refusal.TAKEN if answer is Refusal.FULL and doing is not Doing.WRITE else answer

    def jump(self, jump: Jump, now: datetime) -> None:
        """What the station's clock does from now on."""
        self.numbers.jumped_ms = (now - _EPOCH) // timedelta(milliseconds=1)
        self.numbers.jump = _JUMPS.index(jump)

    def clock(self) -> FaultyClock:
        """The station's clock."""
        return FaultyClock(lambda: datetime.now(UTC), self._jumped)

    def _jumped(self) -> Jumped:
        return Jumped(_JUMPS[self.numbers.jump], _EPOCH + timedelta(milliseconds=self.numbers.jumped_ms))


def make_controls(context: ForkServerContext) -> Controls:
    """New ones: a good disk, a true clock, nothing saved."""
    return Controls(context.RawValue(_Numbers))
