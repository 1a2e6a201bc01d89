"""Every reason that a screening can carry, in one table: short, stable, speakable over a radio.

The first letter names the stage: M machine-readable document, C certificate, H the two together, T temperature,
R the rules themselves, O the officer. A code is never given a second meaning; an unused one stays reserved.
"""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where in the passage a reason arises."""

    DOCUMENT = "document"
    CERTIFICATE = "certificate"
    TEMPERATURE = "temperature"
    RULES = "rules"
    OFFICER = "officer"


class Severity(StrEnum):
    """How a screen marks it."""

    GOOD = "good"
    ASK = "ask"
    """Something is missing or could not be told: a person decides."""
    BAD = "bad"
    """A rule is broken: a person decides."""


class ReasonCode(StrEnum):
    """The codes."""

    DOCUMENT_MISSING = "M-MIS"
    DOCUMENT_FINE = "M-OK"
    DOCUMENT_UNREADABLE = "M-RED"
    DOCUMENT_ON_SCREEN = "M-SCR"
    DOCUMENT_NAME_UNCONFIRMED = "M-CFM"
    DOCUMENT_CHECK_DIGIT = "M-CHK"
    DOCUMENT_EXPIRED = "M-EXP"
    DOCUMENT_EXPIRY_UNKNOWN = "M-EXU"
    DOCUMENT_IN_DATE = "M-DAT"
    DOCUMENT_FOR_LIFE = "M-LIF"
    HOLDER_SAME = "M-HOL"
    HOLDER_DIFFERS = "M-NAM"
    HOLDER_UNSURE = "M-NAU"

    CERTIFICATE_MISSING = "C-MIS"
    CERTIFICATE_VALID = "C-OK"
    CERTIFICATE_KIND = "C-KIND"
    CERTIFICATE_PREFIX = "C-PFX"
    CERTIFICATE_BASE45 = "C-B45"
    CERTIFICATE_COMPRESSION = "C-ZIP"
    CERTIFICATE_CBOR = "C-CBR"
    CERTIFICATE_COSE = "C-COS"
    CERTIFICATE_PART = "C-PRT"
    CERTIFICATE_NUMERIC = "C-NUM"
    CERTIFICATE_ARCHIVE = "C-ARC"
    CERTIFICATE_JSON = "C-JSN"
    CERTIFICATE_JWS = "C-JWS"
    CERTIFICATE_SEAL = "C-SEA"
    CERTIFICATE_CONTEXT = "C-CTX"
    CERTIFICATE_ALGORITHM = "C-ALG"
    CERTIFICATE_UNSIGNED = "C-UNS"
    CERTIFICATE_CLAIMS = "C-CWT"
    CERTIFICATE_PAYLOAD = "C-PAY"
    CERTIFICATE_SIGNER_UNKNOWN = "C-KID"
    CERTIFICATE_CHAIN = "C-CSC"
    CERTIFICATE_SIGNATURE = "C-SIG"
    CERTIFICATE_REVOKED = "C-REV"
    CERTIFICATE_PERHAPS_REVOKED = "C-RVU"
    CERTIFICATE_TEST_SIGNER = "C-TST"
    CERTIFICATE_KEY_USAGE = "C-USE"
    CERTIFICATE_EXPIRED = "C-EXP"
    CERTIFICATE_NOT_YET_VALID = "C-NYV"
    CERTIFICATE_CLOCK = "C-CLK"
    CERTIFICATE_ENTRY_ACCEPTED = "C-ENT"
    CERTIFICATE_ENTRY_REFUSED = "C-RUL"
    CERTIFICATE_ENTRY_UNSURE = "C-RUU"
    CERTIFICATE_TOO_OLD = "C-AGE"
    CERTIFICATE_TOO_FRESH = "C-NEW"
    CERTIFICATE_DOSES = "C-DOS"
    CERTIFICATE_PRODUCT = "C-PRD"
    CERTIFICATE_TEST_KIND = "C-TKD"
    CERTIFICATE_POSITIVE = "C-POS"
    CERTIFICATE_PAPER = "C-PAP"
    CERTIFICATE_FURTHER = "C-MOR"

    TEMPERATURE_MISSING = "T-MIS"
    TEMPERATURE_FINE = "T-OK"
    TEMPERATURE_HIGH = "T-HOT"
    TEMPERATURE_AGAIN = "T-2ND"
    TEMPERATURE_UNSURE = "T-UNS"

    RULE_SET_ABSENT = "R-NON"
    RULE_UNSURE = "R-UNS"
    CLASS_UNSURE = "R-CLS"
    EXEMPT = "R-EXM"
    OFFICER_LOOKS = "R-OFF"

    LEFT = "O-LFT"
    UNCONFIRMED = "O-UNC"
    OFFICER_SAW_PROOF = "O-PRF"
    OFFICER_KNOWS_HOLDER = "O-IDN"
    OFFICER_EXEMPTION = "O-EXM"
    OFFICER_HEALTH = "O-HLT"
    OFFICER_NO_PROOF = "O-NOP"
    OFFICER_FALSE_PROOF = "O-FLS"
    OFFICER_DECLINED = "O-DCL"
    OFFICER_OTHER = "O-OTH"


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of the table."""

    code: ReasonCode
    stage: Stage
    severity: Severity
    meaning: str
    """One English sentence, for the technician's table and where no catalogue is at hand."""

    @property
    def message(self) -> str:
        """Key of the sentence in the catalogues: `reason.m_nam`."""
        return message_key(self.code)


def message_key(code: ReasonCode) -> str:
    """Key of a code's sentence in the catalogues."""
    return "reason." + code.value.lower().replace("-", "_")


_D, _C, _T, _R, _O = Stage.DOCUMENT, Stage.CERTIFICATE, Stage.TEMPERATURE, Stage.RULES, Stage.OFFICER
_GOOD, _ASK, _BAD = Severity.GOOD, Severity.ASK, Severity.BAD
_ROWS = (
    (ReasonCode.DOCUMENT_MISSING, _D, _ASK, "No travel document has been read."),
    (ReasonCode.DOCUMENT_FINE, _D, _GOOD, "The document was read and its check digits hold."),
    (ReasonCode.DOCUMENT_UNREADABLE, _D, _ASK, "The document could not be read with certainty."),
    (ReasonCode.DOCUMENT_ON_SCREEN, _D, _ASK, "The document was shown on a screen: see the document itself."),
    (ReasonCode.DOCUMENT_NAME_UNCONFIRMED, _D, _ASK, "The name was not read with certainty: an officer confirms it."),
    (ReasonCode.DOCUMENT_CHECK_DIGIT, _D, _BAD, "A check digit of the document does not hold."),
    (ReasonCode.DOCUMENT_EXPIRED, _D, _BAD, "The document has expired."),
    (ReasonCode.DOCUMENT_EXPIRY_UNKNOWN, _D, _ASK, "The document's expiry date cannot be told."),
    (ReasonCode.DOCUMENT_IN_DATE, _D, _GOOD, "The document has not expired."),
    (ReasonCode.DOCUMENT_FOR_LIFE, _D, _GOOD, "The document is valid for life."),
    (ReasonCode.HOLDER_SAME, _D, _GOOD, "Document and certificate belong to the same person."),
    (ReasonCode.HOLDER_DIFFERS, _D, _BAD, "Name or birth date on the certificate differ from the document."),
    (ReasonCode.HOLDER_UNSURE, _D, _ASK, "Whether document and certificate belong to one person cannot be told."),
    (ReasonCode.CERTIFICATE_MISSING, _C, _ASK, "No health certificate has been read."),
    (ReasonCode.CERTIFICATE_VALID, _C, _GOOD, "The certificate is genuine and in date."),
    (ReasonCode.CERTIFICATE_KIND, _C, _ASK, "The code is not a certificate that this station judges."),
    (ReasonCode.CERTIFICATE_PREFIX, _C, _BAD, "The certificate does not start with HC1:."),
    (ReasonCode.CERTIFICATE_BASE45, _C, _BAD, "The certificate's text is damaged (Base45)."),
    (ReasonCode.CERTIFICATE_COMPRESSION, _C, _BAD, "The certificate is damaged (compression)."),
    (ReasonCode.CERTIFICATE_CBOR, _C, _BAD, "The certificate is damaged (CBOR)."),
    (ReasonCode.CERTIFICATE_COSE, _C, _BAD, "The certificate's signed envelope is malformed (COSE)."),
    (ReasonCode.CERTIFICATE_PART, _C, _ASK, "The certificate has several codes: the others are needed too."),
    (ReasonCode.CERTIFICATE_NUMERIC, _C, _BAD, "The certificate's digits are damaged."),
    (ReasonCode.CERTIFICATE_ARCHIVE, _C, _BAD, "The certificate is damaged (archive)."),
    (ReasonCode.CERTIFICATE_JSON, _C, _BAD, "The certificate is damaged (JSON)."),
    (ReasonCode.CERTIFICATE_JWS, _C, _BAD, "The certificate's signed envelope is malformed (JWS)."),
    (ReasonCode.CERTIFICATE_SEAL, _C, _BAD, "The certificate's seal is malformed."),
    (ReasonCode.CERTIFICATE_CONTEXT, _C, _ASK, "The certificate uses words that this station does not know."),
    (ReasonCode.CERTIFICATE_UNSIGNED, _C, _ASK, "The signature leaves out a part of what the certificate says."),
    (ReasonCode.CERTIFICATE_ALGORITHM, _C, _BAD, "The certificate is signed in a way that its format does not allow."),
    (ReasonCode.CERTIFICATE_CLAIMS, _C, _BAD, "The certificate's claims are malformed (CWT)."),
    (ReasonCode.CERTIFICATE_PAYLOAD, _C, _BAD, "The certificate holds no health certificate."),
    (ReasonCode.CERTIFICATE_SIGNER_UNKNOWN, _C, _ASK, "The certificate's signer is not in the trust bundle."),
    (ReasonCode.CERTIFICATE_CHAIN, _C, _BAD, "The signer's certificate was not issued by its country."),
    (ReasonCode.CERTIFICATE_SIGNATURE, _C, _BAD, "The certificate's signature does not hold."),
    (ReasonCode.CERTIFICATE_REVOKED, _C, _BAD, "The certificate was revoked by its issuer."),
    (ReasonCode.CERTIFICATE_PERHAPS_REVOKED, _C, _ASK, "The certificate may have been revoked: ask the centre."),
    (
        ReasonCode.CERTIFICATE_TEST_SIGNER,
        _C,
        _BAD,
        "The certificate is signed with a key for tests only.",
    ),
    (ReasonCode.CERTIFICATE_KEY_USAGE, _C, _BAD, "The signer may not issue certificates of this kind."),
    (ReasonCode.CERTIFICATE_EXPIRED, _C, _BAD, "The certificate has expired."),
    (ReasonCode.CERTIFICATE_NOT_YET_VALID, _C, _BAD, "The certificate was issued in the future."),
    (ReasonCode.CERTIFICATE_CLOCK, _C, _ASK, "The clock is too uncertain to tell whether the certificate is in date."),
    (ReasonCode.CERTIFICATE_ENTRY_ACCEPTED, _C, _GOOD, "The certificate meets the order in force."),
    (ReasonCode.CERTIFICATE_ENTRY_REFUSED, _C, _BAD, "The certificate does not meet the order in force."),
    (ReasonCode.CERTIFICATE_ENTRY_UNSURE, _C, _ASK, "Whether the certificate meets the order cannot be told."),
    (ReasonCode.CERTIFICATE_TOO_OLD, _C, _BAD, "The proof is older than the order takes."),
    (
        ReasonCode.CERTIFICATE_TOO_FRESH,
        _C,
        _BAD,
        "The proof does not count yet: more days must pass.",
    ),
    (ReasonCode.CERTIFICATE_DOSES, _C, _BAD, "The doses that the order wants are not complete."),
    (ReasonCode.CERTIFICATE_PRODUCT, _C, _BAD, "The order does not take this vaccine."),
    (ReasonCode.CERTIFICATE_TEST_KIND, _C, _BAD, "The order does not take this kind of proof."),
    (ReasonCode.CERTIFICATE_POSITIVE, _C, _BAD, "The test is not negative."),
    (ReasonCode.CERTIFICATE_PAPER, _C, _ASK, "The order takes no printed proof here: a certificate is needed."),
    (ReasonCode.CERTIFICATE_FURTHER, _C, _ASK, "A further proof is needed: none that was shown is of this kind."),
    (ReasonCode.TEMPERATURE_MISSING, _T, _ASK, "No skin temperature has been measured."),
    (ReasonCode.TEMPERATURE_FINE, _T, _GOOD, "The skin temperature is below the limit."),
    (ReasonCode.TEMPERATURE_HIGH, _T, _BAD, "The skin temperature is at or above the limit."),
    (ReasonCode.TEMPERATURE_AGAIN, _T, _ASK, "The first skin temperature was high: measure once more."),
    (ReasonCode.TEMPERATURE_UNSURE, _T, _ASK, "The skin temperature cannot be relied on."),
    (ReasonCode.RULE_SET_ABSENT, _R, _ASK, "No rule set is in force here."),
    (ReasonCode.RULE_UNSURE, _R, _ASK, "A rule could not be worked out."),
    (ReasonCode.CLASS_UNSURE, _R, _ASK, "The traveller's class under the order cannot be told."),
    (ReasonCode.EXEMPT, _R, _GOOD, "The order exempts the traveller's class from proofs of health."),
    (ReasonCode.OFFICER_LOOKS, _R, _ASK, "The order demands what only an officer can look at."),
    (ReasonCode.LEFT, _O, _ASK, "The traveller left before everything was established."),
    (ReasonCode.UNCONFIRMED, _O, _ASK, "The next traveller came before an officer had decided."),
    (ReasonCode.OFFICER_SAW_PROOF, _O, _GOOD, "The officer saw another proof."),
    (ReasonCode.OFFICER_KNOWS_HOLDER, _O, _GOOD, "The officer established the identity in person."),
    (ReasonCode.OFFICER_EXEMPTION, _O, _GOOD, "The traveller is exempt under the order."),
    (ReasonCode.OFFICER_HEALTH, _O, _GOOD, "Health staff examined the traveller."),
    (ReasonCode.OFFICER_NO_PROOF, _O, _BAD, "No acceptable proof was shown."),
    (ReasonCode.OFFICER_FALSE_PROOF, _O, _BAD, "A proof is false or belongs to somebody else."),
    (ReasonCode.OFFICER_DECLINED, _O, _BAD, "The traveller declined the screening."),
    (ReasonCode.OFFICER_OTHER, _O, _ASK, "Another reason, in the officer's note."),
)
REASONS: dict[ReasonCode, Reason] = {row[0]: Reason(*row) for row in _ROWS}
"""The table, by code."""

OVERRIDE_REASONS = (
    ReasonCode.OFFICER_SAW_PROOF,
    ReasonCode.OFFICER_KNOWS_HOLDER,
    ReasonCode.OFFICER_EXEMPTION,
    ReasonCode.OFFICER_HEALTH,
    ReasonCode.OFFICER_OTHER,
)
"""What an officer may give for an ADMIT that the rules did not propose."""

REFUSAL_REASONS = (
    ReasonCode.OFFICER_NO_PROOF,
    ReasonCode.OFFICER_FALSE_PROOF,
    ReasonCode.OFFICER_DECLINED,
    ReasonCode.OFFICER_OTHER,
)
"""What an officer may give for a REFUSE."""
