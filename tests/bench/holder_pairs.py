"""Pairs of a passport and a certificate: of one person under every habit of writing, and of two persons.

Nobody here exists. The tuning half and the evaluation half share no name and no seed.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent))

from holder_names import LANGUAGES, Language

from models.mrz_layout import MrzFormat
from models.specimens.mrz_text import compose
from station.certificates.result import Holder
from station.documents.dates import written
from station.documents.mrz import Document, parse
from station.documents.transliteration import normalise, spellings

TODAY = date(2026, 11, 20)
TUNING, EVALUATION = 0, 1


@dataclass(frozen=True, slots=True)
class Somebody:
    """An invented person: each name as the row of ways to write it."""

    language: Language
    surnames: tuple[tuple[str, ...], ...]
    given: tuple[tuple[str, ...], ...]
    born: date
    woman: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """What a passport and a certificate say."""

    habit: str
    language: str
    same: bool
    """One person has both."""
    document: Document
    holder: Holder


def pool(language: Language, half: int) -> Language:
    """The half of a language's names that belongs to tuning or to evaluation."""
    return replace(
        language,
        surnames=language.surnames[half::2],
        women=language.women[half::2],
        men=language.men[half::2],
    )


def somebody(random: Random, language: Language) -> Somebody:
    """Invent a person."""
    woman = random.random() < 0.5
    names = language.women if woman else language.men
    given = random.sample(names, random.randint(1, language.given_most))
    surnames = random.sample(language.surnames, 2 if language.double_surname else 1)
    if language.single_name and random.random() < 0.5:
        surnames, given = [], given[:1]
    born = date(1935, 1, 1) + timedelta(days=random.randrange(80 * 365))
    return Somebody(language, tuple(map(_ways, surnames)), tuple(map(_ways, given)), born, woman)


def _ways(row: str) -> tuple[str, ...]:
    return tuple(way.replace(".", " ") for way in row.split("/"))


def written_as(random: Random, person: Somebody, *, otherwise: bool = False) -> tuple[str, str]:
    """Surname and given names as written; `otherwise` picks another way wherever there is one."""

    def pick(ways: tuple[str, ...]) -> str:
        return random.choice(ways[1:]) if otherwise and len(ways) > 1 else ways[0]

    return " ".join(map(pick, person.surnames)), " ".join(map(pick, person.given))


def passport(random: Random, surname: str, given: str, born: date | str, woman: bool) -> Document:
    """A passport with that name, in a spelling that Doc 9303-3 allows; a long name is cut by the composer."""
    if not surname:
        surname, given = given, ""
    zone = compose(
        MrzFormat.TD3, document_code="P", issuing_state="UTO", nationality="UTO",
        surname=random.choice(spellings(surname)), given_names=random.choice(spellings(given)),
        number=f"X{random.randrange(10**7):07d}", birth=born, sex="F" if woman else "M", expiry=date(2031, 1, 1),
    )  # fmt: skip
    return parse(zone, TODAY)


def certificate(random: Random, surname: str, given: str, born: str) -> Holder:
    """A holder as issuers write one: three in four give their own transliteration too."""
    own = random.random() < 0.75
    latin = (normalise(surname).replace(" ", "<"), normalise(given).replace(" ", "<")) if own else ("", "")
    return Holder(surname, given, *latin, born, written(born))


def same_pairs(half: int, each: int, seed: int) -> Iterator[Pair]:
    """`each` pairs of one person for every language and every habit that can be met there."""
    for language in LANGUAGES:
        for habit, write in HABITS.items():
            random = Random(f"{seed}/{half}/{language.name}/{habit}")
            made = tries = 0
            while made < each and tries < 20 * each:
                tries += 1
                person = somebody(random, pool(language, half))
                found = write(random, person)
                if found is not None:
                    made += 1
                    yield Pair(habit, language.name, True, *found)


Written = tuple[Document, Holder] | None


def _with(
    random: Random, person: Somebody, on_document: tuple[str, str], on_certificate: tuple[str, str], born: str = ""
) -> Written:
    page = passport(random, *on_document, person.born, person.woman)
    return page, certificate(random, *on_certificate, born or person.born.isoformat())


def _plain(random: Random, person: Somebody) -> Written:
    name = written_as(random, person)
    return _with(random, person, name, name)


def _exchanged(random: Random, person: Somebody) -> Written:
    surname, given = written_as(random, person)
    return _with(random, person, (surname, given), (given, surname)) if surname else None


def _one_string(random: Random, person: Somebody) -> Written:
    """DIVOC and papers give one name, in either order."""
    surname, given = written_as(random, person)
    whole = random.choice((f"{given} {surname}", f"{surname} {given}")).strip()
    return _with(random, person, (surname, given), random.choice(((whole, ""), ("", whole))))


def _first_and_surname(random: Random, person: Somebody) -> Written:
    surname, given = written_as(random, person)
    if not surname or " " not in given:
        return None
    return _with(random, person, (surname, given), (f"{given.split()[0]} {surname}", ""))


def _further_dropped(random: Random, person: Somebody) -> Written:
    surname, given = written_as(random, person)
    if " " not in given:
        return None
    names = ((surname, given), (surname, given.split()[0]))
    return _with(random, person, *(names if random.random() < 0.5 else names[::-1]))


def _joined(random: Random, person: Somebody) -> Written:
    surname, given = written_as(random, person)
    if " " not in f"{surname}{given}":
        return None
    joint = random.choice(("-", ""))
    return _with(random, person, (surname, given), (surname.replace(" ", joint), given.replace(" ", joint)))


def _titled(random: Random, person: Somebody) -> Written:
    surname, given = written_as(random, person)
    if not surname:
        return None
    title = random.choice(("Mrs", "Ms", "Miss", "Dr") if person.woman else ("Mr", "Dr", "Prof"))
    return _with(random, person, (surname, given), (surname, f"{title} {given}"))


def _initials(random: Random, person: Somebody) -> Written:
    surname, given = written_as(random, person)
    if not surname:
        return None
    words = normalise(given).split()
    keep = random.randint(0, 1) if len(words) > 1 else 0
    return _with(random, person, (surname, given), (surname, " ".join([*words[:keep], *(w[0] for w in words[keep:])])))


def _no_given(random: Random, person: Somebody) -> Written:
    surname, given = written_as(random, person)
    return _with(random, person, (surname, given), random.choice(((surname, ""), ("", given)))) if surname else None


def _romanised(random: Random, person: Somebody) -> Written:
    mine, other = written_as(random, person), written_as(random, person, otherwise=True)
    return _with(random, person, mine, other) if mine != other else None


def _slip(random: Random, person: Somebody) -> Written:
    """One letter added, dropped, exchanged or swapped with its neighbour, in a word of five letters or more."""
    parts = [normalise(part).split() for part in written_as(random, person)]
    places = [(p, w) for p, part in enumerate(parts) for w, word in enumerate(part) if len(word) >= 5]
    if not places:
        return None
    part, word = random.choice(places)
    parts[part][word] = slipped(random, parts[part][word])
    return _with(random, person, written_as(random, person), (" ".join(parts[0]), " ".join(parts[1])))


def slipped(random: Random, word: str) -> str:
    """A word with one slip of the pen; two equal neighbours swapped are none."""
    at = random.randrange(1, len(word) - 1)
    letter = random.choice([each for each in "AEINORST" if each != word[at]])
    return random.choice(
        (
            word[:at] + letter + word[at:],
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )


def _married(random: Random, person: Somebody) -> Written:
    """The passport has the name after the marriage, the certificate the one before, or the other way round."""
    surname, given = written_as(random, person)
    if not surname:
        return None
    new = random.choice([_ways(row) for row in person.language.surnames if _ways(row) not in person.surnames])[0]
    after = random.choice((new, f"{surname} {new}", f"{new} {surname}", f"{new}-{surname}"))
    names = ((after, given), (surname, given))
    return _with(random, person, *(names if random.random() < 0.5 else names[::-1]))


def _half_surname(random: Random, person: Somebody) -> Written:
    surname, given = written_as(random, person)
    if len(person.surnames) < 2:
        return None
    one = random.choice(person.surnames)[0]
    names = ((surname, given), (one, given))
    return _with(random, person, *(names if random.random() < 0.5 else names[::-1]))


def _long(random: Random, person: Somebody) -> Written:
    """Names that do not fit the 39 places of the zone; the certificate gives them whole."""
    surname, given = written_as(random, person)
    names = person.language.women if person.woman else person.language.men
    while len(normalise(f"{surname}  {given}")) < 42:
        given = f"{given} {_ways(random.choice(names))[0]}".strip()
    return _with(random, person, (surname, given), (surname, given)) if surname else None


def _one_name(random: Random, person: Somebody) -> Written:
    """One name only: issuers repeat it, or fill the other field."""
    if person.surnames:
        return None
    name = person.given[0][0]
    ways = ((name, ""), ("", name), (name, name), (name, "FNU"), ("LNU", name), ("XXX", name), ("-", name))
    return _with(random, person, ("", name), random.choice(ways))


def _partial_birth(random: Random, person: Somebody) -> Written:
    name, born = written_as(random, person), person.born.isoformat()
    if random.random() < 0.5:
        return _with(random, person, name, name, random.choice((born[:4], born[:7], f"{born[:4]}-00-00")))
    zone = person.born.strftime("%y%m%d")
    page = passport(random, *name, random.choice((f"{zone[:2]}<<<<", f"{zone[:4]}<<")), person.woman)
    return page, certificate(random, *name, born)


def _swapped_birth(random: Random, person: Somebody) -> Written:
    born = person.born
    if born.day > 12 or born.day == born.month:
        return None
    name = written_as(random, person)
    return _with(random, person, name, name, f"{born.year}-{born.day:02d}-{born.month:02d}")


HABITS = {
    "as in the passport": _plain,
    "surname and given names exchanged": _exchanged,
    "one string": _one_string,
    "one string, first given name only": _first_and_surname,
    "further given names left out": _further_dropped,
    "names joined": _joined,
    "title before the name": _titled,
    "initials": _initials,
    "one part missing": _no_given,
    "romanised another way": _romanised,
    "one slip of the pen": _slip,
    "married": _married,
    "one of two surnames": _half_surname,
    "cut at the end of the zone": _long,
    "one name only": _one_name,
    "birth date partly known": _partial_birth,
    "day and month swapped": _swapped_birth,
}


def different_pairs(half: int, each: int, seed: int) -> Iterator[Pair]:
    """`each` pairs of two persons for every language and every kind of nearness."""
    for language in LANGUAGES:
        for kind, other_of in STRANGERS.items():
            random = Random(f"{seed}/{half}/{language.name}/{kind}")
            made = tries = 0
            while made < each and tries < 20 * each:
                tries += 1
                drawn = pool(language, half)
                one = somebody(random, drawn)
                other = other_of(random, one, somebody(random, drawn))
                if other is None:
                    continue
                mine, theirs = written_as(random, one), written_as(random, other)
                letters = [sorted(normalise(" ".join(name)).split()) for name in (mine, theirs)]
                if letters[0] == letters[1] and one.born == other.born:
                    continue  # nothing tells them apart
                made += 1
                page = passport(random, *mine, one.born, one.woman)
                yield Pair(kind, language.name, False, page, certificate(random, *theirs, other.born.isoformat()))


def _stranger(random: Random, one: Somebody, other: Somebody) -> Somebody | None:
    return other if other.born != one.born else None


def _same_birthday(random: Random, one: Somebody, other: Somebody) -> Somebody | None:
    """Strangers born on one day; whoever shares the first given name is a case of its own."""
    return replace(other, born=one.born) if other.given[0] != one.given[0] else None


def _namesake(random: Random, one: Somebody, other: Somebody) -> Somebody | None:
    return replace(one, born=other.born) if other.born != one.born else None


def _twin(random: Random, one: Somebody, other: Somebody) -> Somebody | None:
    """Same surname and birth date, another first given name."""
    if not one.surnames or other.given[0] == one.given[0]:
        return None
    return replace(other, surnames=one.surnames, born=one.born)


def _sibling(random: Random, one: Somebody, other: Somebody) -> Somebody | None:
    found = _twin(random, one, other)
    return replace(found, born=one.born + timedelta(days=random.randrange(300, 4000))) if found else None


def _parent(random: Random, one: Somebody, other: Somebody) -> Somebody | None:
    """Father and son, mother and daughter of one name."""
    return replace(one, born=one.born - timedelta(days=random.randrange(7000, 14000)))


def _same_given(random: Random, one: Somebody, other: Somebody) -> Somebody | None:
    """The same given names and birth date, another surname: looks like a marriage."""
    if not one.surnames or not other.surnames or set(one.surnames) & set(other.surnames):
        return None
    return replace(one, surnames=other.surnames)


def _near(random: Random, one: Somebody, other: Somebody) -> Somebody | None:
    """One letter of the first given name differs, and it is another name: Mario and Maria, born on one day."""
    name = normalise(one.given[0][0])
    if len(name) < 3 or " " in name:
        return None
    return replace(one, given=((slipped(random, name),), *one.given[1:]))


def _second_given(random: Random, one: Somebody, other: Somebody) -> Somebody | None:
    """Twins with one first given name and another second one."""
    if len(one.given) < 2 or len(other.given) < 2 or other.given[1] in one.given:
        return None
    return replace(one, given=(one.given[0], *other.given[1:]))


STRANGERS = {
    "strangers": _stranger,
    "strangers born on one day": _same_birthday,
    "same name, another birth date": _namesake,
    "parent and child of one name": _parent,
    "brothers and sisters": _sibling,
    "twins": _twin,
    "twins, same first given name": _second_given,
    "same given names, same birth date": _same_given,
    "given name one letter off, same birth date": _near,
}
