"""Combined heat and power (热电联产)."""
