"""The uplink against a real centre, and against everything that is none."""

import http.server
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from conftest import now
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from journal_in_memory import replace

from sync.client import CentreAddress, HttpCentre
from sync.errors import CentreRefused, CentreUnreachable, ReceiptRejected, SyncError
from sync.receipt import Receipt, seal
from sync.sync_store import Progress, SyncStore, UplinkWord, read_state
from sync.uplink import BatchLimits, DrainResult, Outcome, Uplink, merge
from sync.worker import Pace, Worker, back_off


def state(kiosk):
    return read_state(kiosk.state, kiosk.journal.head()[0], kiosk.journal.journal)


def test_everything_arrives_once_and_in_order(eoc, kiosk):
    kiosk.journal.add(1234)
    result = kiosk.uplink(entries=100).drain()
    assert (result.outcome, result.batches, result.entries) == (Outcome.ALL_SENT, 13, 1234)
    assert state(kiosk).word is UplinkWord.ALL_SENT
    found = eoc.rows("SELECT sequence, payload_sha256 FROM ledger_key ORDER BY sequence")
    assert found == [(e.sequence, e.payload_sha256) for e in kiosk.journal.entries(0, 2000)]


def test_alerts_go_first_and_are_not_sent_again(eoc, kiosk):
    kiosk.journal.add(50)
    kiosk.journal.add(1, alert=True)
    kiosk.journal.add(20)
    kiosk.journal.add(1, alert=True)
    sent = []
    real = kiosk.http()

    class Watching:
        def send(self, batch):
            from sync.batch import decode

            sent.append([e.sequence for e in decode(batch).entries])
            if len(sent) == 3:
                kiosk.journal.add(1, alert=True)
            return real.send(batch)

    kiosk.uplink(entries=10, centre=Watching()).drain()
    assert sent[0] == [51, 72]
    assert sent[3] == [73]
    assert sorted(n for batch in sent for n in batch) == list(range(1, 74))
    assert eoc.rows("SELECT count(*) FROM alert") == [(3,)]


def test_batches_are_cut_by_bytes(eoc, kiosk):
    kiosk.journal.add(20)
    uplink = Uplink(
        kiosk.journal, SyncStore(kiosk.state), kiosk.http(), kiosk.enrolled.keys.sign, now, BatchLimits(500, 3000)
    )
    assert uplink.drain().batches > 5
    assert eoc.rows("SELECT count(*) FROM ledger_key") == [(20,)]


def test_a_huge_payload_is_parked_and_the_next_is_taken(eoc, kiosk):
    kiosk.journal.add(2)
    kiosk.journal.put(b'{"note":"' + b"x" * 2_000_000 + b'"}')
    kiosk.journal.add(2)
    assert kiosk.uplink().drain().outcome is Outcome.ALL_SENT
    assert eoc.rows("SELECT sequence, reason FROM parked") == [(3, "oversize")]
    assert eoc.rows("SELECT sequence FROM ledger_key ORDER BY 1") == [(1,), (2,), (4,), (5,)]


def test_damaged_entries_are_parked_and_the_next_are_taken(eoc, kiosk):
    kiosk.journal.add(10)
    fourth = next(iter(kiosk.journal.entries(3, 1)))
    kiosk.journal.overwrite(4, replace(fourth, payload=b'{"altered":true}'))
    assert kiosk.uplink(entries=3).drain().outcome is Outcome.ALL_SENT
    assert eoc.rows("SELECT sequence, reason FROM parked") == [(4, "payload_hash")]
    assert eoc.rows("SELECT count(*) FROM ledger_key") == [(9,)]


def test_a_parked_record_is_told_until_it_is_taken(eoc, kiosk):
    kiosk.journal.add(5)
    good = list(kiosk.journal.entries(0, 5))
    for entry in good[1:3]:
        kiosk.journal.overwrite(entry.sequence, replace(entry, payload=b'{"altered":true}'))
    uplink = kiosk.uplink()
    assert uplink.drain().outcome is Outcome.ALL_SENT
    told = state(kiosk)
    assert (told.word, told.parked, told.waiting) == (UplinkWord.REFUSED, 2, 0)
    assert "parked 2 records" in told.reason
    kiosk.journal.overwrite(3, good[2])  # repaired, and the centre asks for everything again
    with eoc.centre.database.transaction() as connection:
        connection.execute("UPDATE journal SET held = '{}'")
        connection.execute("INSERT INTO ledger_epoch VALUES (gen_random_uuid(), now())")
    uplink.drain(say_hello=True)
    told = state(kiosk)
    assert (told.word, told.parked) == (UplinkWord.REFUSED, 1)
    assert "parked 1 record " in told.reason


def test_a_sync_file_that_cannot_be_read_is_tried_again(eoc, kiosk):
    kiosk.journal.add(3)
    store = SyncStore(kiosk.state)
    uplink = Uplink(kiosk.journal, store, kiosk.http(), kiosk.enrolled.keys.sign, now)
    store._file.execute("ALTER TABLE progress RENAME TO away")
    with pytest.raises(SyncError, match="cannot be read"):
        store.progress(kiosk.journal.journal)
    result = uplink.drain()
    assert (result.outcome, result.alert_waits) == (Outcome.UNREACHABLE, True)
    assert "move sync.db away" in result.reason
    assert uplink.alert_waits()
    store._file.execute("ALTER TABLE away RENAME TO progress")
    assert uplink.drain().outcome is Outcome.ALL_SENT


@pytest.mark.parametrize(
    "damage",
    ["UPDATE progress SET ranges = 'torn'", "UPDATE contact SET last_receipt_at = 'torn'", "DELETE FROM contact"],
)
def test_a_state_that_makes_no_sense_never_raises(eoc, kiosk, damage):
    kiosk.journal.add(2)
    kiosk.uplink().drain()
    store = SyncStore(kiosk.state)
    store._file.execute(damage)
    assert state(kiosk).waiting == 2


def test_a_centre_that_is_away_and_comes_back(eoc, kiosk):
    kiosk.journal.add(30)
    eoc.stop()
    uplink = kiosk.uplink()
    result = uplink.drain()
    assert result.outcome is Outcome.UNREACHABLE
    told = state(kiosk)
    assert (told.word, told.waiting) == (UplinkWord.WAITING, 30)
    assert told.since is not None
    assert "no connection" in told.reason
    eoc.start()
    assert uplink.drain().outcome is Outcome.ALL_SENT
    told = state(kiosk)
    assert (told.word, told.waiting, told.since, told.reason) == (UplinkWord.ALL_SENT, 0, None, None)
    assert told.last_receipt_at is not None
    assert eoc.rows("SELECT count(*) FROM ledger_key") == [(30,)]


def test_a_revoked_station_is_told_and_keeps_everything(eoc, kiosk):
    from sync.centre.registry import Registry

    kiosk.journal.add(3)
    Registry(eoc.centre.database).revoke("demo-1", now())
    assert kiosk.uplink().drain().outcome is Outcome.REFUSED
    told = state(kiosk)
    assert (told.word, told.waiting) == (UplinkWord.REFUSED, 3)
    assert "401" in told.reason


class Stranger(http.server.BaseHTTPRequestHandler):
    """Answers like something that is not the centre."""

    answer: tuple[int, dict[str, str], bytes] = (200, {}, b"")

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        status, headers, body = self.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def stranger(kiosk):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    real = kiosk.enrolled.centre
    centre = HttpCentre(
        CentreAddress(f"http://127.0.0.1:{server.server_port}", None, real.receipt_key),
        "demo-1",
        kiosk.enrolled.keys.sign,
        now,
    )
    yield centre
    server.shutdown()
    thread.join()
    server.server_close()


PROBLEM = {"content-type": "application/problem+json"}
JSON = {"content-type": "application/json"}
PORTAL = b"<html><title>Free airport wifi</title></html>"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((200, {"content-type": "text/html"}, PORTAL), CentreUnreachable),
        ((200, JSON, b"{}"), CentreUnreachable),
        ((200, {}, b"x" * 2_000_000), CentreUnreachable),
        ((204, {}, b""), CentreUnreachable),
        ((302, {"location": "http://127.0.0.1:1/login"}, PORTAL), CentreUnreachable),
        ((403, {"content-type": "text/html"}, PORTAL), CentreUnreachable),
        ((511, {}, PORTAL), CentreUnreachable),
        ((502, JSON, b"{}"), CentreUnreachable),
        (
            (403, PROBLEM, b'{"type":"urn:daan:problem:x","title":"No"}'),
            CentreRefused,
        ),
        ((503, {"content-type": "application/problem+json", "retry-after": "7"}, b"broken"), CentreRefused),
        (
            (200, JSON, b'{"receipt":{"watermark":99},"signature":"AAAA"}'),
            ReceiptRejected,
        ),
    ],
)
def test_only_the_centres_receipt_is_believed(kiosk, stranger, answer, error):
    kiosk.journal.add(3)
    Stranger.answer = answer
    with pytest.raises(error) as caught:
        stranger.send(b"batch")
    assert getattr(caught.value, "retry_after", None) == (7.0 if "retry-after" in answer[1] else None)
    result = kiosk.uplink(centre=stranger).drain()
    assert result.outcome is not Outcome.ALL_SENT
    assert SyncStore(kiosk.state).progress(kiosk.journal.journal) == Progress()


def test_a_busy_centre_is_no_refusal(kiosk, stranger):
    kiosk.journal.add(1)
    Stranger.answer = (503, {"content-type": "application/problem+json", "retry-after": "7"}, b"{}")
    result = kiosk.uplink(centre=stranger).drain()
    assert (result.outcome, result.retry_after_seconds) == (Outcome.UNREACHABLE, 7.0)
    assert state(kiosk).word is UplinkWord.WAITING


def test_a_receipt_by_another_key_or_for_less_moves_nothing(kiosk):
    kiosk.journal.add(3)
    good = Ed25519PrivateKey.generate()

    class Lying:
        def send(self, batch):
            return Receipt("demo-1", kiosk.journal.journal, 2, (), (), "e", bytes(32), now())

    assert kiosk.uplink(centre=Lying()).drain().outcome is Outcome.REFUSED
    assert SyncStore(kiosk.state).progress(kiosk.journal.journal) == Progress()
    assert b"signature" in seal(Lying().send(b""), good)


def test_an_old_receipt_lowers_nothing_but_a_new_epoch_does():
    before = Progress(10, ((12, 12),), "one")
    old = Receipt("s", "j", 5, (), (), "one", bytes(32), now())
    assert merge(before, old) == before
    assert merge(before, replace_receipt(old, ledger_epoch="two")) == Progress(5, (), "two")


def replace_receipt(receipt, **changes):
    import dataclasses

    return dataclasses.replace(receipt, **changes)


def test_after_a_restore_the_station_sends_again_what_the_centre_lacks(eoc, kiosk):
    kiosk.journal.add(40)
    kiosk.journal.add(1, alert=True)
    uplink = kiosk.uplink(entries=10)
    uplink.drain()
    with eoc.centre.database.transaction() as connection:
        connection.execute("DELETE FROM ledger_payload WHERE sequence > 20")
        connection.execute("DELETE FROM ledger_key WHERE sequence > 20")
        connection.execute("UPDATE journal SET held = '{[1,21)}', highest_normal = 20")
        connection.execute("INSERT INTO ledger_epoch VALUES (gen_random_uuid(), now())")
    assert uplink.drain().batches == 0
    assert uplink.drain(say_hello=True).entries == 21
    assert eoc.rows("SELECT count(*), max(sequence) FROM ledger_key") == [(41, 41)]


def test_a_sync_file_that_cannot_be_written_stops_nothing_for_good(eoc, kiosk):
    kiosk.journal.add(3)
    store = SyncStore(kiosk.state)
    uplink = Uplink(kiosk.journal, store, kiosk.http(), kiosk.enrolled.keys.sign, now)
    store._file.execute("PRAGMA query_only = ON")
    result = uplink.drain()
    assert (result.outcome, "free space" in result.reason) == (Outcome.UNREACHABLE, True)
    store._file.execute("PRAGMA query_only = OFF")
    assert uplink.drain().outcome is Outcome.ALL_SENT


PROGRESS = st.builds(
    lambda mark, gaps: Progress(mark, tuple((mark + 10 * i + 2, mark + 10 * i + 2 + g) for i, g in enumerate(gaps))),
    st.integers(0, 50),
    st.lists(st.integers(0, 7), max_size=4),
)


@given(PROGRESS, st.integers(0, 120))
def test_waiting_is_what_is_not_held(progress, head):
    assert progress.waiting(head) == sum(not progress.holds(n) for n in range(1, head + 1))


def test_the_state_before_sync_ever_ran(tmp_path):
    told = read_state(tmp_path / "sync.db", 4)
    assert (told.word, told.waiting) == (UplinkWord.WAITING, 4)
    assert "station sync" in told.reason
    assert not (tmp_path / "sync.db").exists()
    assert read_state(tmp_path / "sync.db", 0).word is UplinkWord.ALL_SENT


def test_the_state_of_a_damaged_file(tmp_path):
    (tmp_path / "sync.db").write_bytes(b"no database at all, and longer than a header of one hundred bytes" * 3)
    assert read_state(tmp_path / "sync.db", 4).waiting == 4


# the worker


class Clockwork:
    """Time that passes only by sleeping."""

    def __init__(self):
        self.at, self.slept = 0.0, []

    def monotonic(self):
        return self.at

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.at += seconds


class Down:
    def __init__(self):
        self.tries = []

    def send(self, batch):
        self.tries.append(self.clock.at)
        raise CentreUnreachable("there is no connection")


def run_down(kiosk, seconds, alert_at=None):
    clock, centre = Clockwork(), Down()
    centre.clock = clock
    worker = Worker(kiosk.uplink(centre=centre), clock.monotonic, clock.sleep, random.Random(3).random, Pace())

    def stopped():
        if alert_at is not None and clock.at >= alert_at and not list(kiosk.journal.alerts(0, 1)):
            kiosk.journal.add(1, alert=True)
        return clock.at >= seconds

    worker.run(stopped)
    return centre.tries


def test_retries_back_off_to_half_a_minute_with_jitter(kiosk):
    kiosk.journal.add(1)
    tries = run_down(kiosk, 600)
    rests = [b - a for a, b in itertools.pairwise(tries)]
    assert 0.5 <= rests[0] <= 1
    assert max(rests) <= 30
    assert min(rests[6:]) >= 15
    assert len({round(r, 3) for r in rests[6:]}) > 5


def test_an_alert_that_comes_during_a_rest_shortens_it(kiosk):
    kiosk.journal.add(1)
    tries = run_down(kiosk, 300, alert_at=200)
    after = [t for t in tries if t > 201]
    assert after[0] <= 203
    assert all(b - a <= 2.0001 for a, b in itertools.pairwise(after))


def test_retry_after_is_a_floor_up_to_the_ceiling():
    result = DrainResult(Outcome.UNREACHABLE, 0, 0, False, "busy", 20.0)
    assert back_off(1, result, 0.0) == 20.0
    assert back_off(1, DrainResult(Outcome.UNREACHABLE, 0, 0, False, "busy", 9999.0), 0.0) == 30.0


def test_an_idle_station_says_hello(eoc, kiosk):
    clock = Clockwork()
    worker = Worker(kiosk.uplink(), clock.monotonic, clock.sleep, random.random, Pace())
    results = []
    worker.run(lambda: clock.at > 100, results.append)
    assert sum(r.batches for r in results) == 4
    assert eoc.rows("SELECT last_contact_at IS NOT NULL FROM station") == [(True,)]


def test_an_alert_overtakes_a_backlog_while_it_drains(eoc, kiosk):
    kiosk.journal.add(4000)
    worker = kiosk.worker(kiosk.uplink(entries=100))
    thread = threading.Thread(target=worker.once)
    thread.start()
    while not eoc.rows("SELECT 1 FROM ledger_key LIMIT 1"):
        time.sleep(0.01)
    kiosk.journal.add(1, alert=True)
    began = time.monotonic()
    while not eoc.rows("SELECT 1 FROM alert"):
        assert time.monotonic() - began < 5
        time.sleep(0.01)
    took, sent = time.monotonic() - began, eoc.rows("SELECT count(*) FROM ledger_key")[0][0]
    thread.join()
    assert took < 5
    assert sent < 4001


KILLED = """
import random, sys, time
sys.path[:0] = {paths!r}
from pathlib import Path
from datetime import UTC, datetime
from journal_in_memory import MemoryJournal
from sync.client import HttpCentre
from enrolled import load
from sync.sync_store import SyncStore
from sync.uplink import BatchLimits, Uplink
from sync.worker import Pace, Worker
now = lambda: datetime.now(UTC)
enrolled = load(Path({keys!r}))
journal = MemoryJournal("demo-1", seed=77, start=datetime.fromisoformat({start!r}))
journal.add({count})
centre = HttpCentre(enrolled.centre, "demo-1", enrolled.keys.sign, now)
uplink = Uplink(journal, SyncStore(Path({state!r})), centre, enrolled.keys.sign, now, BatchLimits(5))
print("up", flush=True)
Worker(uplink, time.monotonic, time.sleep, random.random, Pace(0.02, 30, 0.05, 0.2, 0.1)).run(lambda: False)
"""


def test_kill_9_in_the_middle_of_a_drain_loses_and_doubles_nothing(eoc, kiosk):
    count, here = 1000, Path(__file__).resolve()
    program = textwrap.dedent(KILLED).format(
        paths=[str(here.parents[2]), str(here.parent)], keys=str(kiosk.folder / "keys"), state=str(kiosk.state),
        count=count, start=now().isoformat(),
    )  # fmt: skip
    chance, cut_short = random.Random(9), 0
    for _ in range(6):
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as worker:
            worker.stdout.readline()
            time.sleep(chance.uniform(0.01, 0.3))
            os.kill(worker.pid, signal.SIGKILL)
        held = eoc.rows("SELECT count(*) FROM ledger_key")[0][0]
        assert count - read_state(kiosk.state, count).waiting <= held
        cut_short += 0 < held < count
    assert cut_short > 0
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as worker:
        began = time.monotonic()
        while read_state(kiosk.state, count).waiting and time.monotonic() - began < 60:
            time.sleep(0.05)
        worker.kill()
    assert eoc.rows("SELECT count(*), min(sequence), max(sequence) FROM ledger_key") == [(count, 1, count)]
    assert eoc.rows("SELECT count(*) FROM ledger_payload") == [(count,)]
    assert eoc.rows("SELECT count(*) FROM parked") == [(0,)]


def test_the_state_file_holds_nothing_of_a_traveller(eoc, kiosk):
    kiosk.journal.add(20)
    kiosk.uplink().drain()
    content = b"".join(path.read_bytes() for path in kiosk.folder.glob("sync.db*"))
    for entry in kiosk.journal.entries(0, 20):
        document = json.loads(entry.payload)["document"]
        assert document["surname"].encode() not in content
        assert document["number"].encode() not in content
