"""What a list may name a certificate by, the store that answers, and the verdicts that follow."""

import base64
import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from config.rules.reasons import ReasonCode
from station.certificates.errors import TrustUnreadable
from station.certificates.issuing.hcert import Subject as Person
from station.certificates.issuing.hcert import Vaccination, issue, make_issuer
from station.certificates.result import Step, Verdict
from station.certificates.revocation import bloom, eu_gateway, partial_hash, shc
from station.certificates.revocation.batches import Batch, Entry, Filter, FilterKind, HashKind, digest, digests_of
from station.certificates.revocation.lists import Revocations, Revoked, Subject, merge
from station.certificates.revocation.memory import MemoryList
from station.certificates.revocation.store import RevocationStore
from station.certificates.trust.bundle import bundle
from station.certificates.verify import verify

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
DATA = Path(__file__).parents[5] / "shared/data/certificates"
KID = b"12345678"
CARD = Subject("hcert", KID, bytes(range(64)), "TH", ("URN:UVCI:01:TH:1#A",))
NAMED = digest(b"URN:UVCI:01:TH:1#A")


def _batch(name: str = "b", **other: object) -> Batch:
    made = Batch(name, "hcert", HashKind.UCI, KID, entries=(Entry(NAMED),), expires=NOW + timedelta(days=30))
    return replace(made, **other)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> RevocationStore:
    return RevocationStore(tmp_path / "revocations.db", create=True)


def test_digests() -> None:
    found = digests_of(CARD)
    assert found[HashKind.SIGNATURE] == (hashlib.sha256(bytes(range(32))).digest()[:16],)
    assert found[HashKind.UCI] == (NAMED,)
    assert found[HashKind.COUNTRYCODEUCI] == (digest(b"THURN:UVCI:01:TH:1#A"),)
    rsa = digests_of(replace(CARD, signature=bytes(256)))
    assert rsa[HashKind.SIGNATURE] == (digest(bytes(256)),)
    assert not digests_of(Subject("hcert"))


@pytest.mark.parametrize("kind", [HashKind.SIGNATURE, HashKind.UCI, HashKind.COUNTRYCODEUCI])
def test_each_kind_of_hash(store: RevocationStore, kind: HashKind) -> None:
    store.put([_batch(kind=kind, entries=(Entry(digests_of(CARD)[kind][0]),))], created_at=NOW)
    for source in (store, MemoryList([_batch(kind=kind, entries=(Entry(digests_of(CARD)[kind][0]),))])):
        assert source.status(CARD) is Revoked.YES
        assert source.status(replace(CARD, kid=b"another")) is Revoked.NO
        assert source.status(replace(CARD, scheme="divoc")) is Revoked.NO
        assert source.status(replace(CARD, signature=b"x", identifiers=("else",))) is Revoked.NO


def test_a_full_disk_is_told_as_such_and_changes_nothing(store: RevocationStore) -> None:
    def fill() -> None:
        with store.changing() as connection:
            connection.execute("PRAGMA max_page_count = 1")
            for number in range(1000):
                connection.execute("INSERT INTO chunk VALUES (?, zeroblob(9000))", (number,))

    with pytest.raises(sqlite3.OperationalError, match="full"):
        fill()
    with store.changing() as connection:
        assert connection.execute("SELECT count(*) FROM chunk").fetchone() == (0,)


def test_a_batch_of_an_unknown_signer_counts_for_all(store: RevocationStore) -> None:
    store.put([_batch(kid=b"")], created_at=NOW)
    assert store.status(replace(CARD, kid=b"another")) is Revoked.YES


def test_card_lists_with_a_time(store: RevocationStore) -> None:
    listed = {"kid": "k", "method": "rid", "ctr": 2, "rids": ["abc.1664492124", "def", "ghi.5", "ghi"]}
    batch = shc.read_list(listed, "https://issuer.example/")
    store.put([batch], created_at=NOW)
    moment = datetime.fromtimestamp(1664492124, UTC)
    for source in (store, MemoryList([batch])):
        card = Subject("shc", b"k", identifiers=("abc",), issuer="https://issuer.example")
        assert source.status(replace(card, issued_at=moment - timedelta(seconds=1))) is Revoked.YES
        assert source.status(replace(card, issued_at=moment)) is Revoked.NO
        assert source.status(card) is Revoked.PERHAPS
        assert source.status(replace(card, issuer="https://other.example", issued_at=moment)) is Revoked.NO
        for always in ("def", "ghi"):
            assert source.status(replace(card, identifiers=(always,), issued_at=moment)) is Revoked.YES


@pytest.mark.parametrize(
    "wrong",
    [
        {"kid": "k", "method": "foo", "rids": []},
        {"kid": "k", "method": "rid", "rids": ["a" * 25]},
        {"kid": "k", "method": "rid", "rids": ["a+b"]},
        {"kid": "k", "method": "rid", "rids": [""]},
    ],
)
def test_card_lists_that_are_none(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="revocation"):
        shc.read_list(wrong)


def test_a_card_without_identifier_is_named_by_its_content() -> None:
    file = DATA / "shc-spec-examples/generate-examples/src/fixtures/revoked-bundle.json"
    if not file.exists():
        pytest.skip("the SMART Health Cards examples are not in ../shared/data")
    assert shc.content_rid(json.loads(file.read_text())) == "JuTJHwXo2Yc"  # RFC 002 of the framework


def test_the_identifier_of_a_content_is_the_same_for_every_spelling_of_a_number() -> None:
    # As ECMAScript prints numbers (RFC 8785, 3.2.2.3), which is not how Python does.
    for one, other in (("38", "38.0"), ("0.0000001", "1e-7"), ("100000000000000000000", "1e20")):
        assert shc.content_rid({"value": json.loads(one)}) == shc.content_rid({"value": json.loads(other)})


def test_gateway_batch() -> None:
    rows = [{"hash": base64.b64encode(hashlib.sha256(b"a").digest()[:16]).decode()}]
    content = {"country": "DE", "expires": "2027-01-01T00:00:00Z", "hashType": "UCI", "entries": rows}
    batch = eu_gateway.read_batch(content | {"kid": base64.b64encode(KID).decode()})
    assert (batch.kid, batch.entries) == (KID, (Entry(digest(b"a")),))
    assert eu_gateway.read_batch(content | {"kid": "UNKNOWN_KID"}).kid == b""
    short = content | {"kid": "UNKNOWN_KID", "entries": [{"hash": "AAAA"}]}
    with pytest.raises(ValueError, match="16 bytes"):
        eu_gateway.read_batch(short)


@pytest.mark.parametrize("kind", list(FilterKind))
def test_a_filter_alone_says_perhaps(store: RevocationStore, kind: FilterKind) -> None:
    body = (
        bloom.write(bloom.make(10, 0.001).adding([NAMED]))
        if kind is FilterKind.BLOOM
        else partial_hash.write(partial_hash.make(4, 0.001, 10, [NAMED]))
    )
    alone = _batch(entries=(), exact=False, filters=(Filter(kind, body),))
    store.put([alone], created_at=NOW)
    assert store.status(CARD) is Revoked.PERHAPS
    assert store.status(replace(CARD, identifiers=("x",))) is Revoked.NO
    elsewhere = bytes([NAMED[0] ^ 1])
    store.put([replace(alone, filters=(Filter(kind, body, elsewhere),))], created_at=NOW)
    assert store.status(CARD) is Revoked.NO, "the filter covers other hashes"
    store.put([replace(alone, filters=(Filter(kind, body, NAMED[:1]),))], created_at=NOW)
    assert store.status(CARD) is Revoked.PERHAPS
    # The exact list decides: it was a false alarm, or it was not.
    store.put([replace(alone, exact=True)], created_at=NOW)
    assert store.status(CARD) is Revoked.NO
    store.put([replace(alone, exact=True, entries=(Entry(NAMED),))], created_at=NOW)
    assert store.status(CARD) is Revoked.YES


def test_store_keeps_counts_and_forgets(store: RevocationStore, tmp_path: Path) -> None:
    store.put([_batch("old", expires=NOW), _batch("new"), _batch("ever", expires=None)], created_at=NOW)
    store.put([_batch("new", entries=(Entry(NAMED), Entry(digest(b"2"))))], created_at=NOW)
    held = store.holdings()
    assert (held.batches, held.entries, held.created_at, held.version) == (3, 4, NOW, 0)
    assert store.forget_expired(NOW) == 1
    assert store.holdings().batches == 2
    other = RevocationStore(tmp_path / "revocations.db")
    assert other.status(CARD) is Revoked.YES
    with pytest.raises(sqlite3.OperationalError):
        other.put([_batch("third")], created_at=NOW)
    both = merge([Revocations((store,)), Revocations((store, MemoryList([]))), Revocations()])
    assert len(both.sources) == 2
    assert both.status(CARD) is Revoked.YES
    assert Revocations().status(CARD) is Revoked.NO


def test_files_that_are_no_store(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello " * 1000)
    sqlite3.connect(tmp_path / "other").executescript("CREATE TABLE a (b)")
    for name in ("text", "other", "missing"):
        with pytest.raises(TrustUnreadable, match="import it again"):
            RevocationStore(tmp_path / name)


def test_a_damaged_store_does_not_say_no(store: RevocationStore) -> None:
    store.put([_batch()], created_at=NOW)
    store._connection.execute("DROP TABLE entry")
    assert store.status(CARD) is Revoked.PERHAPS


def test_the_chain_asks() -> None:
    issuer = make_issuer(b"tests", NOW)
    person = Person("Somsri", "Malee", date(1990, 1, 2))
    text = issue(issuer, person, Vaccination(date(2026, 9, 1)), NOW, "1")
    signers = [issuer.trusted.trusted()]
    fine = verify(text, bundle(signers), NOW)
    assert fine.verdict is Verdict.VALID
    name = digest(fine.entries[0].identifier.encode())
    entry = Batch("b", "hcert", HashKind.UCI, issuer.trusted.kid, entries=(Entry(name),))
    revoked = verify(text, bundle(signers, revocations=Revocations((MemoryList([entry]),))), NOW)
    assert (revoked.verdict, revoked.step) == (Verdict.INVALID, Step.REVOCATION)
    assert revoked.reason is ReasonCode.CERTIFICATE_REVOKED
    assert revoked.holder == fine.holder or revoked.holder is not None
    dated = replace(entry, entries=(Entry(name, NOW),))
    unsure = verify(text, bundle(signers, revocations=Revocations((MemoryList([dated]),))), NOW)
    assert (unsure.verdict, unsure.reason) == (Verdict.UNDECIDED, ReasonCode.CERTIFICATE_PERHAPS_REVOKED)


def test_named_twice_in_one_batch_the_further_reaching_entry_counts(tmp_path: Path) -> None:
    subject = Subject("shc", identifiers=("r",), issued_at=NOW)
    found = digests_of(subject)[HashKind.RID][0]
    late, early = Entry(found, NOW + timedelta(days=1)), Entry(found, NOW - timedelta(days=1))
    with closing(RevocationStore(tmp_path / "r.db", create=True)) as store:
        for entries in ((early, Entry(found)), (Entry(found), early), (early, late), (late, early)):
            store.put([Batch("b", "shc", HashKind.RID, entries=entries)], created_at=NOW)
            assert store.status(subject) is Revoked.YES
        store.put([Batch("b", "shc", HashKind.RID, entries=(early, early))], created_at=NOW)
        assert store.status(subject) is Revoked.NO


def test_a_countrys_letters_may_be_small() -> None:
    small, large = (digests_of(Subject("hcert", country=each, identifiers=("x",))) for each in ("th", "TH"))
    assert small == large
