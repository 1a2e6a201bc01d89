"""What every request must satisfy: a loopback Host, our own Origin on anything that acts, strict headers on answers.

A page of another site in the same browser can reach a loopback server; Host defeats DNS rebinding, Origin defeats
cross-site WebSockets and forms.
"""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SAFE = frozenset({"GET", "HEAD"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"cache-control", b"no-store"),
)


def host_name(host: str) -> str:
    """Name or address of a Host header, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def allowed(kind: str, method: str, host: str, origin: str | None) -> bool:
    """Whether a request may be answered at all.

    Args:
        kind: `http` or `websocket`.
        method: of an HTTP request.
        host: the Host header.
        origin: the Origin header; a WebSocket and every request that changes something must carry ours.
    """
    if host_name(host).lower() not in LOOPBACK:
        return False
    if origin is None:
        return kind == "http" and method in _SAFE
    return origin.lower() == f"http://{host}".lower()


class Guard:
    """ASGI middleware: refuses what `allowed` refuses, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        hosts = _values(scope["headers"], b"host")
        origins = _values(scope["headers"], b"origin")
        fine = len(hosts) == 1 and len(origins) <= 1
        fine = fine and allowed(scope["type"], scope.get("method", ""), hosts[0], origins[0] if origins else None)
        if fine:
            await self._app(scope, receive, _with_headers(send) if scope["type"] == "http" else send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4403})
        else:
            await _refuse(_with_headers(send))


def _values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key == name]


def _with_headers(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *_HEADERS]
        await send(message)

    return sender


async def _refuse(send: Send) -> None:
    body = b"This server answers its own screens on loopback only."
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
