"""What can be wrong with a link: pure. The set is Toxiproxy's (github.com/Shopify/toxiproxy, README, "Toxics")."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from random import Random

_SEGMENT_BYTES = 1460
"""What an Ethernet frame carries of TCP."""


@dataclass(frozen=True, slots=True)
class Toxics:
    """What is wrong with one direction of a link. The default is nothing."""

    latency_ms: float = 0.0
    jitter_ms: float = 0.0
    """Up to so much more; the order of the bytes stays."""
    bytes_per_second: float | None = None
    """Of each connection."""
    slice_bytes: int | None = None
    """Hand on pieces of about this size, each by itself."""
    slice_pause_ms: float = 0.0
    reset_after: int | None = None
    """Break the connection (RST) once so many bytes went this way on it."""
    close_after: int | None = None
    """End it in an orderly way (FIN) there."""


@dataclass(frozen=True, slots=True)
class Link:
    """Both directions, and what stands in the way."""

    up: Toxics = Toxics()
    """From the station to the centre."""
    down: Toxics = Toxics()
    silent: bool = False
    """Connections are accepted, and nothing ever comes back."""
    page: bytes | None = None
    """A portal answers every request with these bytes; the centre never hears of it."""


GOOD = Link()


class End(StrEnum):
    """How a direction ends a connection by itself."""

    RESET = "reset"
    CLOSE = "close"


def lossy(loss: float = 0.01, round_trip_seconds: float = 0.1) -> Link:
    """A link that loses segments, as what TCP makes of it: a slower connection.

    Mathis et al. 1997 (ACM CCR 27(3)): rate = segment / round trip * sqrt(3/2) / sqrt(loss). 1 % at 100 ms gives
    1.43 Mbit/s a connection.

    Args:
        loss: share of segments that are lost, above 0.
        round_trip_seconds: half of it is the latency of each direction.
    """
    rate = _SEGMENT_BYTES / round_trip_seconds * sqrt(1.5 / loss)
    way = Toxics(latency_ms=round_trip_seconds * 500, bytes_per_second=rate)
    return Link(way, way)


class Shaper:
    """When the bytes of one direction of one connection are handed on. Times are seconds on any steady clock."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._free_at = 0.0
        self._last_due = 0.0
        self.passed = 0
        """Bytes that were planned so far."""

    def plan(self, now: float, data: bytes, toxics: Toxics) -> tuple[list[tuple[float, bytes]], End | None]:
        """Pieces with the moment at which each is due, and how the connection ends behind them, if it does."""
        allowed, end = self._allowance(len(data), toxics)
        pieces = []
        for piece in self._slices(data[:allowed], toxics):
            begins = max(now, self._free_at)
            rate = toxics.bytes_per_second
            self._free_at = begins + (len(piece) / rate if rate else 0.0)
            if toxics.slice_bytes:
                self._free_at += toxics.slice_pause_ms / 1000
            late = (toxics.latency_ms + self._rng.random() * toxics.jitter_ms) / 1000
            self._last_due = max(self._last_due, self._free_at + late)
            pieces.append((self._last_due, piece))
        self.passed += allowed
        return pieces, end

    def _allowance(self, size: int, toxics: Toxics) -> tuple[int, End | None]:
        for limit, end in ((toxics.reset_after, End.RESET), (toxics.close_after, End.CLOSE)):
            if limit is not None and self.passed + size > limit:
                return max(0, limit - self.passed), end
        return size, None

    def _slices(self, data: bytes, toxics: Toxics) -> Iterator[bytes]:
        if not toxics.slice_bytes:
            # Rate is kept by pieces: a whole batch that is due at its end would come at once.
            step = max(1, int(toxics.bytes_per_second / 50)) if toxics.bytes_per_second else max(1, len(data))
            yield from (data[at : at + step] for at in range(0, len(data), step))
            return
        at = 0
        while at < len(data):
            size = self._rng.randint(max(1, toxics.slice_bytes // 2), toxics.slice_bytes * 3 // 2)
            yield data[at : at + size]
            at += size
