"""What camera and readers have in common: a code or a document that was presented becomes an event, once.

Every sensor hands its reads in here, each from a thread of its own: one thing shown to two of them is one evidence,
and the codes of one card may be shown to either.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from datetime import date, datetime

from models.regions import MrzReading, ReadState
from station.certificates.result import CertificateFormat, CertificateResult, Step
from station.certificates.shc.collector import PATIENCE, Collector
from station.documents.errors import MrzUnreadable
from station.documents.mrz import parse
from station.evidence import CertificateRead, DocumentRead
from station.lane.events import (
    CertificateSeen,
    CertificateUnreadable,
    DocumentSeen,
    DocumentUnreadable,
    Event,
    OtherCodeSeen,
)

REPEAT_SECONDS = 2.0
"""The same document or code is reported again only after nobody has presented it for so long."""


class Presented:
    """Verifies, remembers what was just said, and tells the lane.

    Args:
        verify: a code's text at a time -> what it is worth.
        new_id: a UUIDv7 for evidence of that time.
        today: the local date, for the centuries of two-digit years.
        emit: takes the events; any thread.
        parts_seconds: the codes of one card must be shown within so long of each other.
        monotonic: seconds that only grow.
    """

    def __init__(
        self,
        verify: Callable[[str, datetime], CertificateResult],
        new_id: Callable[[datetime], str],
        today: Callable[[], date],
        emit: Callable[[Event], None],
        *,
        parts_seconds: float = PATIENCE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._verify, self._new_id, self._today, self._emit = verify, new_id, today, emit
        self._parts_seconds, self._monotonic = parts_seconds, monotonic
        self._lock = threading.Lock()
        self._codes: dict[bytes, float] = {}
        self._parts = Collector()

    def code(self, text: str, at: datetime, device: str) -> None:
        """The text of a code; while it stays in view it is handed in again and again."""
        moment, digest = self._monotonic(), hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        with self._lock:
            self._codes = {known: when for known, when in self._codes.items() if moment - when < REPEAT_SECONDS}
            again = digest in self._codes
            self._codes[digest] = moment
            if again:
                return
            self._parts, text = self._parts.add(text, moment, self._parts_seconds)
        result = self._verify(text, at)
        if result.step is Step.KIND or result.format is CertificateFormat.HCERT_OTHER:
            self._emit(OtherCodeSeen(result.format.value))
            return
        self._emit(CertificateSeen(CertificateRead(self._new_id(at), at, device, result)))

    def document(self, reading: MrzReading, at: datetime, device: str) -> None:
        """A zone that the camera's reader believes."""
        try:
            read = document_read(reading, self._new_id(at), at, device, self._today())
        except MrzUnreadable:
            self._emit(DocumentUnreadable())
            return
        self._emit(DocumentSeen(read))

    def zone(self, lines: tuple[str, ...], at: datetime, device: str) -> None:
        """The lines that a passport reader sent.

        As with the camera, a check digit that does not hold makes no evidence: the document is presented again, or an
        officer types what is printed. Nothing is repaired.
        """
        try:
            document = parse(lines, self._today())
        except MrzUnreadable:
            self._emit(DocumentUnreadable())
            return
        if not document.checks_hold:
            self._emit(DocumentUnreadable())
            return
        read = DocumentRead(self._new_id(at), at, device, document, ReadState.CLEAN, confidence=None, frames=1)
        self._emit(DocumentSeen(read))

    def unreadable(self, *, document: bool) -> None:
        """Something was presented and cannot be read: a document, or a code."""
        self._emit(DocumentUnreadable() if document else CertificateUnreadable())

    def tidy(self) -> None:
        """Nothing is in view: parts of a card that were shown long ago are dropped."""
        with self._lock:
            self._parts = self._parts.kept(self._monotonic(), self._parts_seconds)

    def forget(self) -> None:
        """A screening has ended: what was shown of a card must not outlive it."""
        with self._lock:
            self._parts = Collector()


def document_read(reading: MrzReading, new_id: str, at: datetime, device: str, today: date) -> DocumentRead:
    """What a reading says, as evidence, with the reader's doubts and notes.

    Raises:
        MrzUnreadable: its lines are no zone.
    """
    document = parse(reading.lines, today)
    return DocumentRead(
        new_id, at, device, document, reading.state, reading.confidence, reading.frames,
        unconfirmed=reading.unconfirmed, notes=reading.notes,
    )  # fmt: skip
