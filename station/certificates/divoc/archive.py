"""The first steps of a DIVOC code: a zip file with `certificate.json`, or the JSON itself.

DIVOC documentation, "QR code": the signed credential is put into a zip file whose bytes are the code's content.
"""

import io
import struct
import zipfile
import zlib
from typing import Any

from config.rules.reasons import ReasonCode
from station.certificates import strict_json
from station.certificates.errors import StepFailed
from station.certificates.hcert.container import MAX_INFLATED, MAX_TEXT
from station.certificates.result import Step, Verdict

MEMBER = "certificate.json"
MAGIC = "PK\x03\x04"
MAX_MEMBERS = 4
MAX_RATIO = 100
"""Times smaller. Real credentials shrink to a third."""
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError,
    OSError, ValueError, KeyError, IndexError, OverflowError,
)  # fmt: skip
"""Whatever the standard library's reader says of files that are none."""


def unpack(text: str) -> bytes | str:
    """The JSON text of a code.

    Args:
        text: bytes of a zip file as Latin-1, or JSON.

    Raises:
        StepFailed: no zip file, or one that no honest issuer makes; undecided when it holds something else.
    """
    if len(text) > MAX_TEXT:
        raise _refused(f"it is longer than any code can be ({MAX_TEXT} characters at most)")
    if not text.startswith(MAGIC):
        return text
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise _refused("the scanner changed its bytes; set the scanner to binary content") from error
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _member(archive)
    except _BROKEN as error:
        raise _refused("it is broken or cut off; scan it again") from error


def read_json(text: bytes | str) -> dict[str, Any]:
    """The credential's JSON, as strictly as anything that is signed.

    Raises:
        StepFailed: no JSON, or no object.
    """
    try:
        value = strict_json.loads(text)
    except ValueError as error:
        raise StepFailed(
            Step.JSON, ReasonCode.CERTIFICATE_JSON, "The certificate's JSON is malformed; scan it again."
        ) from error
    if not isinstance(value, dict):
        raise StepFailed(
            Step.JSON, ReasonCode.CERTIFICATE_JSON, "The certificate's JSON is no object; ask for another one."
        )
    return value


def _member(archive: zipfile.ZipFile) -> bytes:
    """The one file that counts, read within the limits."""
    rows = archive.infolist()
    names = [row.filename for row in rows]
    if len(rows) > MAX_MEMBERS or len(set(names)) != len(names):
        raise _refused("it holds too many files, or one twice")
    if any("/" in name or "\\" in name or ":" in name or name.startswith(".") for name in names):
        raise _refused("it holds folders or paths")
    if MEMBER not in names:
        raise StepFailed(
            Step.KIND,
            ReasonCode.CERTIFICATE_KIND,
            "The code is a zip file of something else, which this station does not judge.",
            Verdict.UNDECIDED,
        )
    row = rows[names.index(MEMBER)]
    if row.flag_bits & _ENCRYPTED:
        raise _refused("it is encrypted")
    if row.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused("it is packed in a way that no issuer uses")
    if row.file_size > MAX_INFLATED or row.file_size > MAX_RATIO * max(row.compress_size, 1):
        raise _refused(f"it unpacks to more than {MAX_INFLATED} bytes or more than {MAX_RATIO} times its size")
    with archive.open(row) as stream:
        # Not what the directory says counts, but what comes out; the checksum is compared at the end of the stream.
        content = stream.read(MAX_INFLATED + 1)
        if len(content) > MAX_INFLATED or stream.read(1):
            raise _refused(f"it unpacks to more than {MAX_INFLATED} bytes")
    return content


def _refused(what: str) -> StepFailed:
    return StepFailed(Step.ARCHIVE, ReasonCode.CERTIFICATE_ARCHIVE, f"The certificate cannot be unpacked: {what}.")
