"""Invented travellers who present themselves to a real station."""
