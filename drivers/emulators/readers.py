"""Code and passport readers without the hardware: pseudo-terminals that speak by the drivers' own encoders."""

from drivers.emulators.serial_device import SerialDevice
from drivers.emulators.wire import Fault
from drivers.readers import elyctis, gm65, lines, rte6701
from drivers.readers.gm65 import Operation, Setting


class LineScannerEmulator(SerialDevice):
    """A code reader in COM mode; `present` holds a code in front of it.

    Args:
        ending: what it sends behind a text; empty for one that was never set up.
        baud: of its line.
    """

    def __init__(self, ending: bytes = b"\r\n", baud: int = 9_600) -> None:
        super().__init__("scanner", baud)
        self.ending = ending

    def present(self, data: bytes, pause_at: int | None = None, pause_seconds: float = 0.0) -> None:
        """Read this code once."""
        self.send(lines.encode(data, self.ending), pause_at, pause_seconds)


class Gm65Emulator(SerialDevice):
    """A GM65 with its settings; unsaved ones are gone after an unplug.

    Args:
        baud: of its line.
        zones: the settings that it has saved, by address; others are 0.
    """

    def __init__(self, baud: int = 9_600, zones: dict[int, int] | None = None) -> None:
        super().__init__("gm65", baud)
        # As delivered: sound, standard aim and light, button mode; CR LF behind a text.
        self._saved = {Setting.MODE: 0xD4, Setting.TAIL: 0x21, Setting.VERSION: 0x87} | (zones or {})
        self._live = dict(self._saved)
        self._incoming = b""
        self.saves = 0
        """How often the EEPROM was written."""

    def power_on(self) -> None:
        """Only saved settings survive."""
        self._live, self._incoming = dict(self._saved), b""

    def setting(self, address: int) -> int:
        """A setting as it is now."""
        with self._lock:
            return self._live.get(address, 0)

    def present(self, data: bytes, pause_at: int | None = None, pause_seconds: float = 0.0) -> None:
        """Read this code once."""
        tail = self.setting(Setting.TAIL)
        ending = {0: b"\r", 1: b"\r\n", 2: b"\t"}.get(tail >> 5 & 3, b"") if tail & 1 else b""
        self.send(lines.encode(data, ending), pause_at, pause_seconds)

    def fail(self) -> None:
        """Look at a code that cannot be read."""
        if self.setting(Setting.TAIL) & 0x10:
            self.present(b"RF")

    def hear(self, data: bytes) -> bytes:
        """Commands; those with a wrong CRC are dropped without a word."""
        commands, self._incoming = gm65.feed_commands(self._incoming + data)
        return b"".join(self._obeyed(command) for command in commands)

    def _obeyed(self, command: gm65.Command) -> bytes:
        if command.operation is Operation.READ:
            count = command.value[0] or 256
            return gm65.answer(bytes(self._live.get(command.address + at, 0) for at in range(count)))
        if command.operation is Operation.WRITE:
            for at, value in enumerate(command.value):
                self._live[command.address + at] = value
        else:
            self._saved, self.saves = dict(self._live), self.saves + 1
        return gm65.answer()


class ElyctisEmulator(SerialDevice):
    """An IDBOX One: sends a zone once it has been told to look, and then looks no more until told again."""

    def __init__(self, baud: int = 115_200) -> None:
        super().__init__("elyctis", baud)
        self._incoming = b""
        self._looking = False
        self._inserted: bytes | None = None

    @property
    def looking(self) -> bool:
        """Whether the continuous mode is on."""
        return self._looking

    def power_on(self) -> None:
        """The mode is off after power-on."""
        self._incoming, self._looking = b"", False

    def insert(self, document: tuple[str, ...]) -> None:
        """Put a document in; it is read when the reader looks, and once only."""
        with self._lock:
            self._inserted = elyctis.zone(document)

    def hear(self, data: bytes) -> bytes:
        """Commands."""
        commands, self._incoming = elyctis.feed_commands(self._incoming + data)
        return b"".join(self._answered(kind, value) for kind, value in commands)

    def _answered(self, kind: elyctis.Message, value: bytes) -> bytes:
        if kind is elyctis.Message.CONTINUOUS:
            self._looking = value == b"\x01"
            return elyctis.message(kind, value)
        if kind is elyctis.Message.ZONE:
            return self._inserted or elyctis.message(kind)
        texts = {elyctis.Message.VERSION: b"IDBOX 1.7", elyctis.Message.SERIAL_NUMBER: b"EMULATED01"}
        return elyctis.message(kind, texts.get(kind, b""))

    def speak(self, now: float, faults: frozenset[Fault]) -> bytes:
        """The zone of a document that has just been put in."""
        del now, faults
        if not self._looking or self._inserted is None:
            return b""
        found, self._inserted, self._looking = self._inserted, None, False
        return found


class Rte6701Emulator(SerialDevice):
    """A swipe reader: sends a block for each document, takes no commands."""

    def __init__(self, baud: int = 9_600) -> None:
        super().__init__("rte6701", baud)

    def swipe(self, document: tuple[str, ...]) -> None:
        """Pull a document through."""
        self.send(rte6701.encode(document))
