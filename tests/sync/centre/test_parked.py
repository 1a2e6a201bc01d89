"""Records outside the ledger: named people release and repair them, and what they did stays written down."""

import json
import sys

import pytest
from conftest import now
from journal_in_memory import replace

from sync.centre.cli import main
from sync.centre.errors import DecisionRefused
from sync.centre.parked import Decision, content_of, listed, release, repair
from sync.centre.report import report
from sync.facts import canonical, chain_hash, payload_hash
from sync.sync_store import UplinkWord, read_state


@pytest.fixture
def decision():
    return Decision("Somjai R.", "seen on the paper list", now())


def damaged(kiosk):
    """Ten entries of which the fourth is damaged, the sixth too large; the right ones, too."""
    kiosk.journal.add(5)
    kiosk.journal.put(canonical({"note": "x" * 300_000}))
    kiosk.journal.add(4)
    good = list(kiosk.journal.entries(0, 10))
    kiosk.journal.overwrite(4, replace(good[3], payload=b'{"altered":true}'))
    return good


def test_the_list_says_what_and_why_without_content(eoc, kiosk):
    good = damaged(kiosk)
    kiosk.uplink().drain()
    rows = list(listed(eoc.centre.database))
    assert [(r["sequence"], r["reason"], r["kind"], r["resolution"]) for r in rows] == [
        (4, "payload_hash", "screening", None), (6, "oversize", "screening", None),
    ]  # fmt: skip
    text = json.dumps(rows)
    assert json.loads(good[3].payload)["document"]["surname"] not in text
    assert content_of(eoc.centre.database, rows[0]["id"]) == b'{"altered":true}'


def test_repair_takes_only_the_content_that_the_station_put_its_hash_to(eoc, kiosk, decision):
    good = damaged(kiosk)
    kiosk.uplink().drain()
    first = next(listed(eoc.centre.database))["id"]
    with pytest.raises(DecisionRefused, match="not the content"):
        repair(eoc.centre.database, first, b'{"verdict":"ADMIT"}', None, decision)
    assert repair(eoc.centre.database, first, good[3].payload, None, decision) == "repaired"
    assert eoc.rows("SELECT payload FROM ledger_payload WHERE sequence = 4") == [(good[3].payload,)]
    with pytest.raises(DecisionRefused, match="decided before"):
        release(eoc.centre.database, first, decision)
    assert eoc.rows("SELECT who, what, about ->> 'sequence' FROM ledger_act") == [
        ("Somjai R.", "parked-repaired", "4"),
    ]  # fmt: skip


def test_release_takes_the_header_and_the_station_hears_of_it(eoc, kiosk, decision):
    damaged(kiosk)
    uplink = kiosk.uplink()
    uplink.drain()
    head = kiosk.journal.head()[0]
    assert read_state(kiosk.state, head, kiosk.journal.journal).parked == 2
    for row in list(listed(eoc.centre.database)):
        assert release(eoc.centre.database, row["id"], decision) == "released"
    assert eoc.rows("SELECT count(*) FROM ledger_key") == [(10,)]
    assert eoc.rows("SELECT count(*) FROM ledger_payload") == [(8,)], "their content is not what the header says"
    assert eoc.rows("SELECT count(*) FROM parked") == [(2,)], "nothing is deleted"
    uplink.drain(say_hello=True)
    told = read_state(kiosk.state, head, kiosk.journal.journal)
    assert (told.word, told.parked) == (UplinkWord.ALL_SENT, 0)
    assert next(report(eoc.centre.database))["unexplained"] == 0


def test_a_record_that_is_no_json_is_released_whole(eoc, kiosk, decision):
    kiosk.journal.add(1)
    kiosk.journal.put(b"no json")
    kiosk.uplink().drain()
    (row,) = listed(eoc.centre.database)
    assert release(eoc.centre.database, row["id"], decision) == "released"
    assert eoc.rows("SELECT payload FROM ledger_payload WHERE sequence = 2") == [(b"no json",)]


def test_a_conflict_is_seen_to_and_both_are_kept(eoc, kiosk, decision):
    kiosk.journal.add(3)
    kiosk.uplink().drain()
    second = next(kiosk.journal.entries(1, 1))
    first = next(kiosk.journal.entries(0, 1))
    other = replace(second, payload=b"{}", payload_sha256=payload_hash(second.salt, b"{}"))
    kiosk.journal.overwrite(2, replace(other, chain_sha256=chain_hash(first.chain_sha256, other)))
    (kiosk.state).unlink()
    kiosk.uplink(entries=2).drain()
    (row,) = listed(eoc.centre.database)
    assert row["reason"] == "conflict"
    assert next(report(eoc.centre.database))["conflicts"] == 1
    with pytest.raises(DecisionRefused, match="not repaired"):
        repair(eoc.centre.database, row["id"], b"{}", None, decision)
    assert release(eoc.centre.database, row["id"], decision) == "seen"
    assert eoc.rows("SELECT payload FROM ledger_payload WHERE sequence = 2") == [(second.payload,)]
    assert content_of(eoc.centre.database, row["id"]) == b"{}"


@pytest.mark.parametrize(("who", "why"), [("", "x"), ("x", " ")])
def test_a_decision_has_a_name_and_a_reason(eoc, kiosk, who, why):
    damaged(kiosk)
    kiosk.uplink().drain()
    ident = next(listed(eoc.centre.database))["id"]
    with pytest.raises(DecisionRefused, match="a name and a reason"):
        release(eoc.centre.database, ident, Decision(who, why, now()))
    for odd in ("", "zz", "%", "0000000"):
        with pytest.raises(DecisionRefused, match="eoc parked list"):
            release(eoc.centre.database, odd, Decision("a", "b", now()))


def test_one_record_in_a_hundred_is_bad_and_the_others_arrive(eoc, kiosk):
    """G6: invalid, huge, of another form, of another character set; each is held apart, none of the others waits."""
    bad = (b"no json", canonical({"note": "x" * 300_000}), b"[1,2]", b"\xff\xfe\x00")
    for number in range(1000):
        if number % 100 == 50:
            kiosk.journal.put(bad[number // 100 % 4])
        else:
            kiosk.journal.add(1)
    result = kiosk.uplink(entries=50).drain()
    assert (result.entries, result.batches) == (1000, 20), "one pass, no retry"
    assert eoc.rows("SELECT count(*) FROM ledger_key") == [(990,)]
    assert eoc.rows("SELECT reason, count(*) FROM parked GROUP BY 1 ORDER BY 1") == [("oversize", 3), ("unreadable", 7)]


def test_the_commands(eoc, kiosk, monkeypatch, capsys, tmp_path):
    good = damaged(kiosk)
    kiosk.uplink().drain()
    where = ("--state", str(eoc.settings.state), "--database", eoc.settings.database)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["eoc", "parked", *arguments, *where])
        with pytest.raises(SystemExit) as ended:
            main()
        out = capsys.readouterr()
        return ended.value.code or 0, out.out, out.err

    code, out, _ = run("list", "--json")
    first, second = (json.loads(line) for line in out.splitlines())
    assert (code, first["sequence"]) == (1, 4)
    content = tmp_path / "content"
    content.write_bytes(good[3].payload)
    reason = ("--by", "Somjai R.", "--why", "from the export")
    assert run("repair", first["id"], str(content), *reason)[:2] == (0, f"{first['id']} repaired\n")
    assert run("release", second["id"], *reason)[:2] == (0, f"{second['id']} released\n")
    assert run("list")[:2] == (0, "")
    assert len(run("list", "--all")[1].splitlines()) == 2
    code, _, err = run("release", "abcdef012345", *reason)
    assert (code, "there is no single record" in err) == (1, True)
