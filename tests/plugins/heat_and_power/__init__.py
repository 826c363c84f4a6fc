"""A gas plant that makes heat and power, so that the method of combined heat and power runs to the end."""
