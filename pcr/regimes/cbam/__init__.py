"""CBAM: regimes as data (definitive, transitional) and the accounting of embedded emissions (v1)."""
