"""Optris CS and CT pyrometers on their binary protocol: one byte asks, bare bytes answer. 8N1.

Sources: the maker's CS/CSmicro manuals ("Digital command set") and "CT/CTlaser/CTvideo commands 2020-04"; public
drivers techniker/Optris-CT-tools and imacovei/Optris-CT-Basics for answer lengths. Numbers are big-endian.

    | send           | answer  | meaning                                                                        |
    | 01, 02         | 2 bytes | target, head: (value - 1000) / 10 degrees; "hs" models (value - 10000) / 100    |
    | 04             | 2 bytes | emissivity in thousandths                                                      |
    | 0E, 0F         | 3, 2    | serial number, firmware                                                        |
    | 84 hi lo       | echo    | set the emissivity; CT: followed by the XOR of the three bytes                 |

Answers have no header, no length and no checksum: a lost byte would shift every later value. So each question is asked
alone (`asking`), its answer must be exactly as long as it has to be, the target is asked before and after the head, and
both targets must agree. What goes to `feed` is a transcript, since the bytes alone do not tell what they answer: "?",
question, "=", length of the answer, answer. More cannot be done: wrong answers that agree and look plausible pass, one
in some millions of random ones, one in some thousands on an "hs" model.

Byte 81 reads on a CT and sets an output on a CS: it is never sent. The "hs" scale cannot be seen on the wire, it is
chosen by the protocol's name. Unconfirmed on hardware: the baud rate as delivered (CT: the document says 115200, a
driver 9600), byte order of the serial number (taken as big-endian like the rest).
"""

import struct
from dataclasses import dataclass

from drivers.ports import ByteLink, Decoded, Fact, ThermalProfile
from drivers.readings import ThermalFrame
from drivers.thermal.asking import AskingLink
from drivers.thermal.point import point_frame, point_value
from drivers.thermal.scan import BROKEN, NOTHING, Piece, scan

TARGET, HEAD, EMISSIVITY, SERIAL, FIRMWARE, SET_EMISSIVITY = 0x01, 0x02, 0x04, 0x0E, 0x0F, 0x84
ANSWER_BYTES = {TARGET: 2, HEAD: 2, EMISSIVITY: 2, SERIAL: 3, FIRMWARE: 2, SET_EMISSIVITY: 2}
ROUND = (bytes((TARGET,)), bytes((HEAD,)), bytes((TARGET,)))
AGREE_CELSIUS = 1.0
"""How far the two targets of one round, a fifth of a second apart, may be from each other."""
_HEAD_BYTES = 4
_ROUND_BYTES = 18


@dataclass(frozen=True, slots=True)
class Family:
    """What differs between the families."""

    checks_commands: bool
    """Setting commands end with the XOR of their bytes."""
    zero: int
    """The word that stands for 0 degrees."""
    steps: int
    """Parts of a degree in one degree."""

    def celsius(self, word: int) -> float:
        """The temperature that a word stands for."""
        return (word - self.zero) / self.steps

    def word(self, celsius: float) -> int:
        """The word that stands for a temperature."""
        return self.zero + round(celsius * self.steps)


CS = Family(checks_commands=False, zero=1000, steps=10)
CT = Family(checks_commands=True, zero=1000, steps=10)
CS_HS = Family(checks_commands=False, zero=10_000, steps=100)
CT_HS = Family(checks_commands=True, zero=10_000, steps=100)


def _profile(protocol: str, baud: int) -> ThermalProfile:
    return ThermalProfile(
        protocol=protocol,
        rows=1,
        columns=1,
        baud=baud,
        bauds=(9_600, 19_200, 38_400, 57_600, 115_200),
        # The pace of the questions, see `asking`; the device has no rate of its own.
        rates_hertz=(4.0,),
        emissivity_range=(0.1, 1.1),
        plausible_celsius=(-50.0, 300.0),
        ambient_celsius=(-20.0, 180.0),
        warm_up_seconds=600.0,
    )


PROFILES = {
    "optris-cs": (_profile("optris-cs", 9_600), CS),
    "optris-ct": (_profile("optris-ct", 115_200), CT),
    "optris-cs-hs": (_profile("optris-cs-hs", 9_600), CS_HS),
    "optris-ct-hs": (_profile("optris-ct-hs", 115_200), CT_HS),
}


def exchange(question: bytes, answer: bytes) -> bytes:
    """One question and its answer as `feed` takes them; bytes that nobody asked for as they came."""
    return b"?" + question[:1] + b"=" + bytes((min(len(answer), 255),)) + answer if question else answer


def answer_bytes(question: bytes) -> int:
    """How long the answer to a question is."""
    return ANSWER_BYTES[question[0]]


def set_emissivity(emissivity: float, family: Family) -> bytes:
    """Command: the emissivity; on a CT the checksum follows."""
    body = struct.pack(">BH", SET_EMISSIVITY, round(emissivity * 1000))
    return body + bytes((body[0] ^ body[1] ^ body[2],)) if family.checks_commands else body


class Optris:
    """A CS or CT behind the ThermalCodec protocol.

    Args:
        protocol: a name of PROFILES.
    """

    def __init__(self, protocol: str) -> None:
        self._profile, self._family = PROFILES[protocol]

    @property
    def profile(self) -> ThermalProfile:
        """The fixed facts of this scanner."""
        return self._profile

    @property
    def family(self) -> Family:
        """What differs between the families."""
        return self._family

    def feed(self, buffer: bytes, lost: bool = False) -> Decoded:
        """Everything complete in a transcript, and the rest."""
        return scan(buffer, lost, b"?", self._look)

    def encode(self, frame: ThermalFrame) -> bytes:
        """The transcript of one round with these temperatures; ValueError when the device could not measure them."""
        target = struct.pack(">H", self._family.word(point_value(frame, self._profile)))
        head = struct.pack(">H", self._family.word(frame.ambient_celsius))
        return b"".join(map(exchange, ROUND, (target, head, target)))

    def start_commands(self, rate_hertz: float | None, emissivity: float | None) -> tuple[bytes, ...]:
        """Which device it is; the emissivity set when given, then which one is in force.

        Raises:
            ValueError: the emissivity is none that the device knows.
        """
        del rate_hertz
        low, high = self._profile.emissivity_range
        if emissivity is not None and not low <= emissivity <= high:
            raise ValueError(f"An Optris emissivity is between {low:g} and {high:g}, not {emissivity:g}.")
        skin = () if emissivity is None else (set_emissivity(emissivity, self._family),)
        return (bytes((SERIAL,)), bytes((FIRMWARE,)), *skin, bytes((EMISSIVITY,)))

    def attach(self, link: ByteLink) -> ByteLink:
        """A link that asks for target, head and target again, over and over."""
        return AskingLink(link, ROUND, answer_bytes, exchange)

    def _look(self, buffer: bytes, start: int) -> Piece | None:
        if len(buffer) - start < _HEAD_BYTES:
            return None
        code, wanted = buffer[start + 1], ANSWER_BYTES.get(buffer[start + 1])
        if wanted is None or buffer[start + 2] != ord("="):
            return NOTHING
        if buffer[start + 3] != wanted:
            # An answer that was cut short, or had bytes of another one in it.
            return BROKEN
        length = _ROUND_BYTES if code == TARGET else _HEAD_BYTES + wanted
        if len(buffer) - start < length:
            return None
        data = buffer[start : start + length]
        if code == TARGET:
            return self._round(data)
        value = int.from_bytes(data[_HEAD_BYTES:], "big")
        if code == EMISSIVITY:
            low, high = self._profile.emissivity_range
            return Piece(length, emissivity=value / 1000) if low <= value / 1000 <= high else NOTHING
        facts = {SERIAL: ((Fact.SERIAL, str(value)),), FIRMWARE: ((Fact.FIRMWARE, str(value)),)}
        return Piece(length, facts=facts.get(code, ()))

    def _round(self, data: bytes) -> Piece:
        """Three exchanges in a row; anything else there is a round that was not finished."""
        starts = range(0, _ROUND_BYTES, _ROUND_BYTES // len(ROUND))
        for at, question in zip(starts, ROUND, strict=True):
            if data[at : at + _HEAD_BYTES] != exchange(question, bytes(2))[:_HEAD_BYTES]:
                return BROKEN
        words = [int.from_bytes(data[at + _HEAD_BYTES : at + _HEAD_BYTES + 2], "big") for at in starts]
        first, head, second = map(self._family.celsius, words)
        if abs(first - second) > AGREE_CELSIUS:
            return BROKEN
        frame = point_frame(second, head, self._profile)
        return Piece(len(data), frame=frame, bad=frame is None)
