"""What keeps a station from starting, apart from the rooms' own errors."""


class CannotStart(Exception):
    """Something that the kiosk needs is not as it must be; the message says what to do."""
