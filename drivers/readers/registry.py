"""Which protocols of code and passport readers there are, and what speaks them. A plain table: search for the name."""

from config.messages.said import say
from drivers.errors import DriverError
from drivers.readers.elyctis import Elyctis
from drivers.readers.gm65_reader import Gm65
from drivers.readers.lines import ScannerLines
from drivers.readers.reads import ReaderCodec
from drivers.readers.rte6701 import Rte6701

READERS: dict[str, ReaderCodec] = {
    "elyctis": Elyctis(),
    "gm65": Gm65(),
    "rte6701": Rte6701(),
    "scanner-lines": ScannerLines(),
}


def reader_codec(protocol: str) -> ReaderCodec:
    """The codec of a code or passport reader.

    Raises:
        DriverError: no reader of that name is known.
    """
    try:
        return READERS[protocol]
    except KeyError:
        known = ", ".join(sorted(READERS))
        pattern = "{protocol} is no reader protocol; the known ones are: {known}."
        raise DriverError(say(pattern, protocol=protocol, known=known)) from None
