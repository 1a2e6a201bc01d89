"""What goes wrong in a soak, and when: pure, and the same for the same seed.

A step happens when so many records are saved, or receipted, and not at a time: a slow machine and a fast one go
through the same faults.
"""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from sync.faults.clock import Jump
from sync.faults.disk import Refusal
from sync.faults.portal import Page
from sync.faults.toxics import Link, Toxics, lossy


class Fault(StrEnum):
    """What `--faults` names."""

    KILL = "kill"
    """Writer and uplink are killed (SIGKILL)."""
    NET = "net"
    DISK = "disk"
    CLOCK = "clock"
    PORTAL = "portal"
    CENTRE = "centre"
    """The centre is killed, or its database with it."""


class Deed(StrEnum):
    """What a step does."""

    KILL_WRITER = "kill_writer"
    KILL_UPLINK = "kill_uplink"
    KILL_CENTRE = "kill_centre"
    KILL_DATABASE = "kill_database"
    LINK = "link"
    PORTAL = "portal"
    DISK = "disk"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that goes wrong."""

    after: int
    """How many records of that station are saved, or receipted, before it."""
    receipted: bool
    """Which of the two counts."""
    station: int
    """Index."""
    deed: Deed
    lasts_ms: int
    """How long the fault stays, or how long what was killed stays down."""
    again_ms: int = 0
    """What was killed is killed once more so long after it was started again; 0 is not."""
    about: str = ""
    link: Link | None = None
    page: Page | None = None
    refusal: Refusal = Refusal.TAKEN
    jump: Jump = Jump.TRUE


_PER = {Deed.KILL_WRITER: 1300, Deed.KILL_UPLINK: 2500, Deed.KILL_CENTRE: 9000, Deed.KILL_DATABASE: 35000,
        Deed.LINK: 3000, Deed.PORTAL: 8000, Deed.DISK: 6000, Deed.CLOCK: 6000}  # fmt: skip
"""One for so many records."""
_LEAST = {Deed.KILL_WRITER: 5, Deed.KILL_UPLINK: 3, Deed.KILL_CENTRE: 1, Deed.KILL_DATABASE: 1,
          Deed.LINK: 6, Deed.PORTAL: 3, Deed.DISK: 3, Deed.CLOCK: 4}  # fmt: skip
_OF = {
    Fault.KILL: (Deed.KILL_WRITER, Deed.KILL_UPLINK),
    Fault.NET: (Deed.LINK,),
    Fault.DISK: (Deed.DISK,),
    Fault.CLOCK: (Deed.CLOCK,),
    Fault.PORTAL: (Deed.PORTAL,),
    Fault.CENTRE: (Deed.KILL_CENTRE, Deed.KILL_DATABASE),
}
_DOWN = {Deed.KILL_UPLINK, Deed.KILL_CENTRE, Deed.KILL_DATABASE, Deed.LINK, Deed.PORTAL}
"""What befalls the way to the centre, and so counts receipts."""


def plan(records: int, stations: int, faults: frozenset[Fault], seed: int) -> tuple[Step, ...]:
    """Every step of a run.

    Args:
        records: of each station.
        stations: how many.
        faults: which kinds.
        seed: of everything drawn.
    """
    rng = Random(f"plan/{seed}")  # noqa: S311
    steps = []
    for fault in Fault:
        for deed in _OF[fault] if fault in faults else ():
            count = max(_LEAST[deed], records * stations // _PER[deed])
            steps += [_step(deed, rng, records, rng.randrange(stations)) for _ in range(count)]
    return tuple(sorted(steps, key=lambda step: (step.after, step.station, step.deed)))


def _step(deed: Deed, rng: Random, records: int, station: int) -> Step:
    after = rng.randrange(1, max(2, records * 19 // 20))
    receipted = deed in _DOWN
    match deed:
        case Deed.KILL_WRITER | Deed.KILL_UPLINK:
            lasts = int(rng.choice((0, 0, 5, 50, 300)) * rng.random())
            again = rng.randrange(1, 400) if rng.random() < 0.2 else 0
            return Step(after, receipted, station, deed, lasts, again)
        case Deed.KILL_CENTRE | Deed.KILL_DATABASE:
            return Step(after, receipted, station, deed, int(400 * rng.random()))
        case Deed.LINK:
            name, link = _link(rng)
            return Step(after, receipted, station, deed, rng.randrange(150, 1200), about=name, link=link)
        case Deed.PORTAL:
            page = rng.choice(tuple(Page))
            return Step(after, receipted, station, deed, rng.randrange(100, 900), about=page.value, page=page)
        case Deed.DISK:
            refusal = rng.choice((Refusal.FULL, Refusal.FULL, Refusal.IO_ERROR))
            return Step(
                after, receipted, station, deed, rng.randrange(20, 400), about=refusal.name.lower(), refusal=refusal
            )
        case Deed.CLOCK:
            jump = rng.choice(tuple(Jump))
            return Step(after, receipted, station, deed, rng.randrange(20, 2000), about=jump.value, jump=jump)


def _link(rng: Random) -> tuple[str, Link]:
    """One way in which a link is bad; an answer that is lost comes often: it is what doubles records elsewhere."""
    slow = Toxics(latency_ms=rng.uniform(20, 150), jitter_ms=rng.uniform(0, 100))
    cut = rng.choice((0, 20, 300))
    found = {
        "latency": Link(slow, slow),
        "bandwidth": Link(Toxics(bytes_per_second=rng.uniform(2e4, 2e5)), Toxics(bytes_per_second=2e4)),
        "loss": lossy(rng.choice((0.01, 0.05)), 0.1),
        "slicing": Link(Toxics(slice_bytes=200, slice_pause_ms=0.2), Toxics(slice_bytes=20, slice_pause_ms=1)),
        "answer_reset": Link(down=Toxics(reset_after=cut)),
        "answer_cut": Link(down=Toxics(close_after=cut)),
        "request_reset": Link(Toxics(reset_after=rng.randrange(100, 30_000))),
        "request_cut": Link(Toxics(close_after=rng.randrange(100, 30_000))),
        "silence": Link(silent=True),
    }
    name = rng.choice((*found, "answer_reset", "answer_cut"))
    return name, found[name]
