"""A small rule for electrolytic aluminium, kept in the tests."""
