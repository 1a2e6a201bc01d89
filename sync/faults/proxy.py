"""A TCP proxy on loopback that makes a link bad: one thread with an event loop, switchable while it runs."""

import asyncio
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random
from typing import Self

from sync.faults.toxics import GOOD, End, Link, Shaper

_CHUNK = 65536
_AHEAD = 64
"""Chunks of one direction that wait for their moment; more stay in the sender's window."""
_ABORT = struct.pack("ii", 1, 0)
"""SO_LINGER on, 0 s: closing sends RST."""
_ASK_SECONDS = 5.0
_LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Counts:
    """What the proxy did so far."""

    connections: int = 0
    refused: int = 0
    """The centre did not listen."""
    bytes_up: int = 0
    bytes_down: int = 0
    resets: int = 0
    closed: int = 0
    """Ended after their limit of bytes."""
    silenced: int = 0
    pages: int = 0


class Proxy:
    """Stands between a station and a centre; as a context manager it runs."""

    def __init__(self, host: str, port: int, seed: int, link: Link = GOOD) -> None:
        """Take an address; nothing is passed on yet.

        Args:
            host: of the centre.
            port: of the centre.
            seed: of jitter and slices.
            link: how it is at first.
        """
        self._target, self._link, self._rng = (host, port), link, Random(seed)  # noqa: S311
        self._counts = Counts()
        self._open: set[asyncio.StreamWriter] = set()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    @property
    def address(self) -> str:
        """URL at which the station finds it."""
        return f"http://127.0.0.1:{self.port}"

    def counts(self) -> Counts:
        """What it did so far."""
        return self._counts

    def become(self, link: Link) -> None:
        """Let the link be like this from now on; what a portal or silence takes over is broken off, and its end too."""
        before, self._link = self._link, link
        if (before.silent, before.page) != (link.silent, link.page):
            self.reset()

    def reset(self) -> None:
        """Break every connection (RST)."""
        self._loop.call_soon_threadsafe(self._break_all)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._socket.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._serve, sock=self._socket, limit=_CHUNK))
        self._loop.run_forever()
        tasks = asyncio.all_tasks(self._loop)
        self._break_all()
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._count(connections=1)
        self._open.add(writer)
        try:
            if self._link.page is not None:
                await self._answer(reader, writer, self._link.page)
            else:
                await self._join(reader, writer)
        except (OSError, EOFError):  # the other side went first
            _abort(writer)
        finally:
            self._open.discard(writer)
            with suppress(OSError):
                writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, page: bytes) -> None:
        """As a portal: read the request whole, so that the page is not lost to a reset."""
        with suppress(TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_ASK_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(_length(head))
        self._count(pages=1)
        writer.write(page)
        await writer.drain()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target, limit=_CHUNK)
        except OSError:
            self._count(refused=1)
            _abort(writer)
            return
        self._open.add(far_writer)
        ways = [
            asyncio.create_task(self._pump(reader, far_writer, up=True)),
            asyncio.create_task(self._pump(far_reader, writer, up=False)),
        ]
        try:
            for way in asyncio.as_completed(ways):
                end = await way
                if end is End.RESET:
                    self._count(resets=1)
                    _abort(writer)
                    _abort(far_writer)
                if end is not None:
                    break
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._open.discard(far_writer)
            with suppress(OSError):
                far_writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> End | None:
        """Hand on one direction until it ends; None when its sender ended it."""
        shaper = Shaper(Random(self._rng.random()))  # noqa: S311
        planned: asyncio.Queue[tuple[float, bytes] | None] = asyncio.Queue(_AHEAD)
        hand_on = asyncio.create_task(_hand_on(planned, writer))
        end: End | None = None
        try:
            while end is None and (data := await reader.read(_CHUNK)):
                link = self._link
                if link.silent:
                    self._count(silenced=1)
                    while self._link.silent:
                        await asyncio.sleep(_LOOK_SECONDS)
                    return End.RESET
                pieces, end = shaper.plan(self._loop.time(), data, link.up if up else link.down)
                self._count(**{"bytes_up" if up else "bytes_down": sum(len(piece) for _, piece in pieces)})
                for piece in pieces:
                    await planned.put(piece)
            await planned.put(None)
            await hand_on
        finally:
            hand_on.cancel()
        if end is End.CLOSE:
            self._count(closed=1)
        if end is not End.RESET and writer.can_write_eof():
            writer.write_eof()
        return end

    def _break_all(self) -> None:
        for writer in list(self._open):
            _abort(writer)

    def _count(self, **more: int) -> None:
        """Only the loop's thread counts."""
        self._counts = replace(self._counts, **{k: getattr(self._counts, k) + n for k, n in more.items()})


async def _hand_on(planned: "asyncio.Queue[tuple[float, bytes] | None]", writer: asyncio.StreamWriter) -> None:
    """Hand on what is due until None comes; when the receiver is gone, the rest is taken and dropped."""
    loop, gone = asyncio.get_running_loop(), False
    while (item := await planned.get()) is not None:
        due, piece = item
        if gone:
            continue
        if (rest := due - loop.time()) > 0:
            await asyncio.sleep(rest)
        try:
            writer.write(piece)
            await writer.drain()
        except OSError:
            gone = True
            _abort(writer)


def _abort(writer: asyncio.StreamWriter) -> None:
    """Close with RST."""
    found = writer.transport.get_extra_info("socket")
    if found is not None:
        with suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
    writer.transport.abort()


def _length(head: bytes) -> int:
    """Content-Length of a request's head; 0 when it has none."""
    for text in head.lower().split(b"\r\n"):
        name, _, value = text.partition(b":")
        if name == b"content-length" and value.strip().isdigit():
            return int(value)
    return 0
