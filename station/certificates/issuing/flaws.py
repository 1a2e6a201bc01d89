"""What may be wrong with a certificate of the test issuer on purpose, and what a right verifier then says."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from config.rules.reasons import ReasonCode
from station.certificates.result import CertificateFormat, Step, Verdict


class Flaw(StrEnum):
    """What is wrong with a certificate on purpose."""

    NONE = "none"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    FORGED = "forged"
    """Signed by another key under the trusted signer's name."""
    ALTERED = "altered"
    """The holder's birth date was changed after signing."""
    UNKNOWN_SIGNER = "unknown_signer"
    WRONG_KEY_USAGE = "wrong_key_usage"
    WRONG_ALGORITHM = "wrong_algorithm"
    """The header names an algorithm that the format does not allow (`none` where it is a word)."""
    REVOKED = "revoked"
    BROKEN_CHAIN = "broken_chain"
    """The signer's certificate names its country's authority, which never signed it."""
    TORN = "torn"
    """The last part of the text is missing."""
    CHUNK_MISSING = "chunk_missing"
    """Of several codes only the first was shown."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What `station verify` says about it with the drill's trust bundle."""

    verdict: Verdict
    step: Step
    reason: ReasonCode


GOOD = Expectation(Verdict.VALID, Step.DONE, ReasonCode.CERTIFICATE_VALID)
_BAD, _OPEN = Verdict.INVALID, Verdict.UNDECIDED
_EXPIRED = Expectation(_BAD, Step.TIME, ReasonCode.CERTIFICATE_EXPIRED)
_EARLY = Expectation(_BAD, Step.TIME, ReasonCode.CERTIFICATE_NOT_YET_VALID)
_SIGNATURE = Expectation(_BAD, Step.SIGNATURE, ReasonCode.CERTIFICATE_SIGNATURE)
_STRANGER = Expectation(_OPEN, Step.SIGNER, ReasonCode.CERTIFICATE_SIGNER_UNKNOWN)
_USAGE = Expectation(_BAD, Step.KEY_USAGE, ReasonCode.CERTIFICATE_KEY_USAGE)
_REVOKED = Expectation(_BAD, Step.REVOCATION, ReasonCode.CERTIFICATE_REVOKED)
_COMMON = {
    Flaw.NONE: GOOD,
    Flaw.FORGED: _SIGNATURE,
    Flaw.ALTERED: _SIGNATURE,
    Flaw.UNKNOWN_SIGNER: _STRANGER,
}
_HCERT = _COMMON | {
    Flaw.EXPIRED: _EXPIRED,
    Flaw.NOT_YET_VALID: _EARLY,
    Flaw.WRONG_KEY_USAGE: _USAGE,
    Flaw.WRONG_ALGORITHM: _SIGNATURE,
    Flaw.REVOKED: _REVOKED,
    Flaw.TORN: Expectation(_BAD, Step.COMPRESSION, ReasonCode.CERTIFICATE_COMPRESSION),
}

EXPECTED: Mapping[CertificateFormat, Mapping[Flaw, Expectation]] = {
    CertificateFormat.HCERT: _HCERT,
    CertificateFormat.DDCC: _HCERT,
    CertificateFormat.SHC: _COMMON
    | {
        Flaw.EXPIRED: _EXPIRED,
        Flaw.NOT_YET_VALID: _EARLY,
        Flaw.WRONG_KEY_USAGE: _USAGE,
        Flaw.WRONG_ALGORITHM: Expectation(_BAD, Step.JWS, ReasonCode.CERTIFICATE_ALGORITHM),
        Flaw.REVOKED: _REVOKED,
        Flaw.TORN: Expectation(_BAD, Step.JWS, ReasonCode.CERTIFICATE_JWS),
        Flaw.CHUNK_MISSING: Expectation(_OPEN, Step.NUMERIC, ReasonCode.CERTIFICATE_PART),
    },
    CertificateFormat.VDS_NC: _COMMON
    | {
        Flaw.WRONG_KEY_USAGE: _USAGE,
        Flaw.WRONG_ALGORITHM: Expectation(_BAD, Step.SEAL, ReasonCode.CERTIFICATE_ALGORITHM),
        Flaw.REVOKED: _REVOKED,
        Flaw.BROKEN_CHAIN: Expectation(_BAD, Step.CHAIN, ReasonCode.CERTIFICATE_CHAIN),
        Flaw.TORN: Expectation(_BAD, Step.JSON, ReasonCode.CERTIFICATE_JSON),
    },
    CertificateFormat.DIVOC: _COMMON
    | {
        Flaw.EXPIRED: _EXPIRED,
        Flaw.NOT_YET_VALID: _EARLY,
        Flaw.WRONG_KEY_USAGE: _USAGE,
        Flaw.WRONG_ALGORITHM: Expectation(_BAD, Step.JWS, ReasonCode.CERTIFICATE_ALGORITHM),
        Flaw.REVOKED: _REVOKED,
        Flaw.TORN: Expectation(_BAD, Step.ARCHIVE, ReasonCode.CERTIFICATE_ARCHIVE),
    },
}
"""The closed list of each format's flaws, and what follows from each."""
