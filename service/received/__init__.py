"""Footprints that suppliers send, as our records or as PACT 3: checked, then factors of a supplier layer."""
