"""Cement (水泥)."""
