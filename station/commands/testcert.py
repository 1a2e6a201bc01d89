"""`station testcert`: fresh certificates for drills, marked as such, with a trust folder that believes them."""

import json
import os
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from station.commands.common import JsonOption, moment_of, show, writing

if TYPE_CHECKING:
    from station.certificates.issuing.content import Proof, Subject
    from station.certificates.issuing.drill import Issued

_MARK = "TEST ONLY - FOR DRILLS"
_TRUST = "trust"
_BATCH = "batch.jsonl"
_HOLDER = re.compile(r"[^<]+(?:<[^<]+)*<<[^<]+(?:<[^<]+)*<*")


class Kind(StrEnum):
    """What the certificates attest."""

    VACCINATION = "vaccination"
    TEST = "test"
    RECOVERY = "recovery"


def make(
    out: Annotated[Path, typer.Option(help="Folder for codes, pictures and the trust folder; made if absent.")],
    form: Annotated[list[str] | None, typer.Option("--format", help="hcert, ddcc, shc, vds-nc, divoc.")] = None,
    flaw: Annotated[list[str] | None, typer.Option(help="What is wrong with it, as expired; else every flaw.")] = None,
    kind: Annotated[Kind, typer.Option(help="What it attests.")] = Kind.VACCINATION,
    holder: Annotated[str, typer.Option(help="Names as in a passport.")] = "SPECIMEN<<MARY",
    born: Annotated[str, typer.Option(help="Birth date, as 1990-01-31.")] = "1990-01-31",
    at: Annotated[str | None, typer.Option(help="The day of the drill (RFC 3339); now.")] = None,
    chunks: Annotated[int, typer.Option(min=1, max=9, help="Codes per SMART Health Card.")] = 1,
    seed: Annotated[str | None, typer.Option(help="Repeats the keys of an earlier drill; else they are new.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Make fresh certificates for drills: code text, picture, and a trust folder that only a drill may use."""
    from station.certificates.issuing import drill

    now = (moment_of(at) or datetime.now(UTC)).replace(microsecond=0)
    subject, proofs = _subject(holder, born), _proofs(kind, now)
    forms = _forms(form, proofs, everything=form is None)
    authority = drill.make_authority(seed.encode() if seed else os.urandom(32), now)
    made: list[Issued] = []
    for each in forms:
        for wanted in _flaws(flaw, drill.flaws_of(each, proofs)):
            number = f"{each.value}-{len(made) + 1:04d}"
            made.append(drill.issue(each, authority, subject, proofs, now, number, wanted, chunks))
    if not made:
        raise typer.BadParameter("no chosen format has such a flaw", param_hint="--flaw")
    with writing(out):
        drill.drill_bundle(out / _TRUST, authority, now, made)
        rows = [_write_one(out, each) for each in made]
        trusted = str((out / _TRUST).resolve())
        lines = [json.dumps({"input": row["text"], "at": now.isoformat(), "trust": [trusted]}) for row in rows]
        (out / _BATCH).write_text("\n".join(lines) + "\n", encoding="utf-8")
    _say(rows, out, now, as_json)


def _say(rows: Sequence[dict[str, Any]], out: Path, now: datetime, as_json: bool) -> None:
    if as_json:
        for row in rows:
            show(row)
        return
    print(f"{_MARK}. Every signer is marked as a test; only the folder {out / _TRUST} believes it.")
    for row in rows:
        said = row["expected"]
        pictures = ", ".join(Path(picture).name for picture in row["pictures"])
        print(f"  {pictures}: {row['flaw']}; verify says {said['verdict']} ({said['reason']}, step {said['step']})")
    print(f"All at once: station verify --json --batch {out / _BATCH}")
    print(f"One by one:  station verify --trust {out / _TRUST} --at {now.isoformat()} PICTURE")


def _write_one(out: Path, issued: "Issued") -> dict[str, Any]:
    """Text and pictures of one certificate, and the row that names them."""
    stem = f"{issued.format.value}-{issued.flaw.value}"
    text = out / f"{stem}.txt"
    # A code of bytes (DIVOC's zip) is kept as it is: reading it back as Latin-1 gives the same text.
    data = issued.text.encode("latin-1" if issued.binary else "utf-8")
    text.write_bytes(data)
    pictures = []
    for number, code in enumerate(issued.codes, 1):
        suffix = f"-{number}" if len(issued.codes) > 1 else ""
        path = out / f"{stem}{suffix}.png"
        _draw(path, code.encode("latin-1") if issued.binary else code)
        pictures.append(str(path.resolve()))
    expected = issued.expected
    return {
        "for": _MARK,
        "format": issued.format.value,
        "flaw": issued.flaw.value,
        "identifier": issued.identifier,
        "text": str(text.resolve()),
        "pictures": pictures,
        "expected": {
            "verdict": expected.verdict.value,
            "step": expected.step.value,
            "reason": expected.reason.value,
        },
    }


def _draw(path: Path, code: str | bytes) -> None:
    """The code with a line above it that says what it is for."""
    import cv2
    import numpy as np

    from models.qr import draw_code

    picture = draw_code(code, correction="L", module=6)
    band = np.full((48, picture.shape[1]), 255, np.uint8)
    cv2.putText(band, _MARK, (24, 36), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2, cv2.LINE_AA)
    done, data = cv2.imencode(".png", np.vstack([band, picture]))
    if not done:
        raise OSError(0, "the picture could not be encoded")
    path.write_bytes(data.tobytes())


def _subject(holder: str, born: str) -> "Subject":
    from station.certificates.issuing.content import Subject

    if _HOLDER.fullmatch(holder) is None:
        raise typer.BadParameter("give surname, two fillers, given names, as SPECIMEN<<MARY<ANN", param_hint="--holder")
    surname, _, given = holder.partition("<<")
    try:
        day = date.fromisoformat(born)
    except ValueError as error:
        raise typer.BadParameter("give a date like 1990-01-31", param_hint="--born") from error
    return Subject(surname.replace("<", " "), given.replace("<", " ").strip(), day)


def _proofs(kind: Kind, now: datetime) -> "list[Proof]":
    from station.certificates.issuing.content import Recovery, Swab, Vaccination

    today = now.date()
    if kind is Kind.VACCINATION:
        return [Vaccination(today - timedelta(days=60))]
    if kind is Kind.TEST:
        return [Swab(now - timedelta(hours=20))]
    positive = today - timedelta(days=60)
    return [Recovery(positive, positive + timedelta(days=11), positive + timedelta(days=180))]


def _forms(names: list[str] | None, proofs: "Sequence[Proof]", *, everything: bool) -> list[Any]:
    """The chosen formats; when none is chosen, those that can carry the proofs."""
    from station.certificates.issuing import drill
    from station.certificates.issuing.content import kind_of

    able = [each for each in drill.FORMATS if {kind_of(proof) for proof in proofs} <= drill.CARRIES[each]]
    if everything or names is None:
        return able
    found = {each.value: each for each in able}
    if unknown := [name for name in names if name not in found]:
        words = f"{', '.join(unknown)} cannot be made of this kind; choose from {', '.join(found)}"
        raise typer.BadParameter(words, param_hint="--format")
    return [found[name] for name in dict.fromkeys(names)]


def _flaws(names: list[str] | None, able: Sequence[Any]) -> list[Any]:
    """The chosen flaws that the format can have; all when none is chosen."""
    from station.certificates.issuing.flaws import Flaw

    if names is None:
        return list(able)
    try:
        wanted = [Flaw(name.replace("-", "_")) for name in names]
    except ValueError as error:
        words = f"choose from {', '.join(flaw.value for flaw in Flaw)}"
        raise typer.BadParameter(words, param_hint="--flaw") from error
    return [flaw for flaw in dict.fromkeys(wanted) if flaw in able]
