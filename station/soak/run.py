"""`station soak`: everything runs, everything goes wrong by plan, everything calms down, and then it is counted."""

import heapq
import itertools
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from station.demonstration.programs import ProgramFailed
from station.journal.reader import JournalReader
from station.soak.ledger import read_ledger
from station.soak.plan import Deed, Fault, Step, plan
from station.soak.programs import PLAIN, Cast, Eoc, Player, Station
from station.soak.writer import Stage
from sync.centre.app import Centre, open_centre
from sync.centre.errors import LedgerUnavailable
from sync.faults.checker import Held, Place
from sync.faults.clock import Jump
from sync.faults.disk import Refusal
from sync.faults.history import Event, History, What, read
from sync.faults.portal import page
from sync.faults.toxics import GOOD, Link
from sync.sync_store import read_state

_LOOK_SECONDS = 0.02
_STANDSTILL_SECONDS = 180.0
_AGAIN_MS = 50
"""Until a step is tried again that met a program which was down already."""
_AHEAD = 60
"""Records."""
_CONNECTIONS = 10


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run."""

    records: int
    """To be saved, over all stations."""
    faults: frozenset[Fault]
    seed: int
    stations: int
    folder: Path
    database: str | None = None
    """URL of a PostgreSQL; None for the embedded one."""


@dataclass(frozen=True, slots=True)
class Played:
    """What a run did, before it is judged."""

    stations: tuple[Station, ...]
    kills: Counter[str]
    """By program."""
    faults: Counter[str]
    starts: int
    """Of writers and uplinks, all together."""
    drained: bool
    """Whether the stations said at the end that nothing waits."""
    seconds: float
    ledger: tuple[Held, ...]
    parked: tuple[Place, ...]


class Soak:
    """One run."""

    def __init__(self, order: Order, cast: Cast = PLAIN) -> None:
        """Make the parts; nothing is started.

        Args:
            order: what to run.
            cast: who plays.
        """
        self._order = order
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["station.soak.writer", "station.soak.carrier"])
        order.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._centre, self._cast = Eoc(order.folder, order.database), cast
        share = -(-order.records // order.stations)
        self._stations = [
            Station(context, self._stage(index, share), self._centre.port, cast) for index in range(order.stations)
        ]
        steps = plan(share, order.stations, order.faults, order.seed)
        self._queues = [
            [s for s in steps if s.station == index and s.receipted is receipted]
            for index in range(order.stations)
            for receipted in (False, True)
        ]
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._ticket = itertools.count()
        self._held_down: set[Player] = set()
        self._centre_down = False
        self._kills: Counter[str] = Counter()
        self._faults: Counter[str] = Counter()
        self._watermarks = [0] * order.stations
        self._moved = 0.0

    def _stage(self, index: int, share: int) -> Stage:
        folder, name, seed = self._order.folder, f"soak-{index + 1}", self._order.seed
        key = Random(f"key/{seed}/{name}").randbytes(32)  # noqa: S311
        written, carried = folder / f"{name}.written.jsonl", folder / f"{name}.carried.jsonl"
        bad = Fault.DISK in self._order.faults
        return Stage(name, folder / name, key, seed, share, written, carried, bad)

    def run(self) -> Played:
        """Run it to its end.

        Raises:
            ProgramFailed: the centre did not start, or nothing moved any more while faults were on.
        """
        began = time.monotonic()
        with ExitStack() as stack:
            history = stack.enter_context(History(self._order.folder / "run.jsonl"))
            self._centre.program.start()
            stack.callback(self._centre.program.stop)
            self._centre.program.wait_ready()
            for station in self._stations:
                stack.enter_context(station.proxy)
            # Opened once and let go before the centre ends: the last to let go stops the database.
            centre = open_centre(self._centre.settings)
            stack.callback(centre.close)
            packages = self._centre.admit(centre, self._stations, self._order.folder)
            if self._cast.spoil is not None:
                self._cast.spoil(centre.database)
            for station, package in zip(self._stations, packages, strict=True):
                station.join(package)
                for player in (station.writer, station.uplink):
                    stack.callback(player.stop)
                    player.start()
            self._torment(history)
            drained = self._calm_down(history)
            for station in self._stations:
                station.uplink.stop()
            ledger = self._read_ledger(centre)
        starts = sum(s.writer.starts + s.uplink.starts for s in self._stations)
        seconds = time.monotonic() - began
        return Played(tuple(self._stations), self._kills, self._faults, starts, drained, seconds, *ledger)

    def _read_ledger(self, centre: Centre) -> tuple[tuple[Held, ...], tuple[Place, ...]]:
        """As the database has it; the first attempts may meet connections that died with it."""
        names = [station.stage.station for station in self._stations]
        for _ in range(_CONNECTIONS):
            with suppress(LedgerUnavailable):
                return read_ledger(centre.database, names)
        return read_ledger(centre.database, names)

    def _torment(self, history: History) -> None:
        self._moved = time.monotonic()
        while any(self._queues) or self._later or not all(s.writer.finished for s in self._stations):
            self._look()
            for queue in self._queues:
                while queue and self._is_due(queue[0]):
                    self._do(queue.pop(0), history)
            self._let_write()
            while self._later and self._later[0][0] <= time.monotonic():
                heapq.heappop(self._later)[2]()
            self._start_what_is_down(history)
            if time.monotonic() - self._moved > _STANDSTILL_SECONDS:
                raise ProgramFailed(f"nothing moved for {_STANDSTILL_SECONDS:.0f} s; see the logs in the soak's folder")
            time.sleep(_LOOK_SECONDS)

    def _look(self) -> None:
        for index, station in enumerate(self._stations):
            watermark = read_state(station.paths.sync, 0).watermark
            if watermark != self._watermarks[index] or not station.writer.finished:
                self._moved = time.monotonic()
            self._watermarks[index] = watermark

    def _is_due(self, step: Step) -> bool:
        station = self._stations[step.station]
        return (self._watermarks[step.station] if step.receipted else station.controls.saved) >= step.after

    def _let_write(self) -> None:
        """The writers run ahead of the next step by a little only, or a quick one would miss it."""
        for station, queue in zip(self._stations, self._queues[::2], strict=True):
            station.controls.allow(queue[0].after + _AHEAD if queue else station.stage.records)

    def _do(self, step: Step, history: History) -> None:
        station = self._stations[step.station]
        name, controls, proxy = station.stage.station, station.controls, station.proxy
        match step.deed:
            case Deed.KILL_WRITER:
                self._kill("writer", station.writer, step, history, name)
            case Deed.KILL_UPLINK:
                self._kill("uplink", station.uplink, step, history, name)
            case Deed.KILL_CENTRE | Deed.KILL_DATABASE:
                self._kill_centre(step, history)
            case Deed.LINK | Deed.PORTAL:
                proxy.become(step.link or Link(page=self._page(step, station)))
                self._in(step.lasts_ms, lambda: proxy.become(GOOD))
            case Deed.DISK:
                controls.set_disk(step.refusal)
                self._in(step.lasts_ms, lambda: controls.set_disk(Refusal.TAKEN))
            case Deed.CLOCK:
                controls.jump(step.jump, datetime.now(UTC))
                self._in(step.lasts_ms, lambda: controls.jump(Jump.TRUE, datetime.now(UTC)))
        if step.about:
            self._faults[f"{step.deed.value} {step.about}"] += 1
            history.tell(Event(What.FAULT, name, about=f"{step.deed.value} {step.about} {step.lasts_ms} ms"))

    def _page(self, step: Step, station: Station) -> bytes:
        """A portal's page; a forged receipt claims a little more than there is."""
        assert step.page is not None
        journal = _journal_of(station)
        return page(step.page, station.stage.station, journal, station.controls.saved + 5)

    def _kill(self, what: str, player: Player, step: Step, history: History, name: str) -> None:
        if player in self._held_down:
            self._in(_AGAIN_MS, lambda: self._kill(what, player, step, history, name))
            return
        self._held_down.add(player)

        def strike() -> None:
            if player.kill():
                self._kills[what] += 1
                history.tell(Event(What.KILLED, name, about=what))

        strike()
        self._in(step.lasts_ms, lambda: self._held_down.discard(player))
        if step.again_ms:  # while it is starting
            self._in(step.lasts_ms + step.again_ms, strike)

    def _kill_centre(self, step: Step, history: History) -> None:
        if self._centre_down:
            self._in(_AGAIN_MS, lambda: self._kill_centre(step, history))
            return
        self._centre_down = True
        if step.deed is Deed.KILL_DATABASE and self._centre.kill_database():
            self._kills["database"] += 1
            history.tell(Event(What.KILLED, about="database"))
        if self._centre.program.running:
            self._centre.program.kill()
            self._kills["centre"] += 1
            history.tell(Event(What.KILLED, about="centre"))
        self._in(step.lasts_ms, self._centre_up)

    def _centre_up(self) -> None:
        self._centre_down = False

    def _in(self, milliseconds: int, deed: Callable[[], None]) -> None:
        heapq.heappush(self._later, (time.monotonic() + milliseconds / 1000, next(self._ticket), deed))

    def _start_what_is_down(self, history: History) -> None:
        """What systemd does."""
        for station in self._stations:
            for what, player in (("writer", station.writer), ("uplink", station.uplink)):
                if not player.running and not player.finished and player not in self._held_down:
                    player.start()
                    history.tell(Event(What.RESTARTED, station.stage.station, about=what))
        if not self._centre.program.running and not self._centre_down:
            self._centre.program.start()
            history.tell(Event(What.RESTARTED, about="centre"))

    def _calm_down(self, history: History) -> bool:
        """No more faults: until nothing waits, or nothing moves any more."""
        for station in self._stations:
            station.proxy.become(GOOD)
            station.controls.set_disk(Refusal.TAKEN)
            station.controls.jump(Jump.TRUE, datetime.now(UTC))
        heads = []
        for station in self._stations:
            reader = JournalReader(station.paths.journal, station.stage.key)
            heads.append((reader.head()[0], reader.journal))
            reader.close()
        moved, before = time.monotonic(), list(self._watermarks)
        while time.monotonic() - moved < _STANDSTILL_SECONDS:
            self._start_what_is_down(history)
            states = [read_state(s.paths.sync, *head) for s, head in zip(self._stations, heads, strict=True)]
            if not any(state.waiting for state in states):
                return True
            self._watermarks = [state.watermark for state in states]
            if self._watermarks != before:
                moved, before = time.monotonic(), list(self._watermarks)
            time.sleep(_LOOK_SECONDS)
        return False


def _journal_of(station: Station) -> str:
    """UUID of the journal as the uplink's history names it; any when nothing was sent yet."""
    path = station.stage.carried
    if path.exists():
        for event in read(path):
            if event.journal:
                return event.journal
    return "00000000-0000-7000-8000-000000000000"
