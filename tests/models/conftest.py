"""What the tests of the models share."""

from datetime import date

import pytest


@pytest.fixture(scope="session")
def today():
    return date(2026, 7, 10)
