"""Invents travellers. Nobody here exists: surnames are made up, the state is Utopia (UTO, Doc 9303-3, section 5)."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from models.regions import MrzFormat
from models.specimens.mrz_text import compose

STATE = "UTO"
_DAYS_A_YEAR = 365.25
_SPELLED = {"Ä": "AE", "Å": "AA", "Æ": "AE", "Ö": "OE", "Ø": "OE", "Ü": "UE", "ß": "SS", "Þ": "TH", "Ð": "D", "İ": "I"}
"""Where the recommended spelling is more than the letter without its mark (Doc 9303-3, section 6.A)."""


class Culture(StrEnum):
    """Where a name sounds to be from; each brings its own difficulty for transliteration."""

    NORTHERN = "northern"
    ROMANCE = "romance"
    THAI = "thai"
    CHINESE = "chinese"
    ARABIC = "arabic"
    SLAVIC = "slavic"
    TURKISH = "turkish"
    LONG = "long"
    SINGLE = "single"


@dataclass(frozen=True, slots=True)
class Person:
    """One invented traveller and the document that they carry. The representation hides who it is."""

    surname: str = field(repr=False)
    """As printed on the page, with its marks: `Ørunsen-Weiß`."""
    given_names: str = field(repr=False)
    """May be empty: some people have one name."""
    native_name: str = field(repr=False)
    """The whole name in the national script; empty when that is Latin."""
    sex: str
    """`F`, `M` or `X`."""
    birth_date: date = field(repr=False)
    nationality: str
    """Three letters (ISO 3166-1 or Doc 9303-3, section 5)."""
    document_number: str = field(repr=False)
    expiry_date: date
    culture: Culture = Culture.NORTHERN

    def age_on(self, day: date) -> int:
        """Completed years on that day."""
        birthday_passed = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (0 if birthday_passed else 1)


def zone_name(name: str) -> str:
    """A name in the letters of the machine-readable zone; letters with marks as Doc 9303-3, section 6.A has them."""
    spelled = "".join(_SPELLED.get(letter, letter) for letter in name.upper())
    plain = unicodedata.normalize("NFKD", spelled)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def zone_lines(person: Person, kind: MrzFormat = MrzFormat.TD3) -> tuple[str, ...]:
    """The machine-readable zone of the person's document: TD3 passport, TD1 identity card or MRV-A visa."""
    return compose(
        kind,
        document_code={MrzFormat.TD1: "I", MrzFormat.MRV_A: "V"}.get(kind, "P"),
        issuing_state=STATE,
        surname=zone_name(person.surname),
        given_names=zone_name(person.given_names),
        number=person.document_number,
        nationality=person.nationality,
        birth=person.birth_date,
        sex="" if person.sex == "X" else person.sex,
        expiry=person.expiry_date,
    )


@dataclass(frozen=True, slots=True)
class _Name:
    latin: str
    native: str = ""


@dataclass(frozen=True, slots=True)
class _Names:
    surnames: tuple[_Name, ...]
    female: tuple[_Name, ...]
    male: tuple[_Name, ...]
    surname_first: bool = False


def _plain(*names: str) -> tuple[_Name, ...]:
    return tuple(_Name(name) for name in names)


_NAMES: dict[Culture, _Names] = {
    Culture.NORTHERN: _Names(
        _plain(
            "Lindqvarn", "Ørunsen", "Halvårdal", "Brühnfeldt", "Jägersteen-Öhl", "Weißholmer", "Sæbjörg", "Ångstedt"
        ),
        _plain("Maja Elin", "Åse", "Zoë Marlene", "Grete Jördis", "Sünje", "Ingebjørg"),
        _plain("Jörg", "Søren Åke", "Günther", "Ole-Håkon", "Käspar", "Tjark Emil"),
    ),
    Culture.ROMANCE: _Names(
        _plain("Peñarriba Solís", "d'Aurenval", "Château-Lormey", "Conceição de Valmar", "São Telmeiro", "Bellacquari"),
        _plain("Inés María", "Éloïse", "Núria", "Maria da Luz", "Chloé-Anaïs", "Fiorella"),
        _plain("João Tomé", "François-Noël", "Íñigo", "Ramón", "Luc-André", "Niccolò"),
    ),
    Culture.THAI: _Names(
        (
            _Name("Khluenandaman", "คลื่นอันดามัน"),
            _Name("Rungthalefa", "รุ้งทะเลฟ้า"),
            _Name("Chomdaokrachang", "ชมดาวกระจ่าง"),
            _Name("Malisailom", "มะลิสายลม"),
            _Name("Phromthepsunthon", "พรหมเทพสุนทร"),
        ),
        (_Name("Somjai", "สมใจ"), _Name("Kanokwan", "กนกวรรณ"), _Name("Ploypailin", "พลอยไพลิน")),
        (_Name("Thanawat", "ธนวัฒน์"), _Name("Kittisak", "กิตติศักดิ์"), _Name("Phuwanai", "ภูวนัย")),
    ),
    Culture.CHINESE: _Names(
        (
            _Name("Lü", "吕"),
            _Name("Sikong", "司空"),
            _Name("Xuanyuan", "轩辕"),
            _Name("Nangong", "南宫"),
            _Name("Ouyang", "欧阳"),
        ),
        (_Name("Yunhai", "云海"), _Name("Xingyu", "星雨"), _Name("Qiuyue", "秋月")),
        (_Name("Haochuan", "浩川"), _Name("Shanfeng", "山风"), _Name("Jiangtao", "江涛")),
        surname_first=True,
    ),
    Culture.ARABIC: _Names(
        (
            _Name("al-Bahrawandi", "البحرواندي"),
            _Name("an-Najmasari", "النجمساري"),
            _Name("as-Sahilani", "الساحلاني"),
            _Name("Abu Zaytunar", "أبو زيتونار"),
        ),
        (_Name("Noor al-Huda", "نور الهدى"), _Name("Rim", "ريم"), _Name("Salma", "سلمى")),
        (_Name("Yusuf", "يوسف"), _Name("Abd ar-Rahman", "عبد الرحمن"), _Name("Khalil", "خليل")),
    ),
    Culture.SLAVIC: _Names(
        (_Name("Zvezdogradenko", "Звездограденко"), _Name("Morelesyuk", "Морелесюк"), _Name("Shchukovych", "Щукович")),
        (_Name("Yevheniya", "Євгенія"), _Name("Svetlana", "Светлана"), _Name("Ksenija", "Ксения")),
        (_Name("Yuriy", "Юрій"), _Name("Fyodor", "Фёдор"), _Name("Matvei", "Матвей")),
    ),
    Culture.TURKISH: _Names(
        _plain("Yıldızoğullarıgil", "Çınarbeyli", "Şahinkayalar", "Gümüşdenizli"),
        _plain("İpek", "Çiğdem Nur", "Şule"),
        _plain("Şükrü", "Ilgaz", "Oğuzcan"),
    ),
    Culture.LONG: _Names(
        (
            _Name("Papakonstantopoulidou-Thalassinaki", "Παπακωνσταντοπουλίδου-Θαλασσινάκη"),
            _Name("Wickramanayakegedara Hewavitharanage"),
            _Name("Featherstonehaughton-Chalmondesley-Brae"),
        ),
        (_Name("Alexandrina Theodosia"), _Name("Chrysanthi Evangelia"), _Name("Wilhelmina Clementine")),
        (_Name("Maximilian Bartholomäus"), _Name("Konstantinos Athanasios"), _Name("Nebukadnezar")),
    ),
    Culture.SINGLE: _Names(_plain("Suryabintara", "Dewikusuma", "Kartalautan"), (), ()),
}

_SHARES: dict[Culture, int] = {
    Culture.NORTHERN: 5,
    Culture.ROMANCE: 4,
    Culture.THAI: 6,
    Culture.CHINESE: 3,
    Culture.ARABIC: 2,
    Culture.SLAVIC: 3,
    Culture.TURKISH: 2,
    Culture.LONG: 1,
    Culture.SINGLE: 1,
}


def invent(rng: Random, today: date, culture: Culture | None = None) -> Person:
    """A person who does not exist, with a document that is valid today.

    Args:
        rng: the only source of chance: the same state gives the same person.
        today: birth and expiry dates are drawn around this day.
        culture: where the name sounds to be from; drawn when None.
    """
    chosen = culture or rng.choices(list(_SHARES), weights=list(_SHARES.values()))[0]
    sex = rng.choices(("F", "M", "X"), weights=(48, 48, 4))[0]
    surname, given = _draw_name(rng, _NAMES[chosen], sex)
    age_days = round(rng.triangular(3, 88, 33) * _DAYS_A_YEAR)
    return Person(
        surname=surname.latin,
        given_names=given.latin,
        native_name=_native(surname, given, surname_first=_NAMES[chosen].surname_first),
        sex=sex,
        birth_date=today - timedelta(days=age_days),
        nationality=STATE,
        document_number=f"UT{rng.randrange(1_000_000, 10_000_000)}",
        expiry_date=today + timedelta(days=rng.randrange(200, 3600)),
        culture=chosen,
    )


def _draw_name(rng: Random, names: _Names, sex: str) -> tuple[_Name, _Name]:
    given = {"F": names.female, "M": names.male, "X": names.female + names.male}[sex]
    return rng.choice(names.surnames), rng.choice(given) if given else _Name("")


def _native(surname: _Name, given: _Name, *, surname_first: bool) -> str:
    if not surname.native or not given.native:
        return ""
    return f"{surname.native}{given.native}" if surname_first else f"{given.native} {surname.native}"
