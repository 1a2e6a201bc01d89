"""Making a bundle of our own out of other people's lists, and putting it in force.

Lists of one scheme replace everything that was known of that scheme; the other schemes stay as they are.
"""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from station.certificates.errors import TrustUnreadable
from station.certificates.revocation.batches import Batch
from station.certificates.revocation.store import RevocationStore
from station.certificates.trust import install
from station.certificates.trust.bundle import Scheme, Signer, bundle
from station.certificates.trust.folder import is_bundle, load_folder, write_folder
from station.certificates.trust.importers import vci_folder
from station.certificates.trust.importers.imported import Imported
from station.certificates.trust.importers.reader import read_list
from station.certificates.trust.marking import marked

_MAKING = ".making"
_LARGEST = 64 * 1024 * 1024
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did."""

    installed: install.Installed | None
    """None when the sources held revocations only."""
    revoked: int
    """Entries of revocation lists taken in."""
    left_out: Mapping[str, int] = field(default_factory=dict)


def import_sources(sources: Sequence[str], into: Path, *, now: datetime, allow_test: bool = False) -> Report:
    """Read every source, make the next version of the bundle in `into`, and put it in force.

    Args:
        sources: files and folders, or `ISSUER_ADDRESS=FILE` for a bare key set or revocation list of a SMART Health
            Card issuer; or one bundle folder of ours alone, which is installed as it is.
        into: the trust folder.
        now: date of the new bundle, and of a list that has no date and a file from the future.
        allow_test: keep test keys; else they are left out.

    Raises:
        TrustUnreadable: a source is none, or nothing is left; what was in force stays.
        TrustRefused: a bundle of ours holds test keys and `allow_test` is false.
    """
    if len(sources) == 1 and is_bundle(Path(sources[0])):
        return Report(install.install(into, Path(sources[0]), now=now, allow_test=allow_test), 0)
    lists = [(name, path, _read(path, issuer)) for name, path, issuer in map(_named, sources)]
    left_out: Counter[str] = Counter()
    signers: list[Signer] = []
    dates: dict[Scheme, datetime] = {}
    batches: list[Batch] = []
    for _, path, found in lists:
        left_out.update(found.left_out)
        batches += found.batches
        kept, made = _kept(found, left_out, allow_test), found.as_of or _date_of(path, now)
        signers += kept
        for scheme in {signer.scheme for signer in kept}:
            dates[scheme] = min(dates.get(scheme, made), made)
    if not signers and not batches:
        why = "; ".join(f"{count} left out: {reason}" for reason, count in left_out.items()) or "they are empty"
        raise TrustUnreadable(f"Nothing is left of these sources ({why}); nothing was changed.")
    installed = None
    if signers:
        names = [name for name, _, found in lists if found.signers]
        installed = _install(into, signers, dates, names, now, allow_test)
    if batches:
        into.mkdir(parents=True, exist_ok=True)
        store = RevocationStore(into / install.REVOCATIONS, create=True)
        ages = [found.as_of or _date_of(path, now) for _, path, found in lists if found.batches]
        store.put(batches, created_at=min(ages))
        store.forget_expired(now)
        store.close()
    return Report(installed, sum(len(batch.entries) for batch in batches), dict(left_out))


def _kept(found: Imported, left_out: Counter[str], allow_test: bool) -> list[Signer]:
    kept = []
    for signer in marked(found.signers):
        if signer.scheme is Scheme.SHC and not signer.issuer:
            left_out["it is a card's key without its issuer's address: give ADDRESS=FILE"] += 1
        elif signer.test and not allow_test:
            left_out["it is a known test key"] += 1
        else:
            kept.append(signer)
    return kept


def _install(
    into: Path,
    signers: list[Signer],
    dates: Mapping[Scheme, datetime],
    names: Iterable[str],
    now: datetime,
    allow_test: bool,
) -> install.Installed:
    old = install.current_of(into)
    held = None if old is None else load_folder(old)
    merged = dict(dates)
    sources = list(names)
    if held is not None:
        for scheme in Scheme:
            if scheme not in dates and held.of_scheme(scheme):
                signers += held.of_scheme(scheme)
                merged[scheme] = held.dates.get(scheme, now)
        sources += [name for name in held.sources if name not in sources]
    making = into / _MAKING
    shutil.rmtree(making, ignore_errors=True)
    version = 1 if held is None or held.version is None else held.version + 1
    try:
        unique = bundle(signers).signers.values()
        write_folder(
            making,
            [signer for group in unique for signer in group],
            version=version,
            created_at=now,
            dates=merged,
            sources=sources,
        )
        return install.install(into, making, now=now, allow_test=allow_test)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _named(source: str) -> tuple[str, Path, str]:
    """Name, path and issuer's address of a source."""
    issuer, mark, path = source.rpartition("=")
    if mark and issuer.startswith("https://"):
        return Path(path).name, Path(path), issuer
    return Path(source).name, Path(source), ""


def _read(path: Path, issuer: str) -> Imported:
    try:
        if path.is_dir():
            return _read_folder(path)
        if path.stat().st_size > _LARGEST:
            raise TrustUnreadable(f"The trust list {path.name} is larger than {_LARGEST >> 20} MiB; use another one.")
        return read_list(path.read_bytes(), issuer)
    except OSError as error:
        raise TrustUnreadable(f"The trust list {path} cannot be read ({error.strerror}); correct the path.") from error
    except _MALFORMED as error:
        raise TrustUnreadable(
            f"The trust list {path.name} is none that this station knows ({_reason(error)}); give another file."
        ) from error


def _read_folder(path: Path) -> Imported:
    if vci_folder.fits(path):
        return vci_folder.read(path)
    if is_bundle(path):
        raise TrustUnreadable("A bundle of ours is imported alone, as it is; give it without other sources.")
    parts = [_read(each, "") for each in sorted(path.iterdir()) if each.is_file() and not each.name.startswith(".")]
    if not parts:
        raise TrustUnreadable(f"The folder {path.name} holds no file; correct the path.")
    left_out: Counter[str] = Counter()
    for part in parts:
        left_out.update(part.left_out)
    dates = [part.as_of for part in parts if part.as_of is not None]
    return Imported(
        tuple(signer for part in parts for signer in part.signers),
        tuple(batch for part in parts for batch in part.batches),
        min(dates, default=None),
        dict(left_out),
    )


def _date_of(path: Path, now: datetime) -> datetime:
    """Of a list that does not say its own date: the file's."""
    return min(now, datetime.fromtimestamp(path.stat().st_mtime, UTC))


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) and not isinstance(error, UnicodeError) else "another shape"
