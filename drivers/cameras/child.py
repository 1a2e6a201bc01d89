"""The program that holds one camera: `python -m drivers.cameras.child`, started by `drivers.cameras.process` only.

A driver may be stuck for ever in a read, and a thread that waits for it cannot be ended: a process can. It knows
nothing of lanes, sentences or back-off; it opens, reads, hands over, and dies with its parent.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Mapping

from drivers.cameras import controls
from drivers.cameras.capture import Capture, open_camera
from drivers.cameras.slots import Slots, TooLarge
from drivers.cameras.words import Came, Controlled, Failed, Failure, Kind, Missed, Orders, Word, spoken
from drivers.faults import kind_and_place

_MISSES = 5
"""Reads without a picture in a row after which the camera is gone; one alone may be a damaged frame."""
_MISS_PAUSE = 0.02
_SETTLED = (5, 10)
"""Frames after which the controls are read back, and put right when they are not as asked for."""
_EVERY = 450
"""Frames between two later looks at the controls: a camera may reset itself."""
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Read the orders from standard input and carry them out."""
    orders = Orders.of(sys.stdin.buffer.readline())
    _die_with(orders.parent)
    try:
        last = _serve(orders)
    except BrokenPipeError:
        return
    except Exception as error:
        last = Failed(Failure.FAULT, kind_and_place(error))
    _say(orders, last)


def _die_with(parent: int) -> None:
    """Linux ends this process when the thread that started it ends, or the whole parent, kill -9 included."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)


def _serve(orders: Orders) -> Failed:
    camera = open_camera(orders)
    if isinstance(camera, Failure):
        return Failed(camera)
    slots = Slots(orders.memory, orders.capacity)
    # A network camera is set at the camera.
    asked = orders.controls if orders.kind is Kind.V4L2 else {}
    controls.apply(camera, asked)
    _say(orders, camera.format())
    try:
        return _hand_over(orders, camera, slots, asked)
    except TooLarge:
        return Failed(Failure.TOO_LARGE)


def _hand_over(orders: Orders, camera: Capture, slots: Slots, asked: Mapping[controls.Control, float]) -> Failed:
    number = misses = 0
    while misses < _MISSES:
        pixels = camera.read()
        if pixels is None:
            misses += 1
            _say(orders, Missed())
            time.sleep(_MISS_PAUSE)
            continue
        misses, number = 0, number + 1
        slots.write(number, pixels)
        _say(orders, Came(number))
        if asked and (number in _SETTLED or number % _EVERY == 0):
            wrong = controls.refused(camera, asked)
            if wrong:
                controls.apply(camera, asked)
            if number != _SETTLED[0]:
                _say(orders, Controlled(wrong))
    return Failed(Failure.GONE)


def _say(orders: Orders, word: Word) -> None:
    os.write(orders.words, spoken(word))


if __name__ == "__main__":
    main()
