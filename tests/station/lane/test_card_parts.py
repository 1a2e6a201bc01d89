"""A SMART Health Card of several codes at the lane: nothing is decided before the last code was shown."""

import importlib.util
import os
from pathlib import Path

import pytest

from station.certificates.shc.numeric import encode_parts
from station.certificates.trust.bundle import TrustBundle
from station.certificates.verify import verify
from station.evidence import CertificateRead, EvidenceKind
from station.journal.journal import Journal
from station.kiosk.card_parts import awaited
from station.lane.events import CertificateSeen
from station.lane.snapshot import Phase

_spec = importlib.util.spec_from_file_location("lane_people", Path(__file__).with_name("people.py"))
people = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(people)
PARTS = encode_parts("eyJhbGciOiJFUzI1NiJ9." + "bm90aGluZw" * 40 + ".c2ln", 3)


def part(*numbers: int) -> CertificateSeen:
    result = verify("\n".join(PARTS[number - 1] for number in numbers), TrustBundle(), people.NOON)
    return CertificateSeen(CertificateRead(f"part-{numbers}", people.NOON, "camera", result))


@pytest.fixture
def bench(tmp_path):
    book = Journal(tmp_path / "j.db", bytes(32), "demo-1", lambda: people.NOON, os.urandom)
    yield people.Bench(book)
    book.close()


def test_a_part_is_no_certificate_yet(bench):
    bench.feed(people.document(), people.temperature(36.4), part(2))
    assert bench.phase is Phase.GATHERING
    assert bench.lane.judgement.missing == (EvidenceKind.CERTIFICATE,)
    found = awaited(bench.lane.evidence)
    assert (found.shown, found.total, found.missing) == ((2,), 3, (1, 3))
    bench.feed(part(1, 2))
    assert awaited(bench.lane.evidence).missing == (3,)
    assert len(bench.lane.evidence.certificates) == 1
    assert bench.lane.tray == ()


def test_another_certificate_takes_the_place_of_a_part(bench):
    bench.feed(people.document(), part(1), people.certificate(), people.temperature(36.4))
    assert bench.phase is Phase.SAVED
    assert awaited(bench.lane.evidence) is None
    assert bench.saved[0]["further_certificates"] == []
    assert bench.saved[0]["unassigned_certificates"] == []


def test_a_part_beside_a_good_certificate_is_said_and_spoils_nothing(bench):
    bench.feed(people.document(), people.certificate(), part(1))
    assert awaited(bench.lane.evidence).missing == (2, 3)
    bench.feed(people.temperature(36.4))
    assert bench.phase is Phase.SAVED
