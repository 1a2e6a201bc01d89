"""Where a station keeps what, below its state folder. One writer per file."""

from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings


@dataclass(frozen=True, slots=True)
class StationPaths:
    """The files of one station."""

    state: Path
    journal: Path
    """Written by the kiosk alone."""
    journal_key: Path
    journal_credential: Path | None
    """The key sealed to this computer's TPM, when it is."""
    journal_unlocked: Path
    """The key that a passphrase opened; on a memory file system."""
    sync: Path
    """Written by sync alone: watermarks, receipts, last contact."""
    keys: Path
    """Folder of the station's own key pairs."""
    membership: Path
    """Which centre this station belongs to; written by enrolment."""
    trust: tuple[Path, ...]
    rules: Path
    """Folder of the rule sets that were installed, and of every one that ever judged here."""
    calibration: Path
    """Calibration records of the thermal scanner; written by `station calibration`."""
    surroundings: Path
    """Air temperature and humidity as they were entered; written by `station surroundings`."""


def paths_of(settings: Settings) -> StationPaths:
    """The files of the station that these settings describe."""
    state = settings.station.state
    return StationPaths(
        state=state,
        journal=state / "journal.db",
        journal_key=settings.journal.key_file or state / "keys" / "journal.key",
        journal_credential=settings.journal.credential,
        journal_unlocked=settings.journal.unlocked / f"{settings.station.name}.key",
        sync=state / "sync.db",
        keys=state / "keys",
        membership=state / "centre.json",
        trust=tuple(path if path.is_absolute() else state / path for path in settings.trust.bundles),
        rules=state / "rules",
        calibration=state / "calibration.json",
        surroundings=state / "surroundings.json",
    )
