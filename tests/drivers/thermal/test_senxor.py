"""SenXor MI48: the maker's own examples, byte by byte."""

import numpy as np
import pytest

from drivers.emulators.senxor import SenxorDevice
from drivers.ports import Fact, Trouble
from drivers.readings import ThermalFrame
from drivers.thermal import senxor as module


def picture(celsius: float = 30.0) -> ThermalFrame:
    return ThermalFrame(np.full((62, 80), celsius, np.float32), 31.5)


@pytest.mark.parametrize(
    ("made", "documented"),
    [
        (module.read_register(0xB1), b"   #000ARREGB1XXXX"),
        (module.write_register(0xB1, 2), b"   #000CWREGB102XXXX"),
        (module.read_registers((0xB1, 0xB2, 0xB3)), b"   #0010RRSEB1B2B3FFXXXX"),
        (module.read_registers((0x01, 0x02)), b"   #000ERRSE0102FFXXXX"),
        (module.read_registers((0xC1,) * 10), b"   #001ERRSE" + b"C1" * 10 + b"FFXXXX"),
        (module.message("WREG", b""), b"   #0008WREG01FD"),
        (module.message("RREG", b"01"), b"   #000ARREG010262"),
    ],
)
def test_documented_messages(made: bytes, documented: bytes) -> None:
    assert made == documented


def test_a_documented_frame_length_and_its_places() -> None:
    data = module.encode(picture(36.95), counter=7)
    assert data[:12] == b"   #2808GFRA"
    assert len(data) == 8 + 0x2808
    words = np.frombuffer(data[12 + 160 : -4], "<u2")
    assert words[0] == 7
    assert words[2] == 30465  # 31.5 degrees are 304.65 K
    assert words[5] == words[6] == words[80] == 3101  # 36.95 degrees are 310.1 K
    (frame,) = module.feed(data).frames
    assert frame.celsius.shape == (62, 80)
    assert frame.celsius.max() == pytest.approx(36.95)
    assert frame.ambient_celsius == pytest.approx(31.5)


def test_pixels_keep_their_places() -> None:
    celsius = np.full((62, 80), 20.0, np.float32)
    celsius[3, 70] = 36.0
    (frame,) = module.feed(module.encode(ThermalFrame(celsius, 30.0))).frames
    assert np.unravel_index(int(frame.celsius.argmax()), frame.celsius.shape) == (3, 70)


def test_answers_between_frames() -> None:
    pairs = b"B245B30ABA04CA62CBF9C264B600" + b"E018E120E201E300E412E534"
    data = module.encode(picture()) + module.message("WREG", b"") + module.message("RRSE", pairs)
    got = module.feed(data + module.encode(picture(31.0)))
    assert len(got.frames) == 2
    assert got.emissivities == (0.98,)
    assert dict(got.facts) == {
        Fact.FIRMWARE: "4.5.10",
        Fact.KIND: "MI0802",
        Fact.SERIAL: "182001001234",
        Fact.OFFSET: "-0.7",
        Fact.FACTOR: "1.00",
    }
    assert (got.troubles, got.frames_bad, got.resyncs) == ((), 0, 0)


def test_a_missing_sensor_is_told() -> None:
    assert module.feed(module.message("SERR", b"00")).troubles == (Trouble.SENSOR_FAULT,)
    assert module.feed(module.message("RRSE", b"B604")).troubles == (Trouble.SENSOR_FAULT,)
    assert module.feed(module.message("RRSE", b"B610")).troubles == ()


def test_lower_case_digits_are_a_changed_byte() -> None:
    data = module.message("RRSE", b"CA62")
    assert module.feed(data).emissivities == (0.98,)
    content = module.message("RRSE", b"ca62")
    assert module.feed(content).emissivities == ()
    assert b"2808" in module.encode(picture())


@pytest.mark.parametrize("content", [bytes(10_240), bytes(319) + b"\xff" * 9_921])
def test_a_dead_sensor_is_not_minus_273_degrees(content: bytes) -> None:
    got = module.feed(module.message("GFRA", content))
    assert (got.frames, got.frames_bad) == ((), 1)


def test_a_frame_without_a_header_or_of_another_model_is_not_read() -> None:
    for size in (10_080, 39_680, 5_200):
        data = module.message("GFRA", b"\x0c" * size)
        got = module.feed(data + module.encode(picture()))
        assert len(got.frames) == 1
        assert got.resyncs == 1


def test_a_damaged_length_does_not_swallow_what_follows() -> None:
    data = module.encode(picture()).replace(b"2808", b"FFFF")
    got = module.feed(data + module.encode(picture(33.0)))
    assert len(got.frames) == 1


def test_the_rate_is_never_faster_than_asked_for() -> None:
    assert [module.divider(rate) for rate in (100.0, 25.0, 24.0, 8.0, 1.0, 0.01)] == [1, 1, 2, 4, 25, 127]


def test_starting_speaks_to_the_device_in_any_rubbish() -> None:
    device = SenxorDevice(1)
    for command in module.start_commands(8.0, 0.98):
        for byte in b"   #0" + command:
            device.hear(bytes((byte,)))
    assert device.registers[module.MODE] == module.STREAM
    assert device.registers[module.DIVIDER] == 4
    assert device.registers[module.EMISSIVITY] == 98
    assert device.registers[module.UNITS] == 0
