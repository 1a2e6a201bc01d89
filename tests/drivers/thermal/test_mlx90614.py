"""MLX90614 modules: documented frames and commands of both families."""

import pytest

from drivers.ports import Fact
from drivers.registry import THERMAL
from drivers.thermal import mlx90614 as module

FIVE, LONG, A4 = THERMAL["mlx90614-5a"], THERMAL["mlx90614-5a-long"], THERMAL["mlx90614-a4"]


def test_documented_5a_frame() -> None:
    data = bytes.fromhex("5A5A45040E6E0B36BA")
    assert module.frame_5a(36.94, 28.70) == data
    (frame,) = FIVE.feed(data).frames
    assert frame.celsius.shape == (1, 1)
    assert frame.celsius[0, 0] == pytest.approx(36.94)
    assert frame.ambient_celsius == pytest.approx(28.70)


def test_documented_a4_frame_and_never_its_body_temperature() -> None:
    data = bytes.fromhex("A40307075F0E100B540E42E1")
    assert module.frame_a4(0.95, 36.0, 29.0, 36.5) == data
    got = A4.feed(data)
    (frame,) = got.frames
    assert frame.celsius[0, 0] == pytest.approx(36.0)
    assert frame.ambient_celsius == pytest.approx(29.0)
    assert got.emissivities == (0.95,)
    hotter = A4.feed(module.frame_a4(0.95, 36.0, 29.0, 41.0)).frames[0]
    assert hotter.celsius[0, 0] == frame.celsius[0, 0]


@pytest.mark.parametrize(
    ("made", "documented"),
    [
        (module.read_a4(7, 7), "A4030707B5"),
        (module.write_a4(module.QUERY, 1), "A4060301AE"),
        (module.write_a4(module.BAUD, 6), "A4060106B1"),
        (module.STREAM_5A, "A545EA"),
        (module.QUERY_5A, "A515BA"),
    ],
)
def test_documented_commands(made: bytes, documented: str) -> None:
    assert made == bytes.fromhex(documented)


def test_each_name_reads_its_own_length_only() -> None:
    short, long = module.frame_5a(36.0, 29.0), module.frame_5a(36.0, 29.0, b"\x00")
    assert (len(short), len(long)) == (9, 10)
    assert (len(FIVE.feed(short).frames), len(FIVE.feed(long).frames)) == (1, 0)
    assert (len(LONG.feed(short + b"\x00").frames), len(LONG.feed(long).frames)) == (0, 1)


@pytest.mark.parametrize(("value", "told"), [(100, "0.0"), (93, "-0.7"), (112, "1.2")])
def test_the_hidden_offset_is_told(value: int, told: str) -> None:
    assert A4.feed(module.answer_a4(module.OFFSET, bytes((value,)))).facts == ((Fact.OFFSET, told),)


def test_dead_sensors_are_not_zero_degrees() -> None:
    assert FIVE.feed(module.frame_5a(0.0, 0.0)).frames_bad == 1
    assert A4.feed(module.frame_a4(0.98, 0.0, 0.0, 0.0)).frames_bad == 1
    assert len(FIVE.feed(module.frame_5a(-12.34, -5.5)).frames) == 1


def test_a_frame_beyond_the_sensor_is_bad() -> None:
    assert FIVE.feed(module.frame_5a(36.0, 200.0)).frames_bad == 1
    assert FIVE.feed(module.frame_5a(-80.0, 20.0)).frames_bad == 1


def test_rate_and_emissivity_are_set_and_the_offset_is_asked() -> None:
    commands = A4.start_commands(8.0, 0.98)
    assert module.write_a4(module.RATE, 2) in commands
    assert module.write_a4(module.EMISSIVITY, 98) in commands
    assert module.read_a4(module.OFFSET, 1) in commands
    assert module.write_a4(module.RATE, 0) in A4.start_commands(0.2, None)
    assert FIVE.start_commands(8.0, 0.98) == (module.STREAM_5A,)
