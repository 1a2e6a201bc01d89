"""The Thai national identification number: thirteen digits, the last a check digit modulo 11."""

_DIGITS = 13


def is_valid(text: str) -> bool:
    """Whether the text is a whole number with a right check digit; spaces and hyphens are ignored.

    Weights 13 down to 2 over the first twelve digits; the check digit is (11 - sum modulo 11) modulo 10.
    The first digit (class of person) is never 9, and 0 marks persons outside the register.
    """
    digits = text.replace(" ", "").replace("-", "")
    if len(digits) != _DIGITS or not digits.isascii() or not digits.isdigit() or digits[0] == "9":
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(_DIGITS, 1, -1), strict=False))
    return (11 - total % 11) % 10 == int(digits[-1])
