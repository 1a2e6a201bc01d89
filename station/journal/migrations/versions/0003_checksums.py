"""Every row carries a checksum of its own from now on; `subject` is fixed too.

Rows that are there keep none: filling them in would write the whole file anew, which a nearly full disk cannot take.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

_FIXED = ("sequence", "kind", "priority", "recorded_at", "payload_sha256", "chain_sha256", "subject", "checksum")


def upgrade() -> None:
    """Add the columns, and keep them from change as the rest."""
    op.execute("ALTER TABLE entry ADD COLUMN checksum BLOB")
    op.execute("ALTER TABLE picture ADD COLUMN checksum BLOB")
    op.execute("CREATE INDEX picture_age ON picture (recorded_at)")
    op.execute("CREATE INDEX entry_other ON entry (kind, sequence) WHERE kind <> 'screening'")
    op.execute("DROP TRIGGER entry_fixed")
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in _FIXED)
    op.execute(
        f"CREATE TRIGGER entry_fixed BEFORE UPDATE ON entry WHEN {changed}"
        " OR NEW.salt IS NOT NULL OR NEW.payload IS NOT NULL"
        " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    )
