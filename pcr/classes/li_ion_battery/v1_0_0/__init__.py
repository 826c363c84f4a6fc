"""Lithium-ion battery rule 1.0.0."""
