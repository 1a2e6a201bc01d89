"""What is on a port: listening first, asking only when a person has chosen the port and said so.

Listening writes nothing, but opening a port moves its DTR line, which resets some adapters and what is behind them: so
not even that is done to a port that nobody named. What is heard is scored by frames that pass their checksum. An 8-bit
sum lets one noisy frame in 256 pass, hence several are needed and the bad ones must be fewer.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from config.messages.said import Said, say
from drivers.links.opening import open_link
from drivers.ports import ByteLink, Decoded
from drivers.protocols import PROTOCOLS
from drivers.registry import THERMAL
from drivers.thermal.asking import AskingLink
from drivers.workbench.probe_questions import QUESTIONS, Questions

LISTEN_SECONDS = 2.0
_SLOW_FACTOR = 3
"""When something good was heard but not yet enough: a module may send one frame in two seconds."""
_ENOUGH, _ENOUGH_LONG, _LONG_BYTES = 3, 2, 500
"""Good frames needed; two of those that are long and carry a wide checksum."""
_PATIENT_READS = 8
"""Empty reads of a twentieth of a second before a question counts as not answered."""

OpenAt = Callable[[str, int], ByteLink]


@dataclass(frozen=True, slots=True)
class Finding:
    """What speaks for one protocol at one baud rate."""

    protocol: str
    baud: int
    good: int
    """Frames or answers that are whole and pass their checksum."""
    bad: int
    needed: int
    asked: bool
    """It answered; otherwise it was only listened to."""

    @property
    def likely(self) -> bool:
        """Whether that is enough to believe it."""
        return self.good >= self.needed and self.good > self.bad


@dataclass(frozen=True, slots=True)
class Probed:
    """What was found out about one port."""

    port: str
    findings: tuple[Finding, ...]
    """The best first."""
    heard: tuple[tuple[int, int], ...]
    """(baud, bytes heard without asking), in the order in which they were tried."""
    asked: bool

    @property
    def found(self) -> Finding | None:
        """The most likely one; None when nothing is."""
        return self.findings[0] if self.findings and self.findings[0].likely else None

    def sentence(self) -> Said:
        """What to tell a person."""
        found = self.found
        if found is not None:
            pattern = "{port} is most likely {protocol} at {baud} baud: {good} good frames, {bad} bad."
            if found.asked:
                pattern = "{port} answers like {protocol} at {baud} baud: {good} good answers, {bad} bad."
            return say(
                pattern,
                port=self.port,
                protocol=found.protocol,
                baud=str(found.baud),
                good=str(found.good),
                bad=str(found.bad),
            )
        count = sum(size for _, size in self.heard)
        if count:
            pattern = (
                "{port} sends {count} bytes that fit no known protocol; look for its name and baud rate on its label."
            )
            return say(pattern, port=self.port, count=str(count))
        if self.asked:
            return say(
                "{port} stayed silent even when asked; check its cable, its power and its label.", port=self.port
            )
        pattern = "{port} stayed silent; check its power, and add --ask: many devices speak only when they are asked."
        return say(pattern, port=self.port)


def probe(
    port: str,
    *,
    protocols: Sequence[str] = (),
    seconds: float = LISTEN_SECONDS,
    ask: bool = False,
    open_at: OpenAt = open_link,
    monotonic: Callable[[], float] = time.monotonic,
) -> Probed:
    """Find out what is on a port that a person named.

    Args:
        port: device path or URL.
        protocols: only these; empty: all that are known.
        seconds: how long to listen at each baud rate.
        ask: send the questions of `probe_questions` when listening has told nothing.
        open_at: opens a port at a baud rate.
        monotonic: seconds that only grow.

    Raises:
        DeviceAbsent: the port is not there.
        DeviceBusy: another program holds it.
        DeviceGone: it was pulled out meanwhile.
    """
    wanted = tuple(protocols) or tuple(PROTOCOLS)
    findings, heard = list[Finding](), list[tuple[int, int]]()
    for baud in bauds(wanted):
        link = open_at(port, baud)
        try:
            count, here = _listen(link, baud, wanted, seconds, monotonic)
            if ask and not any(finding.likely for finding in here):
                here += _ask_all(link, baud, wanted)
        finally:
            link.close()
        heard.append((baud, count))
        findings += here
        if any(finding.likely for finding in here):
            break
    findings.sort(key=lambda each: (each.likely, each.good - each.bad, each.good), reverse=True)
    return Probed(port, tuple(findings), tuple(heard), ask)


def bauds(protocols: Sequence[str]) -> tuple[int, ...]:
    """The baud rates to try: first those as delivered, the commonest first, then the others."""
    delivered = [PROTOCOLS[name].baud for name in protocols]
    first = sorted(set(delivered), key=lambda baud: (-delivered.count(baud), baud))
    others = {baud for name in protocols for baud in PROTOCOLS[name].bauds} - set(first)
    return (*first, *sorted(others))


def _listen(
    link: ByteLink, baud: int, protocols: Sequence[str], seconds: float, monotonic: Callable[[], float]
) -> tuple[int, list[Finding]]:
    """Bytes heard, and what speaks for each streaming protocol that knows this baud rate."""
    streams = {name: _Stream(name) for name in protocols if _can_be_heard(name, baud)}
    count, start, limit = 0, monotonic(), seconds
    while (waited := monotonic() - start) < limit * _SLOW_FACTOR:
        begun = any(stream.good and not stream.finding(baud).likely for stream in streams.values())
        if any(stream.finding(baud).likely for stream in streams.values()) or (waited >= limit and not begun):
            break
        data = link.read_some()
        count += len(data)
        for stream in streams.values():
            stream.take(data)
    return count, [stream.finding(baud) for stream in streams.values() if stream.good]


def _can_be_heard(name: str, baud: int) -> bool:
    """Whether it streams by itself and can be told from noise: lines of text cannot, asked devices say nothing."""
    return name in THERMAL and baud in PROTOCOLS[name].bauds and not _must_be_asked(name)


class _Nothing:
    """A link to nowhere, to look at what a codec puts around one."""

    name = ""

    def read_some(self) -> bytes:
        return b""

    def write(self, data: bytes) -> None:
        return

    def close(self) -> None:
        return


def _must_be_asked(name: str) -> bool:
    return isinstance(THERMAL[name].attach(_Nothing()), AskingLink)


class _Stream:
    """One codec listening to a port."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._codec = THERMAL[name]
        self._remainder, self._lost = b"", False
        self.good = self._bad = 0

    def take(self, data: bytes) -> None:
        found: Decoded = self._codec.feed(self._remainder + data, self._lost)
        self._remainder, self._lost = found.remainder, found.lost
        self.good += len(found.frames)
        self._bad += found.frames_bad

    def finding(self, baud: int) -> Finding:
        pixels = self._codec.profile.rows * self._codec.profile.columns
        needed = _ENOUGH_LONG if 2 * pixels >= _LONG_BYTES else _ENOUGH
        return Finding(self._name, baud, self.good, self._bad, needed, asked=False)


def _ask_all(link: ByteLink, baud: int, protocols: Sequence[str]) -> Iterator[Finding]:
    """Ask what each protocol answers to; ends with the first that is likely."""
    for name, questions in QUESTIONS.items():
        if name in protocols and baud in PROTOCOLS[name].bauds:
            finding = _ask(link, baud, name, questions)
            if finding.good:
                yield finding
            if finding.likely:
                return


def _ask(link: ByteLink, baud: int, name: str, questions: Questions) -> Finding:
    good = bad = 0
    for _ in range(questions.rounds):
        _drain(link)
        came = b"".join(questions.transcript(each, _answer(link, each)) for each in questions.asked)
        answers = questions.judge(came)
        good += answers >= questions.whole
        bad += bool(came) and answers < questions.whole
        if not good:
            # It does not know this question; asking again would only bother whatever it is.
            break
    return Finding(name, baud, good, bad, questions.rounds, asked=True)


def _drain(link: ByteLink) -> None:
    """What came before must answer nothing; a device that streams is never quiet, so not for long."""
    for _ in range(_PATIENT_READS):
        if not link.read_some():
            return


def _answer(link: ByteLink, question: bytes) -> bytes:
    """Whatever comes to a question until the line is quiet."""
    link.write(question)
    answer = b""
    for _ in range(_PATIENT_READS):
        more = link.read_some()
        if answer and not more:
            break
        answer += more
    return answer
