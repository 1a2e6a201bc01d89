"""Who is signed in at the officer screen: PIN by argon2, lock-out, sessions, one token to each window.

Everything is in memory: a restart signs everybody out. `now` and fresh tokens come from outside.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

TRIES = 5
LOCK_TIME = timedelta(seconds=60)
SESSION_TIME = timedelta(hours=12)
"""One shift; nobody works longer at a lane."""
_WINDOWS = 16
"""Windows remembered for one session; the oldest is forgotten."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The PIN was right."""

    session: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WrongPin:
    """The PIN was wrong, or nobody has that name."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many wrong PINs."""

    until: datetime


SignIn = SignedIn | WrongPin | Locked


@dataclass(slots=True)
class _Session:
    officer: str
    until: datetime
    windows: list[str] = field(default_factory=list, repr=False)


class Sessions:
    """The officers' sessions of one kiosk. Safe to call from several threads."""

    def __init__(
        self, officers: Mapping[str, str], clock: Callable[[], datetime], new_token: Callable[[], str]
    ) -> None:
        self._officers = dict(officers)
        self._clock = clock
        self._new_token = new_token
        self._hasher = PasswordHasher()
        self._wrong: dict[str, int] = {}
        self._locked: dict[str, datetime] = {}
        self._sessions: dict[str, _Session] = {}
        self._lock = threading.Lock()

    @property
    def officers(self) -> tuple[str, ...]:
        """Names that may sign in."""
        return tuple(self._officers)

    def locked_until(self, officer: str) -> datetime | None:
        """Until when a name is locked, if it is."""
        until = self._locked.get(officer)
        return until if until is not None and until > self._clock() else None

    def sign_in(self, officer: str, pin: str) -> SignIn:
        """Check a PIN; five wrong ones in a row lock the name for a minute."""
        with self._lock:
            until = self.locked_until(officer)
            if until is not None:
                return Locked(until)
            if self._matches(officer, pin):
                self._wrong.pop(officer, None)
                session = self._new_token()
                self._sessions[session] = _Session(officer, self._clock() + SESSION_TIME)
                return SignedIn(session)
            self._wrong[officer] = self._wrong.get(officer, 0) + 1
            if self._wrong[officer] < TRIES:
                return WrongPin(TRIES - self._wrong[officer])
            self._wrong.pop(officer)
            self._locked[officer] = self._clock() + LOCK_TIME
            return Locked(self._locked[officer])

    def _matches(self, officer: str, pin: str) -> bool:
        try:
            return self._hasher.verify(self._officers.get(officer, ""), pin)
        except (VerificationError, InvalidHashError, UnicodeError):
            return False

    def officer_of(self, session: str) -> str | None:
        """Who holds a session; None when it is unknown or over."""
        held = self._sessions.get(session)
        if held is None or held.until <= self._clock():
            return None
        return held.officer

    def new_window(self, session: str) -> str:
        """A token for one window of a session, to be written into its page.

        Raises:
            KeyError: there is no such session.
        """
        windows = self._sessions[session].windows
        windows.append(self._new_token())
        del windows[:-_WINDOWS]
        return windows[-1]

    def owns_window(self, session: str, window: str) -> bool:
        """Whether a window's token belongs to this session."""
        held = self._sessions.get(session)
        given = window.encode(errors="replace")  # compare_digest takes text of ASCII only
        return held is not None and any(compare_digest(known.encode(), given) for known in held.windows)

    def sign_out(self, session: str) -> None:
        """End a session; its windows lose their rights at once."""
        self._sessions.pop(session, None)
