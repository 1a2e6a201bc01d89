"""Bloom and partial hash filters, byte for byte as the European Union publishes them."""

import base64
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.certificates.revocation import bloom, partial_hash
from station.certificates.revocation.partial_hash import Partition

VECTORS = Path(__file__).parents[5] / "shared/data/certificates/eu-dgc-bloomfilter/java/src/test/resources"


def _vectors() -> list[Any]:
    file = VECTORS / "filter-test.json"
    if not file.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="the filter vectors are not in ../shared/data"))]
    return [pytest.param(row, id=str(len(row["data"]))) for row in json.loads(file.read_text())]


@pytest.mark.parametrize("row", _vectors())
def test_bloom_vectors(row: dict[str, Any]) -> None:
    written = [name.encode() for name, is_in in zip(row["data"], row["written"], strict=True) if is_in]
    made = bloom.make(len(row["data"]), row["p"]).adding(written)
    words = json.loads(base64.b64decode(row["filter"]))
    assert made.words == struct.pack(f">{len(words)}i", *words)
    assert [int(made.might_contain(name.encode())) for name in row["data"]] == json.loads(row["exists"])
    assert bloom.read(bloom.write(made)) == made


def test_bloom_as_the_published_program_counts() -> None:
    assert bloom.place_of(bytes([11]), 1, 100) == 75
    large = bloom.make(10_000, 0.00001)
    assert (large.hashes, large.bits) == (17, 239_680)
    assert len(bloom.write(bloom.make(1, 1))) == 24
    assert bloom.make(1, 1).bits == bloom.make(1, 0.125).bits


def test_bloom_header_in_both_orders() -> None:
    made = bloom.make(3, 0.01).adding([b"a"])
    data = bytearray(bloom.write(made))
    assert data[2:4] == bytes([made.hashes, 0])
    data[2], data[3] = 0, made.hashes
    data[16:20] = struct.pack(">i", len(made.words))
    assert bloom.read(bytes(data)) == made


@pytest.mark.parametrize("damage", [b"", b"\0\1", b"\0\2" + bytes(18) + b"abcd", b"\0\1\5\5" + bytes(16) + b"abcd"])
def test_bloom_refuses(damage: bytes) -> None:
    with pytest.raises(ValueError, match="Bloom filter"):
        bloom.read(damage)
    good = bloom.write(bloom.make(3, 0.01))
    for broken in (good[:-1], good + b"\0", good[:-4]):
        with pytest.raises(ValueError, match="length"):
            bloom.read(broken)


@given(st.sets(st.binary(min_size=16, max_size=16), min_size=1, max_size=60))
@settings(max_examples=30, deadline=None)
def test_nothing_inside_is_ever_missed(hashes: set[bytes]) -> None:
    elements = sorted(hashes)
    blooming = bloom.read(bloom.write(bloom.make(len(elements), 0.01).adding(elements)))
    parts = partial_hash.read(partial_hash.write(partial_hash.make(4, 0.01, len(elements), elements)))
    assert all(blooming.might_contain(each) and parts.might_contain(each) for each in elements)


def test_partial_sizes_as_the_published_program_counts() -> None:
    assert partial_hash.size_for(1000, 1e-6, Partition.POINT) == 4
    assert partial_hash.size_for(1000, 1e-6, Partition.VECTOR) == 3
    assert partial_hash.size_for(625_000, 1e-6, Partition.COORDINATE, least=4) == 5
    assert partial_hash.size_for(10, 1e-6, Partition.POINT) == 5


def test_partial_bytes() -> None:
    # The data format of the description: version 1, rate, capacity, size, then the parts sorted as signed numbers.
    hashes = [bytes([6, 7, 8, 9, 10, 11]), bytes([0xFF] * 6), bytes([1, 2, 3, 4, 5, 6]), bytes(6)]
    data = partial_hash.write(partial_hash.make(5, 0.5, 4, hashes))
    assert data == bytes.fromhex("0001 3f000000 00000004 05 ffffffffff 0000000000 0102030405 060708090a")
    read = partial_hash.read(data)
    assert len(read) == 4
    assert read.might_contain(bytes([6, 7, 8, 9, 10, 99]))
    assert not read.might_contain(bytes([7, 8, 9, 10, 11]))  # across two parts
    assert not read.might_contain(b"\6\7")
    for broken in (b"", data[:-1], b"\0\2" + data[2:], data[:10] + b"\0" + data[11:]):
        with pytest.raises(ValueError, match="partial hash filter"):
            partial_hash.read(broken)
