"""Optris CS and CT: documented answers, and what stands in for the missing checksum."""

import pytest

from drivers.ports import Fact
from drivers.registry import THERMAL
from drivers.thermal import optris as module

CS, CT = THERMAL["optris-cs"], THERMAL["optris-ct"]


def cycle(first: str, head: str, second: str) -> bytes:
    answers = (bytes.fromhex(first), bytes.fromhex(head), bytes.fromhex(second))
    return b"".join(map(module.exchange, module.ROUND, answers))


def test_documented_temperatures() -> None:
    assert module.CS.celsius(0x04D3) == pytest.approx(23.5)
    assert module.CS_HS.celsius(0x303E) == pytest.approx(23.5)
    assert module.CS.celsius(0x03B8) == pytest.approx(-4.8)
    for family in (module.CS, module.CT, module.CS_HS, module.CT_HS):
        assert family.celsius(family.word(36.6)) == pytest.approx(36.6)
    (frame,) = CS.feed(cycle("04D3", "0514", "04D3")).frames
    assert frame.celsius[0, 0] == pytest.approx(23.5)
    assert frame.ambient_celsius == pytest.approx(30.0)


def test_documented_emissivity_commands() -> None:
    assert module.set_emissivity(0.95, module.CS) == bytes.fromhex("8403B6")
    assert module.set_emissivity(0.98, module.CT) == bytes.fromhex("8403D453")
    assert CS.feed(module.exchange(b"\x04", bytes.fromhex("03B6"))).emissivities == (0.95,)


def test_byte_81_is_never_sent() -> None:
    for codec in (CS, CT):
        assert not any(command.startswith(b"\x81") for command in (*codec.start_commands(8.0, 0.98), *module.ROUND))


def test_targets_that_do_not_agree_are_no_reading() -> None:
    assert len(CS.feed(cycle("0555", "0514", "055F")).frames) == 1
    got = CS.feed(cycle("0555", "0514", "0560"))
    assert (got.frames, got.frames_bad) == ((), 1)


@pytest.mark.parametrize(
    "torn",
    [
        (b"\x05", b"\x05\x14", b"\x05\x64"),
        (b"\x05\x64", b"\x05", b"\x05\x64"),
        (b"\x05\x64", b"\x05\x14", b"\x05"),
        (b"\x05\x64\x05", b"\x14\x05", b"\x64"),
        (b"\x05\x64", b"\x05\x14\x05", b"\x05\x64"),
        (b"\x05\x64", b"\x05\x14", b""),
    ],
)
def test_a_lost_or_an_added_byte_shifts_nothing(torn: tuple[bytes, ...]) -> None:
    got = CS.feed(b"".join(map(module.exchange, module.ROUND, torn)) + cycle("0555", "0514", "0555"))
    assert len(got.frames) == 1
    assert got.frames[0].celsius[0, 0] == pytest.approx(36.5)
    assert got.frames_bad >= 1


def test_a_short_answer_is_no_emissivity() -> None:
    """The byte after it, the "?" of the next question, would make 0.831 of it."""
    got = CS.feed(module.exchange(b"\x04", b"\x03") + module.exchange(b"\x04", bytes.fromhex("03B6")))
    assert got.emissivities == (0.95,)


def test_implausible_answers() -> None:
    for first, head in (("0000", "0514"), ("FFFF", "0514"), ("0555", "FFFF")):
        assert CS.feed(cycle(first, head, first)).frames_bad == 1


def test_identity() -> None:
    data = module.exchange(b"\x0e", bytes.fromhex("10061B")) + module.exchange(b"\x0f", bytes.fromhex("0BC4"))
    assert CT.feed(data).facts == ((Fact.SERIAL, "1050139"), (Fact.FIRMWARE, "3012"))
