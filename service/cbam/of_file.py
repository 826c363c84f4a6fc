"""Answers to the fields of the whole file: totals, streams, precursors, electricity, the monitoring plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lca.exact import ZERO, Exact
from pcr.regimes.cbam.v1.embedded import attributed
from pcr.regimes.cbam.v1.measured import GWP_N2O
from pcr.regimes.cbam.v1.plant.form import Row
from pcr.regimes.cbam.v1.plant.power import evidence_of
from pcr.regimes.cbam.v1.plant.precursors import Lot
from pcr.regimes.cbam.v1.plant.standard import standard
from pcr.regimes.cbam.v1.plant.streams import OTHER, Source
from service.cbam.fields import Subject, Table, Told, absent, given, table, value
from service.cbam.see import shown

TELLING: Final = (
    "activity", "ncv_GJ_per_unit", "ef_tCO2_per_TJ", "ef_tCO2_per_t", "carbon_content_tC_per_t", "oxidation_factor",
    "conversion_factor", "biomass_fraction", "sef_cf4_kg_per_t_per_AEmin", "f_c2f6",
)  # fmt: skip


def _coordinate(key: str) -> Callable[[Subject], Told]:
    def told(of: Subject) -> Told:
        number = of.form.records["installation"].number(key)
        return given("") if number is None else value(number.places(6), number)

    return told


def _period(of: Subject) -> Told:
    period = of.form.records["period"]
    return value(f"{period.text('from')} – {period.text('to')}")


def _whole(number: Exact) -> Told:
    return value(number.places(0), number)


def _biogenic(of: Subject) -> Told:
    return _whole(sum((source.emissions.biogenic for source in of.built.sources), ZERO))


def _indirect(of: Subject) -> Told:
    """Of the goods outside Annex II only."""
    own = [attributed(item, of.built.installation.mode).indirect for item in of.built.installation.processes]
    total = sum(own, ZERO)
    return _whole(total) if total else absent("annex_two")


def _n2o(of: Subject) -> Told:
    gases = [source for source in of.built.sources if source.row.text("method") == "n2o" or
             source.row.text("gas") == "N2O"]  # fmt: skip
    if not gases:
        return absent("no_such")
    tonnes = sum((source.emissions.fossil for source in gases), ZERO) / GWP_N2O
    return value(tonnes.places(3), tonnes)


def _pfc(of: Subject) -> Told:
    cf4 = sum((source.emissions.cf4 for source in of.built.sources), ZERO)
    c2f6 = sum((source.emissions.c2f6 for source in of.built.sources), ZERO)
    return value(f"CF4 {cf4.places(6)}, C2F6 {c2f6.places(6)}") if cf4 else absent("no_such")


def _reconciliation(of: Subject) -> Told:
    """What was emitted, where it went, and what heat and gas moved over the border."""
    built = of.built
    raw = sum((attributed(item, built.installation.mode).raw for item in built.installation.processes), ZERO)
    sinks = {row.text("id") for name in ("heat_sources", "chp", "power_sources") for row in built.form.tables[name]}
    other, plants = ZERO, ZERO
    for source in built.sources:
        for to, share in source.shares.items():
            other = other + (source.emissions.fossil * share if to == OTHER else ZERO)
            plants = plants + (source.emissions.fossil * share if to in sinks else ZERO)
    rows: Table = [
        {"what": "emitted 排放", "fossil": of.found.total_direct.places(3)},
        {"what": "to no CBAM good 非CBAM部分", "fossil": other.places(3)},
        {"what": "burned in heat and power plants 热力与电力设备", "fossil": plants.places(3)},
        {"what": "attributed to processes, heat and gases moved 归属工序（含热、废气转移）", "fossil": raw.places(3)},
        {"what": "difference: heat and power used elsewhere, corrections of waste gas 差额：他用热电、废气修正",
         "fossil": (of.found.total_direct - other - raw).places(3)},
    ]  # fmt: skip
    return Told("value", rows)


def _stream(source: Source) -> dict[str, str]:
    row = source.row
    told = [f"{key} {number}" for key in TELLING if (number := source.stream.values.get(key)) is not None]
    told += [f"unit {row.text('unit')}"] if "unit" in row else []
    return {
        "stream": f"{source.id}: {source.stream.name}", "method": row.text("method"),
        "factors": "; ".join(told), "level": row.text("factor_level"), "fossil": source.emissions.fossil.places(3),
        "biogenic": source.emissions.biogenic.places(3),
        "to": ", ".join(f"{to} {share}" for to, share in source.shares.items()), "evidence": row.text("evidence"),
    }  # fmt: skip


def _transfers(of: Subject) -> Told:
    rows = [row for row in of.form.tables["streams"] if row.text("method") == "co2_transfer"]
    return table([{"stream": row.text("id"), "kind": row.text("transfer"), "mass": row.text("activity"),
                   "evidence": row.text("evidence")} for row in rows])  # fmt: skip


def _lot(lot: Lot, row: Row) -> dict[str, str]:
    base = {"name": row.text("name") or row.text("id"), "cn": row.text("cn"), "country": lot.country,
            "mass": lot.mass.text()}  # fmt: skip
    see = (lot.direct + lot.indirect).places(5)
    if lot.basis == "default":
        told = lot.total_default.text() if lot.total_default is not None else ""
        return base | {"value": told, "see": see, "row": lot.default_id, "why": lot.row.text("why_default")}
    if lot.basis == "exempt":
        return base | {"see": "0"}
    span = f"{lot.row.text('from')} – {lot.row.text('to')}" if "from" in lot.row else lot.row.text("package")
    return base | {"see": see, "period": span, "supplier": lot.supplier, "report": lot.verification}


def _lots(*bases: str) -> Callable[[Subject], Told]:
    def told(of: Subject) -> Told:
        bought = {row.text("id"): row for row in of.form.tables["precursors"]}
        return table([_lot(lot, bought[lot.precursor]) for lot in of.built.lots if lot.basis in bases])

    return told


def _own(of: Subject) -> Told:
    own = {item.id for item in of.built.installation.processes}
    return table([{"process": row.text("process"), "source": row.text("from"), "mass": row.text("mass_t")}
                  for row in of.form.tables["inputs"] if row.text("from") in own])  # fmt: skip


def _sources(of: Subject) -> Told:
    rows = []
    for name, source in of.built.power.items():
        drawn = sum(
            (item.amount for held in of.built.used_power.values() for item in held if item.source == name), ZERO
        )
        row = source.row
        rows.append({
            "source": name, "kind": row.text("kind"), "mwh": drawn.places(3),
            "country": row.text("country") or of.built.installation.country, "factor": source.factor.significant(6),
            "shown": row.text("evidence") or row.text("factor_source"),
        })  # fmt: skip
    return table(rows, "no_power")


def _addendum(of: Subject) -> Told:
    makers = {good.process for good in of.built.goods if good.unit == "MWh"}
    if not makers:
        return absent("no_electricity_good")
    rows = [row for row in of.form.tables["processes"] if row.text("id") in makers]
    return Told("value", [{"process": row.text("id"), "condition": name, "shown": evidence_of(row).get(name, "")}
                          for row in rows for name in standard()["power_conditions"]])  # fmt: skip


def _visit(of: Subject) -> Told:
    row = of.form.records["verifier"]
    return given(" ".join(filter(None, (row.text("site_visit"), row.text("visited_on")))))


def _rows(name: str, columns: Mapping[str, str]) -> Callable[[Subject], Told]:
    """Rows of a table of the form, some of its keys under our columns."""

    def told(of: Subject) -> Told:
        rows = [{column: row.text(key) for column, key in columns.items()} for row in of.form.tables[name]]
        return table(rows)

    return told


def _measured(of: Subject) -> Told:
    rows = [row for row in of.form.tables["streams"] if row.text("method") in ("measured", "n2o")]
    return table([{"stream": row.text("id"), "kind": row.text("gas"), "instrument": row.text("instrument"),
                   "uncertainty": row.text("uncertainty_percent")} for row in rows])  # fmt: skip


def _heat(of: Subject) -> Told:
    rows = [*of.form.tables["heat_sources"], *of.form.tables["chp"]]
    return table([{"source": row.text("id"), "kind": row.text("kind") or "chp", "evidence": row.text("evidence")}
                  for row in rows])  # fmt: skip


PER_FILE: Final[Mapping[str, Callable[[Subject], Told]]] = {
    "latitude": _coordinate("latitude"),
    "longitude": _coordinate("longitude"),
    "period": _period,
    "total_direct": lambda of: _whole(of.found.total_direct),
    "total_indirect": _indirect,
    "total_biogenic": _biogenic,
    "total_n2o": _n2o,
    "total_pfc": _pfc,
    "reconciliation": _reconciliation,
    "streams": lambda of: table([_stream(source) for source in of.built.sources]),
    "transfers": _transfers,
    "gaps": _rows("gaps", {"what": "what", "period": "from", "method": "method", "effect": "effect_t"}),
    "precursors_default": _lots("default"),
    "precursors_actual": _lots("actual", "communication"),
    "precursors_exempt": _lots("exempt"),
    "precursors_own": _own,
    "power_sources": _sources,
    "power_addendum": _addendum,
    "site_visit": _visit,
    "plan_processes": _rows("processes", {"process": "id", "name": "name", "route": "route", "kind": "kind"}),
    "plan_goods": _rows("goods", {"cn": "cn", "name": "name", "process": "process"}),
    "plan_streams": _rows(
        "streams",
        {"stream": "id", "name": "name", "method": "method", "instrument": "instrument", "level": "factor_level",
         "uncertainty": "uncertainty_percent"},
    ),
    "plan_measured": _measured,
    "plan_heat": _heat,
    "plan_gases": _rows("waste_gases", {"source": "from", "to": "to", "evidence": "evidence"}),
    "plan_power": _rows("power_sources", {"source": "id", "kind": "kind", "shown": "evidence"}),
    "plan_precursors": _rows("lots", {"name": "precursor", "supplier": "supplier", "kind": "basis"}),
    "plan_attribution": lambda of: table(
        [{"stream": source.id, "to": to, "share": shown(share) or ""} for source in of.built.sources
         for to, share in source.shares.items()]
    ),
    "plan_changes": _rows("changes", {"dated": "dated", "version": "version", "what": "what"}),
}  # fmt: skip
"""Name in the list to the answer, for fields of the file."""
