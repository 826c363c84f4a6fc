"""A carbon price paid abroad, net of rebates, per tonne of good: the draft act's fields, not law."""

from __future__ import annotations

from typing import Any, Final

from lca.exact import ZERO, Exact
from lca.faults import Fault
from pcr.intake_tools import Reader
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.plant.form import Row

WORDS: Final = ("instrument", "legal_reference", "currency", "fx_source", "evidence", "rebate_evidence", "certifier")
NUMBERS: Final = ("gross", "rebates", "eur_per_unit", "good_t", "covered_t")
KEYS: Final = (*WORDS, *NUMBERS, "credits_t")
CREDITS: Final = Exact("0.1")
"""Credits under Article 6 of the Paris Agreement: at most this share of the covered emissions (draft)."""


def paid_per_tonne(reader: Reader, value: Any, where: str) -> Exact | None:
    """EUR per t of good from the keys of a list of goods; every key is needed: without evidence the claim is void."""
    part = reader.mapping(value, where, KEYS, (*WORDS, *NUMBERS))
    given: list[str] = [key for key in (*NUMBERS, "credits_t") if key in part]
    read = {key: reader.number(part[key], f"{where}/{key}") for key in given}
    if any(read.get(key) is None for key in NUMBERS):
        return None
    numbers = {key: number or ZERO for key, number in read.items()}
    return _net(reader, numbers, numbers["good_t"], where)


def paid_of(reader: Reader, row: Row, mass: Exact) -> Exact:
    """The same of a row of an installation file, whose payment is for its production of the period."""
    keys: list[str] = [*NUMBERS, "credits_t"]
    numbers = {key: row.or_zero(key) for key in keys}
    return _net(reader, numbers, mass, row.where) or ZERO


def _net(reader: Reader, numbers: dict[str, Exact], good: Exact, where: str) -> Exact | None:
    if any(number < ZERO for number in numbers.values()) or not good:
        reader.faults.add(
            Fault("cbam_share", f"{where}/good_t", good.text(), "amounts of zero or more, t above zero", RULE)
        )
        return None
    if numbers["rebates"] > numbers["gross"]:
        found, expected = f"rebates {numbers['rebates']}", f"at most the gross {numbers['gross']}"
        reader.faults.add(Fault("cbam_share", f"{where}/rebates", found, expected, RULE))
        return None
    credits = numbers.get("credits_t", ZERO)
    if credits > numbers["covered_t"] * CREDITS:
        found, expected = credits.text(), f"at most a tenth of the {numbers['covered_t']} t covered"
        reader.faults.add(Fault("cbam_share", f"{where}/credits_t", found, expected, RULE))
        return None
    return (numbers["gross"] - numbers["rebates"]) * numbers["eur_per_unit"] / good
