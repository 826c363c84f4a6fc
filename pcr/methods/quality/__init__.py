"""Data-quality ratings."""
