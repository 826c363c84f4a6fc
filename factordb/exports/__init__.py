"""A release for somebody else: five formats, one door, the licence before anything is written.

What a format cannot hold stands in ``factordb/exports/data/lost.yaml`` and travels in the file itself.
"""
