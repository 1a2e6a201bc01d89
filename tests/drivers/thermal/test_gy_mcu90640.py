"""The byte protocol of the GY-MCU90640: documented bytes, then any damage a cable can do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.readings import ThermalFrame
from drivers.thermal import gy_mcu90640 as module


def flat(celsius: float, ambient: float = 29.0) -> ThermalFrame:
    return ThermalFrame(np.full((24, 32), celsius, np.float32), ambient)


def scene(seed: int) -> ThermalFrame:
    rng = np.random.default_rng(seed)
    hundredths = rng.integers(2000, 3900, (24, 32))
    return ThermalFrame((hundredths / 100).astype(np.float32), float(rng.integers(2000, 4000)) / 100)


FRAMES = [scene(seed) for seed in range(4)]
WIRE = [module.encode(frame) for frame in FRAMES]


def same(left: ThermalFrame, right: ThermalFrame) -> bool:
    return np.array_equal(left.celsius, right.celsius) and left.ambient_celsius == right.ambient_celsius


def feed_all(parts: list[bytes]) -> tuple[list[ThermalFrame], list[float], int, int, bytes]:
    frames, answers, bad, resyncs, rest, lost = [], [], 0, 0, b"", False
    for part in parts:
        decoded = module.feed(rest + part, lost)
        frames += decoded.frames
        answers += decoded.emissivities
        bad, resyncs = bad + decoded.frames_bad, resyncs + decoded.resyncs
        rest, lost = decoded.remainder, decoded.lost
    return frames, answers, bad, resyncs, rest


def test_documented_frame_has_the_documented_sum() -> None:
    data = module.encode(flat(30.0, 29.0))
    assert len(data) == 1544
    assert data[:4] == bytes.fromhex("5A5A0206")
    assert data[4:6] == bytes.fromhex("B80B")
    assert data[1540:] == bytes.fromhex("540BB093")
    (frame,) = module.feed(data).frames
    assert same(frame, flat(30.0, 29.0))


def test_the_manuals_fragment() -> None:
    """Pixels 6E0E, 690E ... 050E, ambient 8D0E: 36.94, 36.89, 35.89 and 37.25 degrees."""
    words = np.full(772, 0x0E5A, "<u2")
    words[:4] = np.frombuffer(bytes.fromhex("5A5A02066E0E690E"), "<u2")
    words[769:771] = np.frombuffer(bytes.fromhex("050E8D0E"), "<u2")
    words[771] = int(words[:771].sum(dtype=np.uint32)) & 0xFFFF
    (frame,) = module.feed(words.tobytes()).frames
    # The first pixel is the upper right one of the picture, the last one the lower left one.
    assert frame.celsius[0, 31] == pytest.approx(36.94)
    assert frame.celsius[0, 30] == pytest.approx(36.89)
    assert frame.celsius[23, 0] == pytest.approx(35.89)
    assert frame.ambient_celsius == pytest.approx(37.25)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (module.set_baud(9_600), "A51501BB"),
        (module.set_baud(115_200), "A51502BC"),
        (module.set_baud(460_800), "A51503BD"),
        (module.set_rate(0.5), "A52500CA"),
        (module.set_rate(1), "A52501CB"),
        (module.set_rate(2), "A52502CC"),
        (module.set_rate(4), "A52503CD"),
        (module.set_rate(8), "A52504CE"),
        (module.query_frame(), "A53501DB"),
        (module.stream(), "A53502DC"),
        (module.set_emissivity(0.95), "A5455F49"),
        (module.set_emissivity(0.98), "A545624C"),
        (module.read_emissivity(), "A55501FB"),
        (module.save(), "A565010B"),
        (module.emissivity_answer(0.95), "5A5A5F13"),
    ],
)
def test_documented_commands(command: bytes, expected: str) -> None:
    assert command == bytes.fromhex(expected)


def test_commands_refuse_what_the_module_does_not_know() -> None:
    for make, value in ((module.set_rate, 3), (module.set_baud, 19_200), (module.set_emissivity, 1.5)):
        with pytest.raises(ValueError, match="GY-MCU90640"):
            make(value)  # type: ignore[operator]


def test_the_module_understands_every_command_in_any_rubbish() -> None:
    data = b"\xa5\xa5\x00" + module.set_rate(8) + b"\x15" + module.set_emissivity(0.98) + b"\xa5\x45\x62\x00"
    commands, rest = module.feed_commands(data + module.save() + module.stream()[:2])
    assert [command for command in commands if command.rate_hertz == 8]
    assert [command for command in commands if command.emissivity == 0.98]
    assert commands[-1].saves
    assert len(commands) == 3
    assert rest == module.stream()[:2]


@pytest.mark.parametrize(
    "frame",
    [
        ThermalFrame(np.zeros((32, 24), np.float32), 20.0),
        flat(float("nan")),
        flat(301.0),
        flat(30.0, 90.0),
    ],
)
def test_encode_refuses_what_the_module_could_not_send(frame: ThermalFrame) -> None:
    with pytest.raises(ValueError, match="GY-MCU90640"):
        module.encode(frame)


def test_negative_temperatures_survive() -> None:
    (frame,) = module.feed(module.encode(flat(-12.34, -5.5))).frames
    assert same(frame, flat(-12.34, -5.5))


def test_opening_in_the_middle_of_a_frame() -> None:
    frames, _, _, resyncs, rest = feed_all([WIRE[0][700:] + WIRE[1] + WIRE[2]])
    assert len(frames) == 2
    assert same(frames[0], FRAMES[1])
    assert resyncs == 1
    assert rest == b""


def test_header_bytes_inside_the_data() -> None:
    """A pixel of 0x5A5A is 231.3 degrees; followed by 0x0602 = 15.38 it is a whole header."""
    celsius = np.full((24, 32), 30.0, np.float32)
    celsius[5, 10], celsius[5, 9] = 231.30, 15.38
    frame = ThermalFrame(celsius, 29.0)
    data = module.encode(frame)
    assert data.count(module.HEADER + module.LENGTH) == 2
    for opened_at in (1, 300, data.rindex(module.HEADER)):
        frames, _, bad, _, _ = feed_all([data[opened_at:] + data + WIRE[0]])
        assert len(frames) == 2
        assert same(frames[0], frame)
        assert bad <= 1


def test_half_a_frame_then_whole_ones() -> None:
    frames, _, bad, _, _ = feed_all([WIRE[0][:900], WIRE[1], WIRE[2]])
    assert [same(frame, right) for frame, right in zip(frames, FRAMES[1:3], strict=True)] == [True, True]
    assert bad == 1


def test_answer_between_frames_and_two_frames_in_one_read() -> None:
    frames, answers, bad, resyncs, _ = feed_all([WIRE[0] + module.emissivity_answer(0.98) + WIRE[1]])
    assert len(frames) == 2
    assert answers == [0.98]
    assert (bad, resyncs) == (0, 0)


@pytest.mark.parametrize("value", range(256))
def test_no_byte_before_a_header_hides_it(value: int) -> None:
    for prefix in (bytes([value]), b"\x5a" * 3 + bytes([value]), b"\x5a\x5a" + bytes([value])):
        frames, *_ = feed_all([prefix + WIRE[0]])
        assert len(frames) == 1


def test_a_dead_sensor_is_not_zero_degrees() -> None:
    words = np.zeros(772, "<u2")
    words[:2] = np.frombuffer(module.HEADER + module.LENGTH, "<u2")
    words[771] = int(words[:771].sum(dtype=np.uint32)) & 0xFFFF
    decoded = module.feed(words.tobytes())
    assert decoded.frames == ()
    assert decoded.frames_bad == 1


def test_implausible_pixels_and_ambient_are_bad_frames() -> None:
    for index, value in ((10, 0x7FFF), (10, -30000 & 0xFFFF), (770, 20_000)):
        words = np.frombuffer(WIRE[0], "<u2").copy()
        words[index] = value
        words[771] = int(words[:771].sum(dtype=np.uint32)) & 0xFFFF
        assert module.feed(words.tobytes()).frames_bad == 1


@given(noise=st.binary(max_size=64))
def test_command_noise_never_crashes(noise: bytes) -> None:
    _, rest = module.feed_commands(noise)
    assert len(rest) < module.COMMAND_BYTES
