"""CBAM at the desk: specific embedded emissions, what-if tables. The accounting itself is in ``pcr.regimes.cbam``."""
