"""Transport legs (运输段)."""
