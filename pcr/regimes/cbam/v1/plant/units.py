"""Functional units of goods: tonnes, or tonnes of the clinker or nitrogen that they contain."""

from __future__ import annotations

from typing import Final, Literal

from lca.exact import ONE, Exact
from lca.faults import Collector, Fault
from pcr.regimes.cbam.goods import find
from pcr.regimes.cbam.v1.dated import RULE, tables
from pcr.regimes.cbam.v1.plant.form import Row

Unit = Literal["t", "clinker", "nitrogen", "MWh"]
SHOWN: Final = {"t": "t", "clinker": "t clinker", "nitrogen": "t N", "MWh": "MWh"}


def unit_of(cn: str, mode: str) -> Unit:
    """The functional unit of a code; in the transitional period the tonne of good, and MWh for electricity."""
    good = find(cn).good
    told = good.functional_unit if good is not None else "t"
    if "kWh" in told:
        return "MWh"
    if mode == "transitional":
        return "t"
    if "clinker" in told:
        return "clinker" if cn[:6] in tables()["by_clinker"] else "t"
    return "nitrogen" if "N" in told or "verify" in told else "t"


def content_of(row: Row, unit: Unit, faults: Collector) -> Exact:
    """Content of a tonne in its functional unit: 1 where the tonne itself is it.

    A fault ``cbam_content`` where the content is needed and not given, or zero; one is then returned.
    """
    if unit in ("t", "MWh"):
        return ONE
    content = row.number("content")
    if not content:
        expected = f"t of {unit} per t of the good"
        faults.add(Fault("cbam_content", f"{row.where}/content", row.text("content") or "nothing", expected, RULE))
        return ONE
    return content
