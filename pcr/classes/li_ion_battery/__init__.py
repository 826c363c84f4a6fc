"""Lithium-ion batteries (锂离子电池)."""
