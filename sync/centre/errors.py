"""What can go wrong inside the centre.

CentreError
├── LedgerUnavailable  the database does not answer; nothing was taken, nothing is lost
├── BackupUnusable     a backup cannot be written, or is not whole, or there is no empty database for it
├── DecisionRefused    a person's decision about a record cannot be carried out; nothing was changed
├── LedgerFault        the database refused a statement: a fault of this program
└── SchemaMismatch     the database was made by another version
"""

from sync.errors import SyncError


class CentreError(SyncError):
    """Root of this package's errors."""


class LedgerUnavailable(CentreError):
    """The database does not answer; nothing was taken, nothing is lost."""


class BackupUnusable(CentreError):
    """A backup cannot be written, is not whole, or there is no empty database for it."""


class DecisionRefused(CentreError):
    """A person's decision about a record cannot be carried out; nothing was changed."""


class LedgerFault(CentreError):
    """The database refused a statement: a fault of this program."""


class SchemaMismatch(CentreError):
    """The database was made by another version."""
