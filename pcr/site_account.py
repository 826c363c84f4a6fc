"""What a regime that is no footprint keeps of an inventory: the site's own emissions, or its electricity alone."""

from __future__ import annotations

from collections.abc import Iterable

from lca.deferred import CutOff, Deferred, TopUp
from lca.faults import Notice
from lca.inventory import Electricity, Line
from pcr.regime import Regime


def kept_lines(lines: Iterable[Line], electricity: Iterable[Electricity], regime: Regime) -> list[Line]:
    """All lines of a footprint; of a site account fuels burned, emissions and power; else electricity alone."""
    if regime.method == "footprint":
        return list(lines)
    power = {(item.process, item.row) for item in electricity}
    site = regime.method == "site_account"
    return [
        line
        for line in lines
        if line.kind == "own" or (line.process, line.row) in power or (site and _counted(line, regime))
    ]


def _counted(line: Line, regime: Regime) -> bool:
    if line.kind == "emission":
        return line.flow.gas in regime.counted_gases and not line.flow.line.startswith("biogenic")
    return line.factor is not None and line.factor.kinds == ("fuel_combustion",)


def kept_terms(terms: Iterable[Deferred], regime: Regime) -> list[Deferred]:
    """Cut-off limits and topping-up are rules of a footprint."""
    if regime.method == "footprint":
        return list(terms)
    return [term for term in terms if not isinstance(term, CutOff | TopUp)]


def account_notices(regime: Regime, dropped: int) -> list[Notice]:
    """A site account says on every result that it is no footprint."""
    if regime.method != "site_account":
        return []
    return [Notice("not_a_footprint", regime.ref, {"regime": regime.ref, "lines": str(dropped)})]
