"""What every thermal codec must stand: any split, any flipped byte, any noise, any torn piece."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.ports import Decoded, ThermalCodec
from drivers.readings import ThermalFrame
from drivers.registry import THERMAL

NAMES = sorted(set(THERMAL) - {"gy-mcu90640"})
"""gy-mcu90640 has the same tests, and more, of its own."""
CHECKED = [name for name in NAMES if not name.startswith("optris")]
POINTS = [name for name in NAMES if name != "senxor"]


def frame(codec: ThermalCodec, seed: int) -> ThermalFrame:
    rng = np.random.default_rng(seed)
    shape = (codec.profile.rows, codec.profile.columns)
    # Apart by more than a round of Optris answers may be.
    celsius = (200 + seed * 200 + rng.integers(0, 150, shape)) / 10
    return ThermalFrame(celsius.astype(np.float32), float(rng.integers(200, 400)) / 10)


def same(left: ThermalFrame, right: ThermalFrame) -> bool:
    near = np.allclose(left.celsius, right.celsius, atol=0.051)
    return near and abs(left.ambient_celsius - right.ambient_celsius) < 0.051


def feed_all(codec: ThermalCodec, parts: list[bytes]) -> Decoded:
    whole = Decoded((), (), 0, 0, b"", False)
    for part in parts:
        new = codec.feed(whole.remainder + part, whole.lost)
        whole = replace(
            new,
            frames=whole.frames + new.frames,
            emissivities=whole.emissivities + new.emissivities,
            frames_bad=whole.frames_bad + new.frames_bad,
            resyncs=whole.resyncs + new.resyncs,
            facts=whole.facts + new.facts,
            troubles=whole.troubles + new.troubles,
        )
    return whole


def outcome(decoded: Decoded) -> tuple[object, ...]:
    return (
        [(one.celsius.tobytes(), one.ambient_celsius) for one in decoded.frames],
        decoded.emissivities,
        decoded.frames_bad,
        decoded.resyncs,
        decoded.remainder,
        decoded.facts,
        decoded.troubles,
    )


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_read(name: str) -> None:
    codec = THERMAL[name]
    sent = [frame(codec, seed) for seed in range(3)]
    got = codec.feed(b"".join(codec.encode(one) for one in sent))
    assert [same(one, other) for one, other in zip(got.frames, sent, strict=True)] == [True] * 3
    assert (got.frames_bad, got.resyncs, got.remainder) == (0, 0, b"")


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(0, 60_000), max_size=12), noise=st.binary(max_size=60), torn=st.integers(1, 9_000))
def test_any_split_gives_the_same(name: str, cuts: list[int], noise: bytes, torn: int) -> None:
    codec = THERMAL[name]
    wire = [codec.encode(frame(codec, seed)) for seed in range(3)]
    stream = noise + wire[0] + noise + wire[1] + wire[2][: torn % len(wire[2])] + wire[0] + noise
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    parts = [stream[one:two] for one, two in itertools.pairwise(edges)]
    assert outcome(feed_all(codec, [stream])) == outcome(feed_all(codec, parts))


@pytest.mark.parametrize("name", POINTS)
def test_byte_by_byte(name: str) -> None:
    codec = THERMAL[name]
    stream = b"?\x5a\xa4\x01" + b"".join(codec.encode(frame(codec, seed)) for seed in range(4))
    single = feed_all(codec, [stream[at : at + 1] for at in range(len(stream))])
    assert outcome(single) == outcome(codec.feed(stream))
    assert len(single.frames) == 4


@pytest.mark.parametrize("name", [name for name in CHECKED if name in POINTS])
def test_no_flipped_byte_is_accepted(name: str) -> None:
    """Every byte of a frame, every other value of it: 255 x its length, with the frames of a stream around it."""
    codec = THERMAL[name]
    before, hit, after = (codec.encode(frame(codec, seed)) for seed in range(3))
    for at in range(len(hit)):
        for flip in range(1, 256):
            damaged = bytearray(hit)
            damaged[at] ^= flip
            got = codec.feed(before + bytes(damaged) + after + after)
            assert len(got.frames) == 3, (at, flip)
            assert [same(one, frame(codec, seed)) for one, seed in zip(got.frames, (0, 2, 2), strict=True)] == [
                True
            ] * 3, (at, flip)


@settings(max_examples=250, deadline=None)
@given(at=st.one_of(st.integers(0, 20), st.integers(10_240, 10_255), st.integers(0, 10_255)), flip=st.integers(1, 255))
def test_no_flipped_byte_of_a_picture_is_accepted(at: int, flip: int) -> None:
    codec = THERMAL["senxor"]
    damaged = bytearray(codec.encode(frame(codec, 1)))
    damaged[at] ^= flip
    after = frame(codec, 2)
    got = codec.feed(bytes(damaged) + codec.encode(after))
    assert len(got.frames) == 1
    assert same(got.frames[0], after)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(before=st.binary(max_size=80), cut=st.integers(1, 10_000), between=st.binary(max_size=30))
def test_rubbish_and_torn_frames_never_cost_a_good_one(name: str, before: bytes, cut: int, between: bytes) -> None:
    codec = THERMAL[name]
    wire = [codec.encode(frame(codec, seed)) for seed in range(3)]
    cut = cut % len(wire[2])
    # A transcript of questions and answers is not torn inside an exchange.
    torn = wire[2][: cut // 6 * 6 if name.startswith("optris") else cut]
    got = codec.feed(before + torn + wire[0] + between + torn + wire[1])
    found = iter(got.frames)
    assert all(any(same(one, frame(codec, seed)) for one in found) for seed in (0, 1))


def _readings_in_noise(codec: ThermalCodec, megabytes: int) -> int:
    rng = np.random.default_rng(2026)
    rest, lost, readings = b"", False, 0
    for _ in range(megabytes * 16):
        decoded = codec.feed(rest + bytes(rng.integers(0, 256, 62_500, np.uint8)), lost)
        rest, lost = decoded.remainder, decoded.lost
        readings += len(decoded.frames)
        assert len(rest) <= 10_256
    return readings


@pytest.mark.parametrize("name", NAMES)
def test_a_megabyte_of_noise_is_no_reading(name: str) -> None:
    assert _readings_in_noise(THERMAL[name], 1) == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_ten_megabytes_of_noise_are_no_reading(name: str) -> None:
    assert _readings_in_noise(THERMAL[name], 10) == 0


@pytest.mark.parametrize("name", NAMES)
def test_headers_in_noise_are_no_reading(name: str) -> None:
    """Noise in which every frame's beginning comes over and over: what the checks behind it let through.

    An 8-bit sum lets one in 256 pass, and the plausible ranges fewer; sixteen bits one in 65536. An Optris round has no
    checksum: two targets within a degree and all three plausible are one in millions, on an "hs" model one in 2000.
    """
    codec = THERMAL[name]
    rng = np.random.default_rng(5)
    wire = codec.encode(frame(codec, 1))
    marks = 3 if name.startswith("modbus") else 8 if name == "senxor" else 4
    count = 20 if name == "senxor" else 4_000
    accepted = 0
    for _ in range(count):
        random = bytes(rng.integers(0, 256, len(wire), np.uint8))
        if name.startswith("optris"):
            random = b"".join(wire[at : at + 4] + random[at + 4 : at + 6] for at in (0, 6, 12))
        else:
            random = wire[:marks] + random[marks:]
        accepted += len(codec.feed(random).frames)
    allowed = count / 256 * 1.5 if name.startswith("mlx") else 8 if name.endswith("hs") else 0
    assert accepted <= allowed


@pytest.mark.parametrize("name", NAMES)
def test_what_the_device_could_not_send_is_not_written(name: str) -> None:
    codec = THERMAL[name]
    shape = (codec.profile.rows, codec.profile.columns)
    low, high = codec.profile.plausible_celsius
    for celsius, ambient in ((high + 50, 25.0), (low - 50, 25.0), (float("nan"), 25.0), (30.0, 500.0)):
        with pytest.raises(ValueError, match=r"degrees|temperature"):
            codec.encode(ThermalFrame(np.full(shape, celsius, np.float32), ambient))
    with pytest.raises(ValueError, match=r"pixel|point"):
        codec.encode(ThermalFrame(np.full((3, 3), 30.0, np.float32), 25.0))


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("mlx90614-5a")])
def test_an_emissivity_that_no_device_knows(name: str) -> None:
    with pytest.raises(ValueError, match="emissivity"):
        THERMAL[name].start_commands(None, 1.5)
