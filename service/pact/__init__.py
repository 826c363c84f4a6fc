"""PACT 3.0.3: footprints made of sealed records and shown to partners, theirs received as supplier factors.

``docs/pact.md`` says what a footprint takes from a record, which rules are kept, and what was checked how.
"""
