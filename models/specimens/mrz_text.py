"""Composes machine-readable zones: from given data, or invented ones for training and tests.

Source: ICAO Doc 9303 parts 3 to 7; the odd cases are those that real documents show (names cut at the end of the
field, numbers running on in the optional data, `<` or 0 as optional check digit, states written `D<<`).
"""

from datetime import date, timedelta

from numpy.random import Generator

from models.mrz_checks import check_digit
from models.mrz_layout import ALPHABET, FILLER, LAYOUTS, Check, Layout
from models.mrz_states import STATES
from models.regions import MrzFormat

LETTERS = ALPHABET[10:36]
DIGITS = ALPHABET[:10]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ALIKE = dict(zip("0O1I8B5S2Z6G", "O0I1B8S5Z2G6", strict=True))
_ISSUERS = (*STATES, "D", "D", "D")
_ONSETS = _words(
    """B BR C CH CZ D DR DZ F G GR H J K KH KR L LL M MB N NG NH P PH PR Q R RZ S SCH SH SK ST SZ T TH TR TS V VL W X
    Y Z"""
)
_VOWELS = _words("A A A AE AI AO AU E E E EE EI EO I I I IA IE IJ O O OE OO OU U U UE UI UO Y")
_CODAS = ("", "", "", *_words("B CK D F G H K L LD LT M N N ND NG NK NS P R RD RK RT S SS ST T TZ V W X Z"))


def compose(
    format_: MrzFormat,
    *,
    document_code: str,
    issuing_state: str,
    surname: str,
    given_names: str,
    number: str,
    birth: date | str,
    sex: str,
    nationality: str = "",
    expiry: date | str = "",
    optional: str = "",
    optional_2: str = "",
    empty_check: str = FILLER,
) -> tuple[str, ...]:
    """The zone of the given data, with right check digits.

    Args:
        format_: which of the six formats.
        document_code: one or two letters.
        issuing_state: state code, one to three letters.
        surname: primary identifier in Latin letters; spaces, hyphens, commas become `<`, apostrophes vanish.
        given_names: secondary identifier, the same.
        number: document number; in TD1 and TD2 it may be longer than nine characters (Doc 9303-5, 4.2.2, note j).
        birth: a date, or six characters of the zone where parts are unknown.
        sex: `M`, `F`, or anything else for unspecified.
        nationality: state code; FRENCH_ID has none.
        expiry: a date, or six characters of the zone; FRENCH_ID has none.
        optional: optional data; department and office in FRENCH_ID.
        optional_2: second optional data of TD1.
        empty_check: what stands for the check digit of empty optional data in TD3: `<` or `0`.

    Raises:
        ValueError: a value does not fit its field or holds a character outside the zone's alphabet.
    """
    layout = LAYOUTS[format_]
    values = {
        "document_code": document_code,
        "issuing_state": issuing_state,
        "document_number": number,
        "nationality": nationality,
        "birth_date": birth if isinstance(birth, str) else birth.strftime("%y%m%d"),
        "sex": sex if sex in ("M", "F", "X") else FILLER,
        "expiry_date": expiry if isinstance(expiry, str) else expiry.strftime("%y%m%d"),
        "optional_data": optional,
        "optional_data_2": optional_2,
    }
    if format_ is MrzFormat.FRENCH_ID:
        values["surname"] = name_field(surname, "", layout.field("surname").length)
        values["given_names"] = _french_given_names(given_names, layout.field("given_names").length)
    else:
        values["name"] = name_field(surname, given_names, layout.field("name").length)
    long_number = len(number) > 9 and format_ in (MrzFormat.TD1, MrzFormat.TD2)
    if long_number:
        values["document_number"] = number[:9]
        values["optional_data"] = number[9:] + check_digit(number) + (FILLER + optional if optional else "")
    zone = [[FILLER] * layout.length for _ in range(layout.lines)]
    for field in layout.fields:
        value = values.get(field.name, "").upper().replace(" ", FILLER).replace("-", FILLER)
        if len(value) > field.length or any(character not in ALPHABET for character in value):
            raise ValueError(f"{field.name} does not fit: at most {field.length} of the 37 characters of the zone")
        zone[field.line][field.start : field.start + len(value)] = value
    for check in layout.checks:
        if not (long_number and check.name == "document_number_check"):
            _write_check(zone, check, empty_check)
    return tuple("".join(line) for line in zone)


def _write_check(zone: list[list[str]], check: Check, empty_check: str) -> None:
    covered = "".join("".join(zone[line][start:end]) for line, start, end in check.covers)
    line, position = check.at
    if check.name == "optional_data_check" and not covered.strip(FILLER):
        zone[line][position] = empty_check
    else:
        zone[line][position] = check_digit(covered)


def name_field(surname: str, given_names: str, length: int) -> str:
    """The name field, cut at its end when the name is too long (Doc 9303-3, 4.6).

    A very long surname is cut so that at least one letter of the given names remains.
    """
    primary, secondary = _latin(surname), _latin(given_names)
    if secondary and len(primary) > length - 3:
        primary = primary[: length - 3]
    return (primary + FILLER * 2 + secondary if secondary else primary)[:length].ljust(length, FILLER)


def _french_given_names(names: str, length: int) -> str:
    """Two fillers between given names, one inside a double name; cut at the end of the field."""
    return (FILLER * 2).join(_latin(name) for name in names.split())[:length].ljust(length, FILLER)


def _latin(name: str) -> str:
    kept = name.upper().replace("'", "").replace("’", "").replace(".", "")
    return FILLER.join("".join(c if c in LETTERS else " " for c in kept).split())


def random_name(rng: Generator) -> str:
    """One invented name, or a run of letters when the network should not learn a language."""
    if rng.random() < 0.35:
        return "".join(rng.choice(list(LETTERS), size=int(rng.integers(1, 14))))
    parts = []
    for _ in range(int(rng.integers(1, 5))):
        parts.append(str(rng.choice(_ONSETS)) if rng.random() < 0.85 else "")
        parts.append(str(rng.choice(_VOWELS)))
        parts.append(str(rng.choice(_CODAS)))
    return "".join(parts)


def _token(rng: Generator, low: int, high: int) -> str:
    """A number as states give them: digits, letters then digits, mixed, or all the same."""
    length = int(rng.integers(low, high + 1))
    kind = rng.random()
    if kind < 0.1:
        return str(rng.choice(list(DIGITS + LETTERS))) * length
    letters = 0 if kind < 0.3 else int(rng.integers(0, 4)) if kind < 0.7 else length
    pool = list(LETTERS) if kind < 0.7 else list(LETTERS + DIGITS)
    head = "".join(rng.choice(pool, size=min(letters, length))) if letters else ""
    return head + "".join(rng.choice(list(DIGITS), size=length - len(head)))


def _day(rng: Generator, first: date, last: date) -> str:
    text = (first + timedelta(days=int(rng.integers(0, (last - first).days)))).strftime("%y%m%d")
    if rng.random() < 0.02:
        return text[:4] + "<<" if rng.random() < 0.5 else text[:2] + "<<<<"
    return text


def _optional(rng: Generator, length: int) -> str:
    if length < 1 or rng.random() < 0.45:
        return ""
    if rng.random() < 0.15:
        return _token(rng, length, length)
    text = _token(rng, 1, length)
    if rng.random() < 0.3 and len(text) > 3:
        cut = int(rng.integers(1, len(text) - 1))
        text = text[:cut] + FILLER + text[cut + 1 :]
    return text


def random_zone(rng: Generator, format_: MrzFormat | None = None) -> tuple[str, ...]:
    """An invented, valid zone of the given format, or of a random one."""
    formats = (MrzFormat.TD3, *MrzFormat)
    chosen = format_ or formats[int(rng.integers(len(formats)))]
    if chosen is MrzFormat.FRENCH_ID:
        return _french_card(rng)
    layout: Layout = LAYOUTS[chosen]
    visa = chosen in (MrzFormat.MRV_A, MrzFormat.MRV_B)
    first = "V" if visa else "P" if chosen is MrzFormat.TD3 else str(rng.choice(["I", "I", "A", "C"]))
    state = str(rng.choice(_ISSUERS))
    given = " ".join(random_name(rng) for _ in range(int(rng.choice([0, 1, 1, 1, 2, 2, 3, 4]))))
    number = _token(rng, 5, 9) if rng.random() < 0.4 else _token(rng, 9, 9)
    room = layout.field("optional_data").length
    if chosen in (MrzFormat.TD1, MrzFormat.TD2) and rng.random() < 0.08:
        number, room = _token(rng, 10, 9 + room - 1), 0
    return compose(
        chosen,
        document_code=first + (str(rng.choice(list(LETTERS))) if rng.random() < 0.4 else ""),
        issuing_state=state,
        surname=" ".join(random_name(rng) for _ in range(int(rng.choice([1, 1, 1, 1, 2, 3])))),
        given_names=given,
        number=number,
        nationality=state if rng.random() < 0.8 else str(rng.choice(_ISSUERS)),
        birth=_day(rng, date(1925, 1, 1), date(2024, 1, 1)),
        sex=str(rng.choice(["M", "F", "M", "F", "M", "F", "X", "<"])),
        expiry=_day(rng, date(2005, 1, 1), date(2040, 1, 1)),
        optional=_optional(rng, room),
        optional_2=_optional(rng, 11) if chosen is MrzFormat.TD1 else "",
        empty_check=FILLER if rng.random() < 0.5 else "0",
    )


def _french_card(rng: Generator) -> tuple[str, ...]:
    """Number: year and month of issue, place, five digits. Behind the surname: the place again, and the office."""
    issued = date(1988, 1, 1) + timedelta(days=int(rng.integers(0, 12_000)))
    place = _token(rng, 3, 3) if rng.random() < 0.3 else f"{int(rng.integers(1, 977)):03d}"
    return compose(
        MrzFormat.FRENCH_ID,
        document_code="ID",
        issuing_state="FRA",
        surname=" ".join(random_name(rng) for _ in range(int(rng.choice([1, 1, 1, 2])))),
        given_names=" ".join(random_name(rng) for _ in range(int(rng.choice([1, 1, 2, 3])))),
        number=issued.strftime("%y%m") + place + "".join(rng.choice(list(DIGITS), size=5)),
        birth=_day(rng, date(1925, 1, 1), date(2010, 1, 1)),
        sex=str(rng.choice(["M", "F"])),
        optional=place + "".join(rng.choice(list(DIGITS), size=3)) if rng.random() < 0.7 else "",
    )


def random_line(rng: Generator) -> str:
    """One line as the network meets them: of a valid zone, or (1 in 8) arbitrary characters of a legal length.

    One in ten has look-alikes exchanged, so that print is learnt and not what usually stands there: a reader that
    takes every O among digits for a zero mends what ought to be noticed.
    """
    if rng.random() < 0.125:
        length = int(rng.choice([30, 36, 44, 44]))
        filler = float(rng.uniform(0, 0.4))
        characters = rng.choice(list(ALPHABET[:36]), size=length)
        return "".join(FILLER if rng.random() < filler else str(c) for c in characters)
    zone = random_zone(rng)
    line = zone[int(rng.integers(len(zone)))]
    return _with_look_alikes(rng, line) if rng.random() < 0.1 else line


def _with_look_alikes(rng: Generator, line: str) -> str:
    """0 and O, which only their width tells apart, are exchanged at every other place; other pairs at one in ten."""
    share = {character: 0.5 if character in "0O" else 0.1 for character in _ALIKE}
    return "".join(_ALIKE[c] if c in _ALIKE and rng.random() < share[c] else c for c in line)
