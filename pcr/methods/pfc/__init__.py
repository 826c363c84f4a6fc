"""Perfluorocarbons (全氟化碳)."""
