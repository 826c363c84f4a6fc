"""Publishers' names of elementary flows and units, and what they are here: one table, ``data/lci_words.yaml``."""

from __future__ import annotations

from functools import cache
from typing import Final

from factordb.imports.rows import table
from lca.faults import Refused
from lca.units import Unit, unit

UNSPECIFIED: Final = "{gas} of unspecified origin taken as fossil"
MISSING: Final = "greenhouse gas that the GWP table does not hold: {name}"


@cache
def unit_of(text: str) -> str:
    """Symbol of the unit table for a publisher's spelling; empty where the table does not know it.

    A spelling of our own table counts too; a currency, ``kBq``, ``m2*a`` or ``p*km`` does not.
    """
    known: Unit
    try:
        known = unit(str(table("lci_words")["units"].get(text.strip(), text.strip())))
    except Refused:
        return ""
    return known.id


def is_nature(category: str) -> bool:
    """Whether a category is nature whatever group its exchange stands in (``Ecosystem Services``: land use)."""
    return category in table("lci_words")["nature"]


def flow_of(kind: str, name: str, compartment: str, cas: str) -> tuple[str, str]:
    """Flow and note of an elementary exchange; the flow is empty where it is no greenhouse gas of the table.

    ``compartment``: the publisher's words from wide to narrow, parted by ``/``.
    """
    words, low = table("lci_words"), " ".join(name.lower().split())
    number = cas.strip().lstrip("0")
    if kind == "resource":
        taken = low in words["CO2"]["uptake"] and _within(compartment, "resource")
        return ("CO2|biogenic uptake", "") if taken else ("", "")
    if not _within(compartment, "air"):
        return "", ""
    for gas in ("CO2", "CH4"):
        for line in ("fossil", "biogenic", "dluc"):
            if low in words[gas][line]:
                return f"{gas}|{line}", ""
        if low in words[gas]["unspecified"]:
            return f"{gas}|fossil", UNSPECIFIED.format(gas=name)
    found = words["names"].get(low) or words["gases"].get(number, "")
    if found:
        return f"{found}|fossil", ""
    return "", MISSING.format(name=name) if low in words["missing"] else ""


def _within(compartment: str, place: str) -> bool:
    low = "/".join(part.strip() for part in compartment.lower().split("/") if part.strip())
    return any(low == start or low.startswith((f"{start}/", f"{start},")) for start in table("lci_words")[place])
