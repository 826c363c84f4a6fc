"""Electricity (电力), version 1: own use, claims, storage, captive plants, the regime's table, transmission.

Order of work (docs/conventions.md, section 7): own use only; claim check with two answers that are never mixed up
(an *invalid* claim is a fault, a claim *outside the regime* takes the average and says so); the first row of the
regime's table whose condition and evidence both hold; transmission as that row says.
"""

from pcr.methods.electricity.v1.allot import power
from pcr.methods.electricity.v1.own_use import mixed_supply, own_use
from pcr.methods.electricity.v1.storage import round_trip

__all__ = ["mixed_supply", "own_use", "power", "round_trip"]
