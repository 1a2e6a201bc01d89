"""Many stations at once, and several workers on one database."""

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import jsonschema
import psycopg
import pytest
import requests
from conftest import now
from journal_in_memory import MemoryJournal

from sync.client import HttpCentre
from sync.errors import SyncError
from sync.facts import Priority
from sync.sync_store import SyncStore, read_state
from sync.uplink import BatchLimits, Outcome, Uplink
from sync.worker import Pace, Worker

ROOT = Path(__file__).resolve().parents[3]


class Counting:
    """Counts what goes out and what is answered with anything but a receipt."""

    def __init__(self, centre):
        self.centre, self.sent, self.failed = centre, 0, 0

    def send(self, batch):
        self.sent += 1
        try:
            return self.centre.send(batch)
        except SyncError:
            self.failed += 1
            raise


def returning(eoc, stations, records, seed=14):
    """All stations come back at the same moment, each with a backlog; counters, and whether all was drained."""
    kiosks = [eoc.enrol(f"st-{n}") for n in range(stations)]
    chance = Random(seed)
    eoc.stop()
    workers = []
    for number, kiosk in enumerate(kiosks):
        for _ in range(records):
            priority = chance.choices(list(Priority)[:4], (1, 90, 2, 7))[0]
            kiosk.journal.put(kiosk.journal.screening(), priority)
        counting = Counting(kiosk.http())
        uplink = Uplink(
            kiosk.journal, SyncStore(kiosk.state), counting, kiosk.enrolled.keys.sign, now, BatchLimits(100)
        )
        pace = Pace(0.1, 30, 0.1, 1.0, 0.5)
        workers.append((kiosk, counting, Worker(uplink, time.monotonic, time.sleep, Random(number).random, pace)))
    with ThreadPoolExecutor(len(workers)) as pool:
        for _, _, worker in workers:  # the outage: nobody answers
            assert worker.once().outcome is Outcome.UNREACHABLE
        eoc.start()
        for _, counting, _ in workers:
            counting.sent = counting.failed = 0
        ended = threading.Event()
        waiting = {kiosk.journal.station for kiosk, _, _ in workers}

        def told(kiosk):
            def hear(result):
                if result.outcome is Outcome.ALL_SENT:
                    waiting.discard(kiosk.journal.station)

            return hear

        jobs = [
            pool.submit(worker.run, lambda k=kiosk: ended.is_set() or k.journal.station not in waiting, told(kiosk))
            for kiosk, _, worker in workers
        ]
        limit = time.monotonic() + 300
        while waiting and time.monotonic() < limit:
            time.sleep(0.05)
        ended.set()
        for job in jobs:
            job.result()
    return workers, waiting


def check_return(eoc, stations, records):
    workers, waiting = returning(eoc, stations, records)
    sent, failed = (sum(getattr(counting, name) for _, counting, _ in workers) for name in ("sent", "failed"))
    assert not waiting
    assert sent >= stations * records / 100
    assert failed / sent < 0.01, f"{failed} of {sent}"
    assert eoc.rows("SELECT count(*) FROM ledger_key") == [(stations * records,)]
    assert eoc.rows("SELECT count(*) FROM ledger_payload") == [(stations * records,)]
    assert eoc.rows("SELECT count(*) FROM parked") == [(0,)]
    for kiosk, _, _ in workers:
        assert read_state(kiosk.state, records, kiosk.journal.journal).waiting == 0


def test_fifty_stations_return_after_an_outage(eoc):
    """G14, with a small backlog."""
    check_return(eoc, 50, 60)


@pytest.mark.slow
def test_fifty_stations_return_after_eight_hours(eoc):
    """G14: a peak day's 8 hours of one province, 50 stations with 1,000 entries each."""
    check_return(eoc, 50, 1000)


@contextmanager
def serving(eoc):
    """One more `eoc serve` of the same centre: the same keys, the same database, a port of its own."""
    command = [sys.executable, "-m", "sync.centre", "serve", "--port", "0", "--state", str(eoc.settings.state)]
    program = [*command, "--database", eoc.settings.database]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        try:
            yield worker.stdout.readline().strip().rpartition(" ")[2]
        finally:
            worker.terminate()


def test_two_workers_on_one_database_double_nothing_and_never_lock_up(eoc):
    """Each of five stations sends the same journal through both workers at once, several times over."""
    kiosks = [eoc.enrol(f"st-{n}") for n in range(5)]
    for kiosk in kiosks:
        kiosk.journal.add(120)
        kiosk.journal.add(2, alert=True)
    with ExitStack() as stack:
        addresses = [stack.enter_context(serving(eoc)) for _ in range(2)]
        failed = []

        def drain(kiosk, number):
            address = replace(kiosk.enrolled.centre, url=addresses[number % 2])
            centre = HttpCentre(address, kiosk.journal.station, kiosk.enrolled.keys.sign, now)
            store = SyncStore(kiosk.folder / f"sync-{number}.db")  # as if it had been restored: it knows of no receipt
            uplink = Uplink(kiosk.journal, store, centre, kiosk.enrolled.keys.sign, now, BatchLimits(15))
            result = uplink.drain()
            if result.outcome is not Outcome.ALL_SENT:
                failed.append(result)
            centre.close()
            store.close()

        jobs = [(kiosk, number) for kiosk in kiosks for number in range(4)]
        Random(3).shuffle(jobs)
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda job: drain(*job), jobs))
    assert failed == []
    assert eoc.rows("SELECT count(*), count(DISTINCT (station, sequence)) FROM ledger_key") == [(5 * 122, 5 * 122)]
    assert eoc.rows("SELECT count(*) FROM ledger_payload") == [(5 * 122,)]
    assert eoc.rows("SELECT count(*) FROM alert") == [(10,)]
    assert eoc.rows("SELECT count(*) FROM parked") == [(0,)]


def test_two_workers_start_on_an_empty_database_at_once(eoc, postgres, tmp_path):
    """Both migrate; one waits for the other."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA empty_at_first")
    eoc.stop()
    eoc.settings = replace(eoc.settings, database=f"{postgres}&options=-csearch_path%3Dempty_at_first")
    with ExitStack() as stack:
        with ThreadPoolExecutor(2) as pool:
            addresses = list(pool.map(lambda _: stack.enter_context(serving(eoc)), range(2)))
        for address in addresses:
            assert requests.get(address + "/healthz", timeout=10).json() == {"status": "ok"}
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP SCHEMA empty_at_first CASCADE")


def test_the_openapi_document_names_every_route_and_what_it_says_holds(eoc, kiosk):
    document = requests.get(eoc.address + "/v1/openapi.json", timeout=10).json()
    assert document["openapi"].startswith("3.")
    assert {"/v1/batches", "/v1/enrolments", "/v1/time", "/v1/board", "/healthz"} <= document["paths"].keys()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert operation["summary"], (path, method)
            for number, told in operation["responses"].items():
                for media in told.get("content", {}).values():
                    schema = {**media.get("schema", {}), "components": document.get("components", {})}
                    jsonschema.Draft202012Validator.check_schema(schema)
                    if (method, number, path) == ("get", "200", "/healthz"):
                        answer = requests.get(eoc.address + path, timeout=10).json()
                        jsonschema.validate(answer, schema)
    batch = document["paths"]["/v1/batches"]["post"]["requestBody"]
    assert batch["required"] is True
    assert list(batch["content"]) == ["application/vnd.daan.batch+cbor+zstd"]
    kiosk.journal.add(1)
    assert kiosk.uplink().drain().outcome is Outcome.ALL_SENT


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_every_route_answers_nonsense_with_a_problem_document(eoc, method):
    document = requests.get(eoc.address + "/v1/openapi.json", timeout=10).json()
    for path in [*document["paths"], "/v1/nothing", "/v1/batches/../../etc"]:
        for body in (b"", b"\xff" * 40, b'{"a":', json.dumps({"name": "x" * 4000}).encode()):
            answer = requests.request(method, eoc.address + path.replace("{alert}", "none"), data=body, timeout=10)
            assert answer.status_code < 500, (method, path)
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json", (method, path)
                assert {"type", "title", "status", "detail"} <= answer.json().keys()


def test_a_journal_of_one_station_is_never_anothers(eoc):
    """Stations that share the name of a journal, as a copied disk does, stay apart."""
    first, second = eoc.enrol("st-1"), eoc.enrol("st-2")
    second.journal = MemoryJournal("st-2", start=now())
    second.journal._journal = first.journal.journal
    first.journal.add(5)
    second.journal.add(7)
    assert first.uplink().drain().outcome is second.uplink().drain().outcome is Outcome.ALL_SENT
    assert eoc.rows("SELECT station, count(*) FROM ledger_key GROUP BY 1 ORDER BY 1") == [("st-1", 5), ("st-2", 7)]
