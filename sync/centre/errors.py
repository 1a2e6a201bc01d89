"""What can go wrong inside the centre.

CentreError
├── LedgerUnavailable  the database does not answer; nothing was taken, nothing is lost
├── LedgerFault        the database refused a statement: a fault of this program
└── SchemaMismatch     the database was made by another version
"""

from sync.errors import SyncError


class CentreError(SyncError):
    """Root of this package's errors."""


class LedgerUnavailable(CentreError):
    """The database does not answer; nothing was taken, nothing is lost."""


class LedgerFault(CentreError):
    """The database refused a statement: a fault of this program."""


class SchemaMismatch(CentreError):
    """The database was made by another version."""
