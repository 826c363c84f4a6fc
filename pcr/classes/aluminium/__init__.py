"""Primary aluminium (电解铝)."""
