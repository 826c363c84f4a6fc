"""A rule with one meter, so that a total is kWh times a factor."""
