"""Source streams of the installation file: numbers of their method, standard values, measured gases, transfers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lca.exact import ONE, ZERO, Exact, root
from lca.faults import Collector, Fault, Notice
from pcr.regime import load_regime
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.embedded import StreamEmissions, emitted
from pcr.regimes.cbam.v1.installation import Stream
from pcr.regimes.cbam.v1.measured import measured, n2o, substitute
from pcr.regimes.cbam.v1.neutral import METHODS
from pcr.regimes.cbam.v1.plant.form import Form, Row
from pcr.regimes.cbam.v1.plant.standard import values_of

ENOUGH: Final = Exact("0.8")
"""Share of the points of an hour below which the hour is substituted."""
CO_AS_CO2: Final = Exact("44.01") / Exact("28.01")
"""Carbon monoxide counts as the CO2 of the same carbon: molar masses (recalled)."""
OTHER: Final = "other"
"""The part of the installation that makes no CBAM good."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An hour of a continuous measurement: g/m3, m3 of flue gas, share of its points that were valid."""

    concentration: Exact
    volume: Exact
    share: Exact = ONE


@dataclass(frozen=True, slots=True)
class Source:
    """A stream with its emissions, the energy of a fuel in TJ, and where its parts belong; shares sum to 1."""

    id: str
    stream: Stream
    emissions: StreamEmissions
    energy: Exact
    waste_gas: bool
    shares: Mapping[str, Exact]
    row: Row


def sources_of(
    form: Form, hours: Mapping[str, Sequence[Reading]], factors: Mapping[str, Mapping[str, Exact]],
    faults: Collector, notices: list[Notice],
) -> tuple[Source, ...]:  # fmt: skip
    """Every stream of the file. ``hours``: readings by file name; ``factors``: neutral keys by factor id."""
    made = []
    for row in form.tables["streams"]:
        method = row.text("method")
        shares = _shares(form, row, faults)
        before = len(faults.faults)
        if method in ("measured", "n2o", "co2_transfer"):
            stream = _stated(row, method, hours, faults, notices)
        else:
            stream = _calculated(row, method, factors, faults, notices)
        if stream is None or len(faults.faults) > before:
            continue
        energy = ZERO
        if method == "combustion" and ("ncv_GJ_per_unit" in row or row.text("material") or row.text("factor")):
            energy = stream.values["activity"] * stream.values["ncv_GJ_per_unit"] / 1000
        made.append(Source(row.text("id"), stream, emitted(stream), energy, row.yes("waste_gas"), shares, row))
    return tuple(made)


def _shares(form: Form, row: Row, faults: Collector) -> dict[str, Exact]:
    """``to`` of the stream, or the rows of ``attribution``; what is not attributed is nobody's, and that is a fault."""
    split = {item.text("to"): item.or_zero("share") for item in form.tables["attribution"]
             if item.text("stream") == row.text("id")}  # fmt: skip
    if row.text("to"):
        split = {row.text("to"): ONE} if not split else {**split, row.text("to"): ZERO - ONE}
    total = sum(split.values(), ZERO)
    if total != ONE or any(share < ZERO for share in split.values()):
        found = ", ".join(f"{name} {share}" for name, share in split.items()) or "nothing"
        faults.add(Fault("cbam_attribution", row.where, found, "to, or shares in attribution that sum to 1", RULE))
    return split


def _calculated(
    row: Row, method: str, factors: Mapping[str, Mapping[str, Exact]], faults: Collector, notices: list[Notice]
) -> Stream | None:
    needed, optional = METHODS[method]
    values: dict[str, Exact] = {}
    if row.text("material") and method in ("combustion", "process", "mass_balance"):
        with faults.catching(row.where):
            values |= values_of(method, row.text("material"), row.where)
    if row.text("cell_type") and method.startswith("pfc_"):
        values |= _of_cells(method, row.text("cell_type"))
    values |= factors.get(row.text("factor"), {})
    values |= {key: number for key in (*needed, *optional) if (number := row.number(key)) is not None}
    per_mass = row.number("ef_tCO2_per_t") if method == "combustion" and "ncv_GJ_per_unit" not in values else None
    if per_mass is not None:  # the variant of eq. 7 without a calorific value: as 1 GJ/t, and no energy is known
        values |= {"ncv_GJ_per_unit": ONE, "ef_tCO2_per_TJ": per_mass * 1000}
    lacking = [key for key in needed if key not in values]
    for key in lacking:
        faults.add(Fault("missing_key", f"{row.where}/{key}", "nothing", f"{key}, or a standard material", RULE))
    if values.get("biomass_fraction") and row.text("biomass_criteria") != "met":
        share = values.pop("biomass_fraction").text()
        notices.append(Notice("cbam_biomass_not_met", row.where, {"stream": row.text("id"), "share": share}))
    if values.get("activity", ZERO) < ZERO and method != "mass_balance":
        expected = "zero or more; only a mass balance has outputs"
        faults.add(Fault("cbam_share", f"{row.where}/activity", values["activity"].text(), expected, RULE))
    if lacking:
        return None
    return Stream(row.text("name") or row.text("id"), method, values, row.text("unit"), row.text("cell_type"))


def _of_cells(method: str, cell_type: str) -> dict[str, Exact]:
    """Factors of a type of cell out of the regime's table; a type it has no value of needs its own measurement."""
    table = load_regime("cbam/definitive").parameters
    names = {
        "pfc_slope": {"slope_cf4": "sef_cf4_kg_per_t_per_AEmin", "f_c2f6": "f_c2f6"},
        "pfc_overvoltage": {"overvoltage_cf4": "ovc_cf4_kg_per_t_per_mV", "overvoltage_f_c2f6": "f_c2f6"},
    }
    held = {ours: table.get(f"pfc.{key}.{cell_type}", "") for key, ours in names[method].items()}
    return {key: Exact(text) for key, text in held.items() if text}


def _stated(
    row: Row, method: str, hours: Mapping[str, Sequence[Reading]], faults: Collector, notices: list[Notice]
) -> Stream | None:
    """A stream whose tonnes are measured or transferred; it stands in the neutral form as t CO2e."""
    if method == "co2_transfer":
        co2e = _transferred(row, faults, notices)
    else:
        gas = "N2O" if method == "n2o" else row.text("gas")
        if not gas:
            faults.add(Fault("missing_key", f"{row.where}/gas", "nothing", "CO2, CO or N2O", RULE))
            return None
        tonnes = _tonnes(row, hours, faults, notices)
        if tonnes is None:
            return None
        co2e = n2o(tonnes) if gas == "N2O" else tonnes * CO_AS_CO2 if gas == "CO" else tonnes
    if co2e is None:
        return None
    biomass = row.or_zero("biomass_t")
    if biomass and row.text("biomass_criteria") != "met":
        notices.append(Notice("cbam_biomass_not_met", row.where, {"stream": row.text("id"), "share": biomass.text()}))
        biomass = ZERO
    if biomass and biomass > co2e:
        faults.add(Fault("cbam_share", f"{row.where}/biomass_t", biomass.text(), f"at most {co2e}", RULE))
    return Stream(row.text("name") or row.text("id"), "measured", {"co2e_t": co2e - biomass, "biogenic_t": biomass})


def _tonnes(row: Row, hours: Mapping[str, Sequence[Reading]], faults: Collector, notices: list[Notice]) -> Exact | None:
    stated = row.number("measured_t")
    if not row.text("hourly"):
        if stated is None:
            faults.add(Fault("missing_key", f"{row.where}/hourly", "nothing", "hourly or measured_t", RULE))
        return stated
    readings = hours.get(row.text("hourly"), ())
    good = [reading for reading in readings if reading.share >= ENOUGH]
    if len(good) < 2:
        found = f"{len(good)} of {len(readings)} hours with 80 % of their points"
        faults.add(Fault("cbam_hours", f"{row.where}/hourly", found, "at least two valid hours", RULE))
        return None
    total = sum((measured(reading.concentration, reading.volume) for reading in good), ZERO)
    poor = [reading for reading in readings if reading.share < ENOUGH]
    if poor:
        stand_in = substitute(*_spread([reading.concentration for reading in good]))
        total = total + sum((measured(stand_in, reading.volume) for reading in poor), ZERO)
        values = {"stream": row.text("id"), "hours": str(len(poor)), "value": stand_in.significant(6)}
        notices.append(Notice("cbam_hours_substituted", row.where, values))
    if stated is not None and stated != total:
        faults.add(Fault("cbam_hours", f"{row.where}/measured_t", stated.text(), f"hours give {total}", RULE))
    return total


def _spread(values: Sequence[Exact]) -> tuple[Exact, Exact]:
    """Mean and standard deviation of the sample (n - 1, not read in the act)."""
    mean = sum(values, ZERO) / len(values)
    return mean, root(sum(((value - mean) * (value - mean) for value in values), ZERO) / (len(values) - 1))


def _transferred(row: Row, faults: Collector, notices: list[Notice]) -> Exact | None:
    """CO2 received counts unless its source counts it; only stored or bound CO2 is deducted, and with evidence."""
    mass, kind = row.number("activity"), row.text("transfer")
    for key, value in (("activity", mass), ("transfer", kind)):
        if value in (None, ""):
            faults.add(Fault("missing_key", f"{row.where}/{key}", "nothing", key, RULE))
    if mass is None or not kind:
        return None
    if mass < ZERO:
        faults.add(Fault("cbam_share", f"{row.where}/activity", mass.text(), "zero or more", RULE))
    evidence = row.text("evidence")
    counted = row.yes("counted_at_source")
    if (kind in ("stored", "bound") or counted) and not evidence:
        expected = "documents of the chain of custody"
        faults.add(Fault("cbam_transfer_evidence", f"{row.where}/evidence", "nothing", expected, RULE))
    if kind == "handed_on":
        notices.append(Notice("cbam_handed_on", row.where, {"stream": row.text("id"), "mass": mass.text()}))
    if kind == "received":
        return ZERO if counted else mass
    return ZERO - mass if kind in ("stored", "bound") else ZERO
