"""Backgrounds of thousands of processes: gates, orderings, factors, Krylov solves, draws, certified digits, artefact.

Everything solves ``A^T y = e``: y is the intensity of each product, e what each process sets free (docs/engine.md §8).
"""
