"""Frames through shared memory: whole or not at all."""

import multiprocessing
import os
import time
from multiprocessing.connection import Connection

import numpy as np
import pytest

from drivers.cameras.slots import Slots, TooLarge, shared_memory

CAPACITY = 240 * 320 * 3


def pattern(number: int, height: int = 240, width: int = 320) -> np.ndarray:
    """Every byte says which frame it belongs to."""
    return np.full((height, width, 3), number * 37 % 251, np.uint8)


@pytest.fixture
def slots():
    memory = shared_memory(CAPACITY)
    made = Slots(memory, CAPACITY)
    yield made
    made.close()
    os.close(memory)


def test_what_was_written_is_read(slots):
    slots.write(1, pattern(1))
    slots.write(2, pattern(2, 100, 50))
    assert np.array_equal(slots.read(1), pattern(1))
    assert slots.read(2).shape == (100, 50, 3)
    assert slots.read(3) is None


def test_what_was_overwritten_is_gone_and_a_copy_stays(slots):
    slots.write(1, pattern(1))
    kept = slots.read(1)
    slots.write(4, pattern(4))
    assert slots.read(1) is None
    assert np.array_equal(kept, pattern(1))


def test_a_picture_that_does_not_fit(slots):
    with pytest.raises(TooLarge):
        slots.write(1, pattern(1, 241))
    assert slots.read(1) is None


def test_half_a_frame_is_none(slots):
    """As a writer leaves it that is killed in the middle."""
    slots.write(1, pattern(1))
    slots._slot(4)[0][0] = 4  # begun, never ended
    assert slots.read(4) is None
    assert slots.read(1) is None


def test_a_head_that_makes_no_sense(slots):
    slots.write(1, pattern(1))
    slots._slot(1)[0][1] = 1 << 40
    assert slots.read(1) is None


def _write(memory: int, seconds: float, newest: Connection) -> None:
    slots = Slots(memory, CAPACITY)
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        number += 1
        slots.write(number, pattern(number))
        if number % 7 == 0:
            newest.send(number)
    newest.send(-1)


def test_a_torn_frame_is_never_taken():
    """One process writes as fast as it can, another reads: many times faster than any camera."""
    memory = shared_memory(CAPACITY)
    slots = Slots(memory, CAPACITY)
    ours, theirs = multiprocessing.Pipe(duplex=False)
    writer = multiprocessing.get_context("fork").Process(target=_write, args=(memory, 2.0, theirs))
    writer.start()
    whole = refused = unguarded = 0
    number = 0
    while True:
        while ours.poll(0):
            number = ours.recv()
        if number < 0:
            break
        if not number:
            continue
        # What a reader without the numbers would have taken.
        body = slots._slot(number)[1].copy()
        unguarded += int(body.min() != body.max())
        for ahead in range(number, number + 12):
            pixels = slots.read(ahead)
            if pixels is None:
                refused += 1
                continue
            whole += 1
            assert pixels.min() == pixels.max() == ahead * 37 % 251
    writer.join()
    slots.close()
    os.close(memory)
    assert whole > 50
    assert refused > 0
    assert unguarded > 0
