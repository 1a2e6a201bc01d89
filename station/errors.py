"""What keeps a station from starting, apart from the rooms' own errors."""


class CannotStart(Exception):
    """Something that the kiosk needs is not as it must be; the message says what to do."""


class RecordUnreadable(Exception):
    """A record of the journal does not hold what is asked of it; the message says why and what to do."""
