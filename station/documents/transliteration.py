"""Names in the 26 letters of the zone (ICAO Doc 9303-3, section 6, tables A and B).

States choose between spellings (Ü is UE, UXX or U), so a name has one normal form and several allowed ones.
Thai names reach us romanised, in the zone as in the certificates; Thai letters have no table and are left out.
"""

import unicodedata
from itertools import product

_LATIN: dict[str, tuple[str, ...]] = {
    "Ä": ("AE", "A"),
    "Å": ("AA", "A"),
    "Æ": ("AE",),
    "Ð": ("D",),
    "Đ": ("D", "DJ"),
    "Ħ": ("H",),
    "I": ("I",),
    "Ĳ": ("IJ",),
    "Ł": ("L",),
    "Ñ": ("N", "NXX"),
    "Ŋ": ("N",),
    "Ö": ("OE", "O"),
    "Ø": ("OE", "O"),
    "Œ": ("OE",),
    "Þ": ("TH",),
    "ẞ": ("SS",),
    "Ŧ": ("T",),
    "Ü": ("UE", "U", "UXX"),
    "Ə": ("E", "A"),
}
_CYRILLIC: dict[str, tuple[str, ...]] = {
    "А": ("A",), "Б": ("B",), "В": ("V",), "Г": ("G", "H"), "Ґ": ("G",), "Д": ("D",), "Ђ": ("D",), "Ѓ": ("G",),
    "Е": ("E",), "Ё": ("E", "IO"), "Є": ("IE",), "Ж": ("ZH", "Z"), "З": ("Z",), "Ѕ": ("DZ",), "И": ("I", "Y"),
    "І": ("I",), "Ї": ("I",), "Й": ("I",), "Ј": ("J",), "К": ("K",), "Ќ": ("K",), "Л": ("L",), "Љ": ("LJ",),
    "М": ("M",), "Н": ("N",), "Њ": ("NJ",), "О": ("O",), "П": ("P",), "Р": ("R",), "С": ("S",), "Т": ("T",),
    "Ћ": ("C",), "У": ("U",), "Ў": ("U",), "Ф": ("F",), "Х": ("KH", "H"), "Ц": ("TS", "C"), "Ч": ("CH", "C"),
    "Џ": ("DZ",), "Ш": ("SH", "S"), "Щ": ("SHCH", "SHT"), "Ъ": ("IE", "A"), "Ы": ("Y",), "Ь": ("",), "Э": ("E",),
    "Ю": ("IU",), "Я": ("IA",), "Ѫ": ("U",), "Ѵ": ("Y",),
}  # fmt: skip
_TABLE = _LATIN | _CYRILLIC
_DROPPED = frozenset("'’‘ʼ`´ʹʻ\u200b\u200c\u200d")
_MOST_SPELLINGS = 64


def normalise(name: str) -> str:
    """The name as the zone would spell it by default: A-Z and single spaces.

    Apostrophes are dropped, hyphens and everything else that is no letter become a space (Doc 9303-3, 4.6).
    Fillers count as spaces, so a name field of the zone may be given too.
    """
    return _tidy("".join(_spellings(character)[0] for character in _upper(name)))


def spellings(name: str) -> tuple[str, ...]:
    """Every spelling that the tables allow, the normal one first; at most 64."""
    choices = [_spellings(character) for character in _upper(name)]
    size = 1
    for place, choice in enumerate(choices):
        size *= len(choice)
        if size > _MOST_SPELLINGS:
            choices[place:] = [rest[:1] for rest in choices[place:]]
            break
    return tuple(dict.fromkeys(_tidy("".join(letters)) for letters in product(*choices)))


def _upper(name: str) -> str:
    # Composed first, so that a letter and a separate diaeresis meet the table as one.
    return unicodedata.normalize("NFC", name.replace("ß", "ẞ").replace("ı", "I")).upper()


def _spellings(character: str) -> tuple[str, ...]:
    if "A" <= character <= "Z":
        return (character,)
    known = _TABLE.get(character)
    if known is not None:
        return known
    if character in _DROPPED or unicodedata.combining(character):
        return ("",)
    base = unicodedata.normalize("NFKD", character)[0]
    if base != character:
        return (_spellings(base)[0],)
    return (" ",)


def _tidy(text: str) -> str:
    return " ".join(text.split())
