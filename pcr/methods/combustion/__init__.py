"""Fuel burned on site."""
