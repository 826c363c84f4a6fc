"""Regimes as dated files; see :mod:`pcr.regime`."""
