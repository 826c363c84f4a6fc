"""Refrigerants (制冷剂)."""
