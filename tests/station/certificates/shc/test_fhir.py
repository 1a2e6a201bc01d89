"""From FHIR to holder and entries, and the codes in between."""

import importlib.util
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from station.certificates.errors import StepFailed
from station.certificates.result import EntryKind
from station.certificates.shc import vocabulary
from station.certificates.shc.fhir import Content, read_bundle

_spec = importlib.util.spec_from_file_location("shc_cards", Path(__file__).with_name("cards.py"))
cards = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cards)


def read(*resources: dict[str, Any], covid: bool = False) -> Content:
    return read_bundle(cards.bundle(*resources), covid=covid)


def test_a_vaccination() -> None:
    performer = [{"actor": {"display": "Hospital of Utopia"}}]
    content = read(cards.immunization(performer=performer))
    assert content.warnings == ()
    (entry,) = content.entries
    assert (entry.kind, entry.disease, entry.date) == (EntryKind.VACCINATION, "840539006", "2021-05-01")
    assert (entry.product, entry.manufacturer, entry.vaccine) == ("EU/1/20/1528", "ORG-100030215", "1119349007")
    assert (entry.dose, entry.doses, entry.centre) == (1, None, "Hospital of Utopia")
    assert "L0T" not in str(entry)


def test_doses_are_counted_by_their_dates_and_never_their_total() -> None:
    rows = [
        ("208", "2021-06-01"),
        ("208", "2021-05-01"),
        ("207", "2021-12-01"),
        ("208", "2021-05-01"),
        ("75", "2020-01-01"),
    ]
    content = read(*(cards.immunization(code, day) for code, day in rows))
    assert [entry.dose for entry in content.entries] == [2, 1, 3, 1, None]
    assert [entry.doses for entry in content.entries] == [None] * 5
    assert [entry.disease for entry in content.entries] == ["840539006"] * 4 + [""]


def test_the_issuers_own_count_wins() -> None:
    applied = [{"doseNumberPositiveInt": 3, "seriesDosesPositiveInt": 2}]
    words = [{"doseNumberString": "2", "seriesDosesString": "two"}]
    content = read(cards.immunization(protocolApplied=applied), cards.immunization(protocolApplied=words))
    assert [(entry.dose, entry.doses) for entry in content.entries] == [(3, 2), (2, None)]


@pytest.mark.parametrize("status", ["not-done", "entered-in-error", None, 7])
def test_what_was_not_done_is_no_entry(status: Any) -> None:
    content = read(cards.immunization(status=status))
    assert content.entries == ()
    assert "a vaccination that is not completed was left out" in content.warnings


def test_a_test_result() -> None:
    content = read(cards.observation())
    assert content.warnings == ()
    (entry,) = content.entries
    assert (entry.kind, entry.disease, entry.test_type) == (EntryKind.TEST, "840539006", "LP6464-4")
    assert (entry.test_result, entry.date) == ("260415000", "2021-05-01T09:00:00+07:00")
    assert entry.centre == "Laboratory of Utopia"


@pytest.mark.parametrize(
    ("code", "result", "kind", "said"),
    [
        ("94558-4", "10828004", "LP217198-3", "260373001"),
        ("97097-0", "260385009", "LP217198-3", "260415000"),
        ("94563-4", "10828004", "94563-4", "260373001"),
        ("94500-6", "419984006", "LP6464-4", "419984006"),
    ],
)
def test_kinds_of_tests_and_results(code: str, result: str, kind: str, said: str) -> None:
    (entry,) = read(cards.observation(code, result), covid=True).entries
    assert (entry.test_type, entry.test_result) == (kind, said)


def test_a_test_of_something_else_is_no_entry() -> None:
    content = read(cards.observation("718-7"), cards.observation("94563-4"))
    assert (content.entries, len(content.warnings)) == ((), 1)


@pytest.mark.parametrize("status", ["preliminary", "registered", "entered-in-error", "cancelled", None])
def test_a_result_that_is_not_final_is_no_entry(status: Any) -> None:
    assert read(cards.observation(status=status)).entries == ()


def test_an_unknown_vaccine_keeps_its_own_code_and_no_disease_unless_the_card_says_so() -> None:
    unknown = cards.immunization("J07BX03", system="http://www.whocc.no/atc")
    (entry,) = read(unknown).entries
    assert (entry.product, entry.disease, entry.dose) == ("J07BX03", "", None)
    (entry,) = read(unknown, covid=True).entries
    assert (entry.product, entry.disease, entry.dose) == ("J07BX03", "840539006", 1)
    mpox = [{"targetDisease": [{"coding": [{"system": "http://snomed.info/sct", "code": "359814004"}]}]}]
    (entry,) = read(cards.immunization("206", protocolApplied=mpox), covid=True).entries
    assert entry.disease == ""


def test_another_persons_entry_is_left_out() -> None:
    other = cards.PATIENT | {"birthDate": "1999-09-09"}
    theirs = cards.immunization(patient={"reference": "resource:1"})
    content = read(other, theirs, cards.immunization(date="2021-06-01"))
    assert [entry.date for entry in content.entries] == ["2021-06-01"]
    assert content.holder.birth_date_text == "1970-02-03"
    assert any("another person's" in warning for warning in content.warnings)
    # Where there are two, an entry must say whose it is, by the name that the card itself gives.
    for patient in ({"reference": "Patient/1"}, {"reference": "https://fhir.test/Patient/1"}, {}, None):
        assert read(other, cards.immunization(patient=patient)).entries == ()
        assert len(read(cards.immunization(patient=patient)).entries) == 1
    twins = [{"fullUrl": "resource:0", "resource": each} for each in (cards.PATIENT, other, cards.immunization())]
    assert read_bundle({"resourceType": "Bundle", "type": "collection", "entry": twins}, covid=False).entries == ()


@pytest.mark.parametrize(
    ("patient", "names", "birth"),
    [
        ({"name": [{"family": "A", "given": ["B", "C"]}], "birthDate": "1970"}, ("A", "B C"), None),
        ({"name": [{"family": "A", "use": "maiden"}, {"family": "B", "use": "official"}]}, ("B", ""), None),
        ({"name": [{"text": "Only Text"}], "birthDate": "1970-02-03"}, ("Only Text", ""), date(1970, 2, 3)),
        ({"name": "A", "birthDate": "soon"}, ("", ""), None),
        ({}, ("", ""), None),
    ],
)
def test_holders(patient: dict[str, Any], names: tuple[str, str], birth: date | None) -> None:
    entry = {"fullUrl": "resource:0", "resource": {"resourceType": "Patient", **patient}}
    content = read_bundle({"resourceType": "Bundle", "type": "collection", "entry": [entry]}, covid=False)
    assert (content.holder.surname, content.holder.given_names) == names
    assert (content.holder.birth_date.date if content.holder.birth_date else None) == birth
    assert "Only" not in repr(content.holder)


@pytest.mark.parametrize("bundle", [{}, {"resourceType": "Patient"}, {"resourceType": ["Bundle"]}])
def test_what_is_no_bundle(bundle: dict[str, Any]) -> None:
    with pytest.raises(StepFailed) as caught:
        read_bundle(bundle, covid=True)
    assert caught.value.reason.value == "C-PAY"


def test_a_bundle_that_names_nobody() -> None:
    content = read_bundle({"resourceType": "Bundle", "entry": [{"resource": cards.immunization()}]}, covid=True)
    assert (content.holder.surname, content.holder.given_names, len(content.entries)) == ("", "", 1)
    assert "the holder has no name" in content.warnings


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"occurrenceDateTime": "2021-02-30"}, "an entry's date is no day of the calendar"),
        ({"occurrenceString": "spring"}, "a vaccination has two dates"),
        ({"isSubpotent": True}, "a dose was weaker than it should be"),
        ({"vaccineCode": {}}, "a vaccination names no vaccine"),
        ({"note": []}, "an element of the content is empty"),
    ],
)
def test_oddities_are_warnings(changes: dict[str, Any], warning: str) -> None:
    content = read(cards.immunization(**changes))
    assert warning in content.warnings
    assert len(content.entries) == 1


@pytest.mark.parametrize(
    ("system", "code", "product"),
    [
        (vocabulary.CVX, "207", "EU/1/20/1507"),
        (vocabulary.CVX, "212", "EU/1/20/1525"),
        (vocabulary.CVX, "210", "EU/1/21/1529"),
        (vocabulary.CVX, "511", "CoronaVac"),
        (vocabulary.CVX, "510", "BBIBP-CorV"),
        (vocabulary.CVX, "213", ""),
        (vocabulary.ICD11, "XM8NQ0", "EU/1/20/1528"),
        (vocabulary.SNOMED, "28571000087109", "EU/1/20/1507"),
        ("https://nvc-cnv.canada.ca/v1/NamingSystem/ca-nvc", "28761000087108", "EU/1/21/1529"),
    ],
)
def test_codes_of_vaccines(system: str, code: str, product: str) -> None:
    found = vocabulary.vaccine(system, code)
    assert found is not None
    assert found.product == product
    assert bool(found.manufacturer) == bool(product)


def test_codes_mean_nothing_in_another_vocabulary() -> None:
    assert vocabulary.vaccine(vocabulary.SNOMED, "207") is None
    assert vocabulary.vaccine(vocabulary.CVX, "206") is None
    assert vocabulary.test_type(vocabulary.CVX, "94500-6") == ""
    assert vocabulary.test_result(vocabulary.CVX, "260373001") == ""
