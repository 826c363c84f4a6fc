"""Products of a company by its own numbers: what an ERP system sends, and the night that calculates what changed."""
