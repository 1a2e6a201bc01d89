"""What can go wrong at a screen.

KioskError
└── BadCommand: a page sent something that is not a command
"""


class KioskError(Exception):
    """Root of this package's errors."""


class BadCommand(KioskError):
    """A message of a page is not a command; the message says what is wrong with it, never what it held."""
