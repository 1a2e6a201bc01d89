"""Makes the numbers that the drivers carry; not needed on a kiosk."""
