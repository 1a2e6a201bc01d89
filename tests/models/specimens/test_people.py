"""Invented people: repeatable, of every culture, with documents that are right."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from models.mrz_checks import check_digit
from models.mrz_layout import LAYOUTS
from models.regions import MrzFormat
from models.specimens.people import Culture, invent, zone_lines, zone_name


def many(today, count=400):
    rng = Random(7)
    return [invent(rng, today) for _ in range(count)]


def test_the_same_chance_gives_the_same_person(today):
    assert invent(Random(3), today) == invent(Random(3), today)
    assert len({person.document_number for person in many(today)}) > 395


def test_everybody_is_born_carries_a_valid_document_and_is_utopian(today):
    for person in many(today):
        assert 2 <= person.age_on(today) <= 88
        assert person.expiry_date > today
        assert person.nationality == "UTO"
        assert person.surname


def test_every_culture_comes_and_brings_its_script(today):
    people = many(today, 1500)
    assert {person.culture for person in people} == set(Culture)
    by_culture = {culture: invent(Random(1), today, culture) for culture in Culture}
    assert any("ก" <= letter <= "๛" for letter in by_culture[Culture.THAI].native_name)
    assert any("ء" <= letter <= "ي" for letter in by_culture[Culture.ARABIC].native_name)
    assert any("一" <= letter <= "鿿" for letter in by_culture[Culture.CHINESE].native_name)
    assert by_culture[Culture.SINGLE].given_names == ""


def test_a_person_does_not_show_in_a_log(today):
    person = invent(Random(3), today)
    for hidden in (person.surname, person.given_names, person.document_number, str(person.birth_date)):
        assert hidden not in repr(person)


@pytest.mark.parametrize(
    ("printed", "zone"),
    [
        ("Jägersteen-Öhl", "JAEGERSTEEN-OEHL"),
        ("Ørunsen", "OERUNSEN"),
        ("Weißholmer", "WEISSHOLMER"),
        ("Sæbjörg", "SAEBJOERG"),
        ("Ångstedt", "AANGSTEDT"),
        ("Peñarriba", "PENARRIBA"),
        ("Yıldızoğullarıgil", "YILDIZOGULLARIGIL"),
        ("İpek", "IPEK"),
        ("Château-Lormey", "CHATEAU-LORMEY"),
        ("Lü", "LUE"),
    ],
)
def test_marks_are_spelled_as_doc_9303_recommends(printed, zone):
    assert zone_name(printed) == zone


@pytest.mark.parametrize("kind", [MrzFormat.TD3, MrzFormat.TD1, MrzFormat.MRV_A])
def test_zones_of_everybody_have_the_right_shape_and_digits(today, kind):
    layout = LAYOUTS[kind]
    for person in many(today):
        lines = zone_lines(person, kind)
        assert [len(line) for line in lines] == [layout.length] * layout.lines
        for check in layout.checks:
            covered = "".join(lines[line][start:end] for line, start, end in check.covers)
            found = lines[check.at[0]][check.at[1]]
            assert found == check_digit(covered) or (found == "<" and not covered.strip("<"))


def test_age_counts_completed_years(today):
    person = replace(invent(Random(1), today), birth_date=date(2000, 7, 11))
    assert (person.age_on(date(2026, 7, 10)), person.age_on(date(2026, 7, 11))) == (25, 26)
