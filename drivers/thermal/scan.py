"""Looking for whole pieces in a stream of bytes: the loop that the thermal codecs share. Pure.

A piece that proves wrong costs its first byte only: the search goes on right behind it, so a good piece that follows
rubbish, or begins inside a torn one, is never lost. However a stream is cut into buffers the outcome is the same, as
long as `remainder` and `lost` are handed on and `look` judges by the bytes alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from drivers.ports import Decoded, Fact, Trouble
from drivers.readings import ThermalFrame


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands at one place of a buffer."""

    length: int
    """Bytes that belong to it; 0 when nothing whole and right stands there."""
    frame: ThermalFrame | None = None
    emissivity: float | None = None
    facts: tuple[tuple[Fact, str], ...] = ()
    troubles: tuple[Trouble, ...] = ()
    bad: bool = False
    """A frame was to be expected there and it is none that may be used."""


NOTHING = Piece(0)
BROKEN = Piece(0, bad=True)

Look = Callable[[bytes, int], Piece | None]
"""What stands in the buffer at that place; None when more bytes are needed to tell."""


def scan(buffer: bytes, lost: bool, header: bytes, look: Look) -> Decoded:
    """Take every whole piece out of a buffer.

    Args:
        buffer: the remainder of the last call and the bytes that came since.
        lost: the last call's `lost`.
        header: how every piece begins.
        look: judges one place that begins so.
    """
    pieces: list[Piece] = []
    at = resyncs = 0
    while True:
        start = buffer.find(header, at)
        piece = look(buffer, start) if start >= 0 else None
        if start < 0:
            start = max(at, len(buffer) - _begun(buffer, header))
        if start > at and not lost:
            resyncs, lost = resyncs + 1, True
        if piece is None:
            return _decoded(pieces, resyncs, buffer[start:], lost)
        pieces.append(piece)
        if piece.length:
            at, lost = start + piece.length, False
            continue
        at = start + 1
        if not lost:
            resyncs, lost = resyncs + 1, True


def _begun(buffer: bytes, header: bytes) -> int:
    """How many of the last bytes may be the beginning of a header."""
    return next((size for size in range(len(header) - 1, 0, -1) if buffer.endswith(header[:size])), 0)


def _decoded(pieces: list[Piece], resyncs: int, remainder: bytes, lost: bool) -> Decoded:
    return Decoded(
        frames=tuple(piece.frame for piece in pieces if piece.frame is not None),
        emissivities=tuple(piece.emissivity for piece in pieces if piece.emissivity is not None),
        frames_bad=sum(piece.bad for piece in pieces),
        resyncs=resyncs,
        remainder=remainder,
        lost=lost,
        facts=tuple(fact for piece in pieces for fact in piece.facts),
        troubles=tuple(trouble for piece in pieces for trouble in piece.troubles),
    )
