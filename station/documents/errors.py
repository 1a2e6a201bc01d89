"""What can go wrong with a document.

DocumentError
└── MrzUnreadable   the lines are of no machine-readable zone format
"""


class DocumentError(Exception):
    """Root of this package's errors; the message never quotes the document."""


class MrzUnreadable(DocumentError):
    """The lines are of no machine-readable zone format."""
