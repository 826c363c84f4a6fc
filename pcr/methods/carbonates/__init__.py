"""Carbonates that give up CO2."""
