import hashlib
import os

import cbor2
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from journal_in_memory import START, MemoryJournal, replace

from sync.batch import MAX_DECODED_BYTES, Beside, Total, decode, encode, sign_head
from sync.columns import MAX_PAYLOAD_BYTES
from sync.dictionary import DICTIONARIES
from sync.errors import BatchUnreadable
from sync.facts import chain_hash
from sync.receipt import ParkReason

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
FIRST_DICTIONARY = "50a575fc2261e84dae50ae5b67cb508d77059ab3822dd922393826fb4f0f2f8f"


def journal_of(count):
    journal = MemoryJournal()
    journal.add(count)
    return journal


def wire(journal, entries):
    head = sign_head(KEY, journal.station, journal.journal, *journal.head(), 0, START)
    return encode(journal.station, journal.journal, head, entries)


def test_entries_come_back_exactly():
    journal = journal_of(20)
    journal.add(1, alert=True)
    every = list(journal.entries(0, 100))
    chosen = [*every[:5], every[9], *every[12:]]
    batch = decode(wire(journal, chosen))
    assert list(batch.entries) == chosen
    assert batch.parked == ()
    assert batch.head.is_signed_by(KEY.public_key(), journal.station, journal.journal)
    assert not batch.head.is_signed_by(KEY.public_key(), "demo-2", journal.journal)


def test_a_purged_entry_travels_without_its_payload():
    journal = journal_of(3)
    purged = [replace(e, salt=None, payload=None) for e in journal.entries(0, 3)]
    assert list(decode(wire(journal, purged)).entries) == purged


@pytest.mark.parametrize(("told", "read"), [(True, True), (False, False), (None, None), ("yes", None)])
def test_a_batch_says_whether_the_station_is_sealed(told, read):
    journal = journal_of(1)
    document = cbor2.loads(zstandard.ZstdDecompressor().decompress(wire(journal, [])))
    assert document["sealed"] is False
    document["sealed"] = told
    assert decode(_packed(document)).beside.sealed is read
    del document["sealed"]
    assert decode(_packed(document)).beside.sealed is None


def test_an_empty_batch_declares_the_head():
    journal = journal_of(3)
    batch = decode(wire(journal, []))
    assert batch.entries == ()
    assert batch.head.sequence == 3


def test_a_record_needs_few_bytes():
    journal = journal_of(500)
    assert len(wire(journal, list(journal.entries(0, 500)))) / 500 < 150


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"payload": b'{"other":1}'}, ParkReason.PAYLOAD_HASH),
        ({"chain_sha256": bytes(32)}, ParkReason.CHAIN),
        ({"payload": b"x" * (MAX_PAYLOAD_BYTES + 1)}, ParkReason.OVERSIZE),
        ({"chain_sha256": b"short"}, ParkReason.UNREADABLE),
        ({"salt": None}, ParkReason.PAYLOAD_HASH),
        ({"salt": None, "payload": "text"}, ParkReason.UNREADABLE),
        ({"salt": "text", "payload": None}, ParkReason.UNREADABLE),
    ],
)
def test_a_bad_entry_is_named_and_the_others_are_taken(changes, reason):
    journal = journal_of(5)
    every = list(journal.entries(0, 5))
    bad = [*every[:2], replace(every[2], **changes), *every[3:]]
    batch = decode(wire(journal, bad))
    assert [(p.sequence, p.reason) for p in batch.parked if p.sequence == 3] == [(3, reason)]
    assert [e.sequence for e in batch.entries if e.sequence != 4] == [1, 2, 5]
    assert batch.sequences() == [1, 2, 3, 4, 5]


def test_a_kind_of_a_newer_station_is_taken_as_its_word():
    journal = journal_of(2)
    third = replace(journal.put(journal.screening()), kind="from_a_later_year")
    second = next(journal.entries(1, 1))
    journal.overwrite(3, replace(third, chain_sha256=chain_hash(second.chain_sha256, third)))
    journal.add(3)
    batch = decode(wire(journal, list(journal.entries(0, 6))))
    assert batch.parked == ()
    assert list(batch.entries) == list(journal.entries(0, 6))


@pytest.mark.parametrize("kind", ["", "x" * 33, "ด่าน", "a\nb", 5, None])
def test_a_kind_that_is_no_word_is_parked_and_the_others_are_taken(kind):
    journal = journal_of(3)
    document = cbor2.loads(zstandard.ZstdDecompressor().decompress(wire(journal, list(journal.entries(0, 3)))))
    document["columns"]["kind"][2] = kind
    batch = decode(_packed(document))
    assert [(p.sequence, p.reason) for p in batch.parked] == [(3, ParkReason.UNREADABLE)]
    assert [e.sequence for e in batch.entries] == [1, 2]


def test_what_stands_beside_the_entries_comes_back():
    journal = journal_of(3)
    head = sign_head(KEY, journal.station, journal.journal, *journal.head(), 0, START)
    beside = Beside(True, ((1, 2), (5, 5)), (Total(1, 3, 3_600_000, {"screening": 3}),), "boot-1")
    body = encode(journal.station, journal.journal, head, list(journal.entries(0, 3)), True, beside, dictionary=1)
    assert decode(body).beside == beside
    assert list(decode(body).entries) == list(journal.entries(0, 3))


def test_a_small_batch_needs_the_dictionary_and_a_large_one_does_not_suffer():
    journal = journal_of(500)
    head = sign_head(KEY, journal.station, journal.journal, *journal.head(), 0, START)
    weights = {
        count: [
            len(encode(journal.station, journal.journal, head, list(journal.entries(0, count)), dictionary=number))
            for number in (0, 1)
        ]
        for count in (1, 500)
    }
    assert weights[1][1] < weights[1][0] * 0.6
    assert weights[500][1] < weights[500][0] * 1.02


def test_a_batch_in_a_dictionary_of_later_years_is_refused_and_says_so():
    later = zstandard.ZstdCompressionDict(
        bytes(DICTIONARIES[1].as_bytes())[:4] + (99).to_bytes(4, "little") + bytes(DICTIONARIES[1].as_bytes())[8:]
    )
    raw = zstandard.ZstdDecompressor().decompress(wire(journal_of(1), []))
    with pytest.raises(BatchUnreadable, match="update the centre"):
        decode(zstandard.ZstdCompressor(dict_data=later).compress(raw))


def test_the_first_dictionary_stays_as_it_is():
    assert hashlib.sha256(DICTIONARIES[1].as_bytes()).hexdigest() == FIRST_DICTIONARY


def test_a_priority_of_a_newer_station_is_taken_as_its_word():
    journal = journal_of(2)
    third = replace(journal.put(journal.screening()), priority="most_urgent")
    second = next(journal.entries(1, 1))
    journal.overwrite(3, replace(third, chain_sha256=chain_hash(second.chain_sha256, third)))
    batch = decode(wire(journal, list(journal.entries(0, 3))))
    assert not batch.parked
    assert [str(e.priority) for e in batch.entries] == ["normal", "normal", "most_urgent"]


def test_a_value_that_contains_itself_is_parked():
    journal = journal_of(3)
    document = cbor2.loads(zstandard.ZstdDecompressor().decompress(wire(journal, list(journal.entries(0, 3)))))
    cycle = []
    cycle.append(cycle)
    document["columns"]["payload"][1] = cycle
    packed = cbor2.dumps(document, value_sharing=True)
    batch = decode(zstandard.ZstdCompressor().compress(packed))
    assert [(p.sequence, p.reason) for p in batch.parked if p.sequence == 2] == [(2, ParkReason.UNREADABLE)]


def test_a_bomb_is_refused():
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(MAX_DECODED_BYTES * 20))
    assert len(bomb) < 100_000
    with pytest.raises(BatchUnreadable, match="unpacks to over"):
        decode(bomb)


def _packed(value):
    return zstandard.ZstdCompressor().compress(cbor2.dumps(value))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        os.urandom(200),
        _packed([]),
        _packed({"v": 1}),
        zstandard.ZstdCompressor().compress(b"\x9f" * 10000),
    ],
)
def test_what_is_no_batch_is_refused(raw):
    with pytest.raises(BatchUnreadable):
        decode(raw)


def test_every_truncation_is_refused():
    journal = journal_of(3)
    whole = wire(journal, list(journal.entries(0, 3)))
    for length in range(0, len(whole) - 1, 7):
        with pytest.raises(BatchUnreadable):
            decode(whole[:length])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.binary(max_size=40) | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


@given(
    column=st.sampled_from(["kind", "priority", "recorded_ms", "salt", "payload", "payload_sha256", "chain_sha256"]),
    value=VALUES,
)
@settings(max_examples=150, deadline=None)
def test_nonsense_in_one_entry_never_spoils_the_rest(column, value):
    journal = journal_of(3)
    document = cbor2.loads(zstandard.ZstdDecompressor().decompress(wire(journal, list(journal.entries(0, 3)))))
    document["columns"][column][1] = value
    batch = decode(_packed(document))
    assert batch.sequences() == [1, 2, 3]
    assert 1 in {e.sequence for e in batch.entries}


@given(part=st.sampled_from(["v", "station", "journal", "head", "columns"]), value=VALUES)
@settings(max_examples=100, deadline=None)
def test_nonsense_in_the_frame_is_refused(part, value):
    journal = journal_of(1)
    document = cbor2.loads(zstandard.ZstdDecompressor().decompress(wire(journal, [])))
    document[part] = value
    try:
        decode(_packed(document))
    except BatchUnreadable:
        return
    assert part in {"station", "v"}


@given(part=st.sampled_from(["believed", "totals", "boot", "sealed", "from_a_later_year"]), value=VALUES)
@settings(max_examples=100, deadline=None)
def test_nonsense_beside_the_entries_spoils_nothing(part, value):
    journal = journal_of(2)
    document = cbor2.loads(zstandard.ZstdDecompressor().decompress(wire(journal, list(journal.entries(0, 2)))))
    document[part] = value
    assert list(decode(_packed(document)).entries) == list(journal.entries(0, 2))
