"""The centre over HTTP: who is let in, and what the refusals look like."""

import json
import threading
import time
from datetime import datetime, timedelta

import pytest
import requests
from conftest import now
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from enrolled import enrol
from journal_in_memory import MemoryJournal
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sync.batch import MAX_WIRE_BYTES, encode, sign_head
from sync.centre.registry import Registry
from sync.errors import CentreRefused
from sync.facts import canonical
from sync.keys import decode, detached_is_good
from sync.signing import sign_request
from sync.sync_store import SyncStore
from sync.uplink import BatchLimits, Outcome, Uplink


def body_of(kiosk, count=3, head_key=None, station=None):
    journal = kiosk.journal
    key = head_key or kiosk.enrolled.keys.sign
    head = sign_head(key, station or journal.station, journal.journal, *journal.head(), 0, now())
    return encode(station or journal.station, journal.journal, head, list(journal.entries(0, count)))


def post(eoc, body, headers):
    return requests.post(eoc.address + "/v1/batches", data=body, headers=headers, timeout=10)


def signed(eoc, kiosk, body, station=None, key=None, at=None):
    return sign_request(
        key or kiosk.enrolled.keys.sign, station or kiosk.journal.station, "POST", eoc.address + "/v1/batches", body,
        at or now(),
    )  # fmt: skip


def is_problem(answer, status, kind):
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert (answer.status_code, document["status"], document["type"]) == (status, status, f"urn:daan:problem:{kind}")
    assert document["title"]
    assert document["detail"]


def test_a_signed_batch_gets_a_receipt_and_a_repeat_the_same(eoc, kiosk):
    kiosk.journal.add(3)
    body = body_of(kiosk)
    first = post(eoc, body, signed(eoc, kiosk, body)).json()["receipt"]
    second = post(eoc, body, signed(eoc, kiosk, body)).json()["receipt"]
    assert first["watermark"] == 3
    assert {**first, "issued_at": ""} == {**second, "issued_at": ""}
    assert eoc.rows("SELECT count(*) FROM ledger_key") == [(3,)]


def test_what_is_not_signed_by_an_enrolled_station_is_refused(eoc, kiosk):
    kiosk.journal.add(3)
    body, stranger = body_of(kiosk), Ed25519PrivateKey.generate()
    is_problem(post(eoc, body, {}), 401, "signature-rejected")
    is_problem(post(eoc, body, signed(eoc, kiosk, body, key=stranger)), 401, "signature-rejected")
    is_problem(post(eoc, body, signed(eoc, kiosk, body, station="demo-9")), 401, "signature-rejected")
    is_problem(post(eoc, body + b"x", signed(eoc, kiosk, body)), 401, "signature-rejected")
    headers = signed(eoc, kiosk, body)
    is_problem(
        requests.post(eoc.address + "/v1/batches?x=1", data=body, headers=headers, timeout=10),
        401,
        "signature-rejected",
    )
    assert Registry(eoc.centre.database).revoke("demo-1", now())
    is_problem(post(eoc, body, signed(eoc, kiosk, body)), 401, "signature-rejected")
    assert eoc.rows("SELECT count(*) FROM ledger_key") == [(0,)]


def test_another_stations_batch_and_head_are_refused(eoc, kiosk):
    kiosk.journal.add(3)
    other = eoc.enrol("demo-2")
    body = body_of(kiosk)
    is_problem(post(eoc, body, signed(eoc, other, body)), 403, "foreign-station")
    body = body_of(kiosk, head_key=other.enrolled.keys.sign)
    is_problem(post(eoc, body, signed(eoc, kiosk, body)), 400, "head-unsigned")


def test_too_large_and_unreadable_bodies_are_refused(eoc, kiosk):
    big = bytes(MAX_WIRE_BYTES + 1)
    is_problem(post(eoc, big, signed(eoc, kiosk, big)), 413, "too-large")
    is_problem(post(eoc, (big[i : i + 65536] for i in range(0, len(big), 65536)), {}), 413, "too-large")
    is_problem(post(eoc, b"garbage", signed(eoc, kiosk, b"garbage")), 400, "batch-unreadable")


def test_a_station_with_a_wrong_clock_still_delivers_and_the_skew_is_recorded(eoc, kiosk):
    kiosk.journal.add(3)
    body = body_of(kiosk)
    answer = post(eoc, body, signed(eoc, kiosk, body, at=now() - timedelta(days=400)))
    assert answer.json()["receipt"]["watermark"] == 3
    assert eoc.rows("SELECT round(clock_skew_seconds / 86400) FROM station") == [(-400,)]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/v1/batches", 405),
        ("POST", "/v1/alerts/x/acknowledge", 422),
        ("GET", "/docs", 404),
    ],
)
def test_every_refusal_is_a_problem_document(eoc, method, path, status):
    answer = requests.request(method, eoc.address + path, timeout=10)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_another_host_or_origin_is_refused(eoc, kiosk):
    is_problem(requests.get(eoc.address + "/v1/board", headers={"Host": "evil.example"}, timeout=10), 421, "wrong-host")
    evil = {"Origin": "http://evil.example"}
    is_problem(requests.get(eoc.address + "/v1/board", headers=evil, timeout=10), 403, "foreign-origin")
    is_problem(
        requests.post(eoc.address + "/v1/alerts/x/acknowledge", json={"name": "N"}, headers=evil, timeout=10),
        403,
        "foreign-origin",
    )
    live = eoc.address.replace("http", "ws") + "/v1/board/live"
    with pytest.raises(InvalidStatus):
        connect(live, origin="http://evil.example")
    assert requests.get(eoc.address + "/v1/board", headers={"Origin": eoc.address}, timeout=10).ok


def test_the_time_is_signed_with_the_askers_nonce(eoc):
    answer = requests.get(eoc.address + "/v1/time?nonce=abc", timeout=10).json()
    assert answer["time"]["nonce"] == "abc"
    assert abs(datetime.fromisoformat(answer["time"]["at"]) - now()) < timedelta(seconds=5)
    assert detached_is_good(
        eoc.centre.key.public_key(), "daan-time-v1", canonical(answer["time"]), decode(answer["signature"])
    )


def test_the_ledger_away_is_503_and_a_wait(eoc, kiosk, monkeypatch):
    assert requests.get(eoc.address + "/healthz", timeout=10).json() == {"status": "ok"}
    eoc.centre.database.close()
    monkeypatch.setattr(eoc.centre.database, "_url", "postgresql://nobody@127.0.0.1:9/none")
    answer = requests.get(eoc.address + "/healthz", timeout=10)
    is_problem(answer, 503, "ledger-unavailable")
    assert answer.headers["retry-after"] == "5"


def test_the_board_counts_lists_and_alerts_without_a_name(eoc, kiosk):
    for verdict in ("ADMIT", "ADMIT", "REFER", "REFUSE"):
        kiosk.journal.add(1, verdict=verdict)
    kiosk.journal.add(1, alert=True)
    silent = eoc.enrol("ao-po-1", "ao-po")
    kiosk.uplink().drain()
    text = requests.get(eoc.address + "/v1/board", timeout=10).text
    board = json.loads(text)
    places = {place["code"]: place for place in board["checkpoints"]}
    here = places["demo"]
    assert (here["state"], places["ao-po"]["state"]) == ("live", "never")
    assert here["names"] == {"th": "ด่านสาธิต", "en": "Demonstration"}
    assert [s["name"] for s in here["stations"]] == ["demo-1"]
    assert (here["waiting"], here["gaps"], here["parked"]) == (0, [], 0)
    assert (places["ao-po"]["waiting"], places["ao-po"]["last_contact_at"]) == (None, None)
    assert len(here["per_hour"]) == 24
    assert len(board["recent"]) == 5
    assert set(board["recent"][0]) == {
        "station", "checkpoint", "sequence", "recorded_at", "received_at", "verdict", "reasons", "document_kind",
        "nationality",
    }  # fmt: skip
    assert [r["sequence"] for r in board["recent"]] == [5, 4, 3, 2, 1]
    (alert,) = board["alerts"]
    assert (alert["kind"], alert["checkpoint"], alert["station"], alert["reasons"]) == (
        "temperature", "demo", "demo-1", ["T-HOT"],
    )  # fmt: skip
    for entry in kiosk.journal.entries(0, 10):
        document = json.loads(entry.payload)["document"]
        for secret in (document["surname"], document["number"], document["given_names"]):
            assert secret not in text
    assert silent.state.exists() is False


def test_counts_are_of_today_in_bangkok(eoc, kiosk):
    eoc.clock = lambda: datetime.fromisoformat("2026-11-20T18:00:00+00:00")  # 01:00 of the 21st
    kiosk.journal._start = datetime.fromisoformat("2026-11-20T16:59:50+00:00")  # 23:59:50, then every 7 s
    kiosk.journal.add(4)
    kiosk.journal.add(1, alert=True)
    kiosk.uplink().drain()
    board = requests.get(eoc.address + "/v1/board", timeout=10).json()
    assert board["totals"] == {"screened": 3, "admit": 2, "refer": 1, "refuse": 0, "hot": 1}
    assert board["checkpoints"][0]["per_hour"][0] == {"admit": 2, "refer": 1, "refuse": 0}
    assert board["checkpoints"][0]["screened_hour"] == 3


@pytest.mark.parametrize(("seconds", "state"), [(60, "live"), (300, "late"), (3600, "silent")])
def test_a_station_that_falls_silent(eoc, kiosk, seconds, state):
    kiosk.uplink().drain(say_hello=True)
    eoc.clock = lambda: now() + timedelta(seconds=seconds)
    board = requests.get(eoc.address + "/v1/board", timeout=10).json()
    assert board["checkpoints"][0]["state"] == state


def test_an_alert_is_acknowledged_by_the_first_who_takes_it(eoc, kiosk):
    kiosk.journal.add(1, alert=True)
    kiosk.uplink().drain()
    ask = eoc.address + f"/v1/alerts/demo-1-{kiosk.journal.journal}-1/acknowledge"
    assert requests.post(ask, json={"name": "Somsri"}, timeout=10).json() == {"acknowledged": True}
    assert requests.post(ask, json={"by": "Somchai"}, timeout=10).ok
    alert = requests.get(eoc.address + "/v1/board", timeout=10).json()["alerts"][0]
    assert alert["acknowledged_by"] == "Somsri"
    assert alert["acknowledged_at"]
    is_problem(
        requests.post(eoc.address + "/v1/alerts/none/acknowledge", json={"name": "S"}, timeout=10), 404, "alert-unknown"
    )


@pytest.mark.parametrize("chunked", [False, True])
def test_an_acknowledgement_is_short(eoc, chunked):
    ask = eoc.address + "/v1/alerts/none/acknowledge"
    long = b'{"name": "S"' + b" " * 2000 + b"}"
    is_problem(requests.post(ask, data=iter([long]) if chunked else long, timeout=10), 413, "too-large")
    for wrong in (b"", b"no json", b"{}", b'{"name": ""}', b'{"name": 3}'):
        is_problem(requests.post(ask, data=wrong, timeout=10), 422, "invalid")


def test_a_journal_that_was_set_aside_stays_on_the_board(eoc, kiosk):
    kiosk.journal.add(9)
    kiosk.uplink(entries=9).drain()
    kiosk.journal.add(3)
    old = kiosk.journal
    head = sign_head(kiosk.enrolled.keys.sign, old.station, old.journal, *old.head(), 11, now())
    body = encode(old.station, old.journal, head, [])
    assert post(eoc, body, signed(eoc, kiosk, body)).ok
    kiosk.journal = MemoryJournal(seed=7, start=now() - timedelta(hours=1))
    kiosk.journal.add(2)
    kiosk.uplink().drain()
    (place,) = requests.get(eoc.address + "/v1/board", timeout=10).json()["checkpoints"]
    assert (place["waiting"], place["gaps"], place["state"]) == (3, [[10, 11]], "live")


def test_a_station_that_is_not_sealed_is_told(eoc, kiosk):
    def told():
        return requests.get(eoc.address + "/v1/board", timeout=10).json()["checkpoints"][0]["stations"][0]["sealed"]

    assert told() is None
    kiosk.uplink().drain(say_hello=True)
    assert told() is False
    sealed = Uplink(
        kiosk.journal, SyncStore(kiosk.state), kiosk.http(), kiosk.enrolled.keys.sign, now, BatchLimits(), sealed=True
    )
    sealed.drain(say_hello=True)
    assert told() is True


def test_a_revoked_station_is_believed_again_only_by_a_new_package(eoc, kiosk):
    kiosk.journal.add(2)
    registry, folder = Registry(eoc.centre.database), kiosk.folder / "keys"
    first = kiosk.folder / "first.json"
    first.write_bytes((folder / "package.json").read_bytes())
    unused = eoc.package("demo-1")
    registry.revoke("demo-1", now())
    for package in (first, unused):
        with pytest.raises(CentreRefused):
            enrol(package, folder, now)
    newest = eoc.package("demo-1")
    assert registry.key_of("demo-1") is None  # the old key is not believed meanwhile
    with pytest.raises(CentreRefused):
        enrol(first, folder, now)
    enrol(newest, folder, now)
    assert enrol(newest, folder, now)  # its answer was lost
    assert kiosk.uplink().drain().outcome is Outcome.ALL_SENT


def test_a_fault_does_not_freeze_the_board(eoc, kiosk, capsys):
    with connect(eoc.address.replace("http", "ws") + "/v1/board/live") as page:
        page.recv(timeout=5)
        eoc.clock = lambda: None  # the clock fails in a way that nobody foresaw
        time.sleep(2.5)
        eoc.clock = now
        kiosk.journal.add(2)
        kiosk.uplink().drain()
        began = time.monotonic()
        while json.loads(page.recv(timeout=5))["totals"]["screened"] < 2:
            assert time.monotonic() - began < 5
    assert capsys.readouterr().out.count("board_not_read") == 1


def test_the_board_is_pushed_when_something_happens(eoc, kiosk):
    with connect(eoc.address.replace("http", "ws") + "/v1/board/live") as page:
        assert json.loads(page.recv(timeout=5))["totals"]["screened"] == 0
        kiosk.journal.add(2)
        threading.Thread(target=lambda: kiosk.uplink().drain()).start()
        began = time.monotonic()
        while json.loads(page.recv(timeout=5))["totals"]["screened"] < 2:
            assert time.monotonic() - began < 5


def test_the_page_is_served_with_the_centre(eoc):
    answer = requests.get(eoc.address + "/", timeout=10)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
