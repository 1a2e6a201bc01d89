"""What a captive portal answers in the centre's place: pure bytes of HTTP/1.1."""

import json
from enum import StrEnum


class Page(StrEnum):
    """The kinds of pages."""

    WELCOME = "welcome"
    """200 with HTML."""
    EMPTY = "empty"
    """204, as the addresses by which telephones look for portals."""
    REDIRECT = "redirect"
    """302 to a page to log in."""
    JSON = "json"
    """200 with JSON that is no receipt."""
    RECEIPT = "receipt"
    """200 with a receipt in the right form that says everything is held; the signature is not the centre's."""


_HTML = b"<!doctype html><title>Welcome</title><h1>Free Wi-Fi</h1><form><button>Accept</button></form>"


def page(kind: Page, station: str = "", journal: str = "", watermark: int = 0) -> bytes:
    """A whole answer, after which the connection ends.

    Args:
        kind: which one.
        station: that the forged receipt is for.
        journal: UUID that it is for.
        watermark: that it claims.
    """
    match kind:
        case Page.WELCOME:
            return _answer("200 OK", "text/html", _HTML)
        case Page.EMPTY:
            return _answer("204 No Content", "text/plain", b"")
        case Page.REDIRECT:
            return _answer("302 Found", "text/html", _HTML, b"Location: http://portal.invalid/login\r\n")
        case Page.JSON:
            return _answer("200 OK", "application/json", b'{"status":"ok"}')
        case Page.RECEIPT:
            return _answer("200 OK", "application/json", _receipt(station, journal, watermark))


def _answer(status: str, kind: str, body: bytes, more: bytes = b"") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    return head.encode() + more + b"\r\n" + body


def _receipt(station: str, journal: str, watermark: int) -> bytes:
    body = {
        "batch_sha256": "00" * 32,
        "issued_at": "2026-01-01T00:00:00.000Z",
        "journal": journal,
        "ledger_epoch": "00000000-0000-4000-8000-000000000000",
        "parked": [],
        "ranges": [],
        "station": station,
        "watermark": watermark,
    }
    return json.dumps({"receipt": body, "signature": "A" * 86}).encode()
