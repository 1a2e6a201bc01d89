"""Modbus-RTU against pymodbus, made by others: its server read by our driver, our emulator by its client.

Functions 03, 04 and 06 both ways, refusals both ways, over real pseudo-terminals. Function 10 (write many registers) is
never sent by the driver; the emulator refuses it, as the devices' manuals do not list it.
"""

import asyncio
import contextlib
import os
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from drivers.emulators.modbus_pyrometer import pyrometer
from drivers.links.serial_port import open_serial
from drivers.ports import Fact, Trouble
from drivers.readings import DeviceHealth, DeviceState
from drivers.registry import THERMAL
from drivers.thermal import modbus_rtu as rtu
from drivers.thermal.modbus_pyrometer import PYRO_MINI, PYRO_USB, RegisterMap
from drivers.thermal.scanner import ScannerSettings, ThermalScanner

pytest.importorskip("pymodbus", reason="pymodbus is not installed: it is for tests only")
from pymodbus import FramerType
from pymodbus.client import ModbusSerialClient
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

BAUD = 9_600
SERIAL = (0x0012, 0xD687)


def until(condition: Callable[[], bool], seconds: float = 8.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


@contextlib.contextmanager
def null_modem() -> Iterator[tuple[str, str]]:
    """Two pseudo-terminals whose wires cross: the paths of both ends."""
    ends = [os.openpty(), os.openpty()]
    for _, slave in ends:
        tty.setraw(slave)
    (one, _), (other, _) = ends
    over = threading.Event()

    def carry() -> None:
        while not over.is_set():
            for ready in select.select([one, other], [], [], 0.02)[0]:
                os.write(other if ready == one else one, os.read(ready, 4096))

    thread = threading.Thread(target=carry)
    thread.start()
    try:
        yield os.ttyname(ends[0][1]), os.ttyname(ends[1][1])
    finally:
        over.set()
        thread.join()
        for pair in ends:
            for end in pair:
                os.close(end)


@contextlib.contextmanager
def pymodbus_server(path: str, device: SimDevice, asked: list[ModbusPDU]) -> Iterator[None]:
    """Their server on that path, on a thread of its own; `asked` gets what it was asked."""
    loop = asyncio.new_event_loop()
    up = threading.Event()

    def seen(sending: bool, pdu: ModbusPDU) -> ModbusPDU:
        if not sending:
            asked.append(pdu)
        return pdu

    async def serve() -> None:
        server = ModbusSerialServer(device, framer=FramerType.RTU, port=path, baudrate=BAUD, trace_pdu=seen)
        loop.call_later(0.1, up.set)
        over.append(server)
        with contextlib.suppress(asyncio.CancelledError):
            await server.serve_forever()

    over: list[ModbusSerialServer] = []
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert up.wait(5)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(over[0].shutdown(), loop).result(5)
        thread.join(5)
        loop.close()


def words(address: int, *values: int) -> SimData:
    return SimData(address, values=list(values), datatype=DataType.REGISTERS)


def their_pyrometer(registers: RegisterMap, kind: int, *measured: int) -> SimDevice:
    about = [words(0, kind), words(2, *SERIAL), words(registers.measured, *(value & 0xFFFF for value in measured))]
    nothing = [SimData(0, values=False, datatype=DataType.BITS)]
    return SimDevice(1, (nothing, nothing, [words(registers.emissivity, 9_500)], about))


@contextlib.contextmanager
def our_driver(path: str, protocol: str) -> Iterator[ThermalScanner]:
    settings = ScannerSettings("scanner", emissivity=0.98, warm_up_seconds=0.0, stale_seconds=1.5)
    with ThermalScanner(settings, THERMAL[protocol], lambda: open_serial(path, BAUD)) as scanner:
        yield scanner


def health(scanner: ThermalScanner) -> DeviceHealth:
    return scanner.health(datetime.now(UTC))


@pytest.mark.parametrize(
    ("protocol", "registers", "kind", "name"),
    [("modbus-pyrometer", PYRO_USB, 21, "PyroUSB"), ("modbus-pyrometer-mini", PYRO_MINI, 17, "PyroMiniBus")],
)
def test_our_driver_reads_their_server(protocol: str, registers: RegisterMap, kind: int, name: str) -> None:
    """Functions 04, 06 and 03: a temperature below zero, the serial number, an emissivity that is taken."""
    asked: list[ModbusPDU] = []
    device = their_pyrometer(registers, kind, 365, -123, 290, 0)
    with (
        null_modem() as (theirs, ours),
        pymodbus_server(theirs, device, asked),
        our_driver(ours, protocol) as scanner,
    ):
        # One and the same number for ever is a stuck sensor after a while; by then everything has been seen.
        assert until(lambda: health(scanner).state is DeviceState.READY), health(scanner)
        newest = scanner.newest()
        assert newest is not None
        assert newest[0].celsius[0, 0] == pytest.approx(-12.3)
        assert newest[0].ambient_celsius == pytest.approx(29.0)
        assert scanner.emissivity == pytest.approx(0.98)
        assert scanner.facts == {Fact.KIND: name, Fact.SERIAL: str(SERIAL[0] << 16 | SERIAL[1])}
        assert (health(scanner).frames_bad, health(scanner).resyncs) == (0, 0)
    assert {pdu.function_code for pdu in asked} == {3, 4, 6}


def test_a_refusal_of_their_server_is_told() -> None:
    """The measuring registers are not there: exception 02."""
    nothing = [SimData(0, values=False, datatype=DataType.BITS)]
    device = SimDevice(1, (nothing, nothing, [words(PYRO_USB.emissivity, 9_500)], [words(0, 21)]))
    with (
        null_modem() as (theirs, ours),
        pymodbus_server(theirs, device, []),
        our_driver(ours, "modbus-pyrometer") as on,
    ):
        assert until(lambda: Trouble.REFUSED.value in health(on).reason), health(on)
        assert health(on).state is DeviceState.FAILED
        assert health(on).frames_good == 0


def test_their_client_reads_our_emulator() -> None:
    wire, device = pyrometer(1)
    device.spot.present(-12.3)
    with wire:
        client = ModbusSerialClient(wire.path, baudrate=BAUD, timeout=2)
        assert client.connect()
        try:
            measured = client.read_input_registers(PYRO_USB.measured, count=4, device_id=1)
            filtered, unfiltered, sensor, status = client.convert_from_registers(
                measured.registers, client.DATATYPE.INT16
            )
            assert filtered == unfiltered == pytest.approx(-123, abs=3)
            assert (sensor, status) == (290, 0)
            assert client.read_input_registers(0, count=1, device_id=1).registers == [21]
            assert not client.write_register(PYRO_USB.emissivity, 9_800, device_id=1).isError()
            assert client.read_holding_registers(PYRO_USB.emissivity, count=1, device_id=1).registers == [9_800]
            assert device.emissivity == pytest.approx(0.98)
            refused = [
                client.read_input_registers(0x100, count=1, device_id=1),
                client.write_register(0x02, 1, device_id=1),
                client.write_registers(PYRO_USB.emissivity, [9_700], device_id=1),
            ]
            assert all(answer.isError() for answer in refused)
            assert [answer.exception_code for answer in refused] == [2, 2, 1]
        finally:
            client.close()


def test_their_checksum_is_ours() -> None:
    for data in (b"123456789", bytes(range(256)), b"\x01\x04\x00\x12\x00\x04"):
        theirs = FramerRTU.compute_CRC(data)
        assert theirs.to_bytes(2, "big") == rtu.closed(data)[-2:]
