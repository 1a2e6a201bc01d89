"""Examines a station from outside: files, keys, clock, disk, models, devices, calibration."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta

from config.messages.said import Said, say
from config.rules.cases import failing_cases
from config.rules.errors import RuleError
from config.rules.ruleset import in_force
from config.settings import Settings
from models.errors import ModelError
from models.mrz_reader import MrzReader
from station.app import utc_now
from station.certificates.errors import CertificateError
from station.certificates.revocation.store import RevocationStore
from station.certificates.trust import files as trust
from station.certificates.trust.bundle import Scheme
from station.certificates.trust.install import REVOCATIONS
from station.doctor_devices import examine_devices
from station.doctor_thermal import examine_thermal
from station.errors import CannotStart
from station.finding import Finding
from station.journal.errors import JournalError
from station.journal.keys.source import Seal, keys_of
from station.journal.opening import open_reader
from station.journal.verification import Verification
from station.orders import load_rule_sets
from station.paths import StationPaths, paths_of
from station.uplink_program import membership
from sync.errors import SyncError
from sync.sync_store import read_state

_LEAST_FREE = 1_000_000_000
_EARLIEST_YEAR = 2026


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything that can be looked at without disturbing a running kiosk."""
    paths = paths_of(settings)
    yield _clock()
    yield _disk(paths)
    yield _models()
    yield _rules(settings)
    yield from _trust(settings, paths)
    yield from _journal(paths)
    yield _centre(paths)
    yield from examine_devices(settings)
    yield from examine_thermal(settings, paths, utc_now())


def _clock() -> Finding:
    now = utc_now()
    if now.year < _EARLIEST_YEAR:
        past = say("It says {date}, which is past; set it, or expiry cannot be told.", date=f"{now:%Y-%m-%d}")
        return Finding("clock", False, past)
    return Finding("clock", True, f"{now:%Y-%m-%d %H:%M} UTC")


def _disk(paths: StationPaths) -> Finding:
    folder = next(p for p in (paths.state, *paths.state.absolute().parents) if p.exists())
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE:
        left = f"{free / 1e9:.1f}"
        return Finding(
            "disk", False, say("{gb} GB free; remove what is not needed before nothing can be saved.", gb=left)
        )
    return Finding("disk", True, say("{gb} GB free.", gb=f"{free / 1e9:.0f}"))


def _models() -> Finding:
    try:
        MrzReader.load()
    except ModelError as error:
        return Finding("models", False, str(error))
    return Finding("models", True, say("The passport reader's weights are whole."))


def _rules(settings: Settings) -> Finding:
    place = settings.checkpoint
    try:
        found = in_force(load_rule_sets(settings), place.code, place.direction, utc_now())
    except (RuleError, CannotStart) as error:
        return Finding("rules", False, str(error))
    if found is None:
        pattern = "No rule set is in force at {place}, {direction}; add one."
        none = say(pattern, place=place.code, direction=str(place.direction))
        return Finding("rules", False, none)
    wrong = failing_cases(found)
    if wrong:
        return Finding("rules", False, wrong[0])
    name = say("{name} no. {number}, {order}", name=found.id, number=str(found.number), order=str(found.order))
    cases = str(len(found.cases))
    return Finding("rules", True, say("{rules}; its {cases} cases are right.", rules=name, cases=cases))


def _trust(settings: Settings, paths: StationPaths) -> Iterator[Finding]:
    try:
        believed = trust.load([p for p in paths.trust if p.exists()], allow_test=settings.station.demonstration)
    except CertificateError as error:
        yield Finding("trust", False, str(error))
        return
    if not len(believed):
        none = say("No signer is trusted: every certificate will be undecided; import a bundle.")
        yield Finding("trust", False, none)
        return
    stale, now = timedelta(days=settings.trust.stale_days), utc_now()
    for scheme in Scheme:
        signers = believed.of_scheme(scheme)
        if signers:
            yield _age(
                say("trust {scheme}", scheme=scheme.value),
                say("{n} signers", n=str(len(signers))),
                believed.age(now, scheme),
                stale,
            )
    yield from _revocations(paths, now, stale)


def _revocations(paths: StationPaths, now: datetime, stale: timedelta) -> Iterator[Finding]:
    for path in paths.trust:
        file = path / REVOCATIONS
        if not file.is_file():
            continue
        try:
            store = RevocationStore(file)
            held = store.holdings()
            store.close()
        except CertificateError as error:
            yield Finding("revocations", False, str(error))
            continue
        age = None if held.created_at is None else now - held.created_at
        yield _age("revocations", say("{n} entries", n=str(held.entries)), age, stale)


def _age(what: str, count: Said, age: timedelta | None, stale: timedelta) -> Finding:
    """How old a list is: unknown and the future are not good either."""
    if age is None:
        return Finding(what, False, say("{count}, of unknown age; import a list that says its date.", count=count))
    days = age // timedelta(days=1)
    if age < -timedelta(days=1):
        future = say("{count}, made {days} days from now; check the clock.", count=count, days=str(-days))
        return Finding(what, False, future)
    if age > stale:
        return Finding(what, False, say("{count}, {days} days old; import a newer list.", count=count, days=str(days)))
    return Finding(what, True, say("{count}, {days} days old.", count=count, days=str(max(days, 0))))


def _journal(paths: StationPaths) -> Iterator[Finding]:
    yield from _set_aside(paths)
    if not paths.journal.exists():
        yield Finding("journal", True, say("There is none yet; the kiosk makes it at its first start."))
        return
    try:
        reader = open_reader(paths)
    except JournalError as error:
        yield Finding("journal", False, str(error))
        return
    try:
        found = reader.verify()
        head = reader.head()[0]
    except JournalError as error:
        yield Finding("journal", False, str(error))
        return
    finally:
        reader.close()
    yield _chain(found)
    yield _seal(paths)
    state = read_state(paths.sync, head, reader.journal)
    yield Finding("uplink", state.reason is None, state.reason or say("{n} entries wait.", n=str(state.waiting)))


def _set_aside(paths: StationPaths) -> Iterator[Finding]:
    """Journals that could not be gone on with."""
    for aside in sorted(paths.state.glob("journal-unreadable-*.db")):
        pattern = "{file} was set aside because its key was lost; it may hold what the EOC never received: keep it."
        yield Finding("journal", False, say(pattern, file=aside.name))
    for aside in sorted(paths.state.glob("journal-damaged-*.db")):
        kept = say("{file} is a damaged journal that was salvaged; keep it until the EOC agrees.", file=aside.name)
        yield Finding("journal", False, kept)


def _chain(found: Verification) -> Finding:
    """What became of reading the whole journal."""
    if found.holds:
        return Finding("journal", True, say("{n} entries, the chain is whole.", n=str(found.entries)))
    if found.broken_at is not None:
        at = str(found.broken_at)
        return Finding("journal", False, say("The chain breaks at entry {at}; keep the file, tell the EOC.", at=at))
    bad = say(
        "{pages} pages and {pictures} photographs of the journal are damaged, {purged} entries were erased without"
        " a statement; restart the kiosk, it salvages what can be read.",
        pages=str(found.bad_pages), pictures=str(found.bad_pictures), purged=str(found.unstated),
    )  # fmt: skip
    return Finding("journal", False, bad)


def _seal(paths: StationPaths) -> Finding:
    """What keeps the journal's key from whoever takes the disk."""
    seal = keys_of(paths).seal
    if seal is Seal.TPM:
        return Finding("seal", True, say("The journal's key is sealed to this computer's TPM."))
    if seal is Seal.PASSPHRASE:
        return Finding("seal", True, say("The journal's key is locked by a supervisor's passphrase."))
    bare = say("UNSEALED: the journal's key lies in a bare file, as in a demonstration.")
    return Finding("seal", False, bare)


def _centre(paths: StationPaths) -> Finding:
    try:
        home = membership(paths)
    except SyncError as error:
        return Finding("centre", False, str(error))
    return Finding("centre", True, say("Enrolled at {address}.", address=home.address))
