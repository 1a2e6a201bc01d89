"""Trust from files: certificates, key sets and our own bundles.

Our own bundle is JSON: `{"format": "daan-trust-1", "created_at": RFC 3339, "test": false, "signers": [{"certificate":
base64 of DER} or {"kid": base64, "public_key": base64 of SubjectPublicKeyInfo, "country", "name", "kinds": ["v"]}]}`.
"""

import base64
import binascii
import contextlib
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from station.certificates.errors import TrustRefused, TrustUnreadable
from station.certificates.keys import from_jwk, load_key, unbase64url
from station.certificates.result import EntryKind
from station.certificates.trust.bundle import Signer, TrustBundle, bundle, from_certificate, merge
from station.certificates.trust.signer_certificate import ALL_KINDS

FORMAT = "daan-trust-1"
_MAX_BYTES = 64 * 1024 * 1024
_PEM = re.compile(rb"-----BEGIN (CERTIFICATE|PUBLIC KEY)-----(.+?)-----END \1-----", re.DOTALL)


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
    public = from_jwk(key)
    text = str(key["kid"])
    kids = {text.encode()}
    with contextlib.suppress(binascii.Error, ValueError):
        kids.add(unbase64url(text))
    return [Signer(kid, public, str(key.get("country", "")), text) for kid in sorted(kids)]
