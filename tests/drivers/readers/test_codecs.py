"""The byte protocols of the readers: documented bytes and what they mean; damage on the wire is in test_streams."""

import numpy as np
import pytest

from drivers.errors import DriverError
from drivers.readers import elyctis, gm65, rte6701
from drivers.readers.gm65 import Operation, Setting
from drivers.readers.reads import (
    TEXT_LIMIT,
    Answer,
    Asked,
    CodeRead,
    FailedRead,
    FailReason,
    MrzRead,
    Read,
    ReaderCodec,
)
from drivers.readers.registry import READERS, reader_codec

# ICAO Doc 9303, parts 4, 5 and 6: the specimen documents of Utopia.
TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")

HCERT = b"HC1:" + b"6BF.+ROD0T3AS1/6*HQ%A0$N:E" * 60
ZIP = (
    b"PK\x03\x04\x14\x00\r\n\x00\xffcertificate.json\n\r\x80" * 3
    + b"PK\x05\x06"
    + b"\x00\x00\x00\x00\x01\x00\r\n"
    + bytes(10)
)
THAI = "ใบรับรองการฉีดวัคซีน 2564".encode()
LATIN = "Zertifikat für Übel, ÿ".encode("latin-1")

MESSAGES: dict[str, list[tuple[bytes, Read | Answer]]] = {
    "scanner-lines": [
        (HCERT + b"\r\n", CodeRead(HCERT)),
        (ZIP + b"\r", CodeRead(ZIP)),
        (THAI + b"\n", CodeRead(THAI)),
        (LATIN + b"\r", CodeRead(LATIN)),
        (b"shc:/\xef\xbf\xbd12\r", FailedRead(FailReason.UNREADABLE)),
        (b"HC1:6\x00BF\r", FailedRead(FailReason.DAMAGED)),
    ],
    "gm65": [
        (HCERT + b"\r\n", CodeRead(HCERT)),
        (gm65.answer(b"\x0d"), Answer(Asked.SETTING, b"\x0d")),
        (gm65.answer(), Answer(Asked.SETTING, b"\x00")),
        (ZIP + b"\r\n", CodeRead(ZIP)),
        (b"RF\r\n", FailedRead(FailReason.UNREADABLE)),
    ],
    "elyctis": [
        (elyctis.message(elyctis.Message.VERSION, b"IDBOX 1.7"), Answer(Asked.VERSION, b"IDBOX 1.7")),
        (elyctis.continuous(True), Answer(Asked.CONTINUOUS, b"\x01")),
        (elyctis.zone(TD3), MrzRead(TD3)),
        (elyctis.zone(TD1), MrzRead(TD1)),
        (elyctis.zone(TD2), MrzRead(TD2)),
        (elyctis.zone((TD3[0], TD3[1][:9] + "_" + TD3[1][10:])), FailedRead(FailReason.UNREADABLE)),
    ],
    "rte6701": [
        (rte6701.encode(TD3), MrzRead(TD3)),
        (rte6701.encode(TD1), MrzRead(TD1)),
        (rte6701.encode(TD2), MrzRead(TD2)),
        (rte6701.encode((TD3[0], TD3[1][:40])), FailedRead(FailReason.UNREADABLE)),
        (rte6701.encode((TD3[1],)), FailedRead(FailReason.UNREADABLE)),
    ],
}
STREAMS = {name: b"".join(data for data, _ in messages) for name, messages in MESSAGES.items()}

Outcome = tuple[list[Read], list[Answer], int, int, bytes, bool]


def run(codec: ReaderCodec, parts: list[bytes]) -> Outcome:
    reads: list[Read] = []
    answers: list[Answer] = []
    bad, resyncs, rest, lost = 0, 0, b"", False
    for part in parts:
        heard = codec.feed(rest + part, lost)
        reads += heard.reads
        answers += heard.answers
        bad, resyncs = bad + heard.frames_bad, resyncs + heard.resyncs
        rest, lost = heard.remainder, heard.lost
    return reads, answers, bad, resyncs, rest, lost


def noise(size: int, seed: int = 3) -> bytes:
    return np.random.default_rng(seed).integers(0, 256, size, np.uint8).tobytes()


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_means_what_it_should(name: str) -> None:
    codec = reader_codec(name)
    for data, expected in MESSAGES[name]:
        heard = codec.feed(data)
        assert [*heard.reads, *heard.answers] == [expected]
        assert heard.remainder == b""
    reads, answers, _, resyncs, rest, lost = run(codec, [STREAMS[name]])
    assert len(reads) + len(answers) == len(MESSAGES[name])
    assert (resyncs, rest, lost) == (0, b"", False)


def test_gm65_drops_every_command_with_a_flipped_byte() -> None:
    asked = gm65.read_setting(Setting.MODE)
    for at in range(len(asked)):
        for change in range(1, 256):
            spoiled = asked[:at] + bytes((asked[at] ^ change,)) + asked[at + 1 :]
            assert gm65.feed_commands(spoiled)[0] == ()


@pytest.mark.parametrize("name", MESSAGES)
def test_a_whole_message_behind_noise_is_found(name: str) -> None:
    """On lines the noise has to end with a line ending; a passport reader needs none."""
    codec = reader_codec(name)
    ended = noise(3000) + (b"\r" if not codec.profile.reads_documents else bytes(200))
    reads = run(codec, [ended + STREAMS[name]])[0]
    good = [read for read in reads if not isinstance(read, FailedRead)]
    expected = [read for _, read in MESSAGES[name] if isinstance(read, CodeRead | MrzRead)]
    assert good[-len(expected) :] == expected


class TestLines:
    codec = reader_codec("scanner-lines")

    def test_the_longest_text_is_whole_and_one_byte_more_is_failed(self) -> None:
        text = bytes(0x20 + at % 90 for at in range(TEXT_LIMIT))
        assert self.codec.feed(text + b"\r").reads == (CodeRead(text),)
        reads, *_, lost = run(self.codec, [text + b"x\rHC1:NEXT\r"])
        assert (reads, lost) == ([FailedRead(FailReason.TOO_LONG), CodeRead(b"HC1:NEXT")], False)

    def test_a_text_without_an_end_never_becomes_a_read_and_neither_does_its_tail(self) -> None:
        heard = self.codec.feed(b"HC1:6BF")
        assert (heard.reads, heard.remainder) == ((), b"HC1:6BF")
        given_up = self.codec.finish(heard.remainder, heard.lost)
        assert given_up.reads == (FailedRead(FailReason.UNFINISHED),)
        tail = self.codec.feed(b"+ROD0T3\rHC1:NEXT\r", given_up.lost)
        assert tail.reads == (CodeRead(b"HC1:NEXT"),)

    def test_quiet_after_a_whole_text_is_nothing(self) -> None:
        assert self.codec.finish(b"\n").reads == ()

    def test_bytes_are_kept(self) -> None:
        """Every byte that a text can hold, as UTF-8 and as Latin-1."""
        thai = "ไทย ด่านท่าฉัตรไชย".encode()
        latin = bytes(range(0xA0, 0x100))
        first, second = self.codec.feed(thai + b"\r" + latin + b"\r").reads
        assert isinstance(first, CodeRead)
        assert isinstance(second, CodeRead)
        assert (first.data, second.data) == (thai, latin)
        assert first.text() == "ไทย ด่านท่าฉัตรไชย"
        assert second.text().encode("latin-1") == latin

    def test_no_repr_shows_a_text(self) -> None:
        assert "HC1" not in repr(self.codec.feed(b"HC1:6BF\r"))
        assert "ERIKSSON" not in repr(reader_codec("elyctis").feed(elyctis.zone(TD3)))


class TestGm65:
    def test_the_manuals_examples(self) -> None:
        assert gm65.command(Operation.READ, 0x000A, b"\x01").hex() == "7e000701000a01ee8a"
        assert gm65.answer(b"\x3e").hex() == "020000013ee4ac"
        assert gm65.command(Operation.WRITE, 0x000A, b"\x3e").hex() == "7e000801000a3e4ccf"
        assert gm65.answer().hex() == "02000001003331"
        assert gm65.save().hex() == "7e000901000000dec8"
        assert gm65.command(Operation.WRITE, 0x002A, b"\x39\x01").hex() == "7e000802002a3901a7ea"
        assert gm65.command(Operation.READ, 0x002A, b"\x02").hex() == "7e000701002a02d80f"
        assert gm65.trigger().hex() == "7e00080100020102da"

    def test_unchecked_commands_are_taken(self) -> None:
        commands, rest = gm65.feed_commands(bytes.fromhex("7e000801000201abcd7e00"))
        assert commands == (gm65.Command(Operation.WRITE, 2, b"\x01"),)
        assert rest == b"\x7e\x00"

    @pytest.mark.parametrize("value", [b"", bytes(256)])
    def test_a_value_must_fit(self, value: bytes) -> None:
        with pytest.raises(ValueError, match="1 to 255 bytes"):
            gm65.command(Operation.WRITE, 0, value)

    def test_a_damaged_answer_does_not_swallow_the_text_behind_it(self) -> None:
        heard = gm65.feed(bytes.fromhex("02000001003332") + b"HC1:6BF\r")
        assert heard.reads == (CodeRead(b"HC1:6BF"),)
        assert (heard.frames_bad, heard.answers) == (1, ())


class TestMrz:
    @pytest.mark.parametrize("mark", ["_", "?", "*", " ", "a", "\\"])
    @pytest.mark.parametrize("at", [0, 43, 44, 87])
    def test_one_unreadable_mark_fails_the_whole_read(self, mark: str, at: int) -> None:
        both = "".join(TD3)
        spoiled = both[:at] + mark + both[at + 1 :]
        lines = (spoiled[:44], spoiled[44:])
        for name, data in (("elyctis", elyctis.zone(lines)), ("rte6701", rte6701.encode(lines))):
            assert reader_codec(name).feed(data).reads == (FailedRead(FailReason.UNREADABLE),)

    def test_padding_is_told_from_unreadable_marks_by_the_kind_of_document(self) -> None:
        """A passport or a visa has 44 characters: eight marks at its end were not read."""
        passport = tuple(line[:36] for line in TD3)
        assert reader_codec("rte6701").feed(rte6701.encode(passport)).reads == (FailedRead(FailReason.UNREADABLE),)
        visa = ("V" + TD2[0][1:], TD2[1])
        assert reader_codec("rte6701").feed(rte6701.encode(visa)).reads == (FailedRead(FailReason.UNREADABLE),)

    def test_the_manuals_layout(self) -> None:
        data = rte6701.encode(TD3)
        assert data[0:1] + data[3:6] == b"\x01OU\x02"
        assert data[7:].startswith(b"\r" + TD3[0].encode() + b"\r")
        assert data[-2:-1] == b"\x03"
        one = rte6701.encode((TD3[1],))
        assert one[7:-2] == b"\r\r" + TD3[1].encode() + b"\r"

    def test_a_block_that_stops_in_the_middle_is_failed(self) -> None:
        for name, data in (("elyctis", elyctis.zone(TD3)), ("rte6701", rte6701.encode(TD3))):
            heard = reader_codec(name).feed(data[:60])
            assert heard.reads == ()
            assert reader_codec(name).finish(heard.remainder).reads == (FailedRead(FailReason.UNFINISHED),)
            assert reader_codec(name).finish(b"").reads == ()


def test_unknown_names_are_told() -> None:
    assert set(READERS) == {"gm65", "scanner-lines", "elyctis", "rte6701"}
    with pytest.raises(DriverError, match="known ones are: elyctis, gm65, rte6701, scanner-lines"):
        reader_codec("nonsense")
