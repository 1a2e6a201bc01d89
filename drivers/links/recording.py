"""Recording: a file that grows by whole records, and a link that writes down what passes through it."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from config.messages.said import say
from drivers.errors import CaptureUnwritable
from drivers.links.capture import Direction, Header, Record, encode_header, encode_record
from drivers.ports import ByteLink, OpenLink


class CaptureFile:
    """A capture being written, readable by its owner only.

    A context manager. A record that cannot be written ends the recording, never the device: `failure` says why, and
    what was written before stays whole.

    Args:
        path: of the new file.
        header: its first line.
        monotonic_ns: nanoseconds that only grow.

    Raises:
        CaptureUnwritable: the folder cannot be written to, or there is a file of that name already.
    """

    def __init__(self, path: Path, header: Header, monotonic_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._path = path
        self._monotonic_ns = monotonic_ns
        self._lock = threading.Lock()
        self._records = self._bytes = 0
        self._failure: CaptureUnwritable | None = None
        try:
            # Never over another capture, and from its first byte on for nobody else.
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except FileExistsError as error:
            raise CaptureUnwritable(say("{file} is there already; choose another name.", file=str(path))) from error
        except OSError as error:
            raise self._unwritable(error) from error
        self._start = monotonic_ns()
        try:
            self._append(encode_header(header))
        except OSError as error:
            os.close(self._file)
            raise self._unwritable(error) from error

    def __enter__(self) -> "CaptureFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def records(self) -> int:
        """Records written."""
        return self._records

    @property
    def data_bytes(self) -> int:
        """Bytes of the cable written, both ways."""
        return self._bytes

    @property
    def failure(self) -> CaptureUnwritable | None:
        """Why nothing more is written; None while all is well."""
        return self._failure

    def put(self, direction: Direction, data: bytes) -> None:
        """Append one record, now; does nothing after a failure. Never raises."""
        with self._lock:
            if self._failure is not None or self._file < 0:
                return
            try:
                self._append(encode_record(Record(self._monotonic_ns() - self._start, direction, data)))
            except OSError as error:
                self._failure = self._unwritable(error)
                return
            self._records += 1
            self._bytes += len(data)

    def close(self) -> None:
        """End the file; may be called twice."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def _append(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._file, data) :]

    def _unwritable(self, error: OSError) -> CaptureUnwritable:
        why = error.strerror or "it does not take data"
        pattern = "{file} cannot be written ({why}); what was captured before stays readable, choose another place."
        return CaptureUnwritable(say(pattern, file=str(self._path), why=why))


class RecordingLink:
    """A ByteLink that writes down what passes through it.

    Args:
        link: the cable.
        capture: where it is written.
    """

    def __init__(self, link: ByteLink, capture: CaptureFile) -> None:
        self._link = link
        self._capture = capture

    @property
    def name(self) -> str:
        """The path or URL that the cable was opened by."""
        return self._link.name

    def read_some(self) -> bytes:
        """What the cable brings, written down.

        Raises:
            DeviceGone: the cable or the power went away.
        """
        data = self._link.read_some()
        if data:
            self._capture.put(Direction.IN, data)
        return data

    def write(self, data: bytes) -> None:
        """Send all of `data`, and write down that it was.

        Raises:
            DeviceGone: the cable or the power went away.
        """
        # Before it goes out: an answer must never stand before its question.
        self._capture.put(Direction.OUT, data)
        self._link.write(data)

    def close(self) -> None:
        """Give the cable back; the file stays open for the next opening."""
        self._link.close()


def recorded(open_link: OpenLink, capture: CaptureFile) -> OpenLink:
    """The same opening, with everything written down."""
    return lambda: RecordingLink(open_link(), capture)
