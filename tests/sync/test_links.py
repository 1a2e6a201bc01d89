"""Two links to one centre: switching over, switching back, and the month's data."""

import http.server
import threading
from datetime import UTC, datetime

import pytest
from conftest import now

from sync.client import CentreAddress, HttpCentre, Way
from sync.links import Link, Links, Meter
from sync.sync_store import SyncStore, UplinkWord, read_state
from sync.uplink import Outcome, Uplink


class Broken(http.server.BaseHTTPRequestHandler):
    """A portal on the first link."""

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.server.hits += 1
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"hi")

    def log_message(self, *_):
        pass


@pytest.fixture
def portal():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Broken)
    server.hits = 0
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Two:
    """A station with a first link that may be led astray, and a second with a budget."""

    def __init__(self, eoc, kiosk, portal, budget=None):
        self.kiosk, self.time, self.month = kiosk, 0.0, now()
        self.good = eoc.address
        self.store = SyncStore(kiosk.state)
        self.meter = Meter(self.store.counts, lambda: self.month)
        wire, radio = Link("wire", None), Link("sim", budget)
        self.links = Links(
            [(wire, self.way(f"http://127.0.0.1:{portal.server_port}", wire)), (radio, self.way(eoc.address, radio))],
            self.meter, lambda: self.uplink.alert_waits(), lambda: self.time,
        )  # fmt: skip
        self.uplink = Uplink(kiosk.journal, self.store, self.links, kiosk.enrolled.keys.sign, now)

    def way(self, url, link):
        address = CentreAddress(url, None, self.kiosk.enrolled.centre.receipt_key)
        key = self.kiosk.enrolled.keys.sign
        return HttpCentre(address, "demo-1", key, now, Way(source="127.0.0.1"), self.meter.spender(link))

    def repair(self):
        centre = self.links._ways[0][1]
        centre._address = CentreAddress(self.good, None, self.kiosk.enrolled.centre.receipt_key)


def test_the_second_link_is_used_and_the_first_again_when_it_works(eoc, kiosk, portal):
    two = Two(eoc, kiosk, portal)
    kiosk.journal.add(3)
    assert two.uplink.drain().outcome is Outcome.ALL_SENT
    assert (two.links.link, portal.hits) == ("sim", 1)
    two.time = 30
    kiosk.journal.add(1)
    two.uplink.drain()
    assert portal.hits == 1, "a link that failed is left alone for a minute"
    two.time = 61
    kiosk.journal.add(1)
    two.uplink.drain()
    assert (two.links.link, portal.hits) == ("sim", 2)
    two.repair()
    two.time = 130
    kiosk.journal.add(1)
    two.uplink.drain()
    assert two.links.link == "wire"
    assert eoc.rows("SELECT count(*) FROM ledger_key") == [(6,)]


def test_over_the_budget_only_alerts_go(eoc, kiosk, portal):
    two = Two(eoc, kiosk, portal, budget=4000)
    kiosk.journal.add(3)
    assert two.uplink.drain().outcome is Outcome.ALL_SENT
    kiosk.journal.add(300)
    assert two.uplink.drain().outcome is Outcome.ALL_SENT, "a batch that was begun within the budget is finished"
    kiosk.journal.add(5)
    kiosk.journal.add(1, alert=True)
    result = two.uplink.drain()
    assert (result.outcome, result.entries) == (Outcome.UNREACHABLE, 1)
    assert eoc.rows("SELECT count(*) FROM alert") == [(1,)]
    told = read_state(kiosk.state, kiosk.journal.head()[0], kiosk.journal.journal)
    assert (told.word, told.waiting) == (UplinkWord.WAITING, 5)
    assert "link sim is used up" in told.sentence
    assert told.sentence.startswith("5 entries wait since ")
    assert told.reason.values["second"].values == {"link": "sim"}, "the screen can say it in Thai"
    used = two.store.counts.spent("sim", two.month.strftime("%Y-%m"))
    two.store.close()
    again = SyncStore(kiosk.state)
    assert again.counts.spent("sim", two.month.strftime("%Y-%m")) == used > 4000
    two.store, two.uplink._store = again, again
    two.meter._counts = again.counts
    two.month = datetime(two.month.year + 1, 1, 1, tzinfo=UTC)
    assert two.uplink.drain().outcome is Outcome.ALL_SENT, "a new month"
    again.close()


def test_a_centre_that_is_busy_is_busy_over_any_link(eoc, kiosk, portal):
    from sync.errors import CentreRefused

    class Busy:
        calls = 0

        def send(self, batch):
            self.calls += 1
            raise CentreRefused("busy", 503, "ledger-unavailable", 5)

    busy, second = Busy(), Busy()
    store = SyncStore(kiosk.state)
    meter = Meter(store.counts, now)
    links = Links([(Link("a", None), busy), (Link("b", None), second)], meter, lambda: False, lambda: 0.0)
    with pytest.raises(CentreRefused):
        links.send(b"x")
    assert (busy.calls, second.calls) == (1, 0)


def test_a_link_leaves_by_its_own_address(kiosk):
    """The far end sees the address that was set."""
    seen = []

    class Seeing(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append(self.client_address[0])
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Seeing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = CentreAddress(f"http://127.0.0.1:{server.server_port}", None, kiosk.enrolled.centre.receipt_key)
    centre = HttpCentre(address, "demo-1", kiosk.enrolled.keys.sign, now, Way(source="127.0.0.9"))
    with pytest.raises(Exception, match="answered 204"):
        centre.send(b"x")
    centre.close()
    server.shutdown()
    thread.join()
    server.server_close()
    assert seen == ["127.0.0.9"]
