"""A small share of the pairs of `./daan bench holder`: nobody is taken for another, nor called another."""

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

from station.evidence import Truth
from station.judgement.holder import match
from station.judgement.likeness import resemblance, sounds
from station.judgement.names import Likeness, Name, compare

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture(scope="module")
def pairs():
    sys.path.insert(0, str(BENCH))
    try:
        spec = importlib.util.spec_from_file_location("holder_pairs", BENCH / "holder_pairs.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules["holder_pairs"] = module
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(BENCH))
        sys.modules.pop("holder_pairs", None)


def test_one_person_is_never_called_two(pairs):
    said = Counter()
    for pair in pairs.same_pairs(pairs.EVALUATION, 4, 7):
        found = match(pair.document, pair.holder)
        assert found.truth is not Truth.FAIL, (pair.habit, pair.language, found.score)
        said[pair.habit, found.truth] += 1
    assert said["as in the passport", Truth.CANNOT_TELL] == 0
    assert said["names joined", Truth.CANNOT_TELL] == 0
    assert said["one name only", Truth.CANNOT_TELL] == 0


def test_two_people_are_not_called_one(pairs):
    for pair in pairs.different_pairs(pairs.EVALUATION, 4, 7):
        assert match(pair.document, pair.holder).truth is not Truth.PASS, (pair.habit, pair.language)


def test_the_halves_share_no_name(pairs):
    for language in pairs.LANGUAGES:
        tuning, held = pairs.pool(language, pairs.TUNING), pairs.pool(language, pairs.EVALUATION)
        for part in ("surnames", "women", "men"):
            assert not set(getattr(tuning, part)) & set(getattr(held, part)), (language.name, part)


@pytest.mark.parametrize(
    ("document", "certificate", "likeness"),
    [
        (("SUHARTO", ""), ("SUHARTO", "SUHARTO"), Likeness.SAME),
        (("SUHARTO", ""), ("LNU", "SUHARTO"), Likeness.SAME),
        (("SUHARTO", ""), ("SUKARNO", ""), Likeness.CLOSE),
        (("SUHARTO", ""), ("BUDI", ""), Likeness.OTHER),
        (("ERIKSSON", "ANNA MARIA"), ("ANNA ERIKSSON", ""), Likeness.SAME),
        (("ERIKSSON", "ANNA MARIA"), ("MARIA ERIKSSON", ""), Likeness.CLOSE),
        (("GARCIA LOPEZ", "MARIA"), ("GARCIA", "MARIA"), Likeness.CLOSE),
        (("ALHARBI", "MOHAMMED"), ("EL HARBI", "MUHAMMAD"), Likeness.CLOSE),
        (("IVANOV", "SERGEI"), ("IVANOV", "SERGEY"), Likeness.CLOSE),
        (("IVANOV", "SERGEI"), ("PETROV", "OLEG"), Likeness.OTHER),
        (("WANG", "WEIMING"), ("LIU", "JIANGUO"), Likeness.OTHER),
    ],
)
def test_habits_of_names(document, certificate, likeness):
    assert compare(Name(*document), Name(*certificate)) is likeness


def test_resemblance_is_between_nought_and_one_and_goes_both_ways():
    names = [("WANG", "WEIMING"), ("", "SUHARTO"), ("GARCIA LOPEZ", "MARIA DEL CARMEN"), ("", "")]
    for one in names:
        for other in names:
            assert 0 <= resemblance(one, other) <= 1
            assert resemblance(one, other) == pytest.approx(resemblance(other, one), abs=0.15)
    assert sounds("WICHAI") == sounds("VICHAI")
    assert sounds("YULIYA") == sounds("IULIIA")
