"""Enrolment: one package per station, whose single-use code the station proves together with the keys it made.

The package travels by hand (a USB stick, a printed sheet). The code is 128 random bits, valid for 24 hours and for
that station only. Proof: HMAC-SHA256 keyed by SHA-256(code) over the station's name and both public keys, and an
Ed25519 signature over the same bytes, so that the answer to "who holds the code" and "who holds the key" is one.
The centre signs its answer with the receipt key of the package: a portal's page never enrols a station.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.errors import CentreUnreachable, EnrolmentFailed, KeyUnusable
from sync.facts import canonical, rfc3339
from sync.keys import (
    StationKeys,
    decode,
    detached_is_good,
    encode,
    public_bytes,
    public_key,
    sign_detached,
    write_private,
)

VALID_FOR = timedelta(hours=24)
CODE_BYTES = 16
REQUEST_PURPOSE = "daan-enrolment-v1"
ANSWER_PURPOSE = "daan-enrolled-v1"


@dataclass(frozen=True, slots=True)
class Package:
    """What a station is given to enrol with."""

    station: str
    checkpoint: str
    address: str
    """The centre's URL, such as `https://eoc.example:8700`."""
    ca_pem: str | None
    """The CA that must have signed the centre's certificate; None only for plain http on loopback."""
    receipt_key: bytes
    """The centre's Ed25519 public key, 32 bytes."""
    tuf_root_sha256: str | None
    """Digest of the downlink's trust root; None until the centre publishes one."""
    code: bytes
    expires_at: datetime
    seal_key: bytes | None = None
    """The centre's X25519 public key, to which a station seals what it exports; None in packages of older centres."""

    def __repr__(self) -> str:
        """Hide the code."""
        return f"Package({self.station} at {self.checkpoint}, until {rfc3339(self.expires_at)})"


@dataclass(frozen=True, slots=True)
class EnrolmentRequest:
    """What a station asks with."""

    station: str
    sign_key: bytes
    receive_key: bytes
    proof: bytes
    signature: bytes


def write_package(package: Package, path: Path) -> None:
    """Write the package so that only its owner can read it.

    Raises:
        SyncError: the folder cannot be written.
    """
    document = {
        "version": 1,
        "station": package.station,
        "checkpoint": package.checkpoint,
        "address": package.address,
        "ca_pem": package.ca_pem,
        "receipt_key": encode(package.receipt_key),
        "tuf_root_sha256": package.tuf_root_sha256,
        "code": encode(package.code),
        "expires_at": rfc3339(package.expires_at),
        "seal_key": encode(package.seal_key) if package.seal_key else None,
    }
    write_private(path, json.dumps(document, indent=2).encode() + b"\n")


def read_package(path: Path) -> Package:
    """Read a package.

    Raises:
        EnrolmentFailed: it is missing, malformed, or its address is plain http to another machine.
    """
    try:
        document = json.loads(path.read_bytes())
        package = Package(
            station=str(document["station"]),
            checkpoint=str(document["checkpoint"]),
            address=str(document["address"]),
            ca_pem=document["ca_pem"],
            receipt_key=decode(document["receipt_key"]),
            tuf_root_sha256=document["tuf_root_sha256"],
            code=decode(document["code"]),
            expires_at=datetime.fromisoformat(document["expires_at"]).astimezone(UTC),
            seal_key=decode(document["seal_key"]) if document.get("seal_key") else None,
        )
        public_key(package.receipt_key)
    except OSError as error:
        raise EnrolmentFailed(f"the package {path} cannot be read; copy it from the centre again") from error
    except (ValueError, KeyError, TypeError, KeyUnusable) as error:
        raise EnrolmentFailed(f"{path} is not an enrolment package; make one with: eoc enrol") from error
    check_address(package.address, package.ca_pem)
    return package


def check_address(address: str, ca_pem: str | None) -> None:
    """Refuse an address that would send records in the clear, or trust any certificate.

    Raises:
        EnrolmentFailed: plain http to anything but loopback, or https without a CA to pin.
    """
    scheme, _, rest = address.partition("://")
    host = rest.split("/")[0].rsplit(":", 1)[0]
    if scheme == "http" and host in {"127.0.0.1", "localhost", "[::1]"}:
        return
    if scheme != "https":
        raise EnrolmentFailed(f"{address} is not https; only loopback may be plain http")
    if ca_pem is None:
        raise EnrolmentFailed(f"the package for {address} pins no CA; give one with: eoc enrol --ca FILE")


def code_key(code: bytes) -> bytes:
    """What the centre keeps of a code: SHA-256, which also keys the proof."""
    return hashlib.sha256(code).digest()


def ask(package: Package, keys: StationKeys, now: datetime) -> bytes:
    """The body of POST /v1/enrolments.

    Raises:
        EnrolmentFailed: the package is too old by this station's clock.
    """
    if now >= package.expires_at:
        raise EnrolmentFailed("the enrolment package has expired; check this computer's clock or make a new package")
    sign, receive = public_bytes(keys.sign), public_bytes(keys.receive)
    claim = _claim(package.station, sign, receive)
    return canonical(
        {
            "station": package.station,
            "code_id": code_id(code_key(package.code)),
            "sign_key": encode(sign),
            "receive_key": encode(receive),
            "proof": encode(hmac.digest(code_key(package.code), claim, "sha256")),
            "signature": encode(sign_detached(keys.sign, REQUEST_PURPOSE, claim)),
        }
    )


def code_id(key: bytes) -> str:
    """Names a code without giving it away: the first 16 hex digits of SHA-256 of what the centre keeps of it."""
    return hashlib.sha256(b"daan-code-id" + key).hexdigest()[:16]


def read_request(body: bytes) -> tuple[str, EnrolmentRequest]:
    """The code's id and the request.

    Raises:
        EnrolmentFailed: malformed, or the signature is not by the key that it brings.
    """
    try:
        document: dict[str, Any] = json.loads(body)
        request = EnrolmentRequest(
            station=str(document["station"]),
            sign_key=decode(document["sign_key"]),
            receive_key=decode(document["receive_key"]),
            proof=decode(document["proof"]),
            signature=decode(document["signature"]),
        )
        named = str(document["code_id"])
        key = public_key(request.sign_key)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, KeyUnusable) as error:
        raise EnrolmentFailed("the enrolment request is malformed; update the station") from error
    claim = _claim(request.station, request.sign_key, request.receive_key)
    if len(request.receive_key) != 32 or not detached_is_good(key, REQUEST_PURPOSE, claim, request.signature):
        raise EnrolmentFailed("the station does not hold the key that it brings; make its keys again")
    return named, request


def proof_is_good(request: EnrolmentRequest, kept: bytes) -> bool:
    """Whether the request was made by one who holds the code (constant time)."""
    claim = _claim(request.station, request.sign_key, request.receive_key)
    return hmac.compare_digest(hmac.digest(kept, claim, "sha256"), request.proof)


def answer(request: EnrolmentRequest, checkpoint: str, enrolled_at: datetime, key: Ed25519PrivateKey) -> bytes:
    """The centre's signed yes."""
    body = {
        "station": request.station,
        "checkpoint": checkpoint,
        "sign_key": encode(request.sign_key),
        "enrolled_at": rfc3339(enrolled_at),
    }
    return canonical({"enrolment": body, "signature": encode(sign_detached(key, ANSWER_PURPOSE, canonical(body)))})


def check_answer(raw: bytes, package: Package, keys: StationKeys) -> None:
    """Believe the answer only if the centre of the package signed it for this station and key.

    Raises:
        CentreUnreachable: it is no answer of a centre.
        EnrolmentFailed: signed by another, or for another station or key.
    """
    try:
        document = json.loads(raw)
        body, signature = document["enrolment"], decode(document["signature"])
        station, key = body["station"], body["sign_key"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CentreUnreachable("the answer is not from the centre: a portal or proxy is in the way") from error
    good = detached_is_good(public_key(package.receipt_key), ANSWER_PURPOSE, canonical(body), signature)
    if not good or station != package.station or key != encode(public_bytes(keys.sign)):
        raise EnrolmentFailed("the answer is not signed by the package's centre; check the address, then try again")


def _claim(station: str, sign_key: bytes, receive_key: bytes) -> bytes:
    return canonical({"receive_key": encode(receive_key), "sign_key": encode(sign_key), "station": station})
