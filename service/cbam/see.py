"""The use-case *see*: specific embedded emissions of every good of an installation, unrounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lca.exact import ONE, ZERO, Exact
from lca.faults import Notice
from lca.solve import solve
from pcr.regimes.cbam.v1.embedded import FLOWS, StreamEmissions, attributed, emitted, notices_of, system_of
from pcr.regimes.cbam.v1.heat import content
from pcr.regimes.cbam.v1.installation import Installation
from pcr.regimes.cbam.v1.neutral import read_neutral
from pcr.regimes.cbam.v1.plant.build import Built
from pcr.regimes.cbam.v1.plant.making import GoodMade
from pcr.regimes.cbam.v1.plant.units import SHOWN

DIGITS: Final = 20
"""Significant digits printed where a quotient does not end; rounding is for reports."""


@dataclass(frozen=True, slots=True)
class Good:
    """Embedded emissions of one good per functional unit, t CO2e; shares of default values None where nothing is."""

    id: str
    name: str
    cn: str
    direct: Exact
    indirect: Exact
    electricity: Exact
    share_default: Exact | None
    share_default_direct: Exact | None
    allocation: Exact | None = None
    """Specific free allocation with the precursors'; None where part of it is not known."""
    default: tuple[Exact, Exact] = (ZERO, ZERO)
    """The parts of direct and indirect that rest on default values."""

    @property
    def total(self) -> Exact:
        return self.direct + self.indirect


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything ``see`` finds."""

    installation: Installation
    streams: tuple[StreamEmissions, ...]
    goods: Mapping[str, Good]
    total_direct: Exact
    """Of the source streams."""
    total_indirect: Exact
    """Of the processes' electricity, counted or not."""
    gas_credit: Exact
    notices: tuple[Notice, ...]
    built: Built | None = None
    """Of an installation file: what it was made of."""


def see(data: Any, mode: str = "") -> Seen:
    """Specific embedded emissions of an installation in the neutral form.

    Raises:
        Refused: see :func:`pcr.regimes.cbam.v1.neutral.read_neutral`; or the processes feed each other without end.
    """
    return seen(read_neutral(data, mode))


def seen(made: Installation, built: Built | None = None) -> Seen:
    """Specific embedded emissions of an installation that was read; ``built``: from its own file.

    Raises:
        Refused: the processes feed each other without end.
    """
    system = system_of(made)
    streams = tuple(emitted(stream) for stream in made.streams)
    goods = {}
    for item in made.processes:
        scores = solve(system, {item.id: ONE}).scores
        direct, indirect, default_direct, default_indirect, electricity, free, no_free = (
            scores[flow] for flow in FLOWS
        )
        total = direct + indirect
        goods[item.id] = Good(
            item.id,
            item.name,
            item.cn,
            direct,
            indirect,
            electricity,
            (default_direct + default_indirect) / total if total else None,
            default_direct / direct if direct else None,
            None if no_free else free,
            (default_direct, default_indirect),
        )
    return Seen(
        made,
        streams,
        goods,
        sum((stream.fossil for stream in streams), ZERO),
        sum((item.electricity * item.electricity_factor for item in made.processes), ZERO),
        sum((attributed(item, made.mode).gas_credit for item in made.processes), ZERO),
        (*(built.notices if built else ()), *notices_of(made)),
        built,
    )


def shown(number: Exact | None) -> str | None:
    """All digits where they end, else twenty."""
    if number is None:
        return None
    text = number.text()
    return number.significant(DIGITS) if "/" in text else text


def output(found: Seen) -> dict[str, Any]:
    """The output keys of the neutral form, numbers as text."""
    keys: dict[str, Any] = {
        "regime": found.installation.mode,
        "stream_emissions_fossil": [shown(stream.fossil) for stream in found.streams],
        "stream_biogenic": [shown(stream.biogenic) for stream in found.streams],
        "total_direct_tCO2e": shown(found.total_direct),
        "total_indirect_tCO2e": shown(found.total_indirect),
        "cf4_t": shown(sum((stream.cf4 for stream in found.streams), ZERO)),
        "c2f6_t": shown(sum((stream.c2f6 for stream in found.streams), ZERO)),
        "waste_gas_credit_tCO2e": shown(found.gas_credit),
    }
    keys["goods"] = {
        name: {
            "see_direct": shown(good.direct),
            "see_indirect": shown(good.indirect),
            "see_total": shown(good.total),
            "share_default": shown(good.share_default),
            "share_default_of_direct": shown(good.share_default_direct),
            "embedded_electricity_MWh_per_t": shown(good.electricity),
        }
        for name, good in found.goods.items()
    }
    if found.built is not None:
        keys["products"] = [product(found, good) for good in found.built.goods]
    keys["notices"] = [{"code": item.code, "where": item.where, "values": dict(item.values)} for item in found.notices]
    return keys


def product(found: Seen, made: GoodMade) -> dict[str, Any]:
    """One good of an installation file: per functional unit, and per tonne of the good with its content (eq. 64-66)."""
    good = found.goods[made.process]
    free = good.allocation
    return {
        "id": made.id,
        "process": made.process,
        "cn": made.cn,
        "name": made.name,
        "functional_unit": SHOWN[made.unit],
        "content": shown(made.content),
        "mass_t": shown(made.mass),
        "see_direct": shown(good.direct),
        "see_indirect": shown(good.indirect),
        "see_total": shown(good.total),
        "see_direct_per_t": shown(content(good.direct, made.content)),
        "see_indirect_per_t": shown(content(good.indirect, made.content)),
        "see_total_per_t": shown(content(good.total, made.content)),
        "sefa": shown(free),
        "sefa_per_t": None if free is None else shown(content(free, made.content)),
        "share_default_of_direct": shown(good.share_default_direct),
    }
