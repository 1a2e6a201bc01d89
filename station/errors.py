"""What stops a command or a station, apart from the rooms' own errors. Every message says what to do."""


class CannotStart(Exception):
    """Something that the kiosk needs is not as it must be."""


class CannotWrite(Exception):
    """A folder or file that a command was to write cannot be written: permission, space, a file in the way."""
