"""Verification for the command line: one request in, one plain answer out, and never an exception for a bad input.

A request is `{"input": picture path, text file path or the code's own text, "at": RFC 3339, "trust": [paths]}`; `at`
and `trust` may be missing. Trust files are read once per batch.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from station.certificates.errors import CertificateError, InputUnreadable
from station.certificates.hcert.container import MAX_TEXT
from station.certificates.kinds import recognise
from station.certificates.result import CertificateFormat, CertificateResult, Verdict
from station.certificates.trust.bundle import TrustBundle, merge
from station.certificates.trust.files import load_file, parts_of
from station.certificates.verify import JUDGED, verify

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif", ".avif")
_FILES = (*PICTURES, ".txt", ".text", ".qr", ".json", ".smart-health-card", ".pdf")
_BYTES = (b"PK\x03\x04", b"\xdc\x02", b"\xdc\x03")
_LONGEST_PATH = 1024
_LARGEST_PICTURE = 256 * 1024 * 1024


class Verifier:
    """Answers requests, and remembers the trust files that it has read."""

    def __init__(self, now: Callable[[], datetime], trust: TrustBundle | None = None) -> None:
        """Take the clock for requests without `at`, and the trust for requests without `trust`."""
        self._now = now
        self._trust = trust or TrustBundle()
        self._files: dict[Path, TrustBundle] = {}

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one request: input, format, verdict, step, reason, sentence, holder, entries, ms and the particulars.

        What cannot be examined at all is `undecided` at step `input`, without a reason code.
        """
        started = time.perf_counter()
        given = request.get("input")
        try:
            if not isinstance(given, str):
                raise InputUnreadable("The request has no input; give a path or the code's own text.")
            result = verify(code_text(given), self._trust_of(request), self._moment(request))
        except CertificateError as error:
            found: dict[str, Any] = _nothing(str(error))
        else:
            found = as_json(result)
        elapsed = round((time.perf_counter() - started) * 1000, 3)
        return {"input": given if isinstance(given, str) else None, **found, "ms": elapsed}

    def _trust_of(self, request: Mapping[str, Any]) -> TrustBundle:
        paths = request.get("trust")
        if paths is None:
            return self._trust
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise InputUnreadable("The request's trust is no list of paths; correct it.")
        files: list[Path] = []
        for path in map(Path, paths):
            files.extend(parts_of(path))
        for file in files:
            if file not in self._files:
                # Who names a demonstration bundle on the command line means it; the result says `test_signer`.
                self._files[file] = load_file(file, allow_test=True)
        return merge(self._files[file] for file in files)

    def _moment(self, request: Mapping[str, Any]) -> datetime:
        text = request.get("at")
        return self._now() if text is None else moment(text)


def moment(text: Any) -> datetime:
    """A time from RFC 3339 or ISO 8601; UTC when it has no zone.

    Raises:
        InputUnreadable: it is none.
    """
    try:
        found = datetime.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise InputUnreadable("The time is not like 2026-11-20T10:00:00+07:00; correct it.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def code_text(given: str) -> str:
    """The text of a code out of a picture, a text file, or itself.

    Raises:
        InputUnreadable: there is no such file, or it holds no code.
    """
    if recognise(given) is CertificateFormat.HCERT or len(given) > _LONGEST_PATH or "\n" in given or "\0" in given:
        return given
    path = Path(given)
    try:
        is_file = path.is_file()
    except OSError:
        return given
    if not given.strip():
        raise InputUnreadable("The input is empty; give a picture, a text file or the code's own text.")
    if not is_file:
        if path.exists():
            raise InputUnreadable(f"{given} is no file; give a picture or a text file.")
        if path.suffix.lower() in _FILES:
            raise InputUnreadable(f"There is no file {given}; correct the path.")
        return given
    try:
        if path.suffix.lower() in PICTURES or _is_picture(path):
            return _from_picture(path)
        with path.open("rb") as file:
            data = file.read(MAX_TEXT * 4)
        if not data.strip():
            raise InputUnreadable(f"The file {path.name} is empty; give another one.")
        # A code of bytes (DIVOC's zip, a seal) reaches us as Latin-1 text from a reader too.
        return data.decode("latin-1" if data.startswith(_BYTES) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputUnreadable(f"The file {path.name} is neither picture nor text; give another one.") from error
    except OSError as error:
        raise InputUnreadable(f"The file {path.name} cannot be read ({error.strerror}).") from error


def as_json(result: CertificateResult) -> dict[str, Any]:
    """A result in JSON's types."""
    holder = result.holder
    return {
        "format": result.format.value,
        "verdict": result.verdict.value,
        "step": result.step.value,
        "reason": result.reason.value,
        "sentence": result.sentence,
        "holder": None
        if holder is None
        else {
            "surname": holder.surname,
            "given_names": holder.given_names,
            "surname_transliterated": holder.surname_transliterated,
            "given_names_transliterated": holder.given_names_transliterated,
            "birth_date": holder.birth_date_text,
        },
        "entries": [
            {key: value for key, value in asdict(entry).items() if value not in ("", None)} for entry in result.entries
        ],
        "issuer": result.issuer,
        "issued_at": _stamp(result.issued_at),
        "expires_at": _stamp(result.expires_at),
        "kid": result.kid,
        "signer": result.signer,
        "test_signer": result.test_signer,
        "warnings": list(result.warnings),
    }


def _nothing(sentence: str) -> dict[str, Any]:
    return {
        "format": None,
        "verdict": Verdict.UNDECIDED.value,
        "step": "input",
        "reason": None,
        "sentence": sentence,
        "holder": None,
        "entries": [],
    }


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _is_picture(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(12)
    starts = (b"\x89PNG", b"\xff\xd8\xff", b"BM", b"GIF8", b"II*\0", b"MM\0*")
    return head.startswith(starts) or (head[:4] == b"RIFF" and head[8:] == b"WEBP")


def _from_picture(path: Path) -> str:
    # Here and not above: texts are verified without loading the picture libraries.
    from models.errors import ModelError
    from models.images import decode_picture
    from models.qr import CodeReader

    if path.stat().st_size > _LARGEST_PICTURE:
        raise InputUnreadable(f"The file {path.name} is too large for a picture; give a smaller one.")
    try:
        codes = CodeReader().read(decode_picture(path.read_bytes()), still=True)
    except ModelError as error:
        raise InputUnreadable(f"{path.name}: {error}.") from error
    if not codes:
        raise InputUnreadable(f"No 2D code was found in {path.name}; take a sharper or larger picture.")
    parts = [code.text for code in codes if recognise(code.text) is CertificateFormat.SHC]
    if len(parts) > 1:
        return "\n".join(parts)  # one card in several codes, in whatever order they were found
    certificates = [code.text for code in codes if recognise(code.text) in JUDGED]
    return certificates[0] if certificates else codes[0].text
