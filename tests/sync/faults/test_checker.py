"""The checker with planted bugs: what is broken by hand must be found, and under its own name."""

import hashlib
import random
from dataclasses import fields, replace

import pytest

from sync.faults.checker import Held, check
from sync.faults.history import Event, History, What, line, read

STATION, JOURNAL = "soak-1", "j"


def content(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def world(count: int = 40):
    """A history that went well, with a record that was begun and never saved: number 7."""
    history, journal = [], [Held(STATION, JOURNAL, 1, content(0), "c1", is_record=False)]
    for number in range(1, count + 1):
        history.append(Event(What.CREATED, STATION, number, content(number)))
        if number == 7:
            history.append(Event(What.KILLED, STATION, about="writer"))
            continue
        sequence = len(journal) + 1
        journal.append(Held(STATION, JOURNAL, sequence, content(number), f"c{sequence}"))
        history.append(Event(What.SAVED, STATION, number, content(number), JOURNAL, sequence))
    history.append(Event(What.SENT, STATION, journal=JOURNAL, ranges=((1, 40),)))
    history.append(Event(What.RECEIPTED, STATION, journal=JOURNAL, watermark=38, ranges=((40, 40),)))
    return history, journal, list(journal)


def broken(findings) -> set[str]:
    counts = {f.name for f in fields(findings)} - {"created", "saved", "at_centre", "examples"}
    return {name for name in counts if getattr(findings, name)}


def test_a_good_run_is_good():
    findings = check(*world())
    assert findings.good
    assert (findings.created, findings.saved, findings.at_centre) == (39, 39, 39)


def test_a_record_saved_without_the_answer_being_heard_is_created():
    history, journal, ledger = world()
    history = [e for e in history if not (e.what is What.SAVED and e.number == 20)]
    findings = check(history, journal, ledger)
    assert findings.good
    assert (findings.created, findings.saved) == (39, 38)


def lose(h, j, led):
    del led[20]
    return h, j, led


def lose_the_newest(h, j, led):
    return [e for e in h if e.what is not What.RECEIPTED], j, led[:-1]


def double_a_row(h, j, led):
    return h, j, [*led, led[10]]


def double_a_record(h, j, led):
    again = replace(j[-1], sequence=41, chain="c41")
    return h, [*j, again], [*led, again]


def turn_around(h, j, led):
    a, b = j[12], j[13]
    turned = [replace(a, content=b.content), replace(b, content=a.content)]
    h = [e for e in h if not (e.what is What.SAVED and e.sequence in (a.sequence, b.sequence))]
    return h, [*j[:12], *turned, *j[14:]], [*led[:12], *turned, *led[14:]]


def alter_content(h, j, led):
    led[5] = replace(led[5], content=content(999))
    return h, j, led


def alter_chain(h, j, led):
    led[5] = replace(led[5], chain="x")
    return h, j, led


def invent(h, j, led):
    return h, j, [*led, Held(STATION, "other", 1, content(5000), "c")]


def believe_too_much(h, j, led):
    return [*h, Event(What.RECEIPTED, STATION, journal=JOURNAL, watermark=44)], j, led


def believe_a_range(h, j, led):
    return [*h, Event(What.RECEIPTED, STATION, journal=JOURNAL, ranges=((50, 52),))], j, led


def forget_saved(h, j, led):
    """The newest entry is gone from the journal, and so never reached the centre."""
    return [e for e in h if e.what is not What.RECEIPTED], j[:-1], led[:-1]


def promise_an_address_twice(h, j, led):
    """A record that was said to be saved was gone after a kill, and another took its place."""
    return [Event(What.SAVED, STATION, 7, content(7), JOURNAL, j[20].sequence), *h], j, led


PLANTED = {
    lose: {"lost", "gaps", "false_receipts"},
    lose_the_newest: {"lost"},
    double_a_row: {"duplicated"},
    double_a_record: {"duplicated"},
    turn_around: {"reordered"},
    alter_content: {"altered", "unexplained"},
    alter_chain: {"altered"},
    invent: {"unexplained"},
    believe_too_much: {"false_receipts"},
    believe_a_range: {"false_receipts"},
    forget_saved: {"lost", "not_in_journal"},
    promise_an_address_twice: {"not_in_journal"},
}


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found_under_its_name(plant):
    findings = check(*plant(*world()))
    assert not findings.good
    assert broken(findings) == PLANTED[plant]
    assert set(findings.examples) == broken(findings)


def test_what_is_parked_counts_as_held():
    history, journal, ledger = world()
    row = ledger.pop(20)
    assert check(history, journal, ledger, [row.place]).good


def test_several_stations_are_kept_apart():
    one, two = world(), world()
    history = [*one[0], *(replace(e, station="soak-2") for e in two[0])]
    journal = [*one[1], *(replace(e, station="soak-2") for e in two[1])]
    assert check(history, journal, list(journal)).good
    assert check(history, journal, journal[:-1]).lost == 1


def test_any_single_row_that_is_taken_away_is_missed():
    rng = random.Random(3)
    for _ in range(25):
        history, journal, ledger = world()
        del ledger[rng.randrange(len(ledger))]
        assert check(history, journal, ledger).lost == 1


def test_a_history_survives_a_write_that_was_cut_off(tmp_path):
    path = tmp_path / "history.jsonl"
    first = Event(What.SAVED, STATION, 3, content(3), JOURNAL, 4)
    last = Event(What.RECEIPTED, STATION, journal=JOURNAL, watermark=9, ranges=((11, 12), (14, 14)))
    with History(path) as history:
        history.tell(first)
    with path.open("ab") as file:
        file.write(line(first)[:30])
    with History(path) as history:
        history.tell(last)
    assert list(read(path)) == [first, last]
