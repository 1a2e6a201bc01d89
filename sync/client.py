"""The way to the centre over HTTP: the one file with requests and tenacity. One call gives one typed answer.

A call tries a broken connection once more at once, signed afresh: a kept-alive connection that the other side has
closed is no news. Everything slower is the uplink's business.
"""

import hashlib
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import requests
import tenacity
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection

from config.messages.said import say
from sync.batch import MEDIA_TYPE
from sync.errors import CentreRefused, CentreUnreachable
from sync.receipt import Receipt, verify
from sync.signing import sign_request

_MAX_ANSWER_BYTES = 2**20
_AROUND_BYTES = 1500
"""Headers of request and answer, signatures, TLS and TCP: a guess on the high side."""
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 30.0


class Centre(Protocol):
    """What the uplink needs of the centre."""

    def send(self, batch: bytes) -> Receipt:
        """Hand over one batch.

        Raises:
            CentreUnreachable, CentreRefused, ReceiptRejected: nothing counts as taken.
        """


@dataclass(frozen=True, slots=True)
class CentreAddress:
    """Where the centre is and how it is known."""

    url: str
    ca: Path | None
    """PEM file of the only CA that counts; None only for plain http on loopback."""
    receipt_key: Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Way:
    """How connections leave this computer; nothing set: as the system likes."""

    source: str | None = None
    """Own IP address."""
    interface: str | None = None
    """Name of the network interface (Linux)."""


class HttpCentre:
    """The centre at the end of a link."""

    def __init__(
        self,
        address: CentreAddress,
        station: str,
        key: Ed25519PrivateKey,
        clock: Callable[[], datetime],
        way: Way = Way(),
        spend: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            address: where the centre is and how it is known.
            station: whose batches these are.
            key: the station's signing key.
            clock: the station's time.
            way: how connections leave this computer.
            spend: hears of bytes before they go out, and after they came in.
        """
        self._address, self._station, self._key, self._clock = address, station, key, clock
        self._session = _session(address.ca, way)
        self._spend = spend

    def send(self, batch: bytes) -> Receipt:
        """Hand over one batch and believe only a receipt that the centre signed for it.

        Raises:
            CentreUnreachable: no answer, or a page that is not the centre's.
            CentreRefused: the centre answered with a problem document.
            ReceiptRejected: the receipt is not signed by the centre or answers another batch.
        """
        url = self._address.url.rstrip("/") + "/v1/batches"

        def once() -> bytes:
            headers = sign_request(self._key, self._station, "POST", url, batch, self._clock())
            self._spend(len(batch) + _AROUND_BYTES)
            answer = _post(self._session, url, batch, {**headers, "Content-Type": MEDIA_TYPE})
            self._spend(len(answer))
            return answer

        return verify(_twice(once), self._address.receipt_key, hashlib.sha256(batch).digest())

    def close(self) -> None:
        """Close the connection."""
        self._session.close()


def post_enrolment(url: str, ca: Path | None, body: bytes) -> bytes:
    """Send an enrolment request; the answer still has to be checked.

    Raises:
        CentreUnreachable: no answer.
        CentreRefused: the centre answered with a problem document.
    """
    session = _session(ca)
    try:
        return _twice(lambda: _post(session, url.rstrip("/") + "/v1/enrolments", body, {}))
    finally:
        session.close()


class _Leaving(HTTPAdapter):
    """Connections that leave by one address or interface."""

    def __init__(self, way: Way) -> None:
        self._way = way
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        """As requests', with where to leave from."""
        options = list(HTTPConnection.default_socket_options)
        if self._way.interface is not None:
            options.append((socket.SOL_SOCKET, socket.SO_BINDTODEVICE, self._way.interface.encode() + bytes(1)))
        if self._way.source is not None:
            more["source_address"] = (self._way.source, 0)
        super().init_poolmanager(connections, maxsize, block, socket_options=options, **more)


def _session(ca: Path | None, way: Way = Way()) -> requests.Session:
    session = requests.Session()
    if way != Way():
        session.mount("http://", _Leaving(way))
        session.mount("https://", _Leaving(way))
    session.trust_env = False  # or REQUESTS_CA_BUNDLE and proxies from the environment override the pin
    session.verify = str(ca) if ca is not None else True
    session.headers["User-Agent"] = "daan-station"
    return session


def _twice(call: Callable[[], bytes]) -> bytes:
    """Call, and once more at once if the connection broke."""
    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(2),
        retry=tenacity.retry_if_exception_type(requests.ConnectionError)
        & tenacity.retry_if_not_exception_type((requests.ConnectTimeout, requests.exceptions.SSLError)),
        wait=tenacity.wait_none(),
        reraise=True,
    )
    try:
        return retrying(call)
    except requests.exceptions.SSLError as error:
        raise CentreUnreachable(say("the centre's certificate is not the pinned one; check link and clock")) from error
    except requests.Timeout as error:
        raise CentreUnreachable(say("the centre did not answer in time; it is tried again")) from error
    except requests.RequestException as error:
        raise CentreUnreachable(say("there is no connection to the centre; check cable, SIM and address")) from error


def _post(session: requests.Session, url: str, body: bytes, headers: dict[str, str]) -> bytes:
    with session.post(
        url, data=body, headers=headers, timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS), allow_redirects=False, stream=True
    ) as response:
        answer = _read(response)
        if response.headers.get("Content-Type", "").startswith("application/problem+json"):
            raise _refusal(response, answer)
        if response.status_code != 200:
            told = "something between here and the centre answered {status}; check the link for a portal"
            raise CentreUnreachable(say(told, status=str(response.status_code)))
        return answer


def _read(response: requests.Response) -> bytes:
    answer = bytearray()
    for part in response.iter_content(65536):
        answer += part
        if len(answer) > _MAX_ANSWER_BYTES:
            raise CentreUnreachable(say("the answer has no end; something else answers at the centre's address"))
    return bytes(answer)


def _refusal(response: requests.Response, answer: bytes) -> CentreRefused:
    try:
        document = json.loads(answer)
        title, kind = str(document["title"]), str(document["type"]).rpartition(":")[2]
    except (ValueError, KeyError, TypeError):
        title, kind = "no reason given", "unknown"
    asked = response.headers.get("Retry-After", "")
    return CentreRefused(
        say("the centre refused with {status}: {title}", status=str(response.status_code), title=title[:120]),
        status=response.status_code,
        kind=kind[:60],
        retry_after=float(asked) if asked.isdigit() else None,
    )
