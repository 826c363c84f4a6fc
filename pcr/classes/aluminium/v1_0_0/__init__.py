"""Aluminium rule 1.0.0."""
