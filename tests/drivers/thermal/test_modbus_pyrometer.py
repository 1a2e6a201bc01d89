"""Modbus-RTU pyrometers: published check value, documented frames, what the status says."""

import pytest

from drivers.ports import Fact, Trouble
from drivers.thermal import modbus_pyrometer as module
from drivers.thermal import modbus_rtu as rtu

USB = module.ModbusPyrometer()
MINI = module.ModbusPyrometer(module.PROFILE_MINI, module.PYRO_MINI)


def test_the_published_check_value() -> None:
    assert rtu.crc16(b"123456789") == 0x4B37


def test_documented_question_and_answer() -> None:
    assert USB.measure_request() == bytes.fromhex("01040012000451CC")
    answer = bytes.fromhex("010408016D0170012C0000D928")
    assert module.measured_answer(1, 36.5, 36.8, 30.0, 0) == answer
    (frame,) = USB.feed(answer).frames
    # The unfiltered object: the device's own filter is a correction that nobody recorded.
    assert frame.celsius[0, 0] == pytest.approx(36.8)
    assert frame.ambient_celsius == pytest.approx(30.0)
    assert rtu.answer_bytes(USB.measure_request()) == len(answer)


def test_documented_emissivity_command_is_the_one_that_is_not_stored() -> None:
    assert bytes.fromhex("01060018264813 9B") in USB.start_commands(None, 0.98)
    assert rtu.write_request(1, 0x17, 9_800) in MINI.start_commands(None, 0.98)


def test_the_other_family_has_other_registers() -> None:
    assert MINI.measure_request()[2:4] == bytes.fromhex("000E")


@pytest.mark.parametrize(("bit", "trouble"), list(enumerate(module.STATUS_BITS)))
def test_a_frame_with_a_status_bit_is_no_reading(bit: int, trouble: Trouble) -> None:
    got = USB.feed(module.measured_answer(1, 36.5, 36.8, 30.0, 1 << bit))
    assert (got.frames, got.frames_bad, got.troubles) == ((), 1, (trouble,))


def test_negative_temperatures_and_a_dead_sensor() -> None:
    (frame,) = USB.feed(module.measured_answer(1, -5.0, -12.3, -4.0, 0)).frames
    assert frame.celsius[0, 0] == pytest.approx(-12.3)
    assert frame.ambient_celsius == pytest.approx(-4.0)
    assert USB.feed(module.measured_answer(1, 0.0, 0.0, 0.0, 0)).frames_bad == 1


def test_identity_and_emissivity() -> None:
    answers = (
        rtu.values_answer(1, rtu.READ_INPUT, (21,))
        + rtu.values_answer(1, rtu.READ_INPUT, (18, 54_919))
        + rtu.write_request(1, 0x18, 9_800)
        + rtu.values_answer(1, rtu.READ_HOLDING, (9_800,))
    )
    got = USB.feed(answers)
    assert got.facts == ((Fact.KIND, "PyroUSB"), (Fact.SERIAL, str(18 * 65_536 + 54_919)))
    assert got.emissivities == (0.98,)
    assert (got.resyncs, got.frames_bad) == (0, 0)


def test_a_refusal_is_told() -> None:
    assert USB.feed(rtu.error_answer(1, rtu.READ_INPUT, 2)).troubles == (Trouble.REFUSED,)


def test_the_echo_of_a_half_duplex_adapter_is_skipped() -> None:
    answer = module.measured_answer(1, 36.5, 36.8, 30.0, 0)
    got = USB.feed(USB.measure_request() + answer)
    assert (len(got.frames), got.frames_bad, got.resyncs) == (1, 0, 1)


def test_another_address_is_somebody_else() -> None:
    assert USB.feed(module.measured_answer(2, 36.5, 36.8, 30.0, 0)).frames == ()
