"""The tables of journal.db, as the migrations leave them."""

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

journal = Table(
    "journal",
    metadata,
    Column("id", String, primary_key=True),
    Column("station", String, nullable=False),
    Column("opened_at", String, nullable=False),
)
"""One row: whose journal this is. `id` is a UUIDv7."""

entry = Table(
    "entry",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("priority", String, nullable=False),
    Column("recorded_at", String, nullable=False),
    Column("payload_sha256", LargeBinary, nullable=False),
    Column("chain_sha256", LargeBinary, nullable=False),
    Column("salt", LargeBinary),
    Column("payload", LargeBinary),
    Column("subject", String),
    Column("checksum", LargeBinary),
)
"""`subject` is the screening that the entry is about; it is derived from the payload, for look-ups. `checksum`: see
`station.journal.rows`; NULL in rows of before revision 0003."""

Index("entry_subject", entry.c.subject)
Index("entry_alert", entry.c.sequence, sqlite_where=entry.c.priority == "alert")
Index("entry_other", entry.c.kind, entry.c.sequence, sqlite_where=entry.c.kind != "screening")

picture = Table(
    "picture",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("subject", String),
    Column("recorded_at", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("checksum", LargeBinary),
)
"""Photographs of papers, by the SHA-256 that the record names. They are no entries: sync does not send them."""

Index("picture_age", picture.c.recorded_at)
