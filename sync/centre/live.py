"""Pushes the board to every open page: on change within a second, and once a second as a sign of life."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from fastapi import WebSocket, WebSocketDisconnect
from fastapi.concurrency import run_in_threadpool

from sync.centre.board import Board
from sync.centre.errors import CentreError
from sync.facts import rfc3339

_PAUSE_SECONDS = 1.0
_FRESH_PUSHES = 5
"""Without a change, every so many pushes the ledger is read anyway: stations fall silent by the clock alone."""


class Live:
    """One reader of the ledger for all pages; it rests while no page is open."""

    def __init__(self, board: Board, clock: Callable[[], datetime]) -> None:
        self._board = board
        self._clock = clock
        self._pages = 0
        self._number = 0
        self._text = ""
        self._news = asyncio.Condition()

    async def run(self) -> None:
        """Read and announce for ever; end it by cancelling."""
        version, age, snapshot = "", 0, dict[str, Any]()
        trouble = ""
        while True:
            if self._pages:
                try:
                    newest = await run_in_threadpool(self._board.version)
                    age += 1
                    if newest != version or age >= _FRESH_PUSHES:
                        snapshot = await run_in_threadpool(self._board.snapshot, self._clock())
                        version, age = newest, 0
                    await self._announce({**snapshot, "at": rfc3339(self._clock())})
                    trouble = ""
                except Exception as error:  # the pages see the age of what they have and say so
                    kind = type(error).__name__
                    if kind != trouble:  # once, not every second
                        structlog.get_logger().error("board_not_read", kind=kind)
                    trouble = kind
            else:
                version = ""
            await asyncio.sleep(_PAUSE_SECONDS)

    async def follow(self, page: WebSocket) -> None:
        """Serve one page until it leaves."""
        await page.accept()
        self._pages += 1
        leaving = asyncio.create_task(_until_it_leaves(page))
        sending = asyncio.create_task(self._send(page))
        try:
            await asyncio.wait({leaving, sending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._pages -= 1
            for task in (leaving, sending):
                task.cancel()
            await asyncio.gather(leaving, sending, return_exceptions=True)

    async def _announce(self, snapshot: dict[str, Any]) -> None:
        async with self._news:
            self._number += 1
            self._text = json.dumps(snapshot, ensure_ascii=False)
            self._news.notify_all()

    async def _send(self, page: WebSocket) -> None:
        with suppress(CentreError):  # `run` goes on asking
            first = await run_in_threadpool(self._board.snapshot, self._clock())
            await page.send_text(json.dumps(first, ensure_ascii=False))
        seen = self._number
        while True:
            async with self._news:
                while self._number == seen:
                    await self._news.wait()
                seen, text = self._number, self._text
            await page.send_text(text)


async def _until_it_leaves(page: WebSocket) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await page.receive_bytes()
