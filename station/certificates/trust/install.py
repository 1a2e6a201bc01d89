"""Putting a trust bundle in force: checked whole before it replaces the old one, and never half.

A trust folder holds `bundle-000007-1a2b3c4d/` (the one in force and the one before it) and the link `current`. The new
one is copied beside them, written through to the disk, and becomes current by one rename; a power cut at any point
leaves the old or the new one in force, whole.
"""

import os
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from station.certificates.errors import TrustRefused, TrustUnreadable
from station.certificates.trust.bundle import Scheme, TrustBundle
from station.certificates.trust.folder import MANIFEST, check_certificates, is_bundle, load_folder, read_manifest
from station.certificates.trust.marking import refuse_test_keys

CURRENT = "current"
REVOCATIONS = "revocations.db"
_INCOMING = ".incoming"
_LINK = ".current-new"


@dataclass(frozen=True, slots=True)
class Installed:
    """What is in force now."""

    version: int
    folder: Path
    signers: Mapping[Scheme, int]
    age: timedelta | None
    """Of its oldest list; negative when it was made later than our clock says."""
    changed: bool
    """False when it was in force already."""


def is_trust_folder(path: Path) -> bool:
    """Whether a folder is one that bundles are installed into, or that holds an installed revocation list."""
    return path.is_dir() and (is_bundle(path / CURRENT) or (path / REVOCATIONS).is_file())


def current_of(folder: Path) -> Path | None:
    """The bundle in force in a trust folder; None when there is none."""
    link = folder / CURRENT
    return link if is_bundle(link) else None


def install(folder: Path, source: Path, *, now: datetime, allow_test: bool = False) -> Installed:
    """Put the bundle `source` in force in `folder`.

    Raises:
        TrustUnreadable: the bundle is broken, empty, older than the one in force, or another of the same version.
        TrustRefused: it holds test keys and `allow_test` is false. Either way the old one stays in force.
    """
    old = current_of(folder)
    before = None if old is None else old.resolve().name
    manifest = read_manifest(source)
    if old is not None:
        held = read_manifest(old)
        if held.digest == manifest.digest and _is_whole(old):
            return _installed(old, load_folder(old), now, changed=False)
        if manifest.version <= held.version and held.digest != manifest.digest:
            raise TrustUnreadable(
                f"The trust bundle {source.name} has version {manifest.version}, and {held.version} is in force; "
                "give a newer one."
            )
    folder.mkdir(parents=True, exist_ok=True)
    incoming = folder / _INCOMING
    shutil.rmtree(incoming, ignore_errors=True)
    try:
        _copy(source, incoming, (MANIFEST, *manifest.digests))
        believed = check(incoming, allow_test=allow_test)
    except (TrustUnreadable, TrustRefused):
        shutil.rmtree(incoming, ignore_errors=True)
        raise
    # What was copied is what was checked; the name says which it is.
    target = folder / f"bundle-{manifest.version:06d}-{manifest.digest[:8]}"
    shutil.rmtree(target, ignore_errors=True)
    incoming.rename(target)
    _sync(folder)
    link = folder / _LINK
    link.unlink(missing_ok=True)
    link.symlink_to(target.name)
    link.replace(folder / CURRENT)
    _sync(folder)
    _tidy(folder, keep={target.name, before or target.name})
    return _installed(folder / CURRENT, believed, now, changed=True)


def check(folder: Path, *, allow_test: bool) -> TrustBundle:
    """Look at every byte and every certificate of a bundle.

    Raises:
        TrustUnreadable: something is wrong with it, or nobody is in it.
        TrustRefused: it holds test keys and `allow_test` is false.
    """
    believed = load_folder(folder)
    if not len(believed):
        raise TrustUnreadable(f"The trust bundle {folder.name} holds no signer; it would make every traveller unknown.")
    check_certificates(believed)
    signers = [signer for group in believed.signers.values() for signer in group]
    refuse_test_keys(signers, folder.name, allow_test=allow_test)
    return believed


def _is_whole(folder: Path) -> bool:
    try:
        load_folder(folder)
    except TrustUnreadable:
        return False
    return True


def _installed(folder: Path, believed: TrustBundle, now: datetime, *, changed: bool) -> Installed:
    count = Counter(scheme for (scheme, _), group in believed.signers.items() for _ in group)
    return Installed(believed.version or 0, folder.resolve(), count, believed.age(now), changed)


def _copy(source: Path, target: Path, names: tuple[str, ...]) -> None:
    target.mkdir()
    for name in names:
        try:
            data = (source / name).read_bytes()
        except OSError as error:
            raise TrustUnreadable(f"{name} of the trust bundle {source.name} cannot be read; copy it again.") from error
        with (target / name).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    _sync(target)


def _sync(folder: Path) -> None:
    """Write a folder's own entries through to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _tidy(folder: Path, keep: set[str]) -> None:
    for each in folder.glob("bundle-*"):
        if each.name not in keep:
            shutil.rmtree(each, ignore_errors=True)
