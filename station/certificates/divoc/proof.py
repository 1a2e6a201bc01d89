"""The signature of a DIVOC credential: a linked-data proof with a detached JWS.

Signed are the hashes of two sets of statements, those of the proof's options and those of the credential (W3C CCG
Linked Data Signatures, createVerifyHash), under a JWS header that says that the content is not encoded (RFC 7797).
DIVOC's signer makes RsaSignature2018 with PS256 and Ed25519Signature2018 with EdDSA.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from config.rules.reasons import ReasonCode
from station.certificates import strict_json
from station.certificates.divoc.canonical import canonical
from station.certificates.divoc.statements import Reading, read
from station.certificates.divoc.vocabulary import SECURITY
from station.certificates.errors import StepFailed
from station.certificates.keys import Algorithm, unbase64url
from station.certificates.result import Step, Verdict

SUITES: Mapping[str, Algorithm] = {
    "RsaSignature2018": Algorithm.PS256,
    "Ed25519Signature2018": Algorithm.EDDSA,
}
"""The one algorithm of each kind of proof; the message's header must say the same."""
PURPOSE = "assertionMethod"
_VALUES = frozenset(("jws", "proofValue", "signatureValue", "@context"))
_MAX_METHOD = 512


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """A proof taken apart."""

    options: Mapping[str, Any]
    """All of it but the signature."""
    header: str
    """Of the JWS, encoded as it came: it is signed so."""
    signature: bytes
    algorithm: Algorithm
    method: str
    """Address of the signer's key."""
    created: datetime


def read_proof(credential: Mapping[str, Any]) -> Proof:
    """Take the proof of a credential apart without believing it.

    Raises:
        StepFailed: none or a malformed one; made for another purpose; with an algorithm that its kind does not have;
            undecided when its kind is unknown.
    """
    proof = credential.get("proof")
    if not isinstance(proof, dict):
        raise _malformed("it carries no signature, or several")
    suite, jws, method, created = (proof.get(name) for name in ("type", "jws", "verificationMethod", "created"))
    algorithm = SUITES.get(suite) if isinstance(suite, str) else None
    if algorithm is None:
        raise StepFailed(
            Step.JWS,
            ReasonCode.CERTIFICATE_ALGORITHM,
            "The certificate is signed in a way that this station does not know; decide by hand.",
            Verdict.UNDECIDED,
        )
    if not isinstance(method, str) or not 0 < len(method) <= _MAX_METHOD:
        raise _malformed("it does not name the signer's key")
    if proof.get("proofPurpose") != PURPOSE:
        raise _malformed("its signature was made for another purpose")
    moment = read_time(created)
    if moment is None:
        raise _malformed("its signature has no time")
    header, signature = _detached(jws)
    _check_header(header, algorithm)
    options = {name: value for name, value in proof.items() if name not in _VALUES}
    return Proof(options, header, signature, algorithm, method, moment)


def read_time(value: Any) -> datetime | None:
    """A moment as RFC 3339 writes it, UTC where no zone stands; None when it is none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def signed_bytes(proof: Proof, reading: Reading) -> bytes:
    """What is signed: header, a point, the hash of the proof's statements, the hash of the credential's.

    Raises:
        UnknownVocabulary: as `statements.read` and `canonical`.
    """
    return _signed(proof.header, proof.options, reading)


def sign_input(credential: Mapping[str, Any], proof: Mapping[str, Any]) -> bytes:
    """What an issuer signs.

    Args:
        credential: with `@context`; a `proof` in it is left out.
        proof: `type` of SUITES, `created`, `verificationMethod`, `proofPurpose`; a `jws` in it is left out.

    Raises:
        UnknownVocabulary: the credential names a vocabulary that is not ours.
        KeyError: another type of proof.
    """
    options = {name: value for name, value in proof.items() if name not in _VALUES}
    return _signed(header_of(proof["type"]), options, read(unsigned(credential)))


def jws_of(proof_type: str, signature: bytes) -> str:
    """The detached JWS of a signature over `sign_input`.

    Raises:
        KeyError: another type of proof than those of SUITES.
    """
    return f"{header_of(proof_type)}..{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def header_of(proof_type: str) -> str:
    """The JWS header of a kind of proof, encoded (RFC 7797, 6)."""
    text = f'{{"alg":"{SUITES[proof_type].value}","b64":false,"crit":["b64"]}}'
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unsigned(credential: Mapping[str, Any]) -> dict[str, Any]:
    """The credential without its proof."""
    return {name: value for name, value in credential.items() if name != "proof"}


def _signed(header: str, options: Mapping[str, Any], reading: Reading) -> bytes:
    parts = (read({"@context": SECURITY, **options}).statements, reading.statements)
    return header.encode() + b"." + b"".join(hashlib.sha256(canonical(part)).digest() for part in parts)


def _detached(jws: Any) -> tuple[str, bytes]:
    """Header and signature of a JWS whose content stands elsewhere (RFC 7515, appendix F)."""
    parts = jws.split(".") if isinstance(jws, str) else []
    if len(parts) != 3 or parts[1]:
        raise _malformed("its signature is no detached JWS")
    try:
        return parts[0], unbase64url(parts[2])
    except ValueError as error:
        raise _malformed("its signature is damaged") from error


def _check_header(encoded: str, algorithm: Algorithm) -> None:
    """Whether the header says exactly what the kind of proof fixes."""
    try:
        header = strict_json.loads(unbase64url(encoded))
    except ValueError as error:
        raise _malformed("its signature's header is damaged") from error
    if not isinstance(header, dict):
        raise _malformed("its signature's header is no object")
    if header.get("alg") != algorithm.value:
        raise StepFailed(
            Step.JWS,
            ReasonCode.CERTIFICATE_ALGORITHM,
            "The certificate names a signature algorithm that its kind of proof does not have; ask for another one.",
        )
    if header.get("b64") is not False or header.get("crit") != ["b64"]:
        raise _malformed("its signature's header asks for something that is not understood")


def _malformed(what: str) -> StepFailed:
    return StepFailed(
        Step.JWS, ReasonCode.CERTIFICATE_JWS, f"The certificate's signature is malformed: {what}; ask for another one."
    )
