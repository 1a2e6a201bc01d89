"""Rule sets: what an order demands at some places, by class of traveller, over some time. Words only.

How they work together:

1. A traveller belongs to one class. An officer may attest a selectable class, having seen the proof that it demands;
   else the first class whose `when` is true applies. When that cannot be worked out, the set's default class is judged
   and the outcome says R-CLS.
2. The class names the evidence that is required and the rules that apply.
3. A rule is a built-in check (station.judgement), or a CertLogic expression over one proof of health at a time.

Files are read by config.rules.reading, classes and expressions are weighed by config.rules.weighing, a set's own cases
are run by config.rules.cases, and what is in force at a station is kept by config.rules.installed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from config.rules.reasons import ReasonCode, message_key

REQUIREMENTS = ("document", "certificate", "temperature")
"""Evidence that a class may require (the values of station.evidence.EvidenceKind). `certificate` is any proof of
health: a certificate that the station verified, or a printed proof that an officer attested."""


ENTRIES = ("v", "t", "r")
"""Kinds of entries of a proof: vaccination, test, recovery (the values of station.certificates.result.EntryKind)."""


class Check(StrEnum):
    """What a rule looks at."""

    DOCUMENT_READABLE = "document_readable"
    DOCUMENT_IN_DATE = "document_in_date"
    HOLDER_MATCHES = "holder_matches"
    CERTIFICATE_VALID = "certificate_valid"
    CERTIFICATE_ENTRY = "certificate_entry"
    """A CertLogic expression over the content of one proof at a time; `weighing.weigh` works it out."""
    SKIN_TEMPERATURE = "skin_temperature"
    OFFICER_DECIDES = "officer_decides"
    """The order demands something that no device here can look at: always "cannot tell", with the rule's own code
    (R-OFF when it names none) and message, until an officer decides or attests a class without this rule."""


class SecondBy(StrEnum):
    """What a high first skin temperature is followed by, after the rest."""

    THERMOMETER = "thermometer"
    """A clinical thermometer in an officer's hand: the scanner neither clears nor confirms what it called high (a
    raised reading must be followed by a clinical thermometer: IEC 80601-2-59, scope, note 101)."""
    SCANNER = "scanner"
    """The scanner once more. Where nobody is there with a thermometer, as in the demonstration."""


class ProofSource(StrEnum):
    """How a proof of health came to the station."""

    CERTIFICATE = "certificate"
    """A certificate in a 2D code whose signature the station verified."""
    PAPER = "paper"
    """A printed result or card that an officer looked at and attested."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One valid proof of health, of whatever format."""

    payload: Mapping[str, Any] = field(repr=False)
    """In the JSON of an EU DCC (schema 1.3). Its rows under v, t and r carry `"attested": true` when an officer
    attested them. Several rows are weighed one by one, as if each were a proof of its own."""
    source: ProofSource = ProofSource.CERTIFICATE


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a traveller beside proofs of health; None where it is not known."""

    nationality: str | None = None
    """ICAO Doc 9303-3 code, as `THA` or `D`."""
    issuing_state: str | None = None
    kind: str | None = None
    """Kind of document, a value of station.documents.mrz.DocumentKind."""
    sex: str | None = None
    """F, M or X."""
    birth_date: str | None = field(default=None, repr=False)
    """`1974-08-12`, `1974-08` or `1974`; X or zeros for unknown parts are taken as unknown."""
    origin: str | None = None
    """Where the journey began, as an officer or a declaration says: ISO 3166-2 of a Thai province (`TH-10` is
    Bangkok), ISO 3166-1 alpha-2 of another country (`DE`)."""


@dataclass(frozen=True, slots=True)
class Because:
    """Why a rule failed: the first one whose expression is true for a proof gives the reason."""

    code: ReasonCode
    logic: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a set."""

    id: str
    check: Check
    order: str
    """Order and paragraph that it implements."""
    title_en: str = ""
    """What it asks, in the words of the order; the catalogue's `rule_name.ID` where the set says nothing."""
    title_th: str = ""
    code: ReasonCode | None = None
    """Reason code when a CertLogic rule fails; C-RUL when the set names none. Built-in checks have their own."""
    message: str = ""
    """Key of the sentence for that; the code's own when the set names none."""
    logic: Any = field(default=None, repr=False)
    """CertLogic over `{"payload", "external", "document", "traveller"}`; see `weighing.contexts`."""
    proofs: tuple[ProofSource, ...] = (ProofSource.CERTIFICATE, ProofSource.PAPER)
    """Sources of proofs that a CertLogic rule takes."""
    entries: tuple[str, ...] = ENTRIES
    """Kinds of entries that a CertLogic rule looks at. A proof without them says nothing to it, for or against."""
    because: tuple[Because, ...] = ()
    """More exact reasons for a failure."""

    @property
    def message_key(self) -> str:
        """Key of the sentence when it fails."""
        return self.message or message_key(self.code or ReasonCode.CERTIFICATE_ENTRY_REFUSED)


@dataclass(frozen=True, slots=True)
class TravellerClass:
    """Travellers of whom the order demands the same."""

    id: str
    title_en: str
    title_th: str
    required: tuple[str, ...]
    """Evidence, of REQUIREMENTS."""
    rules: tuple[str, ...]
    """Ids of the rules that apply, in the order of the set."""
    order: str
    """Order and paragraph that defines the class."""
    when: Any = field(default=None, repr=False)
    """CertLogic over `{"external", "document", "traveller"}`. A fact that is not known and is asked for makes it
    "cannot tell". None: only by an officer's attestation."""
    selectable: bool = False
    """An officer may attest it, having seen the proof."""
    proof_en: str = ""
    """What the officer must have seen for it."""
    proof_th: str = ""
    exempt: bool = False
    """The order exempts the class from proofs of health: the judgement says so with R-EXM and the paragraph."""


@dataclass(frozen=True, slots=True)
class Case:
    """A test case that a set carries: a whole traveller, and what the set must say of them."""

    name: str
    at: datetime
    until: datetime | None
    """The other end of "now" when the case is about an uncertain clock."""
    facts: Facts
    attested: str | None
    """Class that an officer attested."""
    proofs: tuple[Proof, ...]
    traveller_class: str | None
    """Class that must come out; "" when it must be "cannot tell", None when the case does not look at it."""
    expected: Mapping[str, bool | None]
    """Verdict by id of a CertLogic rule; None is "cannot tell"."""
    codes: Mapping[str, ReasonCode]
    """Reason code by id of a CertLogic rule, where the case looks at it."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What an order demands at some places in one direction over some time."""

    id: str
    number: int
    """Serial number of the set at its places, not the order's own: of two sets in force at once the higher counts."""
    order: str
    """Name and number of the order; "number not known" where it is not."""
    places: tuple[str, ...]
    directions: tuple[str, ...]
    valid_from: datetime
    valid_to: datetime | None
    """None: until it is replaced."""
    zone: ZoneInfo
    """Where its dates are reckoned."""
    skin_celsius_limit: float
    """At or above it a skin temperature is high."""
    second_after_seconds: float
    """Rest between a high first skin temperature and the second one."""
    second_by: SecondBy
    """What the second one is taken with."""
    classes: tuple[TravellerClass, ...]
    """In the order in which they are tried; one at least."""
    default_class: str
    """Id of the class that is judged when the class cannot be told."""
    rules: tuple[Rule, ...]
    cases: tuple[Case, ...]
    value_sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Named lists for expressions: `external.valueSets.NAME`."""
    notes: tuple[str, ...] = ()
    """For people: sources, and what of the order is not known or not judged here."""
    digest: str = ""
    """SHA-256 of the file, hexadecimal; empty when it came from no file. A verdict is replayed under the same one."""

    def class_of(self, name: str) -> TravellerClass:
        """The class of that id.

        Raises:
            KeyError: there is none.
        """
        return next((each for each in self.classes if each.id == name), None) or _none(name)

    def rules_of(self, traveller_class: TravellerClass) -> tuple[Rule, ...]:
        """The rules that apply to a class, in the order of the set."""
        return tuple(rule for rule in self.rules if rule.id in traveller_class.rules)

    @property
    def selectable(self) -> tuple[TravellerClass, ...]:
        """Classes that an officer may attest."""
        return tuple(each for each in self.classes if each.selectable)


def _none(name: str) -> TravellerClass:
    raise KeyError(name)


def in_force(sets: Iterable[RuleSet], place: str, direction: str, at: datetime) -> RuleSet | None:
    """The set that counts at a place, in a direction, at a time; None when there is none."""
    fitting = [
        each
        for each in sets
        if place in each.places
        and direction in each.directions
        and each.valid_from <= at
        and (each.valid_to is None or at < each.valid_to)
    ]
    return max(fitting, key=lambda each: (each.number, each.valid_from), default=None)
