"""Electricity (电力) by the regime's table."""
