"""Rules that live outside this project: what a third party writes, kept for the tests."""
