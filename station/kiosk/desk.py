"""What the two screens' sockets do: who may see what, what each page may say, in which language it is answered."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from config.messages.catalogue import Catalogue
from config.messages.moments import clock as clock_words
from config.settings import Settings
from station.kiosk.context import KioskContext, context_of
from station.kiosk.errands import ASKED, Errands
from station.kiosk.errors import BadCommand
from station.kiosk.live import Hub, Page
from station.kiosk.messages import command_of, read_message
from station.kiosk.officer_boot import closed_lists
from station.kiosk.officer_state import state_bar
from station.kiosk.officer_trust import duty_lines
from station.kiosk.ports import LaneHandle
from station.kiosk.sessions import Sessions
from station.kiosk.views import officer_view, traveller_view
from station.lane.commands import Addressed, Again, OpenGate, SoundSiren
from station.lane.snapshot import LaneSnapshot, Phase
from station.lane.typed import PATTERNS

_HELLO_SECONDS = 5.0
_SHARED = ("common.", "brand.", "language.", "gone.", "place.", "direction.", "help.")
_TRAVELLER = (*_SHARED, "welcome.", "privacy.", "guidance.", "instruction.", "result.", "notice.officer_called")
_OFFICER = (*_SHARED, "officer.", "panel.", "field.", "dialog.", "verdict.", "signin.", "need.", "state.", "guidance.")
_ANYBODY = ("again", "do_gate", "do_siren")
"""Commands that are not about the traveller who stood there when the page was drawn."""
SIGNED_OUT, BAD_MESSAGE = 4401, 4400
"""Close codes that the pages understand."""


class Desk:
    """The state that the screens share beside the lane: a traveller's call for an officer."""

    def __init__(
        self,
        lane: LaneHandle,
        hub: Hub,
        settings: Settings,
        sessions: Sessions,
        catalogues: Mapping[str, Catalogue],
        clock: Callable[[], datetime],
        unsealed: bool,
        limit_celsius: float | None,
    ) -> None:
        self._lane, self._hub, self._settings, self._sessions = lane, hub, settings, sessions
        self._catalogues, self._clock, self._unsealed, self._limit = catalogues, clock, unsealed, limit_celsius
        self._called_at: datetime | None = None

    @property
    def snapshot(self) -> LaneSnapshot:
        """The lane as the pages see it now."""
        return self._hub.snapshot

    def language(self, wanted: str) -> str:
        """The wanted language if there is a catalogue of it, else the first of the profile."""
        return wanted if wanted in self._catalogues else next(iter(self._catalogues))

    def words(self, language: str, *, officer: bool) -> dict[str, str]:
        """The fixed words that a page places itself."""
        return self._catalogues[language].under(*(_OFFICER if officer else _TRAVELLER))

    def context(self, officer: str = "") -> KioskContext:
        """The facts of this moment."""
        return context_of(
            self._settings,
            now=self._clock(),
            uplink=self._lane.uplink(),
            unsealed=self._unsealed,
            limit_celsius=self._limit,
            officer=officer,
            called_at=self._called_at,
            believed=self._lane.believed(),
        )

    def traveller_boot(self) -> dict[str, Any]:
        """What the traveller page starts with."""
        context = self.context()
        places = {language: context.place(language) for language in self._catalogues}
        return {"languages": list(self._catalogues), "places": places, "lane": context.lane,
                "demonstration": context.demonstration}  # fmt: skip

    def signin_boot(self, language: str) -> dict[str, Any]:
        """What the sign-in page starts with."""
        context = self.context()
        locked = {name: self._sessions.locked_until(name) for name in self._sessions.officers}
        return {
            "languages": list(self._catalogues),
            "place": context.place(language),
            "lane": context.lane,
            "direction": context.direction,
            "clock": clock_words(context.now),
            "lane_now": self._lane_now(language),
            "officers": [
                {"name": name, "locked": clock_words(until, seconds=True) if until else ""}
                for name, until in locked.items()
            ],
        }

    def _lane_now(self, language: str) -> list[dict[str, str]]:
        """How the lane stands, for whoever comes on duty: devices, what waits for the centre, whose demonstration."""
        bar = state_bar(self.snapshot, self.context(), self._catalogues[language])
        lines = [{"mark": d["mark"], "tone": d["tone"], "text": d["label"]} for d in bar["devices"]]
        sync = bar["sync"]
        mark = {"admit": "ok", "refuse": "fail"}.get(sync["tone"], "warn")
        lines.append({"mark": mark, "tone": sync["tone"], "text": f"{sync['title']} · {sync['text']}"})
        lines += duty_lines(self.context(), self._catalogues[language])
        told = [text for text in (bar["unsealed"], bar["demonstration"]) if text]
        return lines + [{"mark": "warn", "tone": "unsure", "text": text} for text in told]

    def officer_boot(self, language: str, session: str) -> dict[str, Any]:
        """What the officer page starts with: its own window token and the closed lists."""
        return {
            "languages": list(self._catalogues),
            "token": self._sessions.new_window(session),
            "patterns": PATTERNS,
        } | closed_lists(self._catalogues[language])

    async def serve_traveller(self, socket: WebSocket, language: str) -> None:
        """A traveller page may choose a language and call an officer; it sees no more than its own view."""
        spoken = {"language": language, "before": language}

        def view(snapshot: LaneSnapshot) -> dict[str, Any]:
            return traveller_view(snapshot, self.context(), self._catalogues[spoken["language"]])

        def pictures(shown: dict[str, Any]) -> tuple[str, ...]:
            return {"camera": ("C",), "thermal": ("T",)}.get(shown["show"], ())

        page = Page(socket, view, pictures)

        async def hear(message: dict[str, Any]) -> None:
            match message["type"]:
                case "language":
                    self._speak(page, spoken, str(message.get("language", "")))
                case "call":
                    self._call(self._clock())

        await socket.accept()
        await self._converse(page, hear, lambda: self._reset_language(page, spoken, language))

    async def serve_officer(self, socket: WebSocket, language: str, session: str) -> None:
        """An officer page sees everything and commands, with its session and its window's token."""
        await socket.accept()
        officer = self._sessions.officer_of(session)
        if officer is None or not await self._greeted(socket, session):
            await socket.close(SIGNED_OUT)
            return
        spoken = {"language": language}

        def view(snapshot: LaneSnapshot) -> dict[str, Any]:
            opened = {"opened": snapshot.opened_at.isoformat() if snapshot.opened_at else ""}
            return officer_view(snapshot, self.context(officer), self._catalogues[spoken["language"]]) | opened

        def signed_in() -> bool:
            return self._sessions.officer_of(session) is not None

        page = Page(socket, view, lambda _: ("C", "T"), signed_in)
        errands = Errands(self._lane, officer)

        async def hear(message: dict[str, Any]) -> None:
            if not self._holds(session, message):
                await socket.close(SIGNED_OUT)
            elif message["type"] == "language":
                self._speak(page, spoken, str(message.get("language", "")), officer=True)
            elif message["type"] == "answer_call":
                self._call(None)
            elif message["type"] in ASKED:
                page.say(await self._run(errands, message, officer, self._catalogues[spoken["language"]]))
            else:
                self._command(page, message, officer, errands)

        await self._converse(page, hear, lambda: None)
        if not signed_in():
            with suppress(RuntimeError, WebSocketDisconnect):  # the page may have gone by itself
                await socket.close(SIGNED_OUT)

    async def _greeted(self, socket: WebSocket, session: str) -> bool:
        """The first message must carry the window's token; nothing is shown before."""
        try:
            return self._holds(session, read_message(await asyncio.wait_for(socket.receive_text(), _HELLO_SECONDS)))
        except (TimeoutError, BadCommand, WebSocketDisconnect, KeyError):
            return False

    def _holds(self, session: str, message: dict[str, Any]) -> bool:
        signed_in = self._sessions.officer_of(session) is not None
        return signed_in and self._sessions.owns_window(session, str(message.get("token", "")))

    async def _run(
        self, errands: Errands, message: dict[str, Any], officer: str, catalogue: Catalogue
    ) -> dict[str, Any]:
        """Answer what a page asks; off the event loop, because frames are encoded and the journal is read."""
        snapshot, context = self.snapshot, self.context(officer)
        match message["type"]:
            case "photograph":
                return await asyncio.to_thread(errands.photograph, str(message.get("opened", "")))
            case "weigh":
                command = command_of({**message, "type": "attest"}, officer)
                return await asyncio.to_thread(errands.weigh, command, snapshot, context, catalogue)
            case "device":
                name = str(message.get("device", ""))
                return await asyncio.to_thread(errands.device, name, snapshot, catalogue)
            case _:
                screening = str(message.get("screening", ""))
                return await asyncio.to_thread(errands.explain, screening, snapshot, context, catalogue)

    def _command(self, page: Page, message: dict[str, Any], officer: str, errands: Errands) -> None:
        """Hand a command on, unless the traveller whom the officer saw is no longer the one at the lane."""
        command = command_of(message, officer)
        now = self.snapshot.opened_at
        if message["type"] not in _ANYBODY and message.get("opened", "") != (now.isoformat() if now else ""):
            page.say({"type": "refused", "why": "changed"})
            return
        command = errands.pictured(command, message)
        self._lane.send(command if isinstance(command, Again | OpenGate | SoundSiren) else Addressed(command, now))

    def _call(self, at: datetime | None) -> None:
        if (at is None) != (self._called_at is None):
            self._called_at = at
            self._hub.wake()

    def _speak(self, page: Page, spoken: dict[str, str], wanted: str, *, officer: bool = False) -> None:
        language = self.language(wanted)
        if language != spoken["language"]:
            spoken["language"] = language
            lists = {"lists": closed_lists(self._catalogues[language])} if officer else {}
            words = self.words(language, officer=officer)
            page.say({"type": "words", "language": language, "words": words} | lists)

    def _reset_language(self, page: Page, spoken: dict[str, str], first: str) -> None:
        """The next traveller starts in the first language again, and nobody is being called."""
        phase = self.snapshot.phase.value
        if phase == Phase.IDLE and spoken["before"] not in (Phase.IDLE, first):
            self._speak(page, spoken, first)
            self._call(None)
        spoken["before"] = phase

    async def _converse(
        self, page: Page, hear: Callable[[dict[str, Any]], Awaitable[None]], each: Callable[[], None]
    ) -> None:
        """Send and listen at once until either ends."""
        view = page.view

        def watched(snapshot: LaneSnapshot) -> dict[str, Any]:
            each()
            return view(snapshot)

        page.view = watched
        sending = asyncio.create_task(self._hub.serve(page))
        listening = asyncio.create_task(self._listen(page, hear))
        _, unfinished = await asyncio.wait({sending, listening}, return_when=asyncio.FIRST_COMPLETED)
        for task in unfinished:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _listen(self, page: Page, hear: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):
            while True:
                text = await page.socket.receive_text()
                try:
                    message = read_message(text)
                    if message["type"] == "drawn":
                        page.drawn()
                    else:
                        await hear(message)
                except BadCommand:
                    await page.socket.close(BAD_MESSAGE)
                    return
