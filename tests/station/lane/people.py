"""Evidence of invented people for the lane's tests, made by the real composers, parsers and the real issuer."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from config.rules.reading import load_all
from config.rules.ruleset import in_force
from config.settings import LaneMode, LaneSettings
from drivers.readings import SkinTemperature, TemperatureState
from models.mrz_layout import MrzFormat
from models.regions import ReadState
from models.specimens.mrz_text import compose
from station.certificates.issuing.hcert import Flaw, Subject, Vaccination, issue, make_issuer
from station.certificates.verify import verify
from station.documents.mrz import parse
from station.evidence import CertificateRead, DocumentRead
from station.ids import uuid7
from station.journal.journal import Journal
from station.judgement.holder import match
from station.judgement.judge import judge
from station.lane.correction import correct
from station.lane.events import CertificateSeen, DocumentSeen, SavedToDisk, TemperatureSeen, Tick
from station.lane.recall import saved_of
from station.lane.snapshot import Phase
from station.lane.state import Lane, Rules, Save
from station.lane.states import step

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
ISSUER = make_issuer(b"lane tests", NOON)
RULE_SET = in_force(load_all(), "demo", "inbound", NOON)


def document(surname="LINDQVARN", given="MAJA ELIN", number="UT4821907", expiry=date(2031, 9, 2)) -> DocumentSeen:
    zone = compose(
        MrzFormat.TD3, document_code="P", issuing_state="UTO", surname=surname, given_names=given, number=number,
        nationality="UTO", birth=date(1991, 4, 17), sex="F", expiry=expiry,
    )  # fmt: skip
    read = DocumentRead(f"d-{number}", NOON, "camera", parse(zone, NOON.date()), ReadState.CLEAN, 0.99, 3)
    return DocumentSeen(read)


def certificate(surname="Lindqvarn", given="Maja Elin", flaw=Flaw.NONE) -> CertificateSeen:
    subject = Subject(surname, given, date(1991, 4, 17))
    text = issue(ISSUER, subject, Vaccination(on=date(2026, 8, 1)), NOON, "0001", flaw)
    result = verify(text, ISSUER.bundle(NOON), NOON)
    return CertificateSeen(CertificateRead(f"c-{surname}-{flaw}", NOON, "camera", result))


def temperature(celsius: float) -> TemperatureSeen:
    state = TemperatureState.READY
    return TemperatureSeen(SkinTemperature(state, NOON, "thermal", celsius, 0.2, 29.0, 6, 0.98, (4, 16)))


@dataclass
class Bench:
    """A lane with a clock of its own; every Save goes into a real journal."""

    journal: Journal
    mode: LaneMode = LaneMode.AUTOMATIC
    refer_after: float = 0
    failing: object = None
    """An event to answer a Save with instead of writing."""

    def __post_init__(self):
        self.at = NOON
        self.lane = Lane()
        self.saved = []
        self.done = []
        settings = LaneSettings(
            mode=self.mode, patience_seconds=10, refer_after_seconds=self.refer_after, absence_seconds=1,
            again_minutes=10,
        )  # fmt: skip
        self.rules = Rules(
            settings,
            lambda evidence, at: judge(evidence, RULE_SET, at),
            lambda d, c: match(d.document, c.result.holder),
            correct,
            lambda at: uuid7(at, len(self.saved).to_bytes(10, "big")),
            lambda at: RULE_SET.second_after_seconds,
        )

    def feed(self, *events) -> Lane:
        for event in events:
            todo = [event]
            while todo:
                self.lane, actions = step(self.lane, todo.pop(0), self.rules, self.at)
                todo += [self._keep(action.screening) for action in actions if isinstance(action, Save)]
                self.done += [action for action in actions if not isinstance(action, Save)]
        return self.lane

    def _keep(self, screening):
        from config.loader import load
        from station.journal.journal import content
        from station.records import payload, priority
        from sync.facts import FactKind

        if self.failing is not None:
            return self.failing
        body = payload(screening, load("demo"))
        entry = self.journal.append(FactKind.SCREENING, priority(screening), body, subject=screening.id)
        self.saved.append(content(entry))
        return SavedToDisk(saved_of(entry, body))

    def later(self, seconds: float, present: bool = True, devices=()) -> Lane:
        """Let time go by in ticks of a tenth of a second."""
        for _ in range(round(seconds * 10)):
            self.at += timedelta(seconds=0.1)
            self.feed(Tick(present, devices))
        return self.lane

    @property
    def phase(self) -> Phase:
        return self.lane.phase
