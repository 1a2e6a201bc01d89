"""What can go wrong between station and centre.

SyncError
├── CentreUnreachable  no answer, or not an answer of the centre (a captive portal's page is none)
├── CentreRefused      the centre answered with a problem document (RFC 9457)
├── ReceiptRejected    the answer is not signed by the centre's receipt key, or answers another batch
├── EnrolmentFailed    the package or its code is wrong, used or too old
├── KeyUnusable        a key file is missing, unreadable, or readable by others
├── SignatureRejected  a request is unsigned, altered, or signed by a key that does not count
├── BatchUnreadable    the bytes are not a batch, or are over a limit
└── ExportUnreadable   a sealed export was cut short, changed, or is another centre's
"""


class SyncError(Exception):
    """Root of this package's errors; the message says what to do."""


class CentreUnreachable(SyncError):
    """No answer, or not an answer of the centre."""


class CentreRefused(SyncError):
    """The centre answered with a problem document (RFC 9457).

    Attributes:
        status: HTTP status.
        kind: last part of the problem's `type`, such as `station-unknown`.
        retry_after: seconds the centre asks to wait, or None.
    """

    def __init__(self, message: str, status: int = 0, kind: str = "", retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.retry_after = retry_after


class ReceiptRejected(SyncError):
    """The answer is not signed by the centre's receipt key, or answers another batch."""


class EnrolmentFailed(SyncError):
    """The package or its code is wrong, used or too old."""


class KeyUnusable(SyncError):
    """A key file is missing, unreadable, or readable by others."""


class SignatureRejected(SyncError):
    """A request is unsigned, altered, or signed by a key that does not count."""


class BatchUnreadable(SyncError):
    """The bytes are not a batch, or are over a limit."""


class ExportUnreadable(SyncError):
    """A sealed export was cut short, changed, or is another centre's."""
