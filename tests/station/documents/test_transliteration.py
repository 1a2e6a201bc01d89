"""Names in the letters of the zone (Doc 9303-3, section 6)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.documents.thai_id import is_valid
from station.documents.transliteration import normalise, spellings


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Müller-Lüdenscheidt", "MUELLER LUEDENSCHEIDT"),
        ("O’Connor", "OCONNOR"),
        ("D'Artagnan", "DARTAGNAN"),
        ("Łukasz Żółć", "LUKASZ ZOLC"),
        ("Nguyễn Thị Ánh", "NGUYEN THI ANH"),
        ("Ångström", "AANGSTROEM"),
        ("Jose\u0301", "JOSE"),
        ("Mu\u0308ller", "MUELLER"),
        ("Straße", "STRASSE"),
        ("İpek Çağlar", "IPEK CAGLAR"),
        ("ıldız", "ILDIZ"),
        ("Þór Æsir", "THOR AESIR"),
        ("Горбачёв", "GORBACHEV"),
        ("Щербаков Юрий", "SHCHERBAKOV IURII"),
        ("Ольга", "OLGA"),
        ("ERIKSSON<<ANNA<MARIA<<<", "ERIKSSON ANNA MARIA"),
        ("  St. John,  Jr. ", "ST JOHN JR"),
        ("สมศรี Somsri", "SOMSRI"),
        ("", ""),
    ],
)
def test_normal_form(name: str, zone: str) -> None:
    assert normalise(name) == zone


def test_spellings() -> None:
    assert spellings("Jürgen") == ("JUERGEN", "JURGEN", "JUXXRGEN")
    assert "MUNOZ" in spellings("Muñoz")
    assert "MUNXXOZ" in spellings("Muñoz")
    assert spellings("ANNA") == ("ANNA",)
    assert len(spellings("ü" * 50)) <= 64


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_only_letters_and_single_spaces(name: str) -> None:
    for each in (normalise(name), *spellings(name)):
        assert set(each) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ ")
        assert each == " ".join(each.split())
    assert normalise(normalise(name)) == normalise(name)


def test_thai_number() -> None:
    assert is_valid("1-1017-00230-70-8") == is_valid("1101700230708")
    digits = "110170023070"
    total = sum(int(d) * (13 - n) for n, d in enumerate(digits))
    good = digits + str((11 - total % 11) % 10)
    assert is_valid(good)
    for other in "0123456789":
        assert is_valid(digits + other) is (other == good[-1])
    for bad in ("", "123", "9" + good[1:], good + "0", "١" * 13, "x" * 13):
        assert not is_valid(bad)
