import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.errors import CentreUnreachable, ReceiptRejected
from sync.receipt import Parked, ParkReason, Receipt, seal, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
RECEIPT = Receipt(
    "demo-1", "0190", 7, ((9, 12), (20, 20)), (Parked(5, ParkReason.CHAIN),), "epoch", bytes([1] * 32),
    datetime(2026, 11, 20, 3, tzinfo=UTC),
)  # fmt: skip


def test_a_receipt_survives_the_way_and_a_proxy_that_reformats_it():
    answer = seal(RECEIPT, KEY)
    pretty = json.dumps(json.loads(answer), indent=3).encode()
    assert verify(answer, KEY.public_key(), bytes([1] * 32)) == RECEIPT
    assert verify(pretty, KEY.public_key(), bytes([1] * 32)) == RECEIPT


def test_what_is_in_a_backup_is_said_and_never_more_than_what_is_held():
    said = replace(RECEIPT, backed_up=5)
    assert verify(seal(said, KEY), KEY.public_key(), bytes([1] * 32)) == said
    assert b"backed_up" not in seal(RECEIPT, KEY), "an older station gets the receipt that it knows"
    boastful = replace(RECEIPT, backed_up=99)
    assert verify(seal(boastful, KEY), KEY.public_key(), bytes([1] * 32)).backed_up == RECEIPT.watermark


@pytest.mark.parametrize(
    "page", [b"", b"<html>Welcome to the airport</html>", b"{}", b"[]", b"1", b'"receipt"', b"\xff\xfe", b"[" * 100000]
)
def test_a_portal_page_is_no_answer(page):
    with pytest.raises(CentreUnreachable):
        verify(page, KEY.public_key(), bytes(32))


def test_another_key_batch_or_content_is_rejected():
    answer = seal(RECEIPT, KEY)
    other = Ed25519PrivateKey.from_private_bytes(bytes([1] * 32))
    with pytest.raises(ReceiptRejected, match="not signed"):
        verify(answer, other.public_key(), bytes([1] * 32))
    with pytest.raises(ReceiptRejected, match="another batch"):
        verify(answer, KEY.public_key(), bytes([2] * 32))
    with pytest.raises(ReceiptRejected, match="not signed"):
        verify(answer.replace(b'"watermark":7', b'"watermark":8'), KEY.public_key(), bytes([1] * 32))
    for signature in (b'""', b"null", b"1", b'"****"'):
        forged = b'{"receipt":{},"signature":' + signature + b"}"
        with pytest.raises(ReceiptRejected):
            verify(forged, KEY.public_key(), bytes([1] * 32))
