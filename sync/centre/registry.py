"""Who may speak: checkpoints, stations, their keys, and the codes to enrol with."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.centre.database import Database
from sync.enrolment import VALID_FOR, EnrolmentRequest, code_id, code_key, proof_is_good
from sync.errors import EnrolmentFailed
from sync.keys import public_key

_REFUSED = (
    "the code is wrong, used, expired or another station's, or the station is revoked;"
    " make a new package: eoc enrol STATION"
)
"""One sentence for every cause: the asker learns nothing about codes that it does not hold."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A place and its names."""

    code: str
    name_th: str
    name_en: str


class Registry:
    """Stations as the database has them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def key_of(self, station: str) -> Ed25519PublicKey | None:
        """The station's key to verify with; None when it is unknown, not yet enrolled, or revoked.

        Raises:
            LedgerUnavailable: the database does not answer.
        """
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT sign_key FROM station_key JOIN station ON name = station"
                " WHERE station = %s AND retired_at IS NULL AND revoked_at IS NULL",
                (station,),
            ).fetchone()
        return public_key(row[0]) if row else None

    def expect(self, station: str, checkpoint: Checkpoint, code: bytes, now: datetime) -> datetime:
        """Register the station and a code for it; earlier unused codes of the station end. Returns the expiry.

        For a revoked station this takes the revocation back, as a person decided by asking for the code; its old key
        is retired, so that it is believed only once it has enrolled with this code.

        Raises:
            LedgerUnavailable: the database does not answer.
        """
        expires_at = now + VALID_FOR
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO checkpoint VALUES (%s, %s, %s) ON CONFLICT (code)"
                " DO UPDATE SET name_th = excluded.name_th, name_en = excluded.name_en",
                (checkpoint.code, checkpoint.name_th, checkpoint.name_en),
            )
            connection.execute(
                "INSERT INTO station (name, checkpoint) VALUES (%s, %s)"
                " ON CONFLICT (name) DO UPDATE SET checkpoint = excluded.checkpoint",
                (station, checkpoint.code),
            )
            lifted = connection.execute(
                "UPDATE station SET revoked_at = NULL WHERE name = %s AND revoked_at IS NOT NULL", (station,)
            )
            if lifted.rowcount:
                connection.execute(
                    "UPDATE station_key SET retired_at = %s WHERE station = %s AND retired_at IS NULL", (now, station)
                )
            connection.execute("DELETE FROM enrolment WHERE station = %s AND used_at IS NULL", (station,))
            connection.execute(
                "INSERT INTO enrolment (code_key, station, created_at, expires_at) VALUES (%s, %s, %s, %s)",
                (code_key(code), station, now, expires_at),
            )
        return expires_at

    def enrol(self, named: str, request: EnrolmentRequest, now: datetime) -> tuple[str, datetime]:
        """Use up the code and make the request's keys the station's; its earlier key is retired.

        The same request again, after its answer was lost, gets the same answer while its key counts; any other use of
        the code does not, and none of a revoked station.

        Returns:
            Checkpoint code, and when the station was enrolled.

        Raises:
            EnrolmentFailed: the code is wrong, used, expired, or another station's; or the station is revoked.
            LedgerUnavailable: the database does not answer.
        """
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT code_key, expires_at, used_at, used_by, checkpoint, EXISTS (SELECT FROM station_key k"
                " WHERE k.station = name AND k.sign_key = used_by AND k.retired_at IS NULL) FROM enrolment"
                " JOIN station ON name = station WHERE station = %s AND revoked_at IS NULL FOR UPDATE OF enrolment",
                (request.station,),
            ).fetchall()
            row = next((r for r in rows if hmac.compare_digest(code_id(r[0]), named)), None)
            if row is None or not proof_is_good(request, row[0]):
                raise EnrolmentFailed(_REFUSED)
            kept, expires_at, used_at, used_by, checkpoint, counts = row
            if used_at is not None and used_by == request.sign_key and counts:
                return str(checkpoint), used_at
            if used_at is not None or now >= expires_at:
                raise EnrolmentFailed(_REFUSED)
            connection.execute(
                "UPDATE enrolment SET used_at = %s, used_by = %s WHERE code_key = %s", (now, request.sign_key, kept)
            )
            connection.execute(
                "UPDATE station_key SET retired_at = %s WHERE station = %s AND retired_at IS NULL",
                (now, request.station),
            )
            connection.execute(
                "INSERT INTO station_key (station, sign_key, receive_key, enrolled_at) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (station, sign_key) DO UPDATE SET retired_at = NULL",
                (request.station, request.sign_key, request.receive_key, now),
            )
        return str(checkpoint), now

    def revoke(self, station: str, now: datetime) -> bool:
        """Stop believing a station, until a person has a new code made by `expect`; whether it was known."""
        with self._database.transaction() as connection:
            changed = connection.execute(
                "UPDATE station SET revoked_at = coalesce(revoked_at, %s) WHERE name = %s", (now, station)
            )
        return changed.rowcount == 1
