"""HTTP message signatures (RFC 9421) with Ed25519: every request of a station is signed afresh.

Covered: method, path, query if there is one, content digest (RFC 9530) and the time of signing; `keyid` is the
station's name. The authority is not covered, so that a proxy in front of the centre may rename it; what binds a
batch to its centre is the receipt, which only that centre can sign.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    MappingKeyResolver,
    algorithms,
)

from sync.errors import SignatureRejected

TAG = "daan"
"""Application tag (RFC 9421, 2.3): a signature made for something else does not count."""
_COVERED = ("@method", "@path", "content-digest")


@dataclass(slots=True)
class _Request:
    """The view of a request that the library asks for."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VerifiedRequest:
    """What a good signature establishes."""

    station: str
    signed_at: datetime
    """By the station's clock, which is not trusted."""


def sign_request(
    key: Ed25519PrivateKey, station: str, method: str, url: str, body: bytes, at: datetime
) -> dict[str, str]:
    """The headers to send with the request: Content-Digest, Signature-Input and Signature."""
    message = _Request(method, url)
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={station: key}),
    )
    signer.sign(
        message,
        key_id=station,
        created=at,
        label="station",
        tag=TAG,
        include_alg=False,
        covered_component_ids=_required(url),
        body=body,
    )
    return message.headers


def verify_request(
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes,
    key_of: Callable[[str], Ed25519PublicKey | None],
    now: datetime,
    max_age: timedelta | None,
) -> VerifiedRequest:
    """Check a request's signature.

    Args:
        method: in capitals.
        target: path and query as they were on the wire.
        headers: names in any case; repeated fields joined by a comma.
        body: the bytes before any decoding.
        key_of: public key by station name, or None when it does not count (unknown, revoked).
        now: the centre's time.
        max_age: oldest signature taken; None takes any age and any clock, for routes where a repeat changes nothing.

    Raises:
        SignatureRejected: unsigned, altered, not covering what it must, or by a key that does not count.
    """
    url = "http://centre.invalid" + target
    verifier = _Verifier(key_of, now, any_clock=max_age is None)
    try:
        results = verifier.verify(
            _Request(method, url, dict(headers)),
            max_age=max_age,
            expect_tag=TAG,
            require_components=_required(url),
            body=body,
        )
    except HTTPMessageSignaturesException as error:
        raise SignatureRejected(
            "the request's signature does not hold; enrol this station, or check what changes requests on the way"
        ) from error
    if len(results) != 1:
        raise SignatureRejected("the request carries more than one signature; send exactly one")
    parameters = results[0].parameters
    return VerifiedRequest(str(parameters["keyid"]), datetime.fromtimestamp(int(parameters["created"]), UTC))


def _required(url: str) -> tuple[str, ...]:
    return (*_COVERED, "@query") if urlsplit(url).query else _COVERED


class _Verifier(HTTPMessageVerifier):
    """The library's verifier with the clock as an argument."""

    def __init__(self, key_of: Callable[[str], Ed25519PublicKey | None], now: datetime, any_clock: bool) -> None:
        super().__init__(signature_algorithm=algorithms.ED25519, key_resolver=_Keys(key_of))
        self._now = now
        self._any_clock = any_clock

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """As the library's, against the given time instead of the machine's."""
        if "created" not in sig_input.params:
            raise HTTPMessageSignaturesException("no created time")
        try:
            created = datetime.fromtimestamp(int(sig_input.params["created"]), UTC)
        except (ValueError, TypeError, OverflowError, OSError) as error:
            raise HTTPMessageSignaturesException("malformed created time") from error
        if self._any_clock:
            return
        if created > self._now + self.max_clock_skew:
            raise HTTPMessageSignaturesException("signed in the future")
        if max_age is not None and created + max_age < self._now - self.max_clock_skew:
            raise HTTPMessageSignaturesException("signed too long ago")


class _Keys(MappingKeyResolver):
    """Public keys by a function."""

    def __init__(self, key_of: Callable[[str], Ed25519PublicKey | None]) -> None:
        super().__init__(public_keys={}, private_keys={})
        self._key_of = key_of

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        """The key, or None."""
        return self._key_of(key_id)
