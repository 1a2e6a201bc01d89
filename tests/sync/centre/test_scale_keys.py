"""Every key of the ledger has the station in it, so that a distributed PostgreSQL can place rows by it."""

import psycopg
import pytest

from sync.centre.database import open_database

EVERYWHERE = {"checkpoint", "ledger_epoch", "schema_migration", "backup", "ledger_act"}
"""Small, rarely changed, of no one station: each node of a distributed database holds them whole."""
_KEYS = """
SELECT t.relname, i.indexrelid::regclass::text, t.relispartition,
       array(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY(i.indkey))
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
WHERE i.indisunique AND t.relnamespace = current_schema()::regnamespace
"""
_REFERENCES = """
SELECT t.relname, c.conname, f.relname,
       array(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY(c.conkey))
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace
"""
_UNKEYED = """
SELECT relname FROM pg_class t
WHERE NOT relispartition AND relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
    AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = t.oid AND attname = 'station' AND NOT attisdropped)
    AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = t.oid AND indisprimary)
"""


@pytest.fixture
def catalogue(database_url, tmp_path):
    open_database(tmp_path, database_url).close()
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def without_station(catalogue):
    """Unique keys that do not name the station; the station's own table is keyed by its name."""
    rows = catalogue.execute(_KEYS).fetchall()
    assert len(rows) > 8
    return {
        (table, index)
        for table, index, _, columns in rows
        if table not in EVERYWHERE and "station" not in columns and not (table == "station" and columns == ["name"])
    }


def test_every_unique_key_names_the_station(catalogue):
    assert without_station(catalogue) == set()


def test_every_reference_goes_by_the_station_or_to_what_is_everywhere(catalogue):
    for table, name, target, columns in catalogue.execute(_REFERENCES).fetchall():
        assert target in EVERYWHERE or "station" in columns, f"{table}.{name}"


def test_every_table_of_stations_has_a_key(catalogue):
    assert catalogue.execute(_UNKEYED).fetchall() == []


def test_a_key_without_the_station_is_found(catalogue):
    catalogue.execute("CREATE TABLE planted (id bigint PRIMARY KEY, station text)")
    assert ("planted", "planted_pkey") in without_station(catalogue)
