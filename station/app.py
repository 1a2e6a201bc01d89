"""The kiosk's composition root: the one place where rooms meet. Everything else receives what it needs."""

import logging
import os
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

from config.rules.ruleset import RuleSet
from config.settings import Settings
from models.manifest import digests
from models.mrz_reader import WEIGHTS, MrzReader
from models.qr import CodeReader
from station.certificates.trust import files as trust
from station.certificates.trust.bundle import Scheme, TrustBundle
from station.certificates.verify import verify
from station.device_log import DeviceLog
from station.devices import open_devices
from station.equipment import Equipment, equipment_of
from station.evidence import CertificateRead, DocumentRead, Evidence, HolderMatch, Judgement
from station.ids import uuid7
from station.journal.care import Caretaker
from station.journal.errors import JournalFull
from station.journal.journal import Journal, content
from station.journal.keys.source import keys_of
from station.journal.opening import open_for_writing
from station.judgement.holder import match
from station.judgement.judge import judge
from station.kiosk.pictures import camera_jpeg, paper_jpeg, thermal_png
from station.kiosk.ports import Believed, Picture, TrustAge, UplinkState, UplinkWords
from station.kiosk.server import create_app
from station.kiosk.serving import ScreenServer
from station.lane.aftermath import Aftermath, act_payload
from station.lane.camera_sense import CameraSense, Tools
from station.lane.commands import Addressed, Command
from station.lane.correction import correct
from station.lane.deeds import Deed
from station.lane.events import Event
from station.lane.presented import Presented
from station.lane.recall import remembered, saved_of
from station.lane.runner import LaneRunner
from station.lane.senses import LaneSenses
from station.lane.snapshot import LaneSnapshot, Saved
from station.lane.state import Rules, Screening
from station.lane.thermal_sense import ThermalSense
from station.orders import Orders, keep_rule_sets, rule_set_of
from station.paths import StationPaths, paths_of
from station.records import Versions, payload, priority
from station.thermometry import open_thermometer, passers_of
from sync.facts import FactKind, Priority, rfc3339
from sync.sync_store import UplinkWord, read_state

_log = logging.getLogger(__name__)

ZONE = ZoneInfo("Asia/Bangkok")
_REMEMBERED = 20
_PASSERS = 1_000
"""Screenings of which skin temperatures are compared from hour to hour; more than a lane sees in a few hours."""


def utc_now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


def new_id(moment: datetime) -> str:
    """A UUIDv7."""
    return uuid7(moment, os.urandom(10))


def open_journal(settings: Settings, paths: StationPaths) -> tuple[Journal, str]:
    """The journal of this station, made when there is none; a damaged one is salvaged, so that the lane goes on.

    Returns:
        The journal, and one sentence when something was wrong with it.

    Raises:
        JournalError: its message says what to do.
    """
    opened = open_for_writing(paths, settings.station.name, utc_now)
    if opened.trouble:
        _log.error("%s", opened.trouble)
    return opened.journal, opened.trouble


def versions_of(believed: TrustBundle) -> Versions:
    """What judges at this station, beside the rule sets: written into every record."""
    dated = believed.created_at
    number = f"no. {believed.version}" if believed.version is not None else ""
    return Versions(
        software=version("daan-station"),
        models=digests(WEIGHTS),
        trust=" ".join(part for part in (" + ".join(believed.sources), number) if part),
        trust_at=rfc3339(dated) if dated else "",
    )


def ages_of(believed: TrustBundle) -> tuple[TrustAge, ...]:
    """The signers of every format, and how old that knowledge is, for the screens."""
    return tuple(TrustAge(each, len(believed.of_scheme(each)), believed.dates.get(each)) for each in Scheme)


class Kiosk:
    """One lane with its devices, journal and screens."""

    def __init__(self, settings: Settings) -> None:
        """Open and connect everything; nothing moves before `start`.

        Raises:
            JournalError, ModelError, RuleSetUnreadable, CannotStart, TrustUnreadable: nothing was started.
        """
        self._settings, self._paths = settings, paths_of(settings)
        self._orders = Orders(settings)
        present = [path for path in self._paths.trust if path.exists()]
        self._trust = trust.load(present, allow_test=settings.station.demonstration)
        self._versions, self._ages = versions_of(self._trust), ages_of(self._trust)
        reader, codes = MrzReader.load(), CodeReader()
        self._journal, trouble = open_journal(settings, self._paths)
        keep_rule_sets(settings)
        self._devices = open_devices(settings)
        self._source, self._scanner = self._devices.camera, self._devices.scanner
        presented = Presented(lambda text, at: verify(text, self._trust, at), new_id, _today, self._emit)
        eyes = CameraSense(self._source, Tools(reader, codes), presented)
        self._thermometer = open_thermometer(settings, self._scanner)
        before = self._journal.newest(FactKind.SCREENING, _PASSERS)
        self._thermometer.remember(passers_of(content(each) for each in before), utc_now())
        warmth = ThermalSense(self._scanner, self._thermometer, self._emit, utc_now)
        self._senses = LaneSenses(self._devices, eyes, warmth, presented, trouble)
        self._aftermath = Aftermath(settings, self._devices.relays, self._devices.printer, self._act, utc_now)
        lane = remembered(self._journal.newest(FactKind.SCREENING, _REMEMBERED))
        self._runner = LaneRunner(self._rules(), self._keep, self._senses, utc_now, lane, self._aftermath)
        self._device_log = DeviceLog(lambda: self._runner.snapshot().devices, self._keep_devices, utc_now)
        self._care = Caretaker(self._paths, self._journal, settings.journal.retention, utc_now)
        self._pictures = threading.Lock()
        self._jpeg: Picture | None = None
        order = self._orders.in_force(utc_now())
        limit = order.skin_celsius_limit if order else None
        app = create_app(self, settings, unsealed=not keys_of(self._paths).sealed, limit_celsius=limit, clock=utc_now)
        self._server = ScreenServer(app, settings.kiosk.host, settings.kiosk.port)

    @property
    def address(self) -> str:
        """URL of the traveller screen."""
        return self._server.address

    def start(self) -> None:
        """Open devices, lane and screens."""
        self._devices.start()
        self._runner.start()
        self._senses.start()
        self._device_log.start()
        self._server.start()
        self._care.start()

    def stop(self) -> None:
        """Close everything, the journal last."""
        self._server.stop()
        self._care.stop()
        for part in (self._device_log, self._senses, self._runner, self._aftermath, self._devices):
            part.stop()
        self._journal.close()

    # What the screens ask (station.kiosk.ports.LaneHandle)

    def snapshot(self) -> LaneSnapshot:
        """The newest snapshot."""
        return self._runner.snapshot()

    def wait(self, revision: int, timeout: float) -> LaneSnapshot:
        """Block until the lane is past `revision`."""
        return self._runner.wait(revision, timeout)

    def send(self, command: Command | Addressed) -> None:
        """Hand an officer's command to the lane."""
        self._runner.post(command)

    def camera_jpeg(self) -> Picture | None:
        """The newest camera frame, encoded once however many screens look."""
        frame = self._source.newest()
        if frame is None:
            return None
        with self._pictures:
            if self._jpeg is None or self._jpeg[0] != frame.sequence:
                self._jpeg = (frame.sequence, camera_jpeg(frame))
            return self._jpeg

    def thermal_png(self) -> Picture | None:
        """The newest thermal picture; a point sensor has none."""
        newest = self._scanner.newest()
        if newest is None:
            return None
        frame, at = newest
        picture = thermal_png(frame)
        return None if picture is None else (int(at.timestamp() * 1000), picture)

    def equipment(self) -> tuple[Equipment, ...]:
        """Every device with its health of this moment, and what is known of it."""
        return equipment_of(self._senses.devices(utc_now()), self._scanner, self._settings)

    def uplink(self) -> UplinkWords:
        """How the way to the centre stands, from what sync wrote."""
        if not self._settings.sync.enabled:
            return UplinkWords(UplinkState.OFF)
        head = self._journal.written[0]
        state = read_state(self._paths.sync, head, self._journal.journal)
        if state.word is UplinkWord.REFUSED:
            word = UplinkState.REFUSED
        else:
            word = UplinkState.UNREACHABLE if state.reason else UplinkState.CONNECTED
        return UplinkWords(word, state.waiting, state.since, state.watermark, state.last_receipt_at)

    def believed(self) -> Believed:
        """Whom the station believes now, and the order in force."""
        stale_after = timedelta(days=self._settings.trust.stale_days)
        return Believed(self._ages, self._orders.in_force(utc_now()), stale_after)

    def judge(self, evidence: Evidence) -> Judgement:
        """What the order in force says of evidence that is not at the lane yet."""
        now = utc_now()
        return judge(evidence, self._orders.in_force(now), now)

    def photograph(self) -> bytes | None:
        """The newest camera frame as a JPEG that may be kept with a record."""
        frame = self._source.newest()
        return paper_jpeg(frame) if frame is not None else None

    def recorded(self, screening: str) -> Mapping[str, Any]:
        """The journal's payload of a saved screening."""
        entries = self._journal.about(screening)
        return next((content(each) for each in entries if each.kind is FactKind.SCREENING), {})

    def rule_set(self, digest: str) -> RuleSet | None:
        """The rule set whose file has that SHA-256."""
        return rule_set_of(digest, self._settings)

    # What the lane asks

    def _emit(self, event: Event) -> None:
        self._runner.post(event)

    def _keep(self, screening: Screening) -> Saved:
        """Write a screening durably; only its return makes the word "saved" true."""
        body = payload(screening, self._settings, self._versions)
        said = (FactKind.SCREENING, priority(screening), body)
        pictures = [each.picture for each in screening.evidence.attested if each.picture]
        try:
            entry = self._journal.append(*said, subject=screening.id, pictures=pictures)
        except JournalFull:
            if not pictures:
                raise
            # Optional data goes first (promise 6): the record, with the picture's digest, may still fit.
            entry = self._journal.append(*said, subject=screening.id)
        self._thermometer.remember(passers_of((body,)), utc_now())
        return saved_of(entry, body)

    def _keep_devices(self, payload: Mapping[str, Any]) -> None:
        """Write down how the devices are."""
        self._journal.append(FactKind.DEVICES, Priority.HEALTH, payload)

    def _act(self, deed: Deed, officer: str, saved: Saved | None, at: datetime) -> None:
        """Write an officer's act down."""
        body, subject = act_payload(deed, officer, saved, rfc3339(at)), saved.screening if saved else None
        self._journal.append(FactKind.OFFICER_ACT, Priority.NORMAL, body, subject=subject)

    def _rules(self) -> Rules:
        def judged(evidence: Evidence, at: datetime) -> Judgement:
            return judge(evidence, self._orders.in_force(at), at)

        def rest(at: datetime) -> float:
            order = self._orders.in_force(at)
            return order.second_after_seconds if order else 0.0

        def matched(document: DocumentRead, certificate: CertificateRead) -> HolderMatch:
            holder = certificate.result.holder
            assert holder is not None  # the lane asks only then
            return match(document.document, holder)

        return Rules(self._settings.lane, judged, matched, correct, new_id, rest)


def _today() -> date:
    return datetime.now(ZONE).date()
