"""The proxy with real sockets: what each toxic does to a connection, and that it can be switched while it runs."""

import contextlib
import socket
import socketserver
import threading

import pytest

from sync.faults.portal import Page, page
from sync.faults.proxy import Proxy
from sync.faults.toxics import GOOD, Link, Toxics


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):
            while data := self.request.recv(65536):
                self.server.heard += data
                self.request.sendall(data)


@pytest.fixture
def echo():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        server.heard = b""
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def proxy(echo):
    with Proxy("127.0.0.1", echo.server_address[1], seed=1) as running:
        yield running


def talk(proxy, data: bytes, timeout: float = 5) -> bytes:
    """Send, end, and read until the other side ends."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout) as caller:
        caller.sendall(data)
        caller.shutdown(socket.SHUT_WR)
        got = b""
        while part := caller.recv(65536):
            got += part
        return got


def test_a_good_link_passes_everything_both_ways(proxy):
    data = bytes(range(256)) * 4000
    assert talk(proxy, data) == data
    counts = proxy.counts()
    assert (counts.connections, counts.bytes_up, counts.bytes_down) == (1, len(data), len(data))


@pytest.mark.parametrize(
    "toxics",
    [Toxics(latency_ms=20, jitter_ms=20), Toxics(bytes_per_second=300_000), Toxics(slice_bytes=64, slice_pause_ms=0.1)],
)
def test_a_slow_link_changes_no_byte(proxy, toxics):
    proxy.become(Link(toxics, toxics))
    data = bytes(range(251)) * 80
    assert talk(proxy, data) == data


def test_a_reset_is_a_reset(proxy):
    proxy.become(Link(down=Toxics(reset_after=10)))
    with pytest.raises(ConnectionResetError):
        talk(proxy, bytes(100))
    assert proxy.counts().resets == 1


def test_an_answer_that_is_lost_was_heard(proxy, echo):
    proxy.become(Link(down=Toxics(reset_after=0)))
    with pytest.raises(ConnectionResetError):
        talk(proxy, b"taken")
    assert echo.heard == b"taken"


def test_a_limit_ends_in_an_orderly_way(proxy):
    proxy.become(Link(down=Toxics(close_after=10)))
    assert talk(proxy, bytes(100)) == bytes(10)
    assert proxy.counts().closed == 1


def test_silence_lasts_until_the_link_is_good_again(proxy):
    proxy.become(Link(silent=True))
    with socket.create_connection(("127.0.0.1", proxy.port), 0.2) as caller:
        caller.sendall(b"anybody?")
        with pytest.raises(TimeoutError):
            caller.recv(1)
        proxy.become(GOOD)
        caller.settimeout(5)
        with pytest.raises(ConnectionResetError):
            caller.recv(1)
    assert talk(proxy, b"again") == b"again"
    assert proxy.counts().silenced == 1


@pytest.mark.parametrize("kind", Page)
def test_a_portal_answers_and_the_centre_hears_nothing(proxy, echo, kind):
    proxy.become(Link(page=page(kind)))
    ask = b"POST /v1/batches HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
    assert talk(proxy, ask) == page(kind)
    assert echo.heard == b""
    assert proxy.counts().pages == 1


def test_a_centre_that_is_away_is_a_broken_connection():
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with Proxy("127.0.0.1", port, seed=1) as proxy:
        with pytest.raises(ConnectionError):
            talk(proxy, b"x")
        assert proxy.counts().refused == 1
