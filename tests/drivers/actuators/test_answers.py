"""What relay boards and printers answer, cut and flipped: neither answer has a checksum."""

import itertools

import numpy as np
import pytest

from drivers.actuators import escpos, lcus
from drivers.actuators.escpos import About, PrinterState


def _status(split: list[bytes], channels: int) -> list[tuple[bool, ...]]:
    """What a board's answer says when it comes in these parts, as the driver collects them."""
    data, found = b"", []
    for part in split:
        data += part
        if (states := lcus.parse_status(data, channels)) is not None:
            found.append(states)
    return found


@pytest.mark.parametrize("text", [False, True])
def test_a_relay_boards_answer_in_any_parts(text: bool) -> None:
    states = (True, False, True, False)
    wire = lcus.status(states, text)
    for cut in range(1, len(wire)):
        assert set(_status([wire[:cut], wire[cut:]], 4)) == {states}
    assert set(_status([wire[at : at + 1] for at in range(len(wire))], 4)) == {states}


def test_a_relay_boards_answer_has_no_checksum_and_takes_no_byte_that_none_sends() -> None:
    """A flip in an answer of bytes shows another relay or nothing; in a text it must make the other whole word."""
    states = (True, False, True, False)
    for text in (False, True):
        wire = lcus.status(states, text)
        for at, mask in itertools.product(range(len(wire)), range(1, 256)):
            got = lcus.parse_status(wire[:at] + bytes((wire[at] ^ mask,)) + wire[at + 1 :], 4)
            same = sum(one == other for one, other in zip(got, states, strict=True)) if got else None
            assert same is None or same == 4 - (not text)
    assert lcus.parse_status(np.random.default_rng(1).bytes(400), 4) is None


def test_no_flipped_byte_of_a_relay_command_switches_anything() -> None:
    for channel, on in itertools.product(range(1, 9), (False, True)):
        wire = lcus.switch(channel, on)
        for at, mask in itertools.product(range(4), range(1, 256)):
            commands, _ = lcus.feed_commands(wire[:at] + bytes((wire[at] ^ mask,)) + wire[at + 1 :])
            assert not [command for command in commands if command.channel]


def test_a_printers_answers_are_one_byte_with_fixed_bits() -> None:
    """No checksum: of 256 bytes 64 answer one question and 16 the other, and none answers both."""
    done = {byte for byte in range(256) if escpos.is_done_answer(byte)}
    state = {byte for byte in range(256) if escpos.is_state_answer(byte)}
    assert (len(done), len(state), done & state) == (64, 16, set())
    for flip in (1 << bit for bit in range(8)):
        for byte in escpos.state_bytes(PrinterState()).values():
            spoiled = byte ^ flip
            if escpos.is_state_answer(spoiled):
                # What is left tells of paper, cover or stop: a printer is stopped by a flip, never declared well.
                told = [escpos.parse_state({about: spoiled}) for about in About]
                assert any(one != PrinterState() for one in told)
