"""The table of vaccines against the EU's value sets."""

import json
from pathlib import Path

import pytest

from station.certificates import vaccines
from station.certificates.vaccines import by_name, disease_code

SETS = Path(__file__).parents[3].parent / "shared" / "data" / "certificates" / "eu-dcc-valuesets"


def test_every_row_is_the_eus_own() -> None:
    path = SETS / "vaccine-encoding-instructions.json"
    if not path.is_file():
        pytest.skip("the EU's value sets are not beside the repository")
    rows = json.loads(path.read_text())["valueSetValues"].values()
    codes = {row["vaccine-code"]: (row["vaccine-manufacturer"], row["sct-codes"]) for row in rows}
    for vaccine in vaccines._BY_NAME.values():
        manufacturer, kinds = codes[vaccine.product]
        assert vaccine.manufacturer == manufacturer
        assert vaccine.kind in kinds


@pytest.mark.parametrize(
    ("name", "product"),
    [
        ("COVISHIELD", "Covishield"),
        (" Covaxin ", "Covaxin"),
        ("SPUTNIK V", "Sputnik-V"),
        ("BBIBP-CorV", "BBIBP-CorV"),
        ("Pfizer/BioNTech", "EU/1/20/1528"),
        ("AstraZeneca", None),
        ("Sinopharm", None),
        ("LOT7", None),
        ("", None),
    ],
)
def test_names(name: str, product: str | None) -> None:
    vaccine = by_name(name)
    assert (vaccine.product if vaccine else None) == product


def test_diseases() -> None:
    assert [disease_code(code) for code in ("RA01", "xn109", "840539006", "1D47", "")] == ["840539006"] * 3 + [
        "1D47",
        "",
    ]
