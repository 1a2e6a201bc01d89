"""The sealed export: a journal on a stick, for a station that is taken out of service.

Text, one item on each line: JWE compact (RFC 7516; ECDH-ES with X25519 by RFC 8037, A256GCM) of a batch as it would go
over the wire, sealed to the centre's key; the last line is a manifest, signed by the station, that names the SHA-256
of all lines before it. Whoever finds the stick learns the station's name and how many entries there are.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from jwcrypto.common import JWException, json_encode  # type: ignore[import-untyped]
from jwcrypto.jwe import JWE  # type: ignore[import-untyped]
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]

from sync.batch import MAX_WIRE_BYTES
from sync.errors import ExportUnreadable
from sync.facts import canonical
from sync.keys import decode, detached_is_good, encode, sign_detached

PURPOSE = "daan-export-v1"
_HEADER = {"alg": "ECDH-ES", "enc": "A256GCM", "typ": "daan-batch"}
_LONGEST_LINE = MAX_WIRE_BYTES * 4 // 3 + 4096


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the export says of itself."""

    station: str
    journal: str
    batches: int
    entries: int
    first: int
    """Lowest sequence; 0 when there are no entries."""
    last: int
    written_at: str
    sha256: str


def write(
    file: IO[str], manifest: Manifest, batches: Iterable[tuple[bytes, int, int, int]], to: bytes, key: Ed25519PrivateKey
) -> Manifest:
    """Write an export.

    Args:
        file: to write to; text.
        manifest: station, journal and time; the rest is counted here.
        batches: each with how many entries it has, the lowest and the highest sequence.
        to: the centre's X25519 public key, 32 bytes.
        key: the station's signing key.

    Raises:
        OSError: the file cannot be written.
    """
    recipient = JWK(kty="OKP", crv="X25519", x=encode(to))
    digest, count, entries, first, last = hashlib.sha256(), 0, 0, 0, 0
    for wire, number, lowest, highest in batches:
        sealed = JWE(wire, json_encode(_HEADER))
        sealed.add_recipient(recipient)
        line = str(sealed.serialize(compact=True)) + "\n"
        digest.update(line.encode("ascii"))
        file.write(line)
        count, entries = count + 1, entries + number
        first, last = min(first or lowest, lowest), max(last, highest)
    told = Manifest(
        manifest.station, manifest.journal, count, entries, first, last, manifest.written_at, digest.hexdigest()
    )
    body = _body(told)
    signed = {"export": body, "signature": encode(sign_detached(key, PURPOSE, canonical(body)))}
    file.write(canonical(signed).decode() + "\n")
    return told


def read_manifest(file: IO[str]) -> tuple[Manifest, bytes]:
    """The manifest and its signature, after looking at the digest of everything before it.

    Raises:
        ExportUnreadable: it was cut short, changed, or is no export.
    """
    digest, before = hashlib.sha256(), ""
    for line in _lines(file):
        if before:
            digest.update(before.encode("ascii", "replace"))
        before = line
    try:
        document: dict[str, Any] = json.loads(before)
        manifest = Manifest(**document["export"])
        signature = decode(document["signature"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ExportUnreadable("the file is no export, or was cut short; copy it again from the station") from error
    if digest.hexdigest() != manifest.sha256:
        raise ExportUnreadable("the export was changed on the way; copy it again from the station")
    return manifest, signature


def is_signed(manifest: Manifest, signature: bytes, key: Ed25519PublicKey) -> bool:
    """Whether the station's key signed it."""
    return detached_is_good(key, PURPOSE, canonical(_body(manifest)), signature)


def open_batches(file: IO[str], key: X25519PrivateKey) -> Iterator[bytes]:
    """The batches, opened, in their order.

    Raises:
        ExportUnreadable: one was sealed to another centre.
    """
    own = JWK.from_pyca(key)
    before = ""
    for line in _lines(file):
        if before:
            try:
                sealed = JWE(algs=["ECDH-ES", "A256GCM"])
                sealed.deserialize(before.strip(), key=own)
                yield bytes(sealed.payload)
            except (JWException, ValueError, TypeError) as error:
                raise ExportUnreadable("the export is sealed to another centre's key; take it there") from error
        before = line


def _lines(file: IO[str]) -> Iterator[str]:
    while line := file.readline(_LONGEST_LINE):
        if not line.endswith("\n"):
            raise ExportUnreadable("the file is no export, or was cut short; copy it again from the station")
        yield line


def _body(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in Manifest.__slots__}
