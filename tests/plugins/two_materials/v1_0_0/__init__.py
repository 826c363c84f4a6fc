"""Version 1.0.0."""
