"""G11: stored bytes of earlier versions are read for ever, and what a newer one adds is passed over."""

import hashlib
import json
from pathlib import Path

import cbor2
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from journal_in_memory import START, MemoryJournal, replace

from sync.batch import decode, encode, sign_head
from sync.facts import canonical, chain_hash
from sync.keys import encode as text_of
from sync.keys import sign_detached
from sync.receipt import PURPOSE, Parked, ParkReason, verify

WIRE = Path(__file__).parent / "wire"
STATION = Ed25519PrivateKey.from_private_bytes(bytes(32))
CENTRE = Ed25519PrivateKey.from_private_bytes(bytes([1] * 32))


def test_a_batch_of_version_1_is_read_whole():
    batch = decode((WIRE / "v1-batch.bin").read_bytes())
    expected = json.loads((WIRE / "v1-expected.json").read_text())
    assert (batch.station, batch.journal, batch.parked) == ("demo-1", expected["journal"], ())
    assert batch.head.is_signed_by(STATION.public_key(), batch.station, batch.journal)
    found = [
        {
            "sequence": e.sequence,
            "kind": str(e.kind),
            "priority": str(e.priority),
            "payload_sha256": e.payload_sha256.hex(),
            "chain_sha256": e.chain_sha256.hex(),
            "payload": e.payload.decode() if e.payload else None,
        }
        for e in batch.entries
    ]
    assert found == expected["entries"]
    assert (batch.beside.believed, batch.beside.totals, batch.beside.boot) == (None, (), "")


def test_a_sign_of_life_of_version_1_is_read():
    batch = decode((WIRE / "v1-hello.bin").read_bytes())
    assert (batch.entries, batch.head.sequence) == ((), 6)


def test_a_receipt_of_version_1_is_believed():
    digest = hashlib.sha256((WIRE / "v1-batch.bin").read_bytes()).digest()
    receipt = verify((WIRE / "v1-receipt.json").read_bytes(), CENTRE.public_key(), digest)
    assert (receipt.watermark, receipt.ranges) == (4, ((6, 6),))
    assert receipt.parked == (Parked(3, ParkReason.KIND_UNKNOWN),)
    assert (receipt.backed_up, receipt.parked_all, receipt.dictionaries) == (0, False, ())


def test_a_receipt_of_later_years_is_believed():
    body = json.loads((WIRE / "v1-receipt.json").read_text())["receipt"]
    body |= {"parked": [{"reason": "from_a_later_year", "sequence": 3, "hint": 1}], "next": {"a": [1]}}
    answer = canonical({"receipt": body, "signature": text_of(sign_detached(CENTRE, PURPOSE, canonical(body)))})
    receipt = verify(answer, CENTRE.public_key(), bytes.fromhex(body["batch_sha256"]))
    assert (receipt.watermark, receipt.parked) == (4, (Parked(3, ParkReason.OTHER),))


def test_a_batch_of_later_years_is_taken_with_what_nobody_here_knows(eoc, kiosk):
    """Unknown fields beside the entries, kinds, priorities and payload fields: in the ledger byte for byte."""
    journal = MemoryJournal("demo-1", start=START)
    journal.add(1)
    previous = next(journal.entries(0, 1))
    content = canonical({"what": "nobody here knows", "deep": {"er": [1, 2, {"x": None}]}})
    odd = replace(journal.put(content), kind="from_a_later_year", priority="unheard_of")
    journal.overwrite(2, replace(odd, chain_sha256=chain_hash(previous.chain_sha256, odd)))
    journal.add(2)
    kiosk.journal = journal
    uplink = kiosk.uplink(outbox=journal, centre=Later(kiosk.http()))
    assert uplink.drain().entries == 4
    assert eoc.rows("SELECT count(*) FROM parked") == [(0,)]
    kept = eoc.rows(
        "SELECT k.kind, k.priority, p.payload FROM ledger_key k"
        " JOIN ledger_payload p USING (station, journal, sequence)"
        " WHERE sequence = 2"
    )
    assert kept == [("from_a_later_year", "unheard_of", content)]


class Later:
    """A station of later years: its batches say more."""

    def __init__(self, centre):
        self.centre = centre

    def send(self, batch):
        document = cbor2.loads(zstandard.ZstdDecompressor().decompress(batch))
        document |= {"weather": "rain", "believed": document.get("believed"), "more": [{"a": 1}]}
        return self.centre.send(zstandard.ZstdCompressor().compress(cbor2.dumps(document)))


@pytest.mark.parametrize("count", [0, 1, 4])
def test_what_is_sent_to_a_centre_that_never_spoke_is_in_the_old_form(count):
    """Without a receipt that names a dictionary, none is used: a centre of version 1 unpacks it and finds its parts."""
    journal = MemoryJournal("demo-1")
    journal.add(4)
    head = sign_head(STATION, "demo-1", journal.journal, *journal.head(), 0, START)
    body = encode("demo-1", journal.journal, head, list(journal.entries(0, count)))
    assert zstandard.get_frame_parameters(body).dict_id == 0
    document = cbor2.loads(zstandard.ZstdDecompressor().decompress(body))
    first = cbor2.loads(zstandard.ZstdDecompressor().decompress((WIRE / "v1-batch.bin").read_bytes()))
    assert first.keys() <= document.keys()
    assert (document["v"], document["columns"].keys(), len(document["head"])) == (1, first["columns"].keys(), 5)
