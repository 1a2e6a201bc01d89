"""Questions that tell which device is there and change nothing in it: what `station devices probe --ask` sends.

A byte that means nothing to one device may switch another: nothing here is ever sent to a port that nobody named. The
order is from questions that only their own device takes for anything (a header, a checksum) to bare bytes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drivers.actuators import escpos, lcus
from drivers.actuators.relay_look import read_states
from drivers.ports import ThermalCodec
from drivers.readers import elyctis, gm65
from drivers.readers.reads import Asked, ReaderCodec
from drivers.readers.registry import READERS
from drivers.registry import THERMAL
from drivers.thermal import gy_mcu90640, mlx90614, modbus_pyrometer, modbus_rtu, optris, senxor

Judge = Callable[[bytes], int]
"""How many good answers to the questions are in what came."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked once, one after the other, each after the answer to the last one."""

    asked: tuple[bytes, ...]
    judge: Judge
    """Of everything that came to one round: answers each behind its question, as `transcript` puts them."""
    rounds: int = 3
    whole: int = 1
    """Good answers in one round that is whole."""
    transcript: Callable[[bytes, bytes], bytes] = lambda _question, answer: answer


def _told(codec: ThermalCodec) -> Judge:
    """Facts and emissivities that the device has told of itself, and frames."""

    def judge(data: bytes) -> int:
        found = codec.feed(data)
        return len(found.facts) + len(found.emissivities) + len(found.frames)

    return judge


def _answered(codec: ReaderCodec, *about: Asked) -> Judge:
    def judge(data: bytes) -> int:
        return sum(answer.asked in about for answer in codec.feed(data).answers)

    return judge


def _modbus(protocol: str, registers: modbus_pyrometer.RegisterMap) -> Questions:
    asked = (
        modbus_rtu.read_request(1, modbus_rtu.READ_INPUT, modbus_pyrometer.SERIAL, modbus_pyrometer.SERIAL_WORDS),
        modbus_rtu.read_request(1, modbus_rtu.READ_INPUT, registers.measured, modbus_pyrometer.MEASURED_WORDS),
    )
    return Questions(asked, _told(THERMAL[protocol]), whole=2)


def _printer(data: bytes) -> int:
    return int(len(data) == len(escpos.About) and all(map(escpos.is_state_answer, data)))


QUESTIONS: Mapping[str, Questions] = {
    "senxor": Questions((senxor.read_registers(senxor.ASKED),), _told(THERMAL["senxor"])),
    "modbus-pyrometer": _modbus("modbus-pyrometer", modbus_pyrometer.PYRO_USB),
    "modbus-pyrometer-mini": _modbus("modbus-pyrometer-mini", modbus_pyrometer.PYRO_MINI),
    "gm65": Questions((gm65.read_setting(gm65.Setting.VERSION),), _answered(READERS["gm65"], Asked.SETTING)),
    "mlx90614-a4": Questions(
        (mlx90614.read_a4(mlx90614.OFFSET, 1), mlx90614.read_a4(mlx90614.FIRMWARE, 1)),
        _told(THERMAL["mlx90614-a4"]),
        whole=2,
    ),
    "gy-mcu90640": Questions((gy_mcu90640.read_emissivity(),), _told(THERMAL["gy-mcu90640"])),
    "elyctis": Questions(
        (elyctis.message(elyctis.Message.VERSION), elyctis.message(elyctis.Message.SERIAL_NUMBER)),
        _answered(READERS["elyctis"], Asked.VERSION, Asked.SERIAL_NUMBER),
        whole=2,
    ),
    "escpos": Questions(tuple(escpos.ask(about) for about in escpos.About), _printer),
    "optris-cs": Questions(optris.ROUND, _told(THERMAL["optris-cs"]), transcript=optris.exchange),
    "optris-ct": Questions(optris.ROUND, _told(THERMAL["optris-ct"]), transcript=optris.exchange),
    "lcus": Questions((lcus.QUERY,), lambda data: int(read_states(data) is not None)),
}
"""By protocol. CS and CT answer these alike: which of the two it is stands on its label."""
