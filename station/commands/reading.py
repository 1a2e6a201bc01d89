"""`station read` and `station verify`: pictures and codes, one by one or in batches."""

import json
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from station.commands.common import JsonOption, moment_of, show

_MOST_BYTES = 200_000_000
_MOST_TEXT = 1_000_000
_WIDE = 60
_FILE_NAME = re.compile(r"\.[a-z0-9]{1,5}$")
"""No code of the known kinds ends so."""
_NOTES = {
    "screen": "shown on a screen: ask for the document itself",
    "several_documents": "another document is in view: the likelier one was read",
}


def read(
    images: Annotated[list[Path], typer.Argument(help="Pictures of documents.")],
    as_json: JsonOption = False,
) -> None:
    """Read the machine-readable zone; exit 1 when one is not clean or corrected, 3 when one is no picture."""
    from models.errors import PictureUnreadable
    from models.images import decode_picture
    from models.mrz_reader import MrzReader

    reader = MrzReader.load()
    today = datetime.now(ZoneInfo("Asia/Bangkok")).date()
    worst = 0
    for path in images:
        began = time.perf_counter()
        try:
            reading = reader.read(decode_picture(_bytes_of(path)), still=True)
        except PictureUnreadable as error:
            worst = 3
            _say_unreadable(path, str(error), as_json)
            continue
        elapsed = (time.perf_counter() - began) * 1000
        row = {"file": str(path), **_described(reading, today), "ms": round(elapsed, 1)}
        worst = max(worst, 0 if row["state"] in ("clean", "corrected") else 1)
        if as_json:
            show(row)
        else:
            _print(row)
    if worst:
        raise typer.Exit(worst)


def _bytes_of(path: Path) -> bytes:
    from models.errors import PictureUnreadable

    try:
        if path.stat().st_size > _MOST_BYTES:
            raise PictureUnreadable("the file is larger than 200 MB: send a smaller picture")
        return path.read_bytes()
    except OSError as error:
        raise PictureUnreadable(f"the file cannot be read ({error.strerror}): correct the path") from error


def _described(reading: Any, today: Any) -> dict[str, Any]:
    """What a reading says, and how sure of it the reader is."""
    from models.regions import ReadState
    from station.documents.errors import MrzUnreadable
    from station.documents.mrz import parse

    row: dict[str, Any] = {
        "format": reading.format.value if reading.format else None,
        "state": reading.state.value,
        "lines": list(reading.lines),
        "fields": {},
        "checks": {},
        "confidence": round(reading.confidence, 4),
        "unconfirmed": list(reading.unconfirmed),
        "notes": [note.value for note in reading.notes],
        "raw": list(reading.raw_lines),
        "confidences": [[round(value, 3) for value in line] for line in reading.confidences],
        "guidance": reading.guidance.value if reading.guidance else None,
    }
    if reading.state is ReadState.ABSENT:
        return row
    try:
        document = parse(reading.lines, today)
    except MrzUnreadable:
        return row
    return row | {"fields": document.fields(), "checks": {c.name: c.state.value for c in document.checks}}


def _say_unreadable(path: Path, why: str, as_json: bool) -> None:
    if as_json:
        nothing: dict[str, Any] = {"format": None, "state": "absent", "lines": [], "fields": {}, "checks": {}}
        doubts: dict[str, Any] = {"unconfirmed": [], "notes": [], "raw": [], "confidences": [], "guidance": None}
        show({"file": str(path), **nothing, "confidence": 0.0, **doubts, "ms": 0.0, "error": why})
    typer.echo(f"station: {path}: {why}", err=True)


def _print(row: dict[str, Any]) -> None:
    print(
        f"{row['file']}: {row['format'] or 'no zone'}, {row['state']}, least certain character {row['confidence']:.2f}"
    )
    for line in row["lines"]:
        print(f"  {line}")
    wrong = [name for name, state in row["checks"].items() if state == "wrong"]
    if wrong:
        print(f"  does not hold: {', '.join(wrong).replace('_', ' ')}")
    if row["guidance"]:
        print(f"  advice: {row['guidance'].replace('_', ' ')}")
    if row["unconfirmed"]:
        print(f"  compare with the page: {', '.join(row['unconfirmed']).replace('_', ' ')}")
    for note in row["notes"]:
        print(f"  {_NOTES[note]}")


def verify(
    inputs: Annotated[list[str] | None, typer.Argument(help="Picture, text file, - or the code's own text.")] = None,
    at: Annotated[str | None, typer.Option(help="Verify as of this time (RFC 3339).")] = None,
    trust: Annotated[list[Path] | None, typer.Option(help="PEM, DER, JWKS or trust bundle.")] = None,
    batch: Annotated[Path | None, typer.Option(help="File of JSON lines: input, at, trust (a list of paths).")] = None,
    as_json: JsonOption = False,
) -> None:
    """Verify health certificates; exit 1 when one is not valid, 3 when one could not be examined.

    A batch ends with 0 when every line was answered; what a line leaves out, --at and --trust give.
    """
    from station.certificates.batch import Verifier

    if (batch is None) == (not inputs):
        raise typer.BadParameter("name a picture, a text file, - or the code's own text; or else a batch")
    moment_of(at)  # a wrong time is wrong use, whatever there is to verify
    common = {"at": at, "trust": [str(path) for path in trust or ()]}
    if batch is not None:
        rows = [common | row for row in _batch_rows(batch)]
    else:
        rows = [common | {"input": _standard_input() if each == "-" else each} for each in inputs or ()]
    worst, verifier = 0, Verifier(lambda: datetime.now(UTC))
    for row in rows:
        said = verifier.answer(row)
        if said["step"] == "input":  # it could not be examined at all
            worst = 3
            typer.echo(f"station: {said['sentence']}", err=True)
        elif said["verdict"] != "valid":
            worst = max(worst, 1)
        if as_json:
            show(said)
        else:
            _print_verdict(said)
    if worst and batch is None:
        raise typer.Exit(worst)


def _batch_rows(path: Path) -> list[dict[str, Any]]:
    from station.certificates.errors import InputUnreadable

    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputUnreadable(f"{path} cannot be read as text; correct the path") from error
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            typer.echo(f"station: {path}, line {number}: no JSON; it is answered as unreadable", err=True)
            row = {}
        rows.append(row if isinstance(row, dict) else {})
    return rows


def _print_verdict(said: dict[str, Any]) -> None:
    """What was found, and the sentence on it; no holder, since a terminal is read by bystanders."""
    name = _short(said["input"] or "no input")
    if said["step"] == "input":
        print(f"{name}: could not be examined")
        return
    print(f"{name}: {said['format']}, {said['verdict']} ({said['reason']}, step {said['step']})")
    print(f"  {said['sentence']}")
    if said["test_signer"]:
        print("  Its signer is for tests only: this is no real certificate.")
    for warning in said["warnings"]:
        print(f"  note: {warning}")


def _short(text: str) -> str:
    """A path by its end, a code by its beginning."""
    if _FILE_NAME.search(text):
        return text if len(text) <= _WIDE else f"…{text[-_WIDE:]}"
    line = "".join(each if each.isprintable() else "·" for each in text.strip().partition("\n")[0][:_WIDE])
    return line if len(text) <= 40 else f"{line[:24]}…"


def _standard_input() -> str:
    """A code's text; bytes that are no text as Latin-1, as readers give a code of bytes."""
    data = sys.stdin.buffer.read(_MOST_TEXT)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")
