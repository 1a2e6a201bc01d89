"""What can go wrong between station and centre.

SyncError
├── CentreUnreachable  no answer, or not an answer of the centre (a captive portal's page is none)
├── CentreRefused      the centre answered with a problem document (RFC 9457)
├── ReceiptRejected    the answer is not signed by the centre's receipt key, or answers another batch
├── EnrolmentFailed    the package or its code is wrong, used or too old
└── KeyUnusable        a key file is missing, unreadable, or readable by others
"""


class SyncError(Exception):
    """Root of this package's errors; the message says what to do."""


class CentreUnreachable(SyncError):
    """No answer, or not an answer of the centre."""


class CentreRefused(SyncError):
    """The centre answered with a problem document (RFC 9457)."""


class ReceiptRejected(SyncError):
    """The answer is not signed by the centre's receipt key, or answers another batch."""


class EnrolmentFailed(SyncError):
    """The package or its code is wrong, used or too old."""


class KeyUnusable(SyncError):
    """A key file is missing, unreadable, or readable by others."""
