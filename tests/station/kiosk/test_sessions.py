from datetime import timedelta
from itertools import count

import pytest
from argon2 import PasswordHasher
from gallery import NOW

from station.kiosk.sessions import LOCK_TIME, SESSION_TIME, Locked, Sessions, SignedIn, WrongPin

HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("2569")


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sessions(clock):
    numbers = count(1)
    return Sessions({"Somjai R.": HASH, "Anong K.": HASH}, clock, lambda: f"token-{next(numbers)}")


def test_the_right_pin_opens_a_session_for_one_shift(sessions, clock):
    match sessions.sign_in("Somjai R.", "2569"):
        case SignedIn(session):
            assert sessions.officer_of(session) == "Somjai R."
        case other:
            pytest.fail(str(other))
    clock.now += SESSION_TIME
    assert sessions.officer_of(session) is None


def test_five_wrong_pins_lock_the_name_and_no_other(sessions, clock):
    left = [sessions.sign_in("Somjai R.", "0000") for _ in range(4)]
    assert left == [WrongPin(4), WrongPin(3), WrongPin(2), WrongPin(1)]
    assert sessions.sign_in("Somjai R.", "0000") == Locked(NOW + LOCK_TIME)
    assert sessions.sign_in("Somjai R.", "2569") == Locked(NOW + LOCK_TIME), "the right PIN does not open a locked name"
    assert isinstance(sessions.sign_in("Anong K.", "2569"), SignedIn)
    clock.now += LOCK_TIME + timedelta(seconds=1)
    assert isinstance(sessions.sign_in("Somjai R.", "2569"), SignedIn)


def test_a_right_pin_forgets_the_wrong_ones(sessions):
    for _ in range(4):
        sessions.sign_in("Somjai R.", "0000")
    sessions.sign_in("Somjai R.", "2569")
    assert sessions.sign_in("Somjai R.", "0000") == WrongPin(4)


def test_an_unknown_name_is_a_wrong_pin(sessions):
    assert sessions.sign_in("Nobody", "2569") == WrongPin(4)


def test_a_pin_that_is_no_text_is_a_wrong_pin(sessions):
    assert sessions.sign_in("Somjai R.", "\ud83d") == WrongPin(4)


def test_a_hash_that_is_none_is_a_wrong_pin(clock):
    assert Sessions({"Somjai R.": "plain"}, clock, str).sign_in("Somjai R.", "plain") == WrongPin(4)


def test_a_window_belongs_to_its_session_until_sign_out(sessions):
    first, second = (sessions.sign_in(name, "2569").session for name in ("Somjai R.", "Anong K."))
    window = sessions.new_window(first)
    assert sessions.owns_window(first, window)
    assert not sessions.owns_window(second, window)
    assert not sessions.owns_window(first, "")
    assert not sessions.owns_window(first, "ด่าน")
    assert not sessions.owns_window(first, "\ud83d")
    sessions.sign_out(first)
    assert not sessions.owns_window(first, window)


def test_tokens_never_show_in_a_representation(sessions):
    assert "token" not in repr(sessions.sign_in("Somjai R.", "2569"))
