"""The demonstration's world: travellers who come to the kiosk, look at its screen and do what it asks.

A traveller sees only the traveller screen, over the same WebSocket as a browser. What the station makes of pixels and
bytes it finds out by itself.
"""

import json
import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from random import Random
from typing import Literal

from websockets import Origin
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from station.demonstration.cast import Traveller
from station.demonstration.ports import Visit, WorldState
from station.demonstration.stage import Stage

_log = logging.getLogger(__name__)

_IMPATIENT_SECONDS = 4.5
"""A traveller who is not understood for so long tries the next thing."""
_GIVE_UP_SECONDS = 60.0
_NOBODY_ASKS = ("gone", "not_ready")
"""The screen is dark, or the station is starting: everything begins anew after that."""
_BETWEEN_SECONDS = 1.2
_VERDICTS: dict[str, Literal["ADMIT", "REFER"]] = {"admit": "ADMIT", "refer": "REFER"}


@dataclass(frozen=True, slots=True)
class Screen:
    """What the traveller screen says."""

    name: str = "gone"
    """idle, document, certificate, temperature, rest, confirm, admit, refer, again, not_ready; `gone` when unseen."""
    needs: tuple[tuple[str, str], ...] = ()
    """(kind, state) of each tile."""
    number: str = ""
    """Number of the saved screening, once it is saved."""


class ScreenWatcher:
    """Looks at the traveller screen all the time."""

    def __init__(self, address: str) -> None:
        """`address`: of the kiosk, as `http://127.0.0.1:8600`."""
        self._url = address.replace("http", "ws", 1) + "/live/traveller?lang=en"
        self._origin = Origin(address)
        self._screen = Screen()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="traveller's eyes", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Look away."""
        self._stop.set()
        self._thread.join(5)

    def screen(self) -> Screen:
        """What it says now."""
        return self._screen

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with connect(self._url, origin=self._origin, proxy=None, open_timeout=2, max_size=None) as socket:
                    self._look(socket)
            except (OSError, TimeoutError, WebSocketException):
                self._screen = Screen()
                self._stop.wait(0.3)

    def _look(self, socket: ClientConnection) -> None:
        while not self._stop.is_set():
            message = socket.recv(timeout=5)
            if isinstance(message, str):
                self._screen = _read(message) or self._screen


def _read(message: str) -> Screen | None:
    """A view message as a screen; None for heartbeats."""
    view = json.loads(message).get("view")
    if view is None:
        return None
    needs = tuple((tile["kind"], tile["state"]) for tile in view["needs"])
    return Screen(view["screen"], needs, (view.get("result") or {}).get("number", ""))


@dataclass(frozen=True, slots=True)
class Passage:
    """How one traveller's visit ended."""

    traveller: Traveller
    outcome: str
    """admit, refer or again as the screen said; `unseen` when the station never came to an end."""
    number: str
    seconds: float


class World:
    """Lets travellers come to the kiosk, one after another. One thread plays them.

    Args:
        stage: what stands before camera and scanner.
        watcher: the traveller's eyes.
        cast: who there is.
        seed: of the order in which they come by themselves.
    """

    def __init__(self, stage: Stage, watcher: ScreenWatcher, cast: tuple[Traveller, ...], seed: int) -> None:
        self._stage, self._watcher, self._cast = stage, watcher, cast
        self._rng = Random(seed)
        self._waiting: deque[Traveller] = deque()
        self._by_themselves = False
        self._current: Traveller | None = None
        self._passages: list[Passage] = []
        self._wake = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="travellers", daemon=True)

    def start(self) -> None:
        """Open the road."""
        self._watcher.start()
        self._stage.start()
        self._thread.start()

    def stop(self) -> None:
        """Close it."""
        self._stop.set()
        with self._wake:
            self._wake.notify_all()
        self._thread.join(5)
        self._watcher.stop()
        self._stage.stop()

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every visit that has ended, oldest first."""
        return tuple(self._passages)

    def picture(self) -> bytes | None:
        """The JPEG before the camera."""
        return self._stage.picture()

    def present(self, key: str) -> None:
        """Send one traveller to the kiosk.

        Raises:
            KeyError: there is nobody of that key.
        """
        chosen = next((t for t in self._cast if t.key == key), None)
        if chosen is None:
            raise KeyError(f"there is no traveller {key}")
        with self._wake:
            self._waiting.append(chosen)
            self._wake.notify_all()

    def automatic(self, on: bool) -> None:
        """Let travellers come by themselves, or stop that."""
        with self._wake:
            self._by_themselves = on
            self._wake.notify_all()

    def state(self) -> WorldState:
        """The world now."""
        screen, current = self._watcher.screen(), self._current
        return WorldState(
            automatic=self._by_themselves,
            current=current.key if current else None,
            holding=self._stage.holding,
            waiting=len(self._waiting),
            screen=screen.name,
            needs=screen.needs,
            verdict=_VERDICTS.get(screen.name),
            saved=screen.number or None,
            visits=tuple(Visit(p.traveller.key, _VERDICTS.get(p.outcome), p.number) for p in self._passages),
        )

    def _run(self) -> None:
        while not self._stop.is_set():
            with self._wake:
                self._wake.wait_for(lambda: self._stop.is_set() or self._waiting or self._by_themselves)
                if self._stop.is_set():
                    return
                traveller = self._waiting.popleft() if self._waiting else self._rng.choice(self._cast)
            try:
                self._passages.append(self._visit(traveller))
            except Exception:
                _log.exception("a visit went wrong")
            self._current = None
            self._stage.nothing()
            self._stop.wait(_BETWEEN_SECONDS)

    def _visit(self, traveller: Traveller) -> Passage:
        """Come, do what the screen asks, leave when it says so."""
        started = time.monotonic()
        self._until(("idle",), _GIVE_UP_SECONDS)
        self._current = traveller
        visit = _Visit(traveller, self._stage)
        while not self._stop.is_set() and time.monotonic() - started < _GIVE_UP_SECONDS:
            screen = self._watcher.screen()
            if screen.name == "again":  # already on record: the station was ended after saving, before saying so
                return Passage(traveller, screen.name, screen.number, time.monotonic() - started)
            if screen.name in _VERDICTS and screen.number:
                self._stop.wait(0.6)  # read the result
                return Passage(traveller, screen.name, screen.number, time.monotonic() - started)
            visit.act(screen, time.monotonic())
            self._stop.wait(0.1)
        return Passage(traveller, "unseen", "", time.monotonic() - started)

    def _until(self, names: tuple[str, ...], seconds: float) -> None:
        limit = time.monotonic() + seconds
        while not self._stop.is_set() and self._watcher.screen().name not in names and time.monotonic() < limit:
            self._stop.wait(0.1)


class _Visit:
    """One traveller's hands."""

    def __init__(self, traveller: Traveller, stage: Stage) -> None:
        self._traveller, self._stage = traveller, stage
        self._given_up: set[str] = set()
        self._doing = ""
        self._since = 0.0

    def act(self, screen: Screen, moment: float) -> None:
        """Hold up what is asked for; tired of it, the next thing that is still needed."""
        if screen.name in _NOBODY_ASKS:
            self._given_up.clear()
            self._doing = ""
            return
        wanted = self._wanted(screen)
        if wanted == self._doing:
            if moment - self._since > _IMPATIENT_SECONDS:
                self._given_up.add(wanted)
            return
        self._doing, self._since = wanted, moment
        match wanted:
            case "document":
                self._stage.passport(self._traveller)
            case "certificate":
                self._stage.certificate(self._traveller)
            case "temperature":
                self._stage.face(self._traveller.celsius[0])
            case "rest":
                self._stage.face(self._traveller.celsius[1])

    def _wanted(self, screen: Screen) -> str:
        if screen.name == "rest":
            return "rest"
        open_ = [kind for kind, state in screen.needs if state != "done" and kind not in self._given_up]
        if screen.name in open_:
            return screen.name
        return open_[0] if open_ else self._doing or "document"
