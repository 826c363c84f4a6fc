"""Recycling (再生利用), version 1: one formula, the Circular Footprint Formula, and named approaches to it as data.

``approaches.yaml``: ``cut_off``, ``closed_loop``, ``fifty_fifty``, ``cff``.  A rule names factors and never reads them,
so the formula is used through its coefficients (:mod:`.shares`) and booked as lines, a factor name per role
(:mod:`.lines`).  The registered equations take the impacts, for a verifier who runs the formula alone.
"""

from pcr.methods.recycling.v1.equations import closed_loop, cut_off, disposal, energy, fifty_fifty, material
from pcr.methods.recycling.v1.lines import end_of_life, recycled_content
from pcr.methods.recycling.v1.shares import (
    Approach,
    CffShares,
    approach,
    approaches,
    coefficients,
    missing_fault,
    shares,
    shares_fault,
)

__all__ = [
    "Approach",
    "CffShares",
    "approach",
    "approaches",
    "closed_loop",
    "coefficients",
    "cut_off",
    "disposal",
    "end_of_life",
    "energy",
    "fifty_fifty",
    "material",
    "missing_fault",
    "recycled_content",
    "shares",
    "shares_fault",
]
