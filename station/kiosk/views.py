"""The two screens as pure functions of the lane's snapshot; the server sends what they return."""

from station.kiosk.officer_view import officer_view
from station.kiosk.traveller_view import traveller_view

__all__ = ["officer_view", "traveller_view"]
