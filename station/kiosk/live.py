"""One WebSocket to a page: its view on every change, the newest picture, a beat each second. Only the newest counts.

A page says `drawn` after it has painted a picture; until then it gets no further one, so that a slow page is never
behind by more than one picture.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from config.messages.moments import clock as clock_words
from station.kiosk.ports import LaneHandle, Picture
from station.lane.snapshot import LaneSnapshot

BEAT_SECONDS = 1.0
_PICTURE_SECONDS = 0.1
_UNDRAWN_SECONDS = 2.0
"""A page that does not say `drawn` for so long is sent the next picture all the same."""


@dataclass(eq=False, slots=True)
class Page:
    """One open page. `view` makes what it shows; `pictures` says which pictures that view wants."""

    socket: WebSocket
    view: Callable[[LaneSnapshot], dict[str, Any]]
    pictures: Callable[[dict[str, Any]], tuple[str, ...]]
    allowed: Callable[[], bool] = lambda: True
    """Whether the page may still see anything; asked before every view."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    sent_view: str = ""
    sent_pictures: dict[str, int] = field(default_factory=dict)
    undrawn_since: float | None = None
    extra: list[dict[str, Any]] = field(default_factory=list)
    """Messages to go out before the next view, such as the words of another language."""

    def drawn(self) -> None:
        """The page has painted the last picture."""
        self.undrawn_since = None

    def say(self, message: dict[str, Any]) -> None:
        """Queue one message and wake the page."""
        self.extra.append(message)
        self.changed.set()


class Hub:
    """Follows the lane in one thread of its own and wakes every open page."""

    def __init__(self, lane: LaneHandle, clock: Callable[[], datetime]) -> None:
        self._lane = lane
        self._clock = clock
        self._pages: set[Page] = set()
        self.snapshot = lane.snapshot()

    def wake(self) -> None:
        """Let every page look again."""
        for page in self._pages:
            page.changed.set()

    async def follow(self) -> None:
        """Wait for the lane's changes until cancelled."""
        while True:
            newest = await asyncio.to_thread(self._lane.wait, self.snapshot.revision, 0.5)
            if newest.revision != self.snapshot.revision:
                self.snapshot = newest
                self.wake()

    async def serve(self, page: Page) -> None:
        """Send to one page until it goes away or may see no more."""
        self._pages.add(page)
        page.changed.set()
        loop = asyncio.get_running_loop()
        beat_at = 0.0
        try:
            while page.allowed():
                wanted = page.pictures(await self._send_view(page))
                await self._send_pictures(page, wanted, loop.time())
                if loop.time() >= beat_at:
                    beat_at = loop.time() + BEAT_SECONDS
                    await page.socket.send_text(self._beat())
                pause = _PICTURE_SECONDS if wanted else max(0.05, beat_at - loop.time())
                with suppress(TimeoutError):
                    await asyncio.wait_for(page.changed.wait(), pause)
                page.changed.clear()
        except (WebSocketDisconnect, RuntimeError):
            return  # the page went away while something was being sent
        finally:
            self._pages.discard(page)

    def _beat(self) -> str:
        now = self._clock()
        return json.dumps({"type": "beat", "at": now.isoformat(), "clock": clock_words(now)})

    async def _send_view(self, page: Page) -> dict[str, Any]:
        view = page.view(self.snapshot)
        extra, page.extra = page.extra, []
        for message in extra:
            await page.socket.send_text(json.dumps(message, ensure_ascii=False))
        text = json.dumps({"type": "view", "view": view}, ensure_ascii=False)
        if text != page.sent_view:
            page.sent_view = text
            await page.socket.send_text(text)
        return view

    async def _send_pictures(self, page: Page, wanted: tuple[str, ...], now: float) -> None:
        if page.undrawn_since is not None and now - page.undrawn_since < _UNDRAWN_SECONDS:
            return
        sources: dict[str, Callable[[], Picture | None]] = {
            "C": self._lane.camera_jpeg,
            "T": self._lane.thermal_png,
        }
        for letter in wanted:
            picture = sources[letter]()
            if picture is None or page.sent_pictures.get(letter) == picture[0]:
                continue
            page.sent_pictures[letter] = picture[0]
            page.undrawn_since = now
            await page.socket.send_bytes(letter.encode() + picture[1])
