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
)
"""`subject` is the screening that the entry is about; it is derived from the payload, for look-ups."""

Index("entry_subject", entry.c.subject)
Index("entry_alert", entry.c.sequence, sqlite_where=entry.c.priority == "alert")

picture = Table(
    "picture",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("subject", String),
    Column("recorded_at", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""Photographs of papers, by the SHA-256 that the record names. They are no entries: sync does not send them."""
