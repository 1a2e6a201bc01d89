"""DIVOC's vocabulary gives several words one address, so the signature does not tell their values apart.

Whoever holds a genuine credential may put the last day of validity where the day of the vaccination belongs, or the
number of all doses where the number of this one belongs. None of that may be accepted.
"""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from station.certificates.issuing import divoc, drill
from station.certificates.issuing.content import Subject, Vaccination
from station.certificates.result import Verdict
from station.certificates.verify import verify

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
AUTHORITY = drill.make_authority(b"exchanged", NOW)
TRUST = drill.trust(AUTHORITY, NOW)
DATES = ("date", "effectiveStart", "effectiveUntil")
DOSES = ("dose", "totalDoses")


def _signed(**row: Any) -> dict[str, Any]:
    """A genuine credential with these values, and none of the others that share an address with them."""
    content = divoc.credential(
        Subject("Eriksson", "Anna", date(1974, 8, 12)), Vaccination(date(2024, 9, 1)), NOW - timedelta(days=9), "1"
    )
    kept = {name: value for name, value in content["evidence"][0].items() if name not in (*DATES, *DOSES)}
    signer = AUTHORITY.divoc.trusted
    return divoc.sign(signer.key, signer.method, {**content, "evidence": [kept | row]}, NOW)


def _shown(signed: dict[str, Any], row: dict[str, Any]) -> Any:
    kept = {name: value for name, value in signed["evidence"][0].items() if name not in (*DATES, *DOSES)}
    return verify(divoc.pack(signed | {"evidence": [kept | row]}), TRUST, NOW)


@pytest.mark.parametrize(
    "dates",
    [
        {"date": "2024-09-01T00:00:00.000Z", "effectiveStart": "2024-09-01", "effectiveUntil": "2026-09-01"},
        {"date": "2024-09-01", "effectiveStart": "2024-09-01", "effectiveUntil": "2026-09-01"},
        {"date": "2024-09-01", "effectiveStart": "2024-09-15", "effectiveUntil": "2026-09-01"},
        {"date": "2024-09-01", "effectiveUntil": "2026-09-01"},
    ],
)
def test_no_exchange_makes_a_vaccination_younger(dates: dict[str, str]) -> None:
    signed = _signed(**dates, dose=2, totalDoses=2)
    genuine = _shown(signed, {**dates, "dose": 2, "totalDoses": 2})
    assert genuine.verdict is Verdict.VALID, genuine.sentence
    values, tried = sorted(set(dates.values())), 0
    for row in itertools.product([None, *values], repeat=3):
        shown = {name: value for name, value in zip(DATES, row, strict=True) if value is not None}
        tried += 1
        result = _shown(signed, shown | {"dose": 2, "totalDoses": 2})
        if result.verdict is Verdict.VALID:
            # Without any date the rules cannot tell, and ask.
            assert result.entries[0].date[:10] in ("2024-09-01", ""), shown
    assert tried >= 27


@pytest.mark.parametrize(("dose", "doses"), [(1, 2), (1, 3), (2, 3), (2, 2), (1, None), (2, None)])
def test_no_exchange_makes_a_series_complete(dose: int, doses: int | None) -> None:
    dates = {"date": "2024-09-01", "effectiveStart": "2024-09-01", "effectiveUntil": "2026-09-01"}
    given = {"dose": dose} if doses is None else {"dose": dose, "totalDoses": doses}
    signed = _signed(**dates, **given)
    values = [dose] if doses is None else sorted({dose, doses})
    for one, all_ in itertools.product([None, *values, values], repeat=2):
        shown = {name: value for name, value in zip(DOSES, (one, all_), strict=True) if value is not None}
        result = _shown(signed, {**dates, **shown})
        if result.verdict is Verdict.VALID:
            entry = result.entries[0]
            # Where the issuer gave one number only, it may be shown as both: two equal ones make the same statement.
            assert (entry.dose, entry.doses) == (dose, dose if doses is None else doses), shown
