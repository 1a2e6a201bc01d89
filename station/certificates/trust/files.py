"""Trust from files: our own bundles, other people's lists, certificates, key sets and revocation lists.

Our older bundle is one JSON file: `{"format": "daan-trust-1", "created_at": RFC 3339, "test": false, "signers":
[{"certificate": base64 of DER} or {"kid": base64, "public_key": base64 of SubjectPublicKeyInfo, "country", "name",
"kinds": ["v"]}]}`. The present one is a folder (`folder`), put in force by `install`.
"""

import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from station.certificates.errors import TrustUnreadable
from station.certificates.keys import load_key
from station.certificates.result import EntryKind
from station.certificates.revocation.batches import Batch
from station.certificates.revocation.lists import Revocations
from station.certificates.revocation.memory import MemoryList
from station.certificates.revocation.store import RevocationStore, is_store
from station.certificates.trust import install
from station.certificates.trust.bundle import Signer, TrustBundle, bundle, from_certificate, merge
from station.certificates.trust.folder import is_bundle, load_folder
from station.certificates.trust.importers.reader import read_list
from station.certificates.trust.marking import refuse_test_keys
from station.certificates.trust.signer_certificate import ALL_KINDS

FORMAT = "daan-trust-1"
_MAX_BYTES = 64 * 1024 * 1024
_SIDE_FILES = ("-journal", "-wal", "-shm")
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


def load(paths: Iterable[Path], *, allow_test: bool = False) -> TrustBundle:
    """Read trust files, and every file of trust folders.

    Args:
        paths: trust folders, bundles, and files of every kind that `importers.reader` knows; revocation lists.
        allow_test: accept test keys; only the demonstration and a person at the command line do.

    Raises:
        TrustUnreadable: a file is missing, too large, or none of these.
        TrustRefused: a file holds a test key and `allow_test` is false.
    """
    return merge(load_file(part, allow_test=allow_test) for path in paths for part in parts_of(path))


def parts_of(path: Path) -> list[Path]:
    """What a path stands for: a bundle for itself, another folder for its files, a trust folder for both."""
    if not path.is_dir() or is_bundle(path):
        return [path]
    installed = install.is_trust_folder(path)
    loose = (each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
    skipped = (*_SIDE_FILES, install.REVOCATIONS) if installed else _SIDE_FILES
    return [*([path] if installed else []), *sorted(each for each in loose if not each.name.endswith(skipped))]


def load_file(path: Path, *, allow_test: bool = False) -> TrustBundle:
    """Read one trust file, bundle or trust folder; as `load`."""
    if path.is_dir():
        return _load_folder(path, allow_test=allow_test)
    try:
        with path.open("rb") as file:
            if is_store(file.read(16)):
                return TrustBundle(sources=(path.name,), revocations=Revocations((RevocationStore(path),)))
        if path.stat().st_size > _MAX_BYTES:
            raise TrustUnreadable(f"The trust file {path.name} is larger than {_MAX_BYTES >> 20} MiB; use another one.")
        data = path.read_bytes()
    except OSError as error:
        raise TrustUnreadable(f"The trust file {path} cannot be read ({error.strerror}); correct the path.") from error
    try:
        # Only a person who names this very file may mean both worlds; at a station a key of one is nobody in the other.
        signers, created_at, batches = parse(data, either=allow_test)
    except _MALFORMED as error:
        raise TrustUnreadable(
            f"The trust file {path.name} is no certificate, key set or trust bundle; replace it."
        ) from error
    revocations = Revocations((MemoryList(batches),)) if batches else None
    return bundle(refuse_test_keys(signers, path.name, allow_test=allow_test), created_at, [path.name], revocations)


def parse(data: bytes, *, either: bool) -> tuple[list[Signer], datetime | None, tuple[Batch, ...]]:
    """Signers out of a trust file's bytes, when it was made, and what it revokes; `either` as `read_list` has it.

    Raises:
        ValueError: none of the known kinds (KeyError, TypeError, AttributeError: JSON of another shape).
    """
    if data.lstrip()[:1] == b"{":
        content = json.loads(data)
        if content.get("format") == FORMAT:
            return *_own(content), ()
    found = read_list(data, either=either)
    return list(found.signers), found.as_of, found.batches


def write_bundle(certificates: Iterable[bytes], created_at: datetime, *, test: bool) -> str:
    """Our own bundle out of certificates in DER, as text for a file."""
    rows = [{"certificate": base64.b64encode(der).decode()} for der in certificates]
    stamp = created_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return json.dumps({"format": FORMAT, "created_at": stamp, "test": test, "signers": rows}, indent=1) + "\n"


def _load_folder(path: Path, *, allow_test: bool) -> TrustBundle:
    """A bundle, or the one in force in a trust folder with the revocations beside it."""
    inside = path if is_bundle(path) else install.current_of(path)
    found = TrustBundle() if inside is None else load_folder(inside)
    signers = [signer for group in found.signers.values() for signer in group]
    believed = bundle(
        refuse_test_keys(signers, path.name, allow_test=allow_test),
        found.created_at, found.sources, dates=found.dates, version=found.version,
    )  # fmt: skip
    store = path / install.REVOCATIONS
    return replace(believed, revocations=Revocations((RevocationStore(store),))) if store.is_file() else believed


def _own(content: dict[str, Any]) -> tuple[list[Signer], datetime]:
    created_at = datetime.fromisoformat(content["created_at"])
    if created_at.tzinfo is None:
        raise ValueError("the bundle's date has no zone")
    return [_row(row, test=bool(content.get("test", False))) for row in content["signers"]], created_at


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
