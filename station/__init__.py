"""The kiosk application."""
