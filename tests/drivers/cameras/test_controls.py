"""Fixing focus and exposure, against tables of properties as cameras of several kinds behave."""

from collections.abc import Mapping

import pytest

from config.messages.said import Said
from drivers.cameras.controls import Control, Property, Refused, apply, refused, steps
from drivers.cameras.process import refusal

ALL = {Control.FOCUS: 40.0, Control.EXPOSURE: 156.0, Control.GAIN: 20.0, Control.WHITE_BALANCE: 4600.0}


class Table:
    """A camera's properties with the habits of the UVC driver: a value is refused while its automatic is on."""

    automatics: Mapping[Property, tuple[Property, float]] = {
        Property.FOCUS: (Property.AUTOFOCUS, 0.0),
        Property.EXPOSURE: (Property.AUTO_EXPOSURE, 1.0),
        Property.WHITE_BALANCE: (Property.AUTO_WHITE_BALANCE, 0.0),
    }

    def __init__(self, **changes: float) -> None:
        self.values = {
            Property.AUTOFOCUS: 1.0, Property.FOCUS: 0.0, Property.AUTO_EXPOSURE: 3.0, Property.EXPOSURE: 250.0,
            Property.GAIN: 0.0, Property.AUTO_WHITE_BALANCE: 1.0, Property.WHITE_BALANCE: 4000.0,
        }  # fmt: skip
        self.values |= {Property(name): value for name, value in changes.items()}
        self.calls: list[tuple[Property, float]] = []

    def set(self, wanted: Property, value: float) -> bool:
        self.calls.append((wanted, value))
        if wanted not in self.values:
            return False
        automatic = self.automatics.get(wanted)
        if automatic is not None and self.values.get(automatic[0], automatic[1]) != automatic[1]:
            return False
        self.values[wanted] = self.rounded(wanted, value)
        return True

    def get(self, wanted: Property) -> float:
        return self.values.get(wanted, -1.0)

    def rounded(self, wanted: Property, value: float) -> float:
        return value


class Stepped(Table):
    """Focus goes by fives."""

    def rounded(self, wanted: Property, value: float) -> float:
        return value // 5 * 5 if wanted is Property.FOCUS else value


class Liar(Table):
    """`set` returns true and nothing happens (OpenCV issue 29254)."""

    def set(self, wanted: Property, value: float) -> bool:
        return True


class Clinging(Table):
    """Leaves automatic exposure only after having been told to enter it (OpenCV issue 9738)."""

    told = False

    def set(self, wanted: Property, value: float) -> bool:
        if wanted is Property.AUTO_EXPOSURE:
            if value == 1.0 and not self.told:
                return True
            self.told = value == 3.0
        return super().set(wanted, value)


def test_automatics_go_off_first_and_exposure_by_way_of_automatic():
    assert steps(ALL) == (
        (Property.AUTOFOCUS, 0.0), (Property.FOCUS, 40.0),
        (Property.AUTO_EXPOSURE, 3.0), (Property.AUTO_EXPOSURE, 1.0), (Property.EXPOSURE, 156.0),
        (Property.GAIN, 20.0),
        (Property.AUTO_WHITE_BALANCE, 0.0), (Property.WHITE_BALANCE, 4600.0),
    )  # fmt: skip


def test_what_is_not_asked_for_is_not_touched():
    table = Table()
    apply(table, {})
    apply(table, {Control.GAIN: 5.0})
    assert table.calls == [(Property.GAIN, 5.0)]
    assert refused(table, {}) == ()


@pytest.mark.parametrize("kind", [Table, Stepped, Clinging])
def test_cameras_that_take_it(kind):
    table = kind()
    apply(table, ALL | {Control.FOCUS: 43.0})
    assert refused(table, ALL | {Control.FOCUS: 43.0}) == ()


def test_a_camera_that_nods_and_does_nothing():
    table = Liar()
    apply(table, ALL)
    assert refused(table, ALL) == (
        Refused(Control.FOCUS, 40.0, 0.0, True),
        Refused(Control.EXPOSURE, 156.0, 250.0, True),
        Refused(Control.GAIN, 20.0, 0.0, False),
        Refused(Control.WHITE_BALANCE, 4600.0, 4000.0, True),
    )


def test_a_fixed_focus_camera_has_no_focus_to_set():
    table = Table()
    del table.values[Property.AUTOFOCUS], table.values[Property.FOCUS]
    apply(table, {Control.FOCUS: 40.0})
    assert refused(table, {Control.FOCUS: 40.0}) == (Refused(Control.FOCUS, 40.0, -1.0, False),)


def test_an_automatic_that_came_back_is_noticed_even_at_the_right_value():
    table = Table()
    apply(table, ALL)
    table.values[Property.AUTO_EXPOSURE] = 3.0
    assert refused(table, ALL) == (Refused(Control.EXPOSURE, 156.0, 156.0, True),)


def test_what_is_said_of_it():
    said = refusal("camera", Refused(Control.WHITE_BALANCE, 4600.0, 4000.0, False))
    assert isinstance(said, Said)
    assert said == "camera has set its white balance to 4000 instead of 4600; correct that value in the profile."
    assert "keeps its focus automatic" in refusal("camera", Refused(Control.FOCUS, 40.0, 0.0, True))
