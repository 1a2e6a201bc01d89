"""Modbus-RTU: requests, answers and their checksum, as far as pyrometers need it. Pure.

Source: "MODBUS over Serial Line", section 2.5.1 (RTU frames) and 6.2.2 (CRC); "MODBUS Application Protocol", sections
6.3, 6.4, 6.6 and 7. Numbers are big-endian, the checksum alone is sent low byte first.

    address | function | data | CRC-16     read:  03 or 04, first register, count -> bytes, values
                                           write: 06, register, value             -> the same
                                           an error comes back as function + 80, code
"""

import struct

READ_HOLDING, READ_INPUT, WRITE_ONE = 0x03, 0x04, 0x06
ERROR = 0x80
ERROR_BYTES = 5


def crc16(data: bytes) -> int:
    """CRC-16/Modbus: polynomial 8005 reflected, begun with FFFF; 4B37 for "123456789"."""
    crc = 0xFFFF
    for byte in data:
        crc = (crc >> 8) ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc


def _entry(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (0xA001 if value & 1 else 0)
    return value


_TABLE = tuple(_entry(value) for value in range(256))


def closed(body: bytes) -> bytes:
    """`body` and its checksum."""
    return body + struct.pack("<H", crc16(body))


def is_whole(data: bytes) -> bool:
    """Whether the checksum at the end fits what is before it."""
    return len(data) >= 4 and closed(data[:-2]) == data


def read_request(address: int, function: int, register: int, count: int) -> bytes:
    """Ask for the values of `count` registers from `register`."""
    return closed(struct.pack(">BBHH", address, function, register, count))


def write_request(address: int, register: int, value: int) -> bytes:
    """Set one register; the answer repeats the request."""
    return closed(struct.pack(">BBHH", address, WRITE_ONE, register, value))


def values_answer(address: int, function: int, values: tuple[int, ...]) -> bytes:
    """The answer to a read; values are unsigned words."""
    return closed(struct.pack(f">BBB{len(values)}H", address, function, 2 * len(values), *values))


def error_answer(address: int, function: int, code: int) -> bytes:
    """The answer that refuses a request."""
    return closed(bytes((address, function | ERROR, code)))


def answer_bytes(request: bytes) -> int:
    """How long the answer to a request is when it is not refused."""
    if request[1] == WRITE_ONE:
        return len(request)
    return 5 + 2 * int(struct.unpack_from(">H", request, 4)[0])


def words(data: bytes) -> tuple[int, ...]:
    """The values in an answer to a read."""
    return tuple(struct.unpack_from(f">{data[2] // 2}H", data, 3))
