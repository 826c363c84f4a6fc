"""What must hold before anything is built, and what is unusual but possible: all faults at once, the rest said."""

from collections.abc import Iterator
from itertools import chain

from pcr.api import ZERO, ActivityData, Collector, Exact, Fault, Notice, load_rule
from pcr.classes.cement.v1_0_0.balances import balance_faults, balance_notices
from pcr.classes.cement.v1_0_0.carbonates import deducted_co2, deduction_sources, input_co2, output_co2
from pcr.classes.cement.v1_0_0.composition import type_faults, type_notices
from pcr.classes.cement.v1_0_0.energy import energy_faults, energy_notices
from pcr.classes.cement.v1_0_0.kilns import Dust, Kiln

RULE = load_rule(__package__)
FED = ("raw_meal", "raw_material", "kiln_fuel")
IDLE = (*FED, "kiln_electricity", "kiln_dust", "bypass_dust", "denox")
"""Inputs of the kiln that nobody would read in a grinding works (粉磨站)."""


def burns(data: ActivityData) -> bool:
    """Whether the works makes clinker; a grinding works buys it."""
    return bool(data.total("clinker_produced"))


def check(data: ActivityData, made: list[Kiln], dust: list[Dust], faults: Collector) -> None:
    """Every fault of the works' rows, added to those that are known."""
    parts = (
        _kiln(data), balance_faults(data, made, dust), type_faults(data), energy_faults(data, made),
        _deduction(data, made),
    )  # fmt: skip
    for found in parts:
        with faults.catching():
            for fault in found:
                faults.add(fault)


def _deduction(data: ActivityData, made: list[Kiln]) -> Iterator[Fault]:
    claimed = deducted_co2(made)
    if claimed and not deduction_sources(data):
        where, expected = "/rows (clinker_cao_non_carbonate)", "a raw material that holds the oxide"
        found = f"{claimed.significant(6)} t CO2 deducted"
        yield Fault("deduction_unfounded", where, found, expected, RULE.clause("deduction"))


def _kiln(data: ActivityData) -> Iterator[Fault]:
    for name in FED if burns(data) else IDLE:
        values, label = {"input": name}, RULE.inputs[name].label["en"]
        if burns(data) and not data.total(name):
            yield Fault("kiln_unfed", f"/rows ({name})", "0", f"{label} above zero", RULE.ref, values)
        elif not burns(data) and data.total(name):
            found, expected = f"{data.total(name)}", "clinker_produced above zero, or 0 here"
            yield Fault("kiln_idle", f"/rows ({name})", found, expected, RULE.ref, values)


def notices(data: ActivityData, made: list[Kiln], dust: list[Dust]) -> list[Notice]:
    """What goes on, and must be said."""
    said = chain(
        balance_notices(data, made, dust), _oxides(data, made), _methods(data, made, dust), type_notices(data),
        energy_notices(data, made), _supply(data),
    )  # fmt: skip
    return list(said)


def _oxides(data: ActivityData, made: list[Kiln]) -> Iterator[Notice]:
    low, high, most = data.number("cao_low"), data.number("cao_high"), data.number("mgo_high")
    for kiln in made:
        where = f"{kiln.name} " if kiln.name else ""
        if not low <= kiln.cao <= high:
            yield Notice("oxides_unusual", "clinker_cao", _span(f"{where}CaO", kiln.cao, low, high))
        if kiln.mgo > most:
            yield Notice("oxides_unusual", "clinker_mgo", _span(f"{where}MgO", kiln.mgo, ZERO, most))
    if made and data.share("raw_meal_toc") > (limit := data.number("toc_high")):
        yield Notice("oxides_unusual", "raw_meal_toc", _span("TOC", data.share("raw_meal_toc"), ZERO, limit))


def _span(what: str, found: Exact, low: Exact, high: Exact) -> dict[str, str]:
    return {"what": what, "found": found.significant(4), "low": low.text(), "high": high.text()}


def _methods(data: ActivityData, made: list[Kiln], dust: list[Dust]) -> Iterator[Notice]:
    """The two ways to the CO2 of carbonates, and the deduction against what came in."""
    claimed, sources = deducted_co2(made), deduction_sources(data)
    if claimed > sources:
        values = {"found": claimed.significant(6), "most": sources.significant(6)}
        yield Notice("deduction_above_sources", "clinker_cao_non_carbonate", values)
    by_input, limit = input_co2(data, dust), data.number("method_tolerance")
    if made and by_input is not None:
        apart = by_input / output_co2(made, dust) - 1
        if abs(apart) > limit:
            yield Notice("methods_differ", "raw_material", {"share": apart.significant(3), "high": limit.text()})


def haul(data: ActivityData) -> Exact:
    """Mean km of what is bought by the tonne; own quarries move their stone with their own vehicles."""
    names = ("raw_material", "kiln_fuel", "clinker_bought", "addition", "mill_fuel")
    rows = (row for name in names for row in data.rows(name) if row.unit == "t" and "own_" not in row.material)
    whole = sum((row.amount for row in rows), ZERO)
    return data.total("transport_in") / whole if whole else ZERO


def _supply(data: ActivityData) -> Iterator[Notice]:
    """What is likely to have been forgotten on the way to the works, or slipped by a comma."""
    if not data.rows("transport_in"):
        yield Notice("transport_missing", "transport_in", {})
    if (far := haul(data)) > (limit := data.number("haul_high")):
        yield Notice("haul_unusual", "transport_in", {"found": far.significant(4), "high": limit.text()})
    made = data.total("cement_produced")
    for name in ("water", "consumable"):
        if (each := data.total(name) / made) > (limit := data.number(f"{name}_high")):
            yield Notice("use_unusual", name, {"what": name, "found": each.significant(4), "high": limit.text()})
    own = [row for name in ("raw_material", "addition") for row in data.rows(name) if row.material.startswith("own_")]
    if own and not data.total("site_fuel"):
        yield Notice("quarry_fuel_missing", "site_fuel", {})
