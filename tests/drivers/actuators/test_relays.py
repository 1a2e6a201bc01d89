"""LCUS relay boards: documented bytes, then boards that answer, boards that do not, and cables that are pulled."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from drivers.actuators import lcus
from drivers.actuators.outcome import Done, Outcome
from drivers.actuators.relay_board import RelayBoard, RelaySettings
from drivers.emulators.relays import LcusEmulator
from drivers.links.serial_port import open_serial
from drivers.readings import DeviceState

NAMES = {"gate": 1, "lamp": 2, "siren": 3}


def board(device: LcusEmulator) -> RelayBoard:
    settings = RelaySettings("relays", 4, NAMES)
    return RelayBoard(
        settings,
        lambda: open_serial(device.path, 9_600),
        jitter=lambda: 1.0,
        pause=lambda _: time.sleep(0.02) is not None,
    )


def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "did not come"
        time.sleep(0.01)


def ready(relays: RelayBoard) -> bool:
    return relays.health(datetime.now(UTC)).state is DeviceState.READY


@pytest.mark.parametrize(
    ("channel", "on", "expected"),
    [
        (1, True, "a00101a2"),
        (1, False, "a00100a1"),
        (2, True, "a00201a3"),
        (2, False, "a00200a2"),
        (8, True, "a00801a9"),
    ],
)
def test_documented_commands(channel: int, on: bool, expected: str) -> None:
    assert lcus.switch(channel, on).hex() == expected
    assert lcus.feed_commands(bytes.fromhex(expected)) == ((lcus.Command(channel, on),), b"")


@pytest.mark.parametrize("channel", [0, 9, -1])
def test_no_such_channel(channel: int) -> None:
    with pytest.raises(ValueError, match="correct the profile"):
        lcus.switch(channel, True)


def test_any_split_and_any_flipped_byte_of_a_command() -> None:
    stream = b"\x00" + lcus.switch(1, True) + lcus.QUERY + lcus.switch(3, False)
    whole = lcus.feed_commands(stream)[0]
    commands: tuple[lcus.Command, ...] = ()
    rest = b""
    for at in range(len(stream)):
        found, rest = lcus.feed_commands(rest + stream[at : at + 1])
        commands += found
    assert commands == whole == (lcus.Command(1, True), lcus.Command(0), lcus.Command(3, False))
    good = lcus.switch(2, True)
    for at in range(4):
        for change in range(1, 256):
            spoiled = good[:at] + bytes((good[at] ^ change,)) + good[at + 1 :]
            switched = [command for command in lcus.feed_commands(spoiled)[0] if command.channel]
            assert switched == []


@pytest.mark.parametrize("text", [False, True])
def test_both_kinds_of_status(text: bool) -> None:
    states = (False, True, True, False)
    data = lcus.status(states, text)
    assert lcus.parse_status(data, 4) == states
    for length in range(len(data) - 2):
        assert lcus.parse_status(data[:length], 4) is None
    assert lcus.parse_status(data, 8) is None
    assert lcus.parse_status(b"\x00\x01\x02\x00", 4) is None
    assert lcus.parse_status(b"", 4) is None


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [("bytes", Outcome.CONFIRMED), ("text", Outcome.CONFIRMED), ("nothing", Outcome.COMMANDED)],
)
def test_confirmed_or_only_commanded(answers: str, outcome: Outcome) -> None:
    with LcusEmulator(4, answers) as device, board(device) as relays:
        until(lambda: ready(relays))
        assert relays.switch("lamp", True).result(3) == Done(outcome)
        until(lambda: device.relays == (False, True, False, False))
        assert relays.commanded() == {"gate": False, "lamp": True, "siren": False}
        assert relays.switch("lamp", False).result(3) == Done(outcome)
        until(lambda: not any(device.relays))


def test_back_to_rest_by_itself() -> None:
    with LcusEmulator() as device, board(device) as relays:
        until(lambda: ready(relays))
        assert relays.switch("siren", True, seconds=0.3).result(3).outcome is Outcome.CONFIRMED
        assert device.relays[2]
        until(lambda: not device.relays[2])
        assert not relays.commanded()["siren"]


def test_a_relay_that_does_not_follow() -> None:
    with LcusEmulator() as device, board(device) as relays:
        until(lambda: ready(relays))
        device.welded = {1}
        done = relays.switch("gate", True).result(3)
        assert (done.outcome, done.reason) == (Outcome.FAILED, "relays did not switch; operate it by hand.")
        assert relays.health(datetime.now(UTC)).state is DeviceState.DEGRADED


def test_everything_is_at_rest_after_an_unplug_and_after_the_end() -> None:
    with LcusEmulator(4, "nothing") as device:
        with board(device) as relays:
            until(lambda: ready(relays))
            relays.switch("gate", True).result(3)
            until(lambda: device.relays[0])
            device.unplug()
            until(lambda: not ready(relays))
            done = relays.switch("siren", True).result(3)
            assert done.outcome is Outcome.FAILED
            assert "by hand" in done.reason
            device.plug()
            until(lambda: ready(relays))
            # Neither the old order nor the one given in between is carried out.
            assert not any(device.relays)
            assert not any(relays.commanded().values())
            relays.switch("lamp", True).result(3)
            until(lambda: device.relays[1])
        until(lambda: not any(device.relays))


def test_names_must_be_wired() -> None:
    with pytest.raises(ValueError, match="no relay for siren"):
        RelayBoard(RelaySettings("relays", 2, NAMES), lambda: open_serial("/dev/none", 9_600))
    with pytest.raises(KeyError):
        RelayBoard(RelaySettings("relays", 4, NAMES), lambda: open_serial("/dev/none", 9_600)).switch("door", True)
