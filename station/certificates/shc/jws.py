"""The signed envelope of a SMART Health Card: a compact JWS (RFC 7515) over raw DEFLATE (RFC 1951) of JSON.

The framework fixes the algorithm (ES256), the compression and the key's name, so nothing of that is chosen by the
message ("Health Cards are Compact"). Base64url must be written in the one canonical way (RFC 4648, 3.5): otherwise
one signature would have several texts.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.rules.reasons import ReasonCode
from station.certificates import keys, strict_json
from station.certificates.errors import StepFailed
from station.certificates.hcert.container import MAX_INFLATED
from station.certificates.keys import Algorithm, PublicKey
from station.certificates.result import Step

SIGNATURE_LENGTH = 64
"""Bytes: r and s of 32 each (RFC 7518, 3.4)."""


@dataclass(frozen=True, slots=True, repr=False)
class Envelope:
    """A JWS taken apart and not believed."""

    header: Mapping[str, Any]
    kid: str
    compressed: bytes
    signature: bytes
    signed: bytes
    """Exactly what was signed: header and payload as texts with the dot (RFC 7515, 5.1)."""


def open_envelope(text: str) -> Envelope:
    """Take a JWS apart.

    Raises:
        StepFailed: not three parts of canonical base64url, or a header that the framework does not allow.
    """
    parts = text.split(".")
    if len(parts) != 3 or not all(parts):
        raise _malformed("it has not three parts")
    try:
        header_bytes, compressed, signature = (_unbase64url(part) for part in parts)
    except ValueError as error:
        raise _malformed("a part is not properly encoded (base64url)") from error
    header = _read_header(header_bytes)
    if len(signature) != SIGNATURE_LENGTH:
        raise _malformed("its signature has an impossible length")
    return Envelope(header, str(header["kid"]), compressed, signature, f"{parts[0]}.{parts[1]}".encode())


def inflate(data: bytes) -> bytes:
    """Decompress raw DEFLATE, and not more than MAX_INFLATED bytes of it.

    Raises:
        StepFailed: no such stream, a broken or cut one, bytes behind it, or too much inside.
    """
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = stream.decompress(data, MAX_INFLATED)
    except zlib.error as error:
        raise _uncompressed("its compressed data is broken; scan it again") from error
    if not stream.eof and (stream.unconsumed_tail or len(inflated) >= MAX_INFLATED):
        raise _uncompressed(f"it unpacks to more than {MAX_INFLATED} bytes, which no honest card does")
    if not stream.eof:
        raise _uncompressed("its compressed data is cut off; scan it again")
    if stream.unused_data:
        raise _uncompressed("something follows its compressed data; scan it again")
    return inflated


def read_json(data: bytes) -> dict[str, Any]:
    """The payload's JSON object.

    Raises:
        StepFailed: it is none, or one that two readers could read differently.
    """
    try:
        value = strict_json.loads(data)
    except ValueError as error:
        raise _no_json(str(error)) from error
    if not isinstance(value, dict):
        raise _no_json("it is no object")
    return value


def holds(envelope: Envelope, key: PublicKey) -> bool:
    """Whether that key made the signature with ES256, whatever the header says."""
    return keys.holds(key, Algorithm.ES256, envelope.signature, envelope.signed)


def _unbase64url(text: str) -> bytes:
    data = keys.unbase64url(text)
    if keys.base64url(data) != text:
        raise ValueError("the text is padded, or its last character has bits that mean nothing")
    return data


def _read_header(data: bytes) -> dict[str, Any]:
    try:
        header = strict_json.loads(data)
    except ValueError as error:
        raise _malformed("its header is no JSON") from error
    if not isinstance(header, dict):
        raise _malformed("its header is no object")
    if header.get("alg") != Algorithm.ES256:
        raise StepFailed(
            Step.JWS,
            ReasonCode.CERTIFICATE_ALGORITHM,
            "The card does not say that it is signed with ES256, as every SMART Health Card is; ask for another one.",
        )
    if header.get("zip") != "DEF":
        raise _malformed("its header does not name the compression DEF")
    if not isinstance(header.get("kid"), str) or not header["kid"]:
        raise _malformed("its header names no key")
    if "crit" in header:
        raise _malformed("its header demands extensions that the framework does not have")
    return header


def _malformed(what: str) -> StepFailed:
    return StepFailed(
        Step.JWS, ReasonCode.CERTIFICATE_JWS, f"The card's envelope is malformed: {what}; ask for another one."
    )


def _uncompressed(what: str) -> StepFailed:
    return StepFailed(Step.COMPRESSION, ReasonCode.CERTIFICATE_COMPRESSION, f"The card cannot be unpacked: {what}.")


def _no_json(what: str) -> StepFailed:
    return StepFailed(
        Step.JSON, ReasonCode.CERTIFICATE_JSON, f"The card's content is malformed ({what}); ask for another one."
    )
