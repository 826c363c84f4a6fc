"""Sources of electricity: which factor each may have, and what has to be shown for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lca.exact import ZERO, Exact
from lca.faults import Collector, Fault, Notice
from pcr.equations import equation
from pcr.regime import load_regime
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.plant.form import Form, Row
from pcr.regimes.cbam.v1.plant.heat import Burned, Cogeneration, burned
from pcr.regimes.cbam.v1.plant.streams import Source
from pcr.regimes.cbam.v1.streams import SOURCE

MIX: Final = "mix"
_TAKES: Final = {"direct_line": "direct_line", "ppa": "claim"}
_D: Final = "IR (EU) 2025/2547, Annex II D.4 (transcription)"


@dataclass(frozen=True, slots=True)
class PowerSource:
    """t CO2 per MWh; MWh of the installation's meter, None where it was not given; MWh that were matched."""

    factor: Exact
    metered: Exact | None
    matched: Exact | None
    row: Row


@equation(
    "cbam.own_power",
    text="EF = (Em_fuels + Em_FGC) / E",
    source=SOURCE,
    confidence="seen",
    clause="eq. 38; E: net electricity of the own plant",
    inputs={"emissions": "t", "cleaning": "t", "electricity": "MWh"},
    results={"factor": "tCO2/MWh"},
)
def own_power(emissions: Exact, cleaning: Exact, electricity: Exact) -> Exact:
    """t CO2/MWh of a power plant without heat."""
    return (emissions + cleaning) / electricity


def power_sources(
    form: Form, sources: Sequence[Source], combined: Mapping[str, Cogeneration], grid: Mapping[str, Exact],
    factors: Mapping[str, Exact], faults: Collector, notices: list[Notice],
) -> dict[str, PowerSource]:  # fmt: skip
    """Every source with its factor.

    ``grid``: t CO2/MWh by country, the user's copy of the act's table; ``factors``: t CO2/MWh by factor id.
    """
    found = {}
    for row in form.tables["power_sources"]:
        factor = _factor(row, form, sources, combined, {**grid}, factors, faults, notices)
        if factor is not None:
            matched = row.number("matched_MWh")
            found[row.text("id")] = PowerSource(factor, row.number("metered_MWh"), matched, row)
    return found


def _factor(
    row: Row, form: Form, sources: Sequence[Source], combined: Mapping[str, Cogeneration], grid: Mapping[str, Exact],
    factors: Mapping[str, Exact], faults: Collector, notices: list[Notice],
) -> Exact | None:  # fmt: skip
    kind = row.text("kind")
    if kind == "certificate":
        expected = "a direct line, or a power purchase agreement with physical delivery; else the grid's factor"
        faults.add(Fault("cbam_certificate", row.where, row.text("id"), expected, _D))
        return None
    if kind == "grid":
        return _grid(row, form, grid, factors, faults, notices)
    if kind == "own":
        fuel = burned(row.text("id"), sources, form, notices)
        return _own(row, fuel, faults)
    if kind == "chp":
        plant = combined.get(row.text("chp"))
        if plant is None:
            if row.text("chp") not in {item.text("id") for item in form.tables["chp"]}:
                names = ", ".join(item.text("id") for item in form.tables["chp"]) or "a row of chp"
                faults.add(Fault("cbam_name_unknown", f"{row.where}/chp", row.text("chp") or "nothing", names, RULE))
            return None
        return plant.power_factor
    return _actual(row, kind, form.mode, faults)


def _grid(
    row: Row, form: Form, grid: Mapping[str, Exact], factors: Mapping[str, Exact], faults: Collector,
    notices: list[Notice],
) -> Exact | None:  # fmt: skip
    """The factor named, typed with its source, or of the user's table; an unlisted country takes the row ZZ."""
    stated, country = row.number("ef_tCO2_per_MWh"), row.text("country") or form.records["installation"].text("country")
    if row.text("factor") in factors:
        return factors[row.text("factor")]
    if stated is not None:
        if not row.text("factor_source"):
            expected = "which table, year and row the factor was copied from"
            faults.add(Fault("missing_key", f"{row.where}/factor_source", "nothing", expected, RULE))
        values = {"source": row.text("id"), "value": stated.text(), "from": row.text("factor_source")}
        notices.append(Notice("cbam_grid_typed", row.where, values))
        return stated
    found = grid.get(country.upper(), grid.get("ZZ"))
    if found is None and not row.text("factor"):
        expected = "--grid FILE with your copy of IR (EU) 2025/2621 Annex II, or ef_tCO2_per_MWh with factor_source"
        faults.add(Fault("cbam_grid_absent", row.where, f"no grid factor of {country}", expected, _D))
    return found


def _own(row: Row, fuel: Burned, faults: Collector) -> Exact | None:
    metered, stated = row.number("metered_MWh"), row.number("ef_tCO2_per_MWh")
    if fuel.energy or fuel.emissions:
        if not metered:
            expected = "net electricity of the plant in MWh"
            faults.add(Fault("missing_key", f"{row.where}/metered_MWh", "nothing", expected, RULE))
            return None
        return own_power(fuel.emissions, ZERO, metered)
    if stated is None:
        expected = "streams that go to it, or ef_tCO2_per_MWh (0 for sun, wind and water) with evidence"
        faults.add(Fault("missing_key", f"{row.where}/ef_tCO2_per_MWh", "nothing", expected, RULE))
    elif not row.text("evidence"):
        faults.add(Fault("cbam_power_evidence", f"{row.where}/evidence", "nothing", "meters of the plant", _D))
    return stated


def _actual(row: Row, kind: str, mode: str, faults: Collector) -> Exact | None:
    """A direct line or a contract: evidence and interval as the regime's table of electricity asks for them."""
    table = next(
        item for item in load_regime(f"cbam/{mode}").electricity.rows if item.takes == _TAKES[kind]
    )  # the row of the regime; both periods have one of each
    shown = evidence_of(row)
    lacking = [name for name in table.evidence if name not in shown]
    if kind == "ppa" and mode == "definitive" and "grid_connection" not in shown:
        lacking.append("grid_connection")
    if lacking:
        found = f"without {', '.join(lacking)}"
        expected = f"evidence: {'; '.join(f'{name}: document' for name in lacking)}"
        faults.add(Fault("cbam_power_evidence", f"{row.where}/evidence", found, expected, _D))
    if table.intervals and row.text("interval") not in table.intervals:
        expected = f"production and use matched per {' or '.join(table.intervals)}"
        faults.add(
            Fault("cbam_power_interval", f"{row.where}/interval", row.text("interval") or "nothing", expected, _D)
        )
    if table.intervals and row.number("matched_MWh") is None:
        expected = "MWh matched: the sum over the intervals of the lesser of production and use"
        faults.add(Fault("missing_key", f"{row.where}/matched_MWh", "nothing", expected, RULE))
    stated = row.number("ef_tCO2_per_MWh")
    if stated is None:
        faults.add(Fault("missing_key", f"{row.where}/ef_tCO2_per_MWh", "nothing", "factor of the generator", RULE))
    return stated


def evidence_of(row: Row) -> dict[str, str]:
    """``generator_meter: M1; load_meter: M2`` by name; a name without a document shows nothing."""
    parts = [part.partition(":") for part in row.text("evidence").split(";")]
    return {name.strip(): document.strip() for name, _, document in parts if document.strip()}
