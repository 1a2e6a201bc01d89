"""The journal and its entries; the database itself refuses to change or delete them."""

from alembic import op

revision = "0001"
down_revision = None

_HEADER = ("sequence", "kind", "priority", "recorded_at", "payload_sha256", "chain_sha256")


def upgrade() -> None:
    """Create the tables, and the triggers that keep them append-only."""
    op.execute("CREATE TABLE journal (id VARCHAR PRIMARY KEY, station VARCHAR NOT NULL, opened_at VARCHAR NOT NULL)")
    op.execute(
        "CREATE TABLE entry (sequence INTEGER PRIMARY KEY, kind VARCHAR NOT NULL, priority VARCHAR NOT NULL,"
        " recorded_at VARCHAR NOT NULL, payload_sha256 BLOB NOT NULL, chain_sha256 BLOB NOT NULL,"
        " salt BLOB, payload BLOB, subject VARCHAR)"
    )
    op.execute("CREATE INDEX entry_subject ON entry (subject)")
    op.execute("CREATE INDEX entry_alert ON entry (sequence) WHERE priority = 'alert'")
    op.execute(
        "CREATE TRIGGER entry_kept BEFORE DELETE ON entry"
        " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    )
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in _HEADER)
    # A purge may erase salt and payload, and nothing else; what is erased stays erased.
    op.execute(
        f"CREATE TRIGGER entry_fixed BEFORE UPDATE ON entry WHEN {changed}"
        " OR NEW.salt IS NOT NULL OR NEW.payload IS NOT NULL"
        " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    )
