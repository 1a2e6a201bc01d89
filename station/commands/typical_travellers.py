"""Travellers of 2021 as evidence: the rows of the table in docs/rules.md. All are invented.

Their proofs are papers that an officer attested, as most were at the gate; every date is reckoned back from the moment
of judging, so that the same traveller comes under each order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from config.rules.ruleset import RuleSet
from models.mrz_checks import check_digit
from models.regions import ReadState
from station.documents.mrz import parse
from station.evidence import Attestation, DocumentRead, Evidence, OfficerAttested, PaperKind

_OFFICER = "officer"
_ISSUER = "hospital"


@dataclass(frozen=True, slots=True)
class Paper:
    """A printed proof, by its age."""

    kind: PaperKind
    days: float
    """Before the moment of judging: vaccinated, first positive, or sampled."""
    doses: str = ""
    product: str = ""

    def values(self, at: datetime) -> dict[str, str]:
        """As an officer types it."""
        taken = at - timedelta(days=self.days)
        is_test = self.kind in (PaperKind.PCR, PaperKind.ANTIGEN)
        typed = {"kind": self.kind.value, "issuer": _ISSUER}
        typed["at"] = taken.isoformat(timespec="seconds") if is_test else taken.date().isoformat()
        more = {"result": "negative"} if is_test else {"doses": self.doses, "product": self.product}
        return typed | {name: value for name, value in more.items() if value}


@dataclass(frozen=True, slots=True)
class Traveller:
    """One row."""

    words: str
    age: int
    origin: str | None
    """ISO 3166-2 province or ISO 3166-1 country; None: not told."""
    papers: tuple[Paper, ...] = ()
    classes: tuple[str, ...] = ()
    """Classes of which the traveller carries the proof; the first that the order lets an officer choose is attested."""
    foreign: bool = False
    """Shows a German passport, else a Thai identity card."""

    def evidence(self, rules: RuleSet, at: datetime) -> Evidence:
        """What is known of the traveller at a moment under a set."""
        local = at.astimezone(rules.zone)
        born = local.date().replace(year=local.year - self.age, month=1, day=1)
        said: list[OfficerAttested] = []
        if not self.foreign:
            said.append(_said(Attestation.DOCUMENT, at, _identity_card(born.isoformat())))
        if self.origin:
            field = "province" if "-" in self.origin else "country"
            said.append(_said(Attestation.ORIGIN, at, {field: self.origin}))
        said += [_said(Attestation.PAPER, at, paper.values(local)) for paper in self.papers]
        open_to = {each.id for each in rules.selectable}
        chosen = next((name for name in self.classes if name in open_to), None)
        if chosen:
            said.append(_said(Attestation.CLASS, at, {"class": chosen}))
        passport = _passport(f"{born:%y%m%d}", at, rules.zone) if self.foreign else None
        return Evidence(passport, attested=tuple(said))


def _said(what: Attestation, at: datetime, values: Mapping[str, str]) -> OfficerAttested:
    return OfficerAttested(what.value, at, _OFFICER, what, values)


def _identity_card(birth_date: str) -> dict[str, str]:
    return {
        "kind": "thai_id",
        "surname": "SPECIMEN",
        "given_names": "SOMEBODY",
        "document_number": "1234567890121",
        "nationality": "THA",
        "birth_date": birth_date,
        "for_life": "yes",
    }


def _passport(born: str, at: datetime, zone: ZoneInfo) -> DocumentRead:
    number, expiry = "C01X00T47", "310101"
    lower = f"{number}{check_digit(number)}D<<{born}{check_digit(born)}F{expiry}{check_digit(expiry)}"
    lower = lower.ljust(42, "<") + "0"
    lower += check_digit(lower[0:10] + lower[13:20] + lower[21:43])
    document = parse(("P<D<<SPECIMEN<<SOMEBODY".ljust(44, "<"), lower), at.astimezone(zone).date())
    return DocumentRead("passport", at, "camera", document, ReadState.CLEAN, 0.999, 3)


def _vaccinated(doses: str, product: str, days: float) -> Paper:
    return Paper(PaperKind.VACCINATION, days, doses, product)


_SINOVAC, _ASTRAZENECA, _PFIZER = "CoronaVac", "EU/1/21/1529", "EU/1/20/1528"
_TOURIST = ("tourist",)
_TWO = _vaccinated("2/2", _SINOVAC, 60)
_ANTIGEN_2, _ANTIGEN_5 = Paper(PaperKind.ANTIGEN, 2), Paper(PaperKind.ANTIGEN, 5)
TRAVELLERS: Sequence[Traveller] = (
    Traveller("From Bangkok, nothing to show", 40, "TH-10", classes=_TOURIST),
    Traveller("From Krabi, nothing to show", 40, "TH-81", classes=_TOURIST),
    Traveller("From Bangkok, two doses of Sinovac 60 days ago", 40, "TH-10", (_TWO,), _TOURIST),
    Traveller(
        "From Bangkok, two doses of Sinovac 60 days ago, antigen test 2 days old",
        40, "TH-10", (_TWO, _ANTIGEN_2), _TOURIST,
    ),
    Traveller(
        "From Bangkok, two doses of Sinovac 60 days ago, antigen test 5 days old",
        40, "TH-10", (_TWO, _ANTIGEN_5), _TOURIST,
    ),
    Traveller(
        "Origin not told, two doses of Sinovac 60 days ago, antigen test 2 days old",
        40, None, (_TWO, _ANTIGEN_2), _TOURIST,
    ),
    Traveller(
        "From Bangkok, second dose of Sinovac 10 days ago, RT-PCR 1 day old",
        40, "TH-10", (_vaccinated("2/2", _SINOVAC, 10), Paper(PaperKind.PCR, 1)), _TOURIST,
    ),
    Traveller(
        "From Bangkok, one dose of AstraZeneca 30 days ago, antigen test 1 day old",
        40, "TH-10", (_vaccinated("1/2", _ASTRAZENECA, 30), Paper(PaperKind.ANTIGEN, 1)), _TOURIST,
    ),
    Traveller("From Bangkok, not vaccinated, RT-PCR 2 days old", 40, "TH-10", (Paper(PaperKind.PCR, 2),), _TOURIST),
    Traveller(
        "From Bangkok, recovered 120 days ago, RT-PCR 1 day old",
        40, "TH-10", (Paper(PaperKind.RECOVERY, 120), Paper(PaperKind.PCR, 1)), _TOURIST,
    ),
    Traveller("Child of four with a parent, from Bangkok", 4, "TH-10"),
    Traveller("Twelve years old, from Bangkok, antigen test 2 days old", 12, "TH-10", (_ANTIGEN_2,)),
    Traveller(
        "Phuket resident from Bangkok, antigen test 5 days old",
        40, "TH-10", (_ANTIGEN_5,), ("resident", "permitted"),
    ),
    Traveller("Ambulance from Bangkok", 40, "TH-10", classes=("emergency", "permitted")),
    Traveller(
        "From Germany, two doses of Pfizer 60 days ago, RT-PCR 60 hours old, papers of the sandbox seen",
        40, "DE", (_vaccinated("2/2", _PFIZER, 60), Paper(PaperKind.PCR, 2.5)), ("sandbox",), foreign=True,
    ),
    Traveller(
        "The same visitor from Germany, papers of the sandbox not seen",
        40, "DE", (_vaccinated("2/2", _PFIZER, 60), Paper(PaperKind.PCR, 2.5)), foreign=True,
    ),
)  # fmt: skip
