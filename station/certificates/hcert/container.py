"""The first steps of an EU DCC: prefix, Base45, compression (EU HCERT specification 1.0.5, section 3)."""

import re
import zlib

from config.rules.reasons import ReasonCode
from station.certificates.errors import StepFailed
from station.certificates.result import Step

PREFIX = "HC1:"
MAX_TEXT = 16_384
"""The largest QR code holds 4,296 such characters (ISO/IEC 18004)."""
MAX_INFLATED = 131_072
"""Bytes. Real certificates have below 1,000; a QR code cannot hold an honest one near this."""

_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(_BASE45)}
_SOME_CONTEXT = re.compile(r"(?:[A-Z]{2}[0-9]:)?(?P<body>[0-9A-Z $%*+./:-]{40,})")


def strip_prefix(text: str) -> str:
    """The Base45 text behind `HC1:`; white space around the whole is taken off (Base45 never ends in a space).

    Raises:
        StepFailed: another prefix, or longer than any code.
    """
    trimmed = text.strip()
    if len(trimmed) > MAX_TEXT:
        raise StepFailed(
            Step.PREFIX,
            ReasonCode.CERTIFICATE_PREFIX,
            f"The text is longer than any code can be ({MAX_TEXT} characters at most); scan the code itself.",
        )
    if not trimmed.startswith(PREFIX):
        raise StepFailed(
            Step.PREFIX,
            ReasonCode.CERTIFICATE_PREFIX,
            "The certificate does not start with HC1:, as every EU Digital COVID Certificate does; ask for another.",
        )
    return trimmed[len(PREFIX) :]


def is_container(text: str) -> bool:
    """Whether a text with another prefix, or with none, holds the container all the same: Base45 of a zlib stream."""
    found = _SOME_CONTEXT.fullmatch(text.strip())
    if found is None or len(text) > MAX_TEXT:
        return False
    try:
        inflate(decode_base45(found["body"]))
    except StepFailed:
        return False
    return True


def decode_base45(text: str) -> bytes:
    """Decode Base45 (RFC 9285).

    Raises:
        StepFailed: a character outside the alphabet, a group beyond its range, or a lonely last character.
    """
    try:
        digits = [_VALUES[character] for character in text]
    except KeyError as error:
        raise _damaged("it holds a character that such a code cannot have") from error
    if not digits or len(digits) % 3 == 1:
        raise _damaged("its length is impossible, so a part is missing")
    decoded = bytearray()
    for at in range(0, len(digits), 3):
        group = digits[at : at + 3]
        value = group[0] + group[1] * 45 + (group[2] * 2025 if len(group) == 3 else 0)
        if value > (0xFFFF if len(group) == 3 else 0xFF):
            raise _damaged("a group of characters is out of range")
        decoded += value.to_bytes(len(group) - 1, "big")
    return bytes(decoded)


def encode_base45(data: bytes) -> str:
    """Encode Base45 (RFC 9285); what decode_base45 reads."""
    characters = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, 45)
            characters.append(_BASE45[digit])
    return "".join(characters)


def inflate(data: bytes) -> bytes:
    """Decompress a zlib stream (RFC 1950), and not more than MAX_INFLATED bytes of it.

    Raises:
        StepFailed: no zlib stream, a broken or cut one, bytes behind it, or too much inside.
    """
    stream = zlib.decompressobj()
    try:
        inflated = stream.decompress(data, MAX_INFLATED)
    except zlib.error as error:
        raise _uncompressed("its compressed data is broken; scan it again") from error
    if not stream.eof and (stream.unconsumed_tail or len(inflated) >= MAX_INFLATED):
        raise _uncompressed(f"it unpacks to more than {MAX_INFLATED} bytes, which no honest certificate does")
    if not stream.eof:
        raise _uncompressed("its compressed data is cut off; scan it again")
    if stream.unused_data:
        raise _uncompressed("something follows its compressed data; scan it again")
    return inflated


def _damaged(what: str) -> StepFailed:
    return StepFailed(
        Step.BASE45, ReasonCode.CERTIFICATE_BASE45, f"The certificate's text is damaged: {what}; scan it again."
    )


def _uncompressed(what: str) -> StepFailed:
    return StepFailed(
        Step.COMPRESSION, ReasonCode.CERTIFICATE_COMPRESSION, f"The certificate cannot be unpacked: {what}."
    )
