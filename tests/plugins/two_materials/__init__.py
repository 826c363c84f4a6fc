"""A rule that buys materials, so that a total is a sum of kilograms times factors."""
