"""The canonical bytes of JSON, over which a VDS-NC is signed (RFC 8785, JSON Canonicalization Scheme).

Keys sorted by UTF-16 code units, no white space, the shortest escapes, numbers as ECMAScript prints them, UTF-8.
"""

import json
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

_MAX_SAFE = 2**53
"""Above it a whole number is rounded as a double is (RFC 8785, 3.2.2.3)."""


def canonical(value: Any) -> bytes:
    """The canonical form of what a JSON reader gave back: maps, lists, texts, numbers, true, false, null.

    Raises:
        ValueError: a number that is none or too large, half a surrogate pair, a key that is no text, another type.
    """
    return _text(value).encode()


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        # The escapes of json.dumps are those of ECMAScript once all else may stand as it is.
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("a key is no text")
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{_text(key)}:{_text(value[key])}" for key in keys) + "}"
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return "[" + ",".join(_text(item) for item in value) + "]"
    raise ValueError("a value of a type that JSON does not have")


def _number(value: float) -> str:
    """As ECMA-262, Number::toString: the shortest digits that read back the same; plain between 1e-7 and 1e21."""
    if isinstance(value, int) and -_MAX_SAFE <= value <= _MAX_SAFE:
        return str(value)
    try:
        number = float(value)
    except OverflowError as error:
        raise ValueError("a number is too large") from error
    if not math.isfinite(number):
        raise ValueError("a number is none or too large")
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    parts = Decimal(repr(abs(number))).normalize().as_tuple()
    digits, exponent = "".join(map(str, parts.digits)), int(parts.exponent)
    point = len(digits) + exponent
    if 0 < point <= 21:
        plain = digits + "0" * exponent if exponent >= 0 else f"{digits[:point]}.{digits[point:]}"
        return sign + plain
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    mantissa = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{sign}{mantissa}e{point - 1:+d}"
