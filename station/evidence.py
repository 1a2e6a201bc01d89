"""The words between sensing, judging, storing and showing: evidence, rule outcomes, judgement.

All times are UTC. `repr` of what holds personal data hides it (promise 12: names never reach a log).
"""

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from config.rules.reasons import ReasonCode
from drivers.readings import SkinTemperature
from models.regions import Note, ReadState
from station.certificates.moment import Interval
from station.certificates.result import CertificateResult, Verdict
from station.documents.mrz import Document


class EvidenceKind(StrEnum):
    """What a rule set may require of a traveller."""

    DOCUMENT = "document"
    CERTIFICATE = "certificate"
    TEMPERATURE = "temperature"


class Truth(StrEnum):
    """Three-valued truth: what a rule knows."""

    PASS = "pass"
    FAIL = "fail"
    CANNOT_TELL = "cannot_tell"


class VerdictKind(StrEnum):
    """What happens next. REFUSE is only ever an officer's."""

    ADMIT = "ADMIT"
    REFER = "REFER"
    REFUSE = "REFUSE"


@dataclass(frozen=True, slots=True)
class FieldCorrection:
    """An officer's correction of one field; the original stays. The same value twice: the officer confirmed it."""

    field: str
    """Name of an attribute of `Document`."""
    original: str = dataclasses.field(repr=False)
    corrected: str = dataclasses.field(repr=False)
    officer: str
    at: datetime

    @property
    def changed(self) -> bool:
        """Whether the value was another one, and not only confirmed."""
        return self.original != self.corrected


@dataclass(frozen=True, slots=True)
class DocumentRead:
    """A travel document was read by a camera or a reader."""

    id: str
    """UUIDv7."""
    at: datetime
    device: str
    document: Document = field(repr=False)
    """As it applies now, corrections included."""
    state: ReadState
    confidence: float | None
    """Probability of the least certain character, 0 to 1; None when the reader does not say."""
    frames: int
    """Pictures fused into the reading."""
    corrections: tuple[FieldCorrection, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    """Attributes of `Document` without a check digit that are less certain than was measured to be safe, until an
    officer confirms or corrects them."""
    notes: tuple[Note, ...] = ()
    """What else was seen while it was read."""

    @property
    def name_unconfirmed(self) -> bool:
        """Whether surname or given names wait for an officer."""
        return "surname" in self.unconfirmed or "given_names" in self.unconfirmed


@dataclass(frozen=True, slots=True)
class CertificateRead:
    """A health certificate was read and verified."""

    id: str
    at: datetime
    device: str
    result: CertificateResult = field(repr=False)
    bound: bool = False
    """The holder was matched with the traveller's document, or an officer said so. An unbound certificate is only a
    candidate: a rule may say "cannot tell" about its holder, never "mismatch"."""


@dataclass(frozen=True, slots=True)
class TemperatureTaken:
    """A skin temperature was measured."""

    id: str
    at: datetime
    reading: SkinTemperature
    attempt: int
    """1 for the first measurement of this traveller, 2 for the second …"""


class Attestation(StrEnum):
    """What an officer can vouch for in place of a sensor."""

    DOCUMENT = "document"
    DOCUMENT_SEEN = "document_seen"
    """The document itself was seen, of which a camera saw only a picture on a screen."""
    CERTIFICATE = "certificate"
    TEMPERATURE = "temperature"
    SAME_HOLDER = "same_holder"
    DIFFERENT_HOLDER = "different_holder"
    PAPER = "paper"
    """A printed result, vaccination or recovery paper was seen. Of each kind the newest word counts."""
    EXEMPTION = "exemption"
    """A letter was seen that puts the traveller into a class of the order."""
    CLASS = "class"
    """The officer chose the traveller's class under the order."""
    ORIGIN = "origin"
    """The traveller said where they come from."""


class PaperKind(StrEnum):
    """What a printed paper attests."""

    PCR = "pcr"
    ANTIGEN = "antigen"
    VACCINATION = "vaccination"
    RECOVERY = "recovery"


MOST_PICTURE_BYTES = 100 * 1024
"""Of a photograph of a paper."""


@dataclass(frozen=True, slots=True)
class OfficerAttested:
    """An officer filled a gap, with what was seen."""

    id: str
    at: datetime
    officer: str
    what: Attestation
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    """For a document: surname, given_names, document_number, nationality, birth_date, expiry_date (YYYY-MM-DD); of a
    Thai identity card also kind `thai_id`, surname_th, given_names_th, and for_life `yes` when it does not expire.
    For a certificate: kind, issuer, date. For a temperature: celsius, thermometer.

    For a paper: kind (PaperKind), issuer, at (sampled, vaccinated or first positive: RFC 3339 with zone, or
    YYYY-MM-DD), and where they apply result `negative` or `positive`, doses as `2/2`, product, country, holder as
    printed; withdrawn `yes` takes the earlier word about that kind back. For an exemption: class, issuer, reference,
    and until (YYYY-MM-DD) when the letter ends; no class takes it back. For a class: class; none takes it back. For
    an origin: province (ISO 3166-2) or country (ISO 3166-1 alpha-2)."""
    picture: bytes = field(default=b"", repr=False)
    """JPEG of the paper or letter, at most MOST_PICTURE_BYTES; empty when none was taken."""

    @property
    def picture_sha256(self) -> str:
        """Digest of the photograph in hexadecimal; empty when there is none."""
        return hashlib.sha256(self.picture).hexdigest() if self.picture else ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of one traveller at one passage."""

    document: DocumentRead | None = None
    certificates: tuple[CertificateRead, ...] = ()
    """Of one holder, in the order in which they were shown."""
    temperatures: tuple[TemperatureTaken, ...] = ()
    attested: tuple[OfficerAttested, ...] = ()

    @property
    def certificate(self) -> CertificateRead | None:
        """The certificate that counts: a bound one before a candidate, a good one before a bad one, then the newest."""
        numbered = enumerate(self.certificates)
        best = max(numbered, key=lambda row: (row[1].bound, _RANKS[row[1].result.verdict], row[0]), default=None)
        return best[1] if best else None

    def attestation(self, what: Attestation) -> OfficerAttested | None:
        """The newest attestation of that kind."""
        return next((a for a in reversed(self.attested) if a.what is what), None)

    @property
    def whole_certificates(self) -> tuple[CertificateRead, ...]:
        """Without cards of several codes of which some are still to be shown."""
        return tuple(c for c in self.certificates if c.result.reason is not ReasonCode.CERTIFICATE_PART)

    @property
    def papers(self) -> tuple[OfficerAttested, ...]:
        """The printed papers that count: the newest of each kind, unless it was withdrawn."""
        newest = {a.values.get("kind", ""): a for a in self.attested if a.what is Attestation.PAPER}
        return tuple(paper for paper in newest.values() if not paper.values.get("withdrawn"))

    @property
    def empty(self) -> bool:
        """Nothing has been established yet."""
        return not (self.document or self.certificates or self.temperatures or self.attested)


_RANKS = {Verdict.INVALID: 0, Verdict.UNDECIDED: 1, Verdict.VALID: 2}


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One value of the document beside the same value of the certificate."""

    name: str
    """surname, given_names, name_th or birth_date."""
    document: str = field(repr=False)
    certificate: str = field(repr=False)
    truth: Truth
    differs_at: tuple[int, ...] = ()
    """Positions in `document` that differ, for marking on the screen."""


@dataclass(frozen=True, slots=True)
class HolderMatch:
    """Is the holder of the certificate the holder of the document?"""

    truth: Truth
    score: float
    """0 (nothing alike) to 1 (the same after transliteration)."""
    fields: tuple[ComparedField, ...]


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What one rule of the set says."""

    rule: str
    """The rule's id within its set."""
    truth: Truth
    code: str
    """Reason code of config.rules.reasons, as `M-NAM`."""
    message: str
    """Key of the sentence in the catalogues."""
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Values for the sentence."""
    order: str = ""
    """Order and paragraph that the rule implements, as `118/69 §4`."""
    needs: EvidenceKind | None = None
    """The evidence without which this rule cannot tell, if that is why."""
    attested: bool = False
    """An officer's word stands in for a sensor."""
    proof: str = ""
    """Id of the certificate or paper that settled it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Evidence under one rule set."""

    verdict: VerdictKind
    """ADMIT when every rule passes, else REFER."""
    outcomes: tuple[RuleOutcome, ...]
    missing: tuple[EvidenceKind, ...]
    """Required evidence that is not there yet (neither sensed nor attested)."""
    second_measurement: bool
    """The first skin temperature was high and a second one has not been taken."""
    holder: HolderMatch | None
    rule_set: str
    rule_set_number: int
    order: str
    judged_at: datetime
    """The latest moment that "now" may have been."""
    earliest: datetime | None = None
    """The earliest one; None when the clock was certain."""
    traveller_class: str = ""
    """Id of the class of the order under which the traveller was judged; empty when the order knows none."""
    rule_set_digest: str = ""
    """SHA-256 of the rule set, in hexadecimal."""
    required: tuple[EvidenceKind, ...] = ()
    """Evidence that the order requires of that class, there or not."""
    by_thermometer: bool = False
    """The second measurement is to be an officer's, with a clinical thermometer: the scanner's would not count."""

    @property
    def now(self) -> Interval:
        """When it was judged, as the clock knew it."""
        return Interval(self.earliest or self.judged_at, self.judged_at)

    @property
    def complete(self) -> bool:
        """Nothing more is awaited from the traveller."""
        return not self.missing and not self.second_measurement

    @property
    def reasons(self) -> tuple[str, ...]:
        """Codes of the rules that did not pass, failures first."""
        failed = [o.code for o in self.outcomes if o.truth is Truth.FAIL]
        unsure = [o.code for o in self.outcomes if o.truth is Truth.CANNOT_TELL]
        return tuple(dict.fromkeys(failed + unsure))
