"""What the verification of a health certificate says; one type for every format.

`repr` shows no personal data: names, dates, entries and every intermediate product are hidden.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from config.rules.reasons import ReasonCode
from station.documents.dates import PartialDate


class Verdict(StrEnum):
    """Three outcomes: an unknown signer or an unknown kind of code is nobody's fault and is not judged."""

    VALID = "valid"
    INVALID = "invalid"
    UNDECIDED = "undecided"


class CertificateFormat(StrEnum):
    """What a 2D code turned out to be."""

    HCERT = "hcert"
    """EU Digital COVID Certificate and its kin, `HC1:`."""
    DDCC = "ddcc"
    """WHO Digital Documentation of COVID-19 Certificates, in the same container."""
    HCERT_OTHER = "hcert-other"
    """The same container under another prefix or with another payload."""
    SHC = "shc"
    """SMART Health Card."""
    VDS_NC = "vds-nc"
    """ICAO visible digital seal for non-constrained environments."""
    VDS = "vds"
    """ICAO visible digital seal, Doc 9303-13."""
    IDB = "idb"
    """ICAO datastructure for barcode."""
    DIVOC = "divoc"
    NL_DOMESTIC = "nl-domestic"
    BOARDING_PASS = "boarding-pass"
    URL = "url"
    PAYMENT = "payment"
    CONTACT = "contact"
    WIFI = "wifi"
    JSON = "json"
    TEXT = "text"


class Step(StrEnum):
    """The steps of the chain, in order; a result names the one that decided."""

    KIND = "kind"
    PREFIX = "prefix"
    BASE45 = "base45"
    NUMERIC = "numeric"
    """Digits of a SMART Health Card, and its parts put together."""
    ARCHIVE = "archive"
    """The zip file of DIVOC."""
    COMPRESSION = "compression"
    CBOR = "cbor"
    COSE = "cose"
    JSON = "json"
    JWS = "jws"
    SEAL = "seal"
    """Header and messages of VDS, VDS-NC or IDB."""
    CONTEXT = "context"
    """The JSON-LD vocabulary that a DIVOC credential names."""
    CLAIMS = "claims"
    SIGNER = "signer"
    CHAIN = "chain"
    """From the signer's certificate to its country's authority."""
    SIGNATURE = "signature"
    REVOCATION = "revocation"
    PAYLOAD = "payload"
    KEY_USAGE = "key_usage"
    TIME = "time"
    DONE = "done"


class EntryKind(StrEnum):
    """What an entry attests; the values are the EU DCC's own keys."""

    VACCINATION = "v"
    TEST = "t"
    RECOVERY = "r"


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """Whom the certificate is about, as written in it."""

    surname: str
    given_names: str
    surname_transliterated: str
    """Letters of the machine-readable zone, words parted by `<`; as the issuer wrote it, may be empty."""
    given_names_transliterated: str
    birth_date_text: str
    birth_date: PartialDate | None
    """None when the text is no date."""

    def __repr__(self) -> str:
        """Hide everything."""
        return "Holder(…)"


@dataclass(frozen=True, slots=True)
class Entry:
    """One vaccination, test or recovery. Texts are the issuer's; a missing one is empty."""

    kind: EntryKind
    disease: str = ""
    """SNOMED CT code: 840539006 is COVID-19."""
    country: str = ""
    issuer: str = ""
    identifier: str = field(default="", repr=False)
    date: str = field(default="", repr=False)
    """Vaccinated, sampled, or first tested positive: as written."""
    product: str = ""
    """Vaccine product, or the test's device: the EU's code where one is known, else the issuer's own."""
    manufacturer: str = ""
    vaccine: str = ""
    dose: int | None = None
    doses: int | None = None
    test_type: str = ""
    """LOINC: LP6464-4 is a nucleic acid test, LP217198-3 a rapid antigen test."""
    test_result: str = field(default="", repr=False)
    """SNOMED CT: 260415000 is not detected, 260373001 is detected."""
    centre: str = field(default="", repr=False)
    valid_from: str = field(default="", repr=False)
    valid_until: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class Products:
    """Every intermediate product of the chain, as far as it came."""

    text: str = ""
    compressed: bytes = b""
    cose: bytes = b""
    protected: Mapping[Any, Any] = field(default_factory=dict)
    unprotected: Mapping[Any, Any] = field(default_factory=dict)
    claims_bytes: bytes = b""
    claims: Mapping[Any, Any] = field(default_factory=dict)
    signature: bytes = b""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """The health certificate in the EU DCC's JSON, whatever its format, for CertLogic."""
    content: Mapping[str, Any] = field(default_factory=dict)
    """The same as its own format has it: FHIR bundle, credential subject, seal's message. Of an EU DCC the payload."""

    def __repr__(self) -> str:
        """Hide everything."""
        return "Products(…)"


@dataclass(frozen=True, slots=True)
class CertificateResult:
    """The outcome of one verification."""

    format: CertificateFormat
    verdict: Verdict
    step: Step
    """The step that decided: DONE when every step passed."""
    reason: ReasonCode
    sentence: str
    """One English sentence: what was found, and what to do."""
    holder: Holder | None = field(default=None, repr=False)
    entries: tuple[Entry, ...] = field(default=(), repr=False)
    issuer: str = ""
    """Country of the issuer as the certificate says it."""
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    kid: str = ""
    """Base64 of the signer's key identifier."""
    signer: str = ""
    """Name of the signer in the trust bundle."""
    test_signer: bool = False
    """Signed by a demonstration key."""
    warnings: tuple[str, ...] = ()
    """Findings about the content that never change the verdict."""
    products: Products = field(default_factory=Products, repr=False)

    @property
    def payload(self) -> Mapping[str, Any]:
        """The health certificate in the EU DCC's JSON; empty when it was not reached."""
        return self.products.payload
