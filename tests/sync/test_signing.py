from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

from sync.errors import SignatureRejected
from sync.signing import sign_request, verify_request

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
TARGET = "/v1/batches?x=1"
URL = "http://127.0.0.1:9" + TARGET


def known(station):
    return KEY.public_key() if station == "demo-1" else None


def check(headers, body=b"body", method="POST", target=TARGET, now=NOW, max_age=None, key_of=known):
    return verify_request(method, target, headers, body, key_of, now, max_age)


def test_a_signed_request_names_its_station_and_time():
    found = check(sign_request(KEY, "demo-1", "POST", URL, b"body", NOW))
    assert (found.station, found.signed_at) == ("demo-1", NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"body": b"bodY"},
        {"body": b""},
        {"method": "PUT"},
        {"target": "/v1/batches?x=2"},
        {"target": "/v1/batches"},
        {"target": "/v1/other?x=1"},
        {"key_of": lambda station: None},
        {"key_of": lambda station: Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)).public_key()},
    ],
)
def test_an_altered_request_is_refused(changed):
    with pytest.raises(SignatureRejected):
        check(sign_request(KEY, "demo-1", "POST", URL, b"body", NOW), **changed)


def test_unsigned_and_renamed_requests_are_refused():
    headers = sign_request(KEY, "demo-1", "POST", URL, b"body", NOW)
    with pytest.raises(SignatureRejected):
        check({})
    with pytest.raises(SignatureRejected):
        check(
            {name: value.replace("demo-1", "demo-2") for name, value in headers.items()},
            key_of=lambda s: KEY.public_key(),
        )
    for name in headers:
        with pytest.raises(SignatureRejected):
            check({n: v for n, v in headers.items() if n != name})


class Message:
    def __init__(self):
        self.method, self.url, self.headers = "POST", URL, {}


@pytest.mark.parametrize(
    ("covered", "tag"),
    [
        (("@method", "@path", "@query"), "daan"),
        (("@method", "@query", "content-digest"), "daan"),
        (("@method", "@path", "content-digest"), "daan"),
        (("@method", "@path", "@query", "content-digest"), "other"),
    ],
)
def test_a_good_signature_over_too_little_is_refused(covered, tag):
    message = Message()
    HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={"demo-1": KEY}),
    ).sign(
        message, key_id="demo-1", created=NOW, tag=tag, covered_component_ids=covered,
        body=b"body" if "content-digest" in covered else None,
    )  # fmt: skip
    with pytest.raises(SignatureRejected):
        check(message.headers)


def test_age_counts_only_where_it_is_asked_for():
    headers = sign_request(KEY, "demo-1", "POST", URL, b"body", NOW)
    for years in (-1, 1):
        later = NOW + timedelta(days=365 * years)
        assert check(headers, now=later).signed_at == NOW
        with pytest.raises(SignatureRejected):
            check(headers, now=later, max_age=timedelta(minutes=5))
    assert check(headers, now=NOW + timedelta(minutes=4), max_age=timedelta(minutes=5))
