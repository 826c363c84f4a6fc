"""Recycling formulas."""
