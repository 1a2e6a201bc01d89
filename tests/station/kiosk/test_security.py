import pytest

from station.kiosk.security import allowed, host_name

OURS = "http://127.0.0.1:8600"


@pytest.mark.parametrize(
    ("kind", "method", "host", "origin", "answer"),
    [
        ("http", "GET", "127.0.0.1:8600", None, True),
        ("http", "GET", "localhost:8600", None, True),
        ("http", "GET", "[::1]:8600", None, True),
        ("http", "GET", "evil.example", None, False),
        ("http", "GET", "127.0.0.1.evil.example:8600", None, False),
        ("http", "GET", "192.168.1.20:8600", None, False),
        ("http", "POST", "127.0.0.1:8600", None, False),
        ("http", "POST", "127.0.0.1:8600", OURS, True),
        ("http", "POST", "127.0.0.1:8600", "http://evil.example", False),
        ("http", "POST", "127.0.0.1:8600", "null", False),
        ("http", "DELETE", "127.0.0.1:8600", "http://127.0.0.1:9999", False),
        ("websocket", "", "127.0.0.1:8600", None, False),
        ("websocket", "", "127.0.0.1:8600", OURS, True),
        ("websocket", "", "127.0.0.1:8600", "http://localhost:8600", False),
        ("websocket", "", "evil.example", "http://evil.example", False),
    ],
)
def test_only_our_own_pages_on_loopback_are_answered(kind, method, host, origin, answer):
    assert allowed(kind, method, host, origin) is answer


@pytest.mark.parametrize(("host", "name"), [("[::1]:80", "::1"), ("localhost", "localhost"), ("a:1", "a"), ("", "")])
def test_host_name(host, name):
    assert host_name(host) == name
