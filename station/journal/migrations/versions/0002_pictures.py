"""Photographs of papers, beside the records that name their digests; they stay at the station and may be purged."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table; a picture is never another one under the same digest."""
    op.execute(
        "CREATE TABLE picture (sha256 VARCHAR PRIMARY KEY, subject VARCHAR, recorded_at VARCHAR NOT NULL,"
        " body BLOB NOT NULL)"
    )
    op.execute(
        "CREATE TRIGGER picture_fixed BEFORE UPDATE ON picture"
        " BEGIN SELECT RAISE(ABORT, 'a picture is kept or purged, never changed'); END"
    )
