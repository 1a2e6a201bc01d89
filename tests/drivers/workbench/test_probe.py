"""Finding out what is on a port: emulators of every kind, wrong baud rates, silence; and what may be sent."""

import os
import tty
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from drivers.emulators.mlx90614 import a4, five
from drivers.emulators.modbus_pyrometer import pyrometer
from drivers.emulators.optris import optris
from drivers.emulators.readers import ElyctisEmulator, Gm65Emulator
from drivers.emulators.relays import LcusEmulator
from drivers.emulators.senxor import senxor
from drivers.emulators.slip_printer import SlipPrinterEmulator
from drivers.emulators.thermal import ThermalEmulator
from drivers.emulators.wire import Fault
from drivers.errors import DeviceAbsent
from drivers.links.opening import open_link
from drivers.ports import ByteLink
from drivers.protocols import PROTOCOLS
from drivers.workbench.probe import bauds, probe
from drivers.workbench.probe_questions import QUESTIONS

Emulated = AbstractContextManager[Any]


class Written:
    """An opening that notes what is written."""

    def __init__(self) -> None:
        self.bytes = b""
        self.bauds: list[int] = []

    def __call__(self, url: str, baud: int) -> ByteLink:
        self.bauds.append(baud)
        link, noted = open_link(url, baud), self

        class Link:
            name, read_some, close = link.name, link.read_some, link.close

            def write(self, data: bytes) -> None:
                noted.bytes += data
                link.write(data)

        return Link()  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("emulated", "protocol", "baud"),
    [
        (lambda: ThermalEmulator(1, baud=460_800), "gy-mcu90640", 460_800),
        (lambda: ThermalEmulator(1, baud=115_200), "gy-mcu90640", 115_200),
        (lambda: five(1)[0], "mlx90614-5a", 9_600),
        (lambda: five(1, count=5)[0], "mlx90614-5a-long", 9_600),
        (lambda: a4(1)[0], "mlx90614-a4", 9_600),
    ],
)
def test_what_streams_is_heard_and_nothing_is_written(
    emulated: Callable[[], Emulated], protocol: str, baud: int
) -> None:
    written = Written()
    with emulated() as device:
        probed = probe(device.path, seconds=0.5, open_at=written)
    found = probed.found
    assert found is not None, probed
    assert (found.protocol, found.baud, found.asked) == (protocol, baud, False)
    assert found.good >= 2
    assert f"most likely {protocol} at {baud} baud: {found.good} good frames" in probed.sentence()
    assert written.bytes == b""


@pytest.mark.parametrize(
    ("emulated", "protocol", "baud"),
    [
        (lambda: senxor(1)[0], "senxor", 115_200),
        (lambda: pyrometer(1)[0], "modbus-pyrometer", 9_600),
        (lambda: optris(1, "optris-cs")[0], "optris-cs", 9_600),
        (lambda: optris(1, "optris-ct")[0], "optris-ct", 115_200),
        (lambda: Gm65Emulator(), "gm65", 9_600),
        (lambda: ElyctisEmulator(), "elyctis", 115_200),
        (lambda: LcusEmulator(4), "lcus", 9_600),
        (lambda: LcusEmulator(8, "text"), "lcus", 9_600),
        (lambda: SlipPrinterEmulator(), "escpos", 115_200),
    ],
)
def test_what_must_be_asked_is_silent_until_it_is_asked(
    emulated: Callable[[], Emulated], protocol: str, baud: int
) -> None:
    written = Written()
    with emulated() as device:
        silent = probe(device.path, protocols=[protocol], seconds=0.1, open_at=written)
        assert silent.found is None
        assert written.bytes == b""
        assert "stayed silent" in silent.sentence()
        assert "--ask" in silent.sentence()
        probed = probe(device.path, protocols=[protocol], seconds=0.1, ask=True)
    found = probed.found
    assert found is not None, probed
    assert (found.protocol, found.good, found.bad, found.asked) == (protocol, 3, 0, True)
    assert found.baud == baud
    assert f"answers like {protocol} at {baud} baud" in probed.sentence()


@pytest.mark.parametrize(
    ("emulated", "protocol"),
    [
        (lambda: Gm65Emulator(), "gm65"),
        (lambda: pyrometer(3)[0], "modbus-pyrometer"),
        (lambda: LcusEmulator(2), "lcus"),
    ],
)
def test_asked_without_naming_a_protocol(emulated: Callable[[], Emulated], protocol: str) -> None:
    with emulated() as device:
        probed = probe(device.path, seconds=0.05, ask=True)
    assert probed.found is not None
    assert probed.found.protocol == protocol


def test_a_wrong_baud_rate_is_noise_and_not_a_device() -> None:
    with five(5)[0] as device:
        probed = probe(
            device.path, protocols=["mlx90614-5a"], seconds=0.4, open_at=lambda url, _: open_link(url, 115_200)
        )
    assert probed.found is None
    assert all(count for _, count in probed.heard)
    assert "fit no known protocol" in probed.sentence()


@pytest.mark.slow
def test_asking_changes_nothing() -> None:
    with LcusEmulator(4) as board, Gm65Emulator() as reader:
        link = open_link(board.path, 9_600)
        link.write(bytes.fromhex("A00201A3"))
        link.close()
        before = [reader.setting(address) for address in range(256)]
        for device in (board, reader):
            probe(device.path, seconds=0.05, ask=True)
        assert board.relays == (False, True, False, False)
        assert [reader.setting(address) for address in range(256)] == before
        assert reader.saves == 0


def test_a_sensor_with_faults_is_known_all_the_same() -> None:
    wire, _ = a4(9, fault_share=0.2)
    with wire:
        wire.set_faults(Fault.FLIP, Fault.GARBAGE)
        found = probe(wire.path, protocols=["mlx90614-a4"], seconds=2.0).found
    assert found is not None
    assert found.good > found.bad


@contextmanager
def terminal() -> Iterator[tuple[int, str]]:
    master, slave = os.openpty()
    tty.setraw(slave)
    try:
        yield master, os.ttyname(slave)
    finally:
        os.close(slave)
        os.close(master)


def test_silence_and_what_is_not_there() -> None:
    with terminal() as (master, path):
        asked = probe(path, protocols=["gm65", "lcus"], seconds=0.05, ask=True)
        assert "silent even when asked" in asked.sentence()
        assert set(os.read(master, 4096)) >= {0x7E, 0xFF}
        heard = probe(path, protocols=["scanner-lines"], seconds=0.05)
        assert heard.findings == ()
    with pytest.raises(DeviceAbsent, match="plug the device in"):
        probe("/dev/ttyNONE")


def test_the_rates_as_delivered_are_tried_first() -> None:
    assert bauds(["gy-mcu90640"]) == (115_200, 9_600, 460_800)
    assert bauds(list(PROTOCOLS))[0] == 9_600
    assert set(QUESTIONS) <= set(PROTOCOLS)
