"""Our own trust bundle, `daan-trust-2`: a folder with a manifest and one file of signers for each scheme.

`manifest.json`: `{"format": "daan-trust-2", "version": number that only grows, "created_at": RFC 3339, "test": false,
"sources": [names], "files": {"hcert.json": {"sha256": hex, "signers": n, "as_of": RFC 3339}}}`; `as_of` is the date of
the oldest list behind the file. A file: `{"scheme": "hcert", "signers": [{"kid": base64, "key": base64 of
SubjectPublicKeyInfo, "country", "name", "kinds": ["v"], "not_before", "not_after", "issuer", "certificate": base64}]}`;
what is empty is left out.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from station.certificates.errors import TrustUnreadable
from station.certificates.keys import load_key
from station.certificates.result import EntryKind
from station.certificates.trust.bundle import (
    Scheme,
    Signer,
    TrustBundle,
    bundle,
    from_certificate,
    from_icao_certificate,
)
from station.certificates.trust.signer_certificate import ALL_KINDS

FORMAT = "daan-trust-2"
MANIFEST = "manifest.json"
_LARGEST = 64 * 1024 * 1024
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of itself."""

    version: int
    created_at: datetime
    test: bool
    sources: tuple[str, ...]
    digests: Mapping[str, str]
    """SHA-256 in hex of each file."""
    dates: Mapping[str, datetime]
    """Of the oldest list behind each file."""
    digest: str
    """SHA-256 of the manifest itself."""


def is_bundle(folder: Path) -> bool:
    """Whether a folder is a bundle."""
    return (folder / MANIFEST).is_file()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a bundle.

    Raises:
        TrustUnreadable: it is missing or none.
    """
    data = _bytes_of(folder / MANIFEST)
    try:
        content = json.loads(data)
        files = content["files"]
        if content["format"] != FORMAT or not isinstance(content["version"], int) or content["version"] < 1:
            raise ValueError("another format")
        if any(name != f"{scheme.value}.json" for name in files for scheme in [Scheme(name.removesuffix(".json"))]):
            raise ValueError("a file of an unknown scheme")
        return Manifest(
            content["version"],
            _moment(content["created_at"]),
            content["test"] is True,
            tuple(str(name) for name in content["sources"]),
            {name: str(row["sha256"]) for name, row in files.items()},
            {name: _moment(row["as_of"]) for name, row in files.items()},
            hashlib.sha256(data).hexdigest(),
        )
    except _MALFORMED as error:
        raise TrustUnreadable(
            f"The trust bundle {folder.name} has no manifest that can be read; import it again."
        ) from error


def load_folder(folder: Path) -> TrustBundle:
    """All signers of a bundle; every file must be the one that the manifest names.

    Raises:
        TrustUnreadable: a file is missing, was changed, or holds something else.
    """
    manifest = read_manifest(folder)
    signers: list[Signer] = []
    for name, digest in manifest.digests.items():
        data = _bytes_of(folder / name)
        if hashlib.sha256(data).hexdigest() != digest:
            raise TrustUnreadable(f"{name} of the trust bundle {folder.name} was changed; import the bundle again.")
        try:
            content = json.loads(data)
            scheme = Scheme(name.removesuffix(".json"))
            if content["scheme"] != scheme.value:
                raise ValueError("a file of another scheme")
            signers.extend(_signer(row, scheme, manifest.test) for row in content["signers"])
        except _MALFORMED as error:
            raise TrustUnreadable(f"{name} of the trust bundle {folder.name} holds something else.") from error
    dates = {Scheme(name.removesuffix(".json")): date for name, date in manifest.dates.items()}
    oldest = min(dates.values(), default=manifest.created_at)
    return bundle(signers, oldest, manifest.sources, dates=dates, version=manifest.version)


def write_folder(
    folder: Path,
    signers: Iterable[Signer],
    *,
    version: int,
    created_at: datetime,
    dates: Mapping[Scheme, datetime],
    sources: Iterable[str] = (),
    test: bool = False,
) -> None:
    """Write a bundle into a new or empty folder; a scheme without a date is as old as the bundle."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[Scheme, list[dict[str, Any]]] = {}
    for signer in signers:
        rows.setdefault(signer.scheme, []).append(_row(signer))
    files = {}
    for scheme in sorted(rows):
        data = json.dumps({"scheme": scheme.value, "signers": rows[scheme]}, ensure_ascii=False, indent=0).encode()
        (folder / f"{scheme.value}.json").write_bytes(data)
        files[f"{scheme.value}.json"] = {
            "sha256": hashlib.sha256(data).hexdigest(),
            "signers": len(rows[scheme]),
            "as_of": _stamp(dates.get(scheme, created_at)),
        }
    content = {
        "format": FORMAT, "version": version, "created_at": _stamp(created_at), "test": test,
        "sources": list(sources), "files": files,
    }  # fmt: skip
    (folder / MANIFEST).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def check_certificates(believed: TrustBundle) -> None:
    """Whether every signer is what its certificate says; done once, before a bundle is installed.

    Raises:
        TrustUnreadable: one is not.
    """
    for group in believed.signers.values():
        for signer in group:
            if signer.certificate and not _same(signer):
                raise TrustUnreadable("A signer of the trust bundle is not what its certificate says; do not use it.")


def _same(signer: Signer) -> bool:
    """Key, identifier, uses and dates are the certificate's; the country may be the one under which it was listed."""
    try:
        read = from_icao_certificate if signer.scheme is Scheme.ICAO else from_certificate
        own = read(signer.certificate)
    except ValueError:
        return False
    return (own.kid, own.key, own.kinds, own.not_before, own.not_after) == (
        signer.kid,
        signer.key,
        signer.kinds,
        signer.not_before,
        signer.not_after,
    )


def _signer(row: Mapping[str, Any], scheme: Scheme, test: bool) -> Signer:
    kinds = row.get("kinds")
    return Signer(
        base64.b64decode(row["kid"], validate=True),
        load_key(base64.b64decode(row["key"], validate=True)),
        row.get("country", ""),
        row.get("name", ""),
        ALL_KINDS if kinds is None else frozenset(EntryKind(kind) for kind in kinds),
        _moment(row["not_before"]) if "not_before" in row else None,
        _moment(row["not_after"]) if "not_after" in row else None,
        test or row.get("test") is True,
        scheme,
        row.get("issuer", ""),
        base64.b64decode(row.get("certificate", "")),
    )


def _row(signer: Signer) -> dict[str, Any]:
    key = signer.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    row: dict[str, Any] = {"kid": _text(signer.kid), "key": _text(key)}
    row |= {"country": signer.country} if signer.country else {}
    row |= {"name": signer.name} if signer.name else {}
    row |= {} if signer.kinds == ALL_KINDS else {"kinds": sorted(kind.value for kind in signer.kinds)}
    row |= {"not_before": _stamp(signer.not_before)} if signer.not_before else {}
    row |= {"not_after": _stamp(signer.not_after)} if signer.not_after else {}
    row |= {"test": True} if signer.test else {}
    row |= {"issuer": signer.issuer} if signer.issuer else {}
    return row | ({"certificate": _text(signer.certificate)} if signer.certificate else {})


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise TrustUnreadable(f"The trust file {path.name} is larger than {_LARGEST >> 20} MiB; use another one.")
        return path.read_bytes()
    except OSError as error:
        raise TrustUnreadable(f"The trust file {path} cannot be read ({error.strerror}); import it again.") from error


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time without zone")
    return found
