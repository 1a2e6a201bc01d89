"""Frames from one process to another through shared memory: a few slots, written in turn, read without a lock.

The memory is an anonymous file (memfd) that lives as long as somebody holds its descriptor: when both processes are
gone, however they went, nothing is left behind. Each slot is a head and a picture:

    begun   height   width   channels   ended        five numbers of 8 bytes
    height * width * channels bytes

A writer sets `begun` to the frame's number, writes shape and pixels, and then sets `ended`. A reader copies the pixels
between reading `ended` and reading `begun`: only when both are the number that it wants was the picture whole.
"""

import mmap
import os

import numpy as np
from numpy.typing import NDArray

_PAGE = 4096
_BEGUN, _HEIGHT, _WIDTH, _CHANNELS, _ENDED = range(5)


class TooLarge(Exception):
    """A picture is larger than a slot."""


class Slots:
    """The shared memory, in the process that writes or in the one that reads; `close` it in both.

    Args:
        descriptor: of the memory; stays the caller's to close.
        capacity: bytes of one picture at the most. Memory that no picture touches is never taken.
        count: of slots; with three, a reader has the time of two frames to copy one.
    """

    def __init__(self, descriptor: int, capacity: int, count: int = 3) -> None:
        self.capacity, self.count = capacity, count
        self._stride = _PAGE + -(-capacity // _PAGE) * _PAGE
        self._memory = mmap.mmap(descriptor, self._stride * count)
        self._bytes = np.frombuffer(self._memory, np.uint8)

    def write(self, number: int, pixels: NDArray[np.uint8]) -> None:
        """Put frame `number` (from 1 on) into its slot.

        Args:
            number: one more than that of the frame before.
            pixels: (height, width, 3), BGR.

        Raises:
            TooLarge: it does not fit.
        """
        if pixels.nbytes > self.capacity:
            raise TooLarge
        head, body = self._slot(number)
        head[_BEGUN] = number
        head[_HEIGHT], head[_WIDTH], head[_CHANNELS] = pixels.shape
        body[: pixels.nbytes].reshape(pixels.shape)[...] = pixels
        head[_ENDED] = number

    def read(self, number: int) -> NDArray[np.uint8] | None:
        """A copy of frame `number`, (height, width, 3); None when it is not whole or not there any more."""
        head, body = self._slot(number)
        if int(head[_ENDED]) != number:
            return None
        shape = int(head[_HEIGHT]), int(head[_WIDTH]), int(head[_CHANNELS])
        size = shape[0] * shape[1] * shape[2]
        if not 0 < size <= self.capacity:
            return None
        pixels = body[:size].reshape(shape).copy()
        return pixels if int(head[_BEGUN]) == number == int(head[_ENDED]) else None

    def close(self) -> None:
        """Give the memory back."""
        del self._bytes
        self._memory.close()

    def _slot(self, number: int) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
        start = number % self.count * self._stride
        body = self._bytes[start + _PAGE : start + _PAGE + self.capacity]
        return self._bytes[start : start + 40].view(np.uint64), body


def shared_memory(capacity: int, count: int = 3) -> int:
    """The descriptor of new memory for so many slots; the caller closes it."""
    descriptor = os.memfd_create("daan-camera", os.MFD_CLOEXEC)
    os.ftruncate(descriptor, (_PAGE + -(-capacity // _PAGE) * _PAGE) * count)
    return descriptor
