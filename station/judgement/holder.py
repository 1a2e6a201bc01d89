"""Is the holder of the certificate the holder of the document? Names and birth date side by side, three-valued.

Names are compared as the zone spells them; the issuer's own transliteration and every spelling that Doc 9303 allows for
the written name count (Müller is MUELLER, MULLER or MUXXLLER). "Cannot tell" goes to a person, with both values shown.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import islice, product

from models.mrz_checks import CheckState
from station.certificates.result import Holder
from station.documents.dates import PartialDate
from station.documents.mrz import Document
from station.documents.transliteration import normalise, spellings
from station.evidence import ComparedField, HolderMatch, Truth
from station.judgement.likeness import similarity
from station.judgement.names import TRUTH_OF, Likeness, Name, compare, same

_MOST_SPELLINGS = 48
_MOST_COMPARED = 3
"""Of the spellings of a name that is not the same, those that share most letters are compared in full."""
_NAME_WEIGHT = 0.7
_THAI = re.compile(r"[\u0e01-\u0e2e]")
_SARA_AM = re.compile(r"\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_THAI_TITLES = re.compile(r"^(?:นางสาว|นาย|นาง|น\.ส\.|เด็กชาย|เด็กหญิง|ด\.ช\.|ด\.ญ\.)\s*(?=[ก-ฮเ-ไ])")
"""Thai writes them before the name, with or without a space."""


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """What a document says of its holder, whether read or attested."""

    name: Name
    birth_date: PartialDate
    birth_date_certain: bool = True
    """False when the check digit over it does not hold."""
    name_certain: bool = True
    """False while an officer has not confirmed what was read; then a name that differs is not yet another's."""
    thai_name: str = ""
    """Given names and surname in Thai letters, when the document gives them."""


def of_document(document: Document) -> Person:
    """The holder of a document that was read."""
    return Person(
        Name(document.surname, document.given_names, document.name_truncated),
        document.birth_date,
        document.check("birth_date_check") is not CheckState.WRONG,
    )


def match(document: Document, holder: Holder) -> HolderMatch:
    """Compare a document's holder with a certificate's."""
    return match_person(of_document(document), holder)


def match_person(person: Person, holder: Holder) -> HolderMatch:
    """Compare a person with a certificate's holder."""
    document, name, likeness = _closest(person, holder)
    thai = thai_name(holder.surname, holder.given_names)
    named = TRUTH_OF[likeness]
    if named is Truth.FAIL and not person.name_certain:
        named = Truth.CANNOT_TELL
    born = _born(person, holder.birth_date)
    truth = _worst(named, born)
    score = _NAME_WEIGHT * _alike(document, name)
    score += (1 - _NAME_WEIGHT) * {Truth.PASS: 1.0, Truth.CANNOT_TELL: 0.5, Truth.FAIL: 0.0}[born]
    fields: tuple[ComparedField, ...] = (
        _field("surname", document.surname, name.surname, named),
        _field("given_names", document.given_names, name.given_names, named),
        ComparedField(
            "birth_date",
            person.birth_date.text,
            holder.birth_date.text if holder.birth_date else holder.birth_date_text,
            born,
            _differences(person.birth_date.text, holder.birth_date.text) if holder.birth_date else (),
        ),
    )
    if person.thai_name and thai:
        alike = Truth.PASS if person.thai_name == thai else named
        places = _differences(person.thai_name, thai)
        fields = (ComparedField("name_th", person.thai_name, thai, alike, places), *fields)
    return HolderMatch(truth, round(score, 3), fields)


def match_printed(person: Person, printed: str) -> HolderMatch:
    """Compare a person with a name that an officer typed from a paper, in one piece and in any order.

    The names decide, because the officer saw the rest; one that differs is "cannot tell", never another person's.
    """
    holder = Holder(printed, "", "", "", "", None)
    found = match_person(person, holder)
    same = _closest(person, holder)[2] is Likeness.SAME and person.name_certain
    fields = tuple(field for field in found.fields if field.name != "birth_date")
    return replace(found, truth=Truth.PASS if same else Truth.CANNOT_TELL, fields=fields)


def _closest(person: Person, holder: Holder) -> tuple[Name, Name, Likeness]:
    """The document's name, the spelling of the certificate's that is most like it, and how alike they are."""
    document = Name(normalise(person.name.surname), normalise(person.name.given_names), person.name.truncated)
    names = _names(holder)
    name = next((each for each in names if same(document, each)), None)
    likeness = Likeness.SAME
    if name is None:
        letters = Counter("".join(document.words))
        names.sort(key=lambda each: -(letters & Counter("".join(each.words))).total())
        ranked = [(compare(document, each), -_alike(document, each), each) for each in names[:_MOST_COMPARED]]
        likeness, _, name = min(ranked, key=lambda row: row[:2])
    thai = thai_name(holder.surname, holder.given_names)
    if person.thai_name and thai:
        likeness = Likeness.SAME if person.thai_name == thai else max(likeness, Likeness.CLOSE)
    return document, name, likeness


def thai_name(surname: str, given_names: str) -> str:
    """Given names and surname as Thai writes them, titles taken off, the same letters in the same code points.

    Empty unless there are Thai letters. Sara am may come as two marks and sara ae as two letters; both look the same.
    """
    name = unicodedata.normalize("NFC", f"{given_names} {surname}").replace("เเ", "แ")
    words = _THAI_TITLES.sub("", " ".join(_SARA_AM.sub("\\1\u0e33", name).split()))
    return words if _THAI.search(name) else ""


def _names(holder: Holder) -> list[Name]:
    """Every spelling of the certificate's name, the issuer's own first."""
    names = []
    if holder.surname_transliterated or holder.given_names_transliterated:
        names.append(Name(normalise(holder.surname_transliterated), normalise(holder.given_names_transliterated)))
    pairs = product(spellings(holder.surname), spellings(holder.given_names))
    names += [Name(surname, given) for surname, given in islice(pairs, _MOST_SPELLINGS) if surname or given]
    return list(dict.fromkeys(names)) or [Name("", "")]


def _alike(left: Name, right: Name) -> float:
    straight = similarity("".join(left.words), "".join(right.words))
    return max(straight, similarity("".join(sorted(left.words)), "".join(sorted(right.words))))


def _born(person: Person, other: PartialDate | None) -> Truth:
    """What the birth dates say; parts that neither side knows agree."""
    mine = person.birth_date
    if other is None or mine == PartialDate() or other == PartialDate():
        return Truth.CANNOT_TELL
    if mine == other:
        return Truth.PASS if mine.year is not None else Truth.CANNOT_TELL
    if mine.agrees(other) is None or not person.birth_date_certain:
        return Truth.CANNOT_TELL
    swapped = (mine.year, mine.month, mine.day) == (other.year, other.day, other.month)
    return Truth.CANNOT_TELL if swapped else Truth.FAIL


def _field(name: str, document: str, certificate: str, named: Truth) -> ComparedField:
    truth = Truth.PASS if document == certificate else named
    return ComparedField(name, document, certificate, truth, _differences(document, certificate))


def _differences(document: str, certificate: str) -> tuple[int, ...]:
    """Positions in the document's text that the certificate has otherwise; an insertion marks its neighbour."""
    places: set[int] = set()
    for kind, start, end, _, _ in SequenceMatcher(None, document, certificate, autojunk=False).get_opcodes():
        if kind == "insert" and document:
            places.add(min(start, len(document) - 1))
        elif kind != "equal":
            places.update(range(start, end))
    return tuple(sorted(places))


def _worst(*truths: Truth) -> Truth:
    if Truth.FAIL in truths:
        return Truth.FAIL
    return Truth.CANNOT_TELL if Truth.CANNOT_TELL in truths else Truth.PASS
