"""The Thai national identification number: thirteen digits, the last a check digit modulo 11.

The digits are class of person, office of registration (4), group (5), order (2), check digit; they are printed as
1-2345-67890-12-3. The class is 1 to 8; 0 marks persons outside the register, 9 is reserved and stands on no card
(Population Registration Act B.E. 2534, section 16, and the ministerial rules under it).

What the digit cannot see: the third digit has the weight 11, so any other in its place goes unnoticed, and remainders 0
and 10 share a check digit. A number that holds may still be mistyped: the name beside it decides.
"""

_DIGITS = 13
_GROUPS = (1, 4, 5, 2, 1)
_LATIN = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789", " -\u00a0\u2010\u2011\u2013")


def digits_of(text: str) -> str | None:
    """The digits of a number as it is typed or printed; None when it holds anything else.

    Thai numerals count as digits; spaces, hyphens and dashes are left out.
    """
    digits = text.translate(_LATIN)
    return digits if digits.isascii() and digits.isdigit() else None


def check_digit(twelve: str) -> str:
    """The thirteenth digit: weights 13 down to 2, (11 - sum modulo 11) modulo 10.

    Raises:
        ValueError: not twelve digits from 0 to 9.
    """
    if len(twelve) != _DIGITS - 1 or not twelve.isascii() or not twelve.isdigit():
        raise ValueError("the check digit is made of twelve digits; give the first twelve of the number")
    total = sum(int(digit) * weight for digit, weight in zip(twelve, range(_DIGITS, 1, -1), strict=True))
    return str((11 - total % 11) % 10)


def is_valid(text: str) -> bool:
    """Whether the text is a whole number of a class that is issued, with the right check digit."""
    digits = digits_of(text)
    if digits is None or len(digits) != _DIGITS or digits[0] == "9":
        return False
    return check_digit(digits[:-1]) == digits[-1]


def formatted(text: str) -> str:
    """As it is printed on the card: 1-2345-67890-12-3; of an unfinished number as many groups as there are.

    Raises:
        ValueError: other signs than digits, spaces and hyphens, or more than thirteen digits.
    """
    digits = digits_of(text) if text.strip(" -") else ""
    if digits is None or len(digits) > _DIGITS:
        raise ValueError("a Thai identification number has thirteen digits; type it as it stands on the card")
    groups, start = [], 0
    for length in _GROUPS:
        groups.append(digits[start : start + length])
        start += length
    return "-".join(group for group in groups if group)
