"""Whom we believe: signers' keys by key identifier, out of certificates, key sets and our own bundles.

Our own bundle is JSON: `{"format": "daan-trust-1", "created_at": RFC 3339, "test": false, "signers": [{"certificate":
base64 of DER} or {"kid": base64, "public_key": base64 of SubjectPublicKeyInfo, "country", "name", "kinds": ["v"]}]}`.
"""

import base64
import binascii
import contextlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from station.certificates.cose import PublicKey
from station.certificates.errors import TrustRefused, TrustUnreadable
from station.certificates.result import EntryKind
from station.certificates.signer_certificate import ALL_KINDS, load_key, read_certificate

FORMAT = "daan-trust-1"
_MAX_BYTES = 64 * 1024 * 1024
_PEM = re.compile(rb"-----BEGIN (CERTIFICATE|PUBLIC KEY)-----(.+?)-----END \1-----", re.DOTALL)
_CURVES: Mapping[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


@dataclass(frozen=True, slots=True)
class Signer:
    """One key that may sign certificates."""

    kid: bytes
    key: PublicKey
    country: str = ""
    name: str = ""
    kinds: frozenset[EntryKind] = ALL_KINDS
    not_before: datetime | None = None
    not_after: datetime | None = None
    test: bool = False
    """A demonstration key."""


@dataclass(frozen=True, slots=True)
class TrustBundle:
    """All signers that are believed, and how old that knowledge is."""

    signers: Mapping[bytes, tuple[Signer, ...]] = field(default_factory=dict)
    """By key identifier; eight bytes can collide, so there may be several."""
    created_at: datetime | None = None
    """Of the oldest dated part; None when no part has a date."""
    sources: tuple[str, ...] = ()

    def find(self, kid: bytes) -> tuple[Signer, ...]:
        """The signers under that key identifier."""
        return self.signers.get(kid, ())

    def of_country(self, country: str) -> tuple[Signer, ...]:
        """The signers of one country, and those without any."""
        wanted = country.upper()
        return tuple(
            signer for group in self.signers.values() for signer in group if signer.country.upper() in (wanted, "")
        )

    def __len__(self) -> int:
        """How many signers."""
        return sum(len(group) for group in self.signers.values())


def bundle(signers: Iterable[Signer], created_at: datetime | None = None, sources: Sequence[str] = ()) -> TrustBundle:
    """Put signers together."""
    groups: dict[bytes, tuple[Signer, ...]] = {}
    for signer in signers:
        known = groups.get(signer.kid, ())
        if signer not in known:
            groups[signer.kid] = (*known, signer)
    return TrustBundle(groups, created_at, tuple(sources))


def merge(bundles: Iterable[TrustBundle]) -> TrustBundle:
    """One bundle out of several, as old as the oldest."""
    parts = list(bundles)
    dates = [part.created_at for part in parts if part.created_at is not None]
    return bundle(
        (signer for part in parts for group in part.signers.values() for signer in group),
        min(dates, default=None),
        [source for part in parts for source in part.sources],
    )


def load(paths: Iterable[Path], *, allow_test: bool = False) -> TrustBundle:
    """Read trust files, and every file of trust folders.

    Args:
        paths: PEM or DER certificates (also DER as base64), PEM public keys, JWK sets, our own bundles.
        allow_test: accept demonstration keys; only the demonstration and a person at the command line do.

    Raises:
        TrustUnreadable: a file is missing, too large, or none of these.
        TrustRefused: a file holds a demonstration key and `allow_test` is false.
    """
    files: list[Path] = []
    for path in paths:
        files.extend(sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path])
    return merge(load_file(file, allow_test=allow_test) for file in files)


def load_file(path: Path, *, allow_test: bool = False) -> TrustBundle:
    """Read one trust file; as `load`."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise TrustUnreadable(f"The trust file {path.name} is larger than {_MAX_BYTES >> 20} MiB; use another one.")
        data = path.read_bytes()
    except OSError as error:
        raise TrustUnreadable(f"The trust file {path} cannot be read ({error.strerror}); correct the path.") from error
    try:
        signers, created_at = parse(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise TrustUnreadable(
            f"The trust file {path.name} is no certificate, key set or trust bundle; replace it."
        ) from error
    if not allow_test and any(signer.test for signer in signers):
        raise TrustRefused(
            f"The trust file {path.name} holds demonstration keys, which only the demonstration may believe; remove it."
        )
    return bundle(signers, created_at, [path.name])


def parse(data: bytes) -> tuple[list[Signer], datetime | None]:
    """Signers out of a trust file's bytes, and when it was made.

    Raises:
        ValueError: none of the known kinds (KeyError, TypeError, AttributeError: JSON of another shape).
    """
    head = data.lstrip()[:1]
    if head == b"{":
        return _json(json.loads(data))
    blocks = _PEM.findall(data)
    if blocks:
        return [_pem(kind, base64.b64decode(body)) for kind, body in blocks], None
    if head == b"\x30":
        return [from_certificate(data.lstrip() if data[:1] != b"\x30" else data)], None
    try:
        return [from_certificate(base64.b64decode(data.strip(), validate=True))], None
    except binascii.Error as error:
        raise ValueError("neither JSON, PEM, DER nor base64") from error


def from_certificate(der: bytes, *, test: bool = False) -> Signer:
    """A signer out of its certificate.

    Raises:
        ValueError: no certificate.
    """
    read = read_certificate(der)
    return Signer(
        read.kid, read.key, read.country, read.name, read.kinds, read.not_before, read.not_after,
        test or read.demonstration,
    )  # fmt: skip


def write_bundle(certificates: Iterable[bytes], created_at: datetime, *, test: bool) -> str:
    """Our own bundle out of certificates in DER, as text for a file."""
    rows = [{"certificate": base64.b64encode(der).decode()} for der in certificates]
    stamp = created_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return json.dumps({"format": FORMAT, "created_at": stamp, "test": test, "signers": rows}, indent=1) + "\n"


def _pem(kind: bytes, der: bytes) -> Signer:
    if kind == b"CERTIFICATE":
        return from_certificate(der)
    raise ValueError("a bare public key has no key identifier; give the certificate, a key set or a bundle")


def _json(content: dict[str, Any]) -> tuple[list[Signer], datetime | None]:
    if content.get("format") == FORMAT:
        created_at = datetime.fromisoformat(content["created_at"])
        if created_at.tzinfo is None:
            raise ValueError("the bundle's date has no zone")
        return [_row(row, test=bool(content.get("test", False))) for row in content["signers"]], created_at
    keys = content["keys"]
    return [signer for key in keys for signer in _jwk(key)], None


def _row(row: dict[str, Any], *, test: bool) -> Signer:
    test = test or bool(row.get("test", False))
    if "certificate" in row:
        return from_certificate(base64.b64decode(row["certificate"], validate=True), test=test)
    return Signer(
        kid=base64.b64decode(row["kid"], validate=True),
        key=load_key(base64.b64decode(row["public_key"], validate=True)),
        country=str(row.get("country", "")),
        name=str(row.get("name", "")),
        kinds=frozenset(EntryKind(kind) for kind in row.get("kinds", ())) or ALL_KINDS,
        test=test,
    )


def _jwk(key: dict[str, Any]) -> list[Signer]:
    """Signers of one JSON Web Key (RFC 7517): by its certificate, else under every reading of its kid."""
    if key.get("x5c"):
        return [from_certificate(base64.b64decode(key["x5c"][0]))]
    public = _jwk_key(key)
    text = str(key["kid"])
    kids = {text.encode()}
    with contextlib.suppress(binascii.Error, ValueError):
        kids.add(base64.urlsafe_b64decode(text.replace("+", "-").replace("/", "_") + "=" * (-len(text) % 4)))
    return [Signer(kid, public, str(key.get("country", "")), text) for kid in sorted(kids)]


def _jwk_key(key: dict[str, Any]) -> PublicKey:
    def number(name: str) -> int:
        return int.from_bytes(raw(name), "big")

    def raw(name: str) -> bytes:
        text = str(key[name])
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    if key["kty"] == "EC":
        return ec.EllipticCurvePublicNumbers(number("x"), number("y"), _CURVES[key["crv"]]).public_key()
    if key["kty"] == "RSA":
        return rsa.RSAPublicNumbers(number("e"), number("n")).public_key()
    if key["kty"] == "OKP" and key["crv"] == "Ed25519":
        return ed25519.Ed25519PublicKey.from_public_bytes(raw("x"))
    raise ValueError("a key of an unsupported type")
