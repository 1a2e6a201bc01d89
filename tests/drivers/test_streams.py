"""Every protocol of every registry: any split, any flipped byte, noise, garbage between the frames.

One table says what each protocol has to stand on: how wide its checksum is, and how often bare noise looks like a
frame. From that follows how many false readings so much noise may give (Poisson), and no more are allowed.
"""

import itertools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.actuators.registry import ACTUATORS
from drivers.ports import Decoded
from drivers.readers import elyctis, gm65, rte6701
from drivers.readers.reads import Answer, CodeRead, FailedRead, Heard, MrzRead
from drivers.readers.registry import READERS
from drivers.readings import ThermalFrame
from drivers.registry import THERMAL

TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
HCERT = b"HC1:6BF.+ROD0T3AS1/6*HQ%A0$N:E"

Said = tuple[object, ...]
"""What a stream said: frames, reads and answers as plain values, in order."""


@dataclass(frozen=True)
class Protocol:
    """One protocol as these tests see it."""

    feed: Callable[[bytes, bool], Decoded | Heard]
    messages: tuple[bytes, ...]
    """Each means one thing; a stream of them means all of them."""
    checksum_bits: int
    """0: none."""
    false_in_noise: float
    """How likely a reading begins at one byte of bare noise."""
    closed: bytes = b""
    """What ends rubbish, so that what follows is not taken for a part of it; only lines need it."""


def picture(name: str, seed: int) -> bytes:
    codec = THERMAL[name]
    rng = np.random.default_rng(seed)
    shape = (codec.profile.rows, codec.profile.columns)
    # Apart by more than the two targets of a round of Optris answers may be.
    celsius = (200 + seed * 200 + rng.integers(0, 150, shape)) / 10
    return codec.encode(ThermalFrame(celsius.astype(np.float32), float(rng.integers(200, 400)) / 10))


def _thermal(name: str, checksum_bits: int, false_in_noise: float) -> Protocol:
    return Protocol(THERMAL[name].feed, tuple(picture(name, n) for n in range(3)), checksum_bits, false_in_noise)


_FIXED = {"5a": 2**-32, "a4": 2**-32, "modbus": 2**-24, "gy": 2**-32, "senxor": 2.0**-96}
"""The bytes that every frame of that kind begins with."""
PROTOCOLS = {
    "gy-mcu90640": _thermal("gy-mcu90640", 16, _FIXED["gy"] * 2**-16),
    # Its sum is written as four hexadecimal digits, so noise must hit 32 bits.
    "senxor": _thermal("senxor", 16, _FIXED["senxor"] * 2**-32),
    "mlx90614-5a": _thermal("mlx90614-5a", 8, _FIXED["5a"] * 2**-8),
    "mlx90614-5a-long": _thermal("mlx90614-5a-long", 8, _FIXED["5a"] * 2**-8),
    "mlx90614-a4": _thermal("mlx90614-a4", 8, _FIXED["a4"] * 2**-8),
    "modbus-pyrometer": _thermal("modbus-pyrometer", 16, _FIXED["modbus"] * 2**-16),
    "modbus-pyrometer-mini": _thermal("modbus-pyrometer-mini", 16, _FIXED["modbus"] * 2**-16),
    **{f"optris-{kind}": _thermal(f"optris-{kind}", 0, 2.0**-96) for kind in ("cs", "cs-hs", "ct", "ct-hs")},
    "rte6701": Protocol(
        READERS["rte6701"].feed, tuple(rte6701.encode(zone) for zone in (TD3, TD1, TD3)), 8, 2**-32 * 2**-8
    ),
    # No checksum: 138 characters at most, all of them out of 37, in lines of the right lengths.
    "elyctis": Protocol(
        READERS["elyctis"].feed, tuple(elyctis.zone(zone) for zone in (TD3, TD1, TD3)), 0, 2**-24 * (37 / 256) ** 72
    ),
    "gm65": Protocol(
        READERS["gm65"].feed,
        (HCERT + b"\r\n", gm65.answer(b"\x3e"), b"PK\x03\x04\r\n\xff" + b"PK\x05\x06" + bytes(18) + b"\r\n"),
        16,
        0.0,
        b"\r",
    ),
    "scanner-lines": Protocol(
        READERS["scanner-lines"].feed, (HCERT + b"\r", "ใบรับรอง\r".encode(), HCERT + b"1\r"), 0, 0.0, b"\r"
    ),
}
NAMES = sorted(PROTOCOLS)
LINES = ("gm65", "scanner-lines")
UNCHECKED = [name for name, protocol in PROTOCOLS.items() if not protocol.checksum_bits]


def said(decoded: Decoded | Heard) -> Said:
    if isinstance(decoded, Heard):
        return (*decoded.reads, *decoded.answers)
    frames = tuple((frame.celsius.tobytes(), round(frame.ambient_celsius, 3)) for frame in decoded.frames)
    return (*frames, *decoded.emissivities, *decoded.facts, *decoded.troubles)


def readings(decoded: Decoded | Heard) -> Said:
    """What would reach a lane."""
    if isinstance(decoded, Decoded):
        return said(decoded)[: len(decoded.frames)]
    return tuple(read for read in decoded.reads if isinstance(read, CodeRead | MrzRead))


def run(name: str, parts: Sequence[bytes]) -> tuple[list[object], list[object], int, int, bytes]:
    """What a stream said that came in these parts: everything by kind, readings, bad, resyncs, remainder."""
    everything: list[object] = []
    found: list[object] = []
    rest, lost, bad, resyncs = b"", False, 0, 0
    for part in parts:
        decoded = PROTOCOLS[name].feed(rest + part, lost)
        everything += said(decoded)
        found += readings(decoded)
        rest, lost = decoded.remainder, decoded.lost
        bad, resyncs = bad + decoded.frames_bad, resyncs + decoded.resyncs
    # Frames and answers are handed out in lists of their own, so only the order within a kind is the same.
    return sorted(everything, key=repr_of), found, bad, resyncs, rest


def repr_of(value: object) -> str:
    if isinstance(value, CodeRead):
        return f"code {value.data!r}"
    return f"mrz {value.lines}" if isinstance(value, MrzRead) else repr(value)


def noise(size: int, seed: int) -> bytes:
    return np.random.default_rng(seed).integers(0, 256, size, np.uint8).tobytes()


def most(expected: float, chance: float = 1e-6) -> int:
    """How many false readings are as good as never exceeded when that many are expected (Poisson)."""
    total, count = math.exp(-expected), 0
    while 1 - total > chance:
        count += 1
        total += math.exp(-expected + count * math.log(expected) - math.lgamma(count + 1))
    return count


def test_no_protocol_is_left_out() -> None:
    assert set(PROTOCOLS) == set(THERMAL) | set(READERS)
    assert set(ACTUATORS) == {"lcus", "escpos"}


@pytest.mark.parametrize("name", NAMES)
def test_each_message_means_one_thing(name: str) -> None:
    messages = PROTOCOLS[name].messages
    for message in messages:
        everything, _, bad, resyncs, rest = run(name, [message])
        kinds = {"optris": 1, "mlx90614-a4": 2}.get(name if name.startswith("mlx") else name.partition("-")[0], 1)
        assert (len(everything), bad, resyncs, rest.strip(b"\r\n")) == (kinds, 0, 0, b"")
    assert len(run(name, [b"".join(messages)])[1]) >= len(messages) - 1


@pytest.mark.parametrize("name", NAMES)
def test_every_single_cut_gives_the_same(name: str) -> None:
    """A long picture is cut at every place near its edges and at every 97th inside."""
    protocol = PROTOCOLS[name]
    stream = b"?\x01\x5a" + protocol.closed + protocol.messages[0] + b"\xa4" + protocol.closed + protocol.messages[1]
    edges = {0, 3, 3 + len(protocol.messages[0]), len(stream)}
    cuts = [at for at in range(len(stream)) if at % 97 == 0 or any(abs(at - edge) < 40 for edge in edges)]
    whole = run(name, [stream])
    for cut in cuts if len(stream) > 600 else range(len(stream)):
        assert run(name, [stream[:cut], stream[cut:]]) == whole, cut


@pytest.mark.parametrize("name", NAMES)
def test_byte_by_byte_gives_the_same(name: str) -> None:
    stream = b"".join(PROTOCOLS[name].messages[-2:]) if name != "senxor" else PROTOCOLS[name].messages[0]
    step = 16 if name == "senxor" else 1
    assert run(name, [stream[at : at + step] for at in range(0, len(stream), step)]) == run(name, [stream])


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(
    cuts=st.lists(st.integers(0, 60_000), max_size=12),
    rubbish=st.binary(max_size=60),
    torn=st.integers(1, 20_000),
    flips=st.lists(st.tuples(st.integers(0, 60_000), st.integers(1, 255)), max_size=3),
)
def test_any_split_of_any_stream_gives_the_same(
    name: str, cuts: list[int], rubbish: bytes, torn: int, flips: list[tuple[int, int]]
) -> None:
    first, second, third = PROTOCOLS[name].messages
    stream = bytearray(rubbish + first + rubbish + second + third[: torn % len(third)] + first + rubbish)
    for at, flip in flips:
        stream[at % len(stream)] ^= flip
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    parts = [bytes(stream[one:two]) for one, two in itertools.pairwise(edges)]
    assert run(name, parts) == run(name, [bytes(stream)])


def _places(length: int, every: int) -> list[int]:
    """Every byte of a short frame; of a picture the first and last ones and every so many of the others."""
    if length < 300:
        return list(range(length))
    return sorted({*range(64), *range(length - 16, length), *range(64, length, every)})


def _check_flips(name: str, every: int, masks: Sequence[int]) -> None:
    protocol = PROTOCOLS[name]
    checked = 1 if name == "gm65" else 0
    hit = protocol.messages[checked]
    meant = set(map(repr_of, run(name, [hit])[0]))
    after = protocol.messages[2 if name == "gm65" else 1]
    follows = run(name, [after])[0]
    for at in _places(len(hit), every):
        for mask in masks:
            damaged = hit[:at] + bytes((hit[at] ^ mask,)) + hit[at + 1 :]
            got = run(name, [damaged + protocol.closed + after + after])[0]
            left = [thing for thing in got if thing not in follows and not isinstance(thing, FailedRead)]
            if name == "gm65":
                # What is no answer any more is looked at as a line; lines have no checksum.
                left = [thing for thing in left if isinstance(thing, Answer)]
            assert left == [], (at, mask)
            assert not meant & set(map(repr_of, left))


@pytest.mark.parametrize("name", [name for name in NAMES if PROTOCOLS[name].checksum_bits])
def test_no_flipped_byte_is_accepted_where_there_is_a_checksum(name: str) -> None:
    """And what follows is read all the same."""
    short = len(PROTOCOLS[name].messages[0]) < 50
    _check_flips(name, 61, range(1, 256) if short else (0x01, 0x10, 0x20, 0x80, 0xFF))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gy-mcu90640", "senxor", "rte6701"])
def test_no_flipped_byte_of_a_long_frame_is_accepted(name: str) -> None:
    _check_flips(name, 1, range(1, 256) if name == "rte6701" else (0x01, 0x20, 0x80, 0xFF))


@pytest.mark.parametrize("name", [name for name in UNCHECKED if name.startswith("optris")])
def test_without_a_checksum_the_three_answers_of_a_round_stand_for_each_other(name: str) -> None:
    """No checksum: what a flip leaves is refused, or within a degree, or the sensor's own temperature."""
    hit = PROTOCOLS[name].messages[1]
    (meant,) = THERMAL[name].feed(hit).frames
    for at in range(len(hit)):
        for mask in range(1, 256):
            for frame in THERMAL[name].feed(hit[:at] + bytes((hit[at] ^ mask,)) + hit[at + 1 :]).frames:
                assert abs(float(frame.celsius[0, 0] - meant.celsius[0, 0])) <= 1.05, (at, mask)


def test_without_a_checksum_a_zone_differs_in_one_character_and_its_check_digits_are_the_callers() -> None:
    hit = elyctis.zone(TD3)
    for at, mask in itertools.product(range(len(hit)), range(1, 256)):
        heard = READERS["elyctis"].feed(hit[:at] + bytes((hit[at] ^ mask,)) + hit[at + 1 :])
        for read in heard.reads:
            if isinstance(read, MrzRead):
                pairs = zip("".join(read.lines), "".join(TD3), strict=True)
                assert sum(one != other for one, other in pairs) <= 1
                assert re.fullmatch("[A-Z0-9<]{44}", read.lines[1])


def test_without_a_checksum_a_flip_costs_its_own_line_and_its_signature_is_the_callers() -> None:
    """A flipped ending joins two lines into one that is neither; nothing else reaches the line beside it."""
    texts = [b"HC1:FIRST", b"HC1:SECOND"]
    stream = b"\r".join(texts) + b"\r"
    border = len(texts[0])
    for at, mask in itertools.product(range(len(stream)), range(1, 256)):
        damaged = stream[:at] + bytes((stream[at] ^ mask,)) + stream[at + 1 :]
        found = [read.data for read in run("scanner-lines", [damaged])[1] if isinstance(read, CodeRead)]
        if at == border:
            assert (texts[0] in found) == (texts[1] in found) == (damaged[at] in b"\r\n")
        else:
            assert texts[at < border] in found, (at, mask)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in LINES])
@settings(max_examples=25, deadline=None)
@given(before=st.binary(max_size=80), cut=st.integers(1, 10_000), between=st.binary(max_size=30))
def test_garbage_and_torn_frames_never_cost_a_good_one(name: str, before: bytes, cut: int, between: bytes) -> None:
    first, second, third = PROTOCOLS[name].messages
    cut = cut % len(third)
    # A transcript of questions and answers is not torn inside an exchange.
    torn = third[: cut // 6 * 6 if name.startswith("optris") else cut]
    # Elyctis has no checksum: the beginning of a message swallows what follows, up to the longest zone.
    quiet = bytes(200) if name == "elyctis" else b""
    found = iter(run(name, [before + torn + quiet + first + between + quiet + torn + quiet + second])[1])
    wanted = [run(name, [message])[1][0] for message in (first, second)]
    assert all(any(reading == one for reading in found) for one in wanted)


def _noise_readings(name: str, megabytes: int) -> int:
    rng = np.random.default_rng(2026)
    rest, lost, count = b"", False, 0
    for _ in range(megabytes * 16):
        decoded = PROTOCOLS[name].feed(rest + rng.integers(0, 256, 62_500, np.uint8).tobytes(), lost)
        rest, lost = decoded.remainder, decoded.lost
        count += len(readings(decoded))
        if isinstance(decoded, Heard):
            # Nothing that noise says as a line looks like a certificate.
            texts = [read.data for read in decoded.reads if isinstance(read, CodeRead)]
            assert not any(text.startswith((b"HC1:", b"shc:/", b"PK\x03\x04")) for text in texts)
            assert all(len(text) < 120 for text in texts)
        assert len(rest) <= 16_384 + 64
    return count


def _allowed(name: str, size: int) -> int:
    if name in LINES:
        # Of 256 bytes 2 are line endings and 25 never occur in a text; a text stands between two endings.
        fine, ending = (256 - 27) / 256, 2 / 256
        passing = ending * sum(fine**length * ending for length in range(1, 200))
        return most(size * passing)
    return most(size * PROTOCOLS[name].false_in_noise)


@pytest.mark.parametrize("name", NAMES)
def test_a_megabyte_of_noise(name: str) -> None:
    assert _noise_readings(name, 1) <= _allowed(name, 10**6)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_ten_megabytes_of_noise(name: str) -> None:
    assert _noise_readings(name, 10) <= _allowed(name, 10**7)


_BEHIND_THE_HEADER = {
    "gy": (2**-16, 4, 400),
    "senxor": (2**-32, 12, 20),
    "mlx90614": (2**-8, 4, 20_000),
    "modbus": (2**-16, 3, 20_000),
    "rte6701": (2**-8 / 256, 6, 20_000),
    # Two targets within a degree, and all three plausible: words out of 65536.
    "optris": (3_500 / 2**16 * 21 / 2**16 * 2_000 / 2**16, 0, 20_000),
    "optris-hs": (35_000 / 2**16 * 201 / 2**16 * 20_000 / 2**16, 0, 20_000),
}
"""By family: the chance that noise behind a good header passes, how long that header is, how often it is tried."""


@pytest.mark.parametrize("name", [name for name in NAMES if name not in (*LINES, "elyctis")])
def test_headers_in_noise_pass_as_often_as_the_checksum_is_wide(name: str) -> None:
    """The beginning of a frame over and over, with noise behind it: what stands between noise and a reading then.

    Plausible ranges let fewer pass than the checksum alone; an Optris "hs" has neither, and noise on it is a reading
    once in some 2000 rounds.
    """
    family = "optris-hs" if name.endswith("-hs") else next(key for key in _BEHIND_THE_HEADER if name.startswith(key))
    chance, header, count = _BEHIND_THE_HEADER[family]
    rng = np.random.default_rng(5)
    wire = PROTOCOLS[name].messages[0]
    passed = 0
    for _ in range(count):
        random = rng.integers(0, 256, len(wire), np.uint8).tobytes()
        if family.startswith("optris"):
            random = b"".join(wire[at : at + 4] + random[at + 4 : at + 6] for at in (0, 6, 12))
        else:
            random = wire[:header] + random[header:]
        passed += len(readings(PROTOCOLS[name].feed(random, False)))
    assert passed <= most(count * chance)
