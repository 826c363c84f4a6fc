"""Version 1.0.0 of the rule for measuring."""
