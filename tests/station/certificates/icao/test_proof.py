"""What proofs say, in the codes of the EU DCC."""

from typing import Any

import pytest

from station.certificates.icao import codes
from station.certificates.icao.proof import read_proof
from station.certificates.vaccines import COVID_19, Vaccine
from station.documents.dates import PartialDate

VACCINATION = {"t": "icao.vacc", "v": 1, "is": "THA"}
TEST = {"t": "icao.test", "v": 1, "is": "THA"}


@pytest.mark.parametrize(
    ("code", "brand", "product"),
    [
        ("XM68M6", "Comirnaty", "EU/1/20/1528"),
        ("XM68M6", "Pfizer-BioNTech COVID-19 vaccine", "EU/1/20/1528"),
        ("XM68M6", "SPIKEVAX Moderna", "EU/1/20/1507"),
        ("XM68M6", "AstraZeneca Vaxzevria", "EU/1/21/1529"),
        ("XM68M6", "COVISHIELD (AstraZeneca)", "Covishield"),
        ("XM68M6", "COVID-19 Vaccine Janssen", "EU/1/20/1525"),
        ("XM68M6", "Sinovac - CoronaVac®", "CoronaVac"),
        ("XM68M6", "Sputnik V", "Sputnik-V"),
        ("XM68M6", "Sputnik Light", "Sputnik-Light"),
        ("XM9T65", "Novavax Covovax", "Covovax"),
        ("XM9T65", "Nuvaxovid", "EU/1/21/1618"),
        ("xm8866", "", "BBIBP-CorV"),
        ("XM7HT3", "a name of its own", "CoronaVac"),
        ("XM0GQ8", "ARCoV", "ARCoV"),
        ("", "Stemirna", "Stemirna"),
    ],
)
def test_vaccines(code: str, brand: str, product: str) -> None:
    assert codes.vaccine(code, brand).product == product


def test_what_is_not_known_of_a_vaccine() -> None:
    assert codes.vaccine("XM0GQ8", "ARCoV") == Vaccine("ARCoV", "", "1119349007")
    assert codes.vaccine("XM1234", "X") == Vaccine("X", "", "XM1234")


def test_diseases() -> None:
    known, unknown = codes.vaccine("XM8NQ0", ""), codes.vaccine("", "X")
    assert {codes.disease(each, unknown) for each in ("RA01", "RA01.0", "ra01.1")} == {COVID_19}
    assert codes.disease("", known) == COVID_19
    assert codes.disease("", unknown) == ""
    assert codes.disease("1D47", known) == "1D47"  # yellow fever


def test_tests_and_results() -> None:
    kinds = {each: codes.test_type(each) for each in ("molecular(PCR)", "molecular(other)", "antigen", "antibody", "")}
    assert list(kinds.values()) == ["LP6464-4", "LP6464-4", "LP217198-3", "antibody", ""]
    results = [codes.test_result(each) for each in ("positive", "Negative", "normal", "abnormal", "")]
    assert results == ["260373001", "260415000", "", "", ""]


@pytest.mark.parametrize(
    ("name", "surname", "given", "latin"),
    [
        ("CITIZEN  JANE SUE", "CITIZEN", "JANE SUE", "CITIZEN"),
        ("VAN DER MUELLEN  ANNA", "VAN DER MUELLEN", "ANNA", "VAN<DER<MUELLEN"),
        ("CITIZEN<<JANE<SUE", "CITIZEN", "JANE SUE", "CITIZEN"),
        ("ARKFREITH", "ARKFREITH", "", "ARKFREITH"),
        ("Müller  Anna", "Müller", "Anna", ""),
        ("", "", "", ""),
    ],
)
def test_names(name: str, surname: str, given: str, latin: str) -> None:
    holder = read_proof(VACCINATION, {"pid": {"n": name}}).holder
    assert (holder.surname, holder.given_names, holder.surname_transliterated) == (surname, given, latin)


def test_doses_come_newest_first() -> None:
    def dose(number: Any, day: str) -> dict[str, Any]:
        return {"dvc": day, "seq": number, "ctr": "THA"}

    events = [
        {"des": "XM7HT3", "nam": "CoronaVac", "vd": [dose(1, "2021-05-01"), dose("2", "2021-05-22")]},
        {"des": "XM4YL8", "nam": "AZ", "vd": [dose(3, "2021-10-01")]},
    ]
    proof = read_proof(VACCINATION, {"uvci": "U", "pid": {"n": "A  B", "dob": "1990"}, "ve": events})
    assert [(each.dose, each.product) for each in proof.entries] == [
        (3, "EU/1/21/1529"),
        (2, "CoronaVac"),
        (1, "CoronaVac"),
    ]
    assert {each.country for each in proof.entries} == {"TH"}
    assert proof.holder.birth_date == PartialDate(1990)
    assert proof.warnings == (
        "the birth date is incomplete or no day of the calendar",
        "the doses are of several vaccines",
    )


def test_a_test() -> None:
    message = {
        "utci": "T",
        "pid": {"n": "A  B", "dob": "1990-01-02"},
        "sp": {"spn": "Lab", "ctr": "JPN"},
        "dat": {"sc": "2021-12-31T10:00:00+09:00", "ri": "2021-12-31T20:00:00"},
        "tr": {"tc": "molecular(PCR)", "r": "normal"},
    }
    proof = read_proof(TEST, message)
    (entry,) = proof.entries
    assert (entry.disease, entry.country, entry.centre) == (COVID_19, "JP", "Lab")
    assert proof.issued_at is not None
    assert proof.issued_at.tzinfo is not None
    assert proof.warnings == ("the test's result is none that is known",)


@pytest.mark.parametrize("odd", [None, 7, "x", [], [None], {"vd": 3}, {"vd": [{"seq": True, "dvc": None}]}])
def test_odd_content(odd: Any) -> None:
    for header in (VACCINATION, TEST, {"t": "icao.vacc", "v": True, "is": 9}):
        proof = read_proof(header, dict.fromkeys(("pid", "sp", "dat", "tr", "uvci", "utci"), odd) | {"ve": [odd]})
        assert proof.warnings
        assert all(each.dose is None for each in proof.entries)
