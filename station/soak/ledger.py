"""What the ledger holds of some stations, row by row."""

from collections.abc import Iterable

from sync.centre.database import Database
from sync.facts import FactKind
from sync.faults.checker import Held, Place

_ROWS = """
SELECT k.station, k.journal::text, k.sequence, coalesce(encode(sha256(p.payload), 'hex'), ''),
       encode(k.chain_sha256, 'hex'), k.kind
FROM ledger_key k LEFT JOIN ledger_payload p USING (station, journal, sequence) WHERE k.station = %s
"""
_PARKED = "SELECT station, journal::text, sequence FROM parked WHERE station = %s AND resolved_at IS NULL"


def read_ledger(database: Database, stations: Iterable[str]) -> tuple[tuple[Held, ...], tuple[Place, ...]]:
    """Every row, as often as it is there, and the addresses of what is held apart.

    Raises:
        LedgerUnavailable: the database does not answer.
    """
    rows: list[Held] = []
    parked: list[Place] = []
    with database.transaction() as connection:
        for station in stations:
            for name, journal, sequence, content, chain, kind in connection.execute(_ROWS, (station,)):
                rows.append(Held(name, journal, sequence, content, chain, kind == FactKind.SCREENING.value))
            parked += [(name, journal, number) for name, journal, number in connection.execute(_PARKED, (station,))]
    return tuple(rows), tuple(parked)
