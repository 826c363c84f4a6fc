"""Packaging (包装)."""
