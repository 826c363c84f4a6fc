"""Uncertainty: an annex of a run, never of a statement.

Distributions of multipliers, draws that depend on nothing but (seed, draw, variable), propagation through a small
foreground, and the figures that are told.  Binary64 throughout: nothing here reaches a sealed digit.
"""
