"""JSON of strangers (RFC 8259): what two readers could read differently, or what would exhaust us, is refused."""

import json
import math
import re
from typing import Any, NoReturn

MAX_DEPTH = 64
MAX_ITEMS = 20_000
MAX_DIGITS = 4_300

# A string (also one that never ends, so that no quote is looked at twice), or a mark that makes structure.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


def loads(text: str | bytes) -> Any:
    """Decode one whole JSON text: dict, list, str, int, float, bool or None.

    Args:
        text: bytes must be UTF-8; a byte order mark is refused (RFC 8259, 8.1).

    Raises:
        ValueError: no JSON, a key twice in one object, NaN or an infinity (also as 1e999), half a surrogate pair,
            more than MAX_DEPTH levels, MAX_ITEMS items or MAX_DIGITS digits. The message quotes no content.
    """
    if isinstance(text, str):
        text.encode()  # half a surrogate pair cannot be written, shown or hashed later
    else:
        text = text.decode("utf-8")
    _check_size(text)
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_int=_whole, parse_float=_fraction, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON at character {error.pos}: {error.msg}") from None
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
    if _HALF_PAIR.search(text):
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _check_size(text: str) -> None:
    """Count levels and items before anything is built."""
    depth, items = 0, 1
    for token in _TOKEN.finditer(text):
        mark = text[token.start()]
        if mark in "[{":
            depth += 1
            items += 1
        elif mark in "]}":
            depth -= 1
        elif mark == ",":
            items += 1
        if depth > MAX_DEPTH:
            raise ValueError(f"the JSON has more than {MAX_DEPTH} levels")
        if items > MAX_ITEMS:
            raise ValueError(f"the JSON has more than {MAX_ITEMS} items")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object of the JSON has a key twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number of the JSON has more than {MAX_DIGITS} digits")
    return int(digits)


def _fraction(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number of the JSON is too large")
    return number


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
