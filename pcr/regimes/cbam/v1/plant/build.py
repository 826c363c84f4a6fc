"""From the installation file to the installation of the accounting, with everything a report has to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from lca.exact import ZERO, Exact
from lca.faults import Collector, Fault, Notice
from pcr.regimes.cbam.goods import category_of
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.installation import Installation, Precursor, Process, Taken
from pcr.regimes.cbam.v1.neutral import check_links
from pcr.regimes.cbam.v1.plant.energy import Drawn, heat_of, power_of, weighted
from pcr.regimes.cbam.v1.plant.form import Form, Row
from pcr.regimes.cbam.v1.plant.heat import Cogeneration, HeatSource, cogeneration, heat_sources
from pcr.regimes.cbam.v1.plant.making import (
    GoodMade,
    by_process,
    check_kind,
    goods_of,
    level_of,
    molar,
    own_allocation,
)
from pcr.regimes.cbam.v1.plant.power import PowerSource, power_sources
from pcr.regimes.cbam.v1.plant.precursors import Buying, Held, Lot, average
from pcr.regimes.cbam.v1.plant.streams import OTHER, Reading, Source, sources_of
from pcr.regimes.cbam.v1.plant.units import content_of, unit_of

OUTSIDE: Final = "outside"
PARAMETERS: Final = ("reducing_agent", "alloy_percent", "scrap_t_per_t", "pre_consumer_percent", "sector_parameters")


@dataclass(frozen=True, slots=True)
class Beside:
    """What the file refers to and does not hold: each by the name the file gives it."""

    known: str
    hours: Mapping[str, Sequence[Reading]] = field(default_factory=dict)
    packages: Mapping[str, Any] = field(default_factory=dict)
    grid: Mapping[str, Exact] = field(default_factory=dict)
    """t CO2/MWh by country; ``ZZ`` for other countries."""
    fuels: Mapping[str, Mapping[str, Exact]] = field(default_factory=dict)
    """Neutral keys by factor id; only factors that may be used here."""
    powers: Mapping[str, Exact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Built:
    """The installation and what it was made of."""

    form: Form
    installation: Installation
    sources: tuple[Source, ...]
    heat: Mapping[str, HeatSource]
    combined: Mapping[str, Cogeneration]
    power: Mapping[str, PowerSource]
    goods: tuple[GoodMade, ...]
    lots: tuple[Lot, ...]
    heat_in: Mapping[str, Sequence[Drawn]]
    heat_out: Mapping[str, Sequence[Drawn]]
    used_power: Mapping[str, Sequence[Drawn]]
    notices: tuple[Notice, ...]
    known: str
    """Day on which default values and benchmarks were asked."""


def build(form: Form, held: Held, beside: Beside) -> Built:
    """The installation of a file.

    Raises:
        Refused: everything that is wrong at once, each with the pointer of its cell.
    """
    faults, notices = Collector(), list[Notice]()
    _period(form, faults, notices)
    _names(form, faults)
    sources = sources_of(form, beside.hours, beside.fuels, faults, notices)
    heat, combined = heat_sources(form, sources, faults, notices), cogeneration(form, sources, faults, notices)
    power = power_sources(form, sources, combined, beside.grid, beside.powers, faults, notices)
    heat_in, heat_out = heat_of(form, heat, combined, faults, notices)
    used = power_of(form, power, faults, notices)
    goods = goods_of(form, faults)
    lots = Buying(form, held, beside.known, beside.packages, faults, notices).lots()
    _gases(form, faults)
    made = by_process(goods)
    processes = []
    for row in form.tables["processes"]:
        mine = made.get(row.text("id"), [])
        check_kind(row, mine, form, faults, notices)
        level = level_of(row, mine, faults)
        flows = _flows(form, row.text("id"), sources, heat_in, heat_out, used)
        share = molar(form, row.text("id"), faults)
        sefa = own_allocation(row, mine, form, held, beside.known, notices)
        processes.append(_process(form, row, mine, level, flows, share, sefa, faults))
    _pooled(form, made, faults)
    bought = _bought(form, lots, faults)
    check_links(faults, tuple(processes), tuple(bought))
    faults.raise_if_any()
    for row in form.tables["gaps"]:
        notices.append(Notice("cbam_gap", row.where, {"what": row.text("what"), "method": row.text("method")}))
    period = form.records["period"]
    installation = Installation(
        tuple(source.stream for source in sources), tuple(processes), tuple(bought),
        form.records["installation"].text("country"), period.text("from"), period.text("to"),
        "transitional" if form.mode == "transitional" else "definitive",
    )  # fmt: skip
    return Built(
        form, installation, sources, heat, combined, power, goods, lots, heat_in, heat_out, used, tuple(notices),
        beside.known,
    )  # fmt: skip


def _flows(
    form: Form, name: str, sources: Sequence[Source], heat_in: Mapping[str, Sequence[Drawn]],
    heat_out: Mapping[str, Sequence[Drawn]], used: Mapping[str, Sequence[Drawn]],
) -> dict[str, Exact]:  # fmt: skip
    """The numbers of a process by the names of :class:`Process`, before co-products take their share."""
    gases = form.tables["waste_gases"]
    into, into_factor = weighted(heat_in.get(name, ()))
    out, out_factor = weighted(heat_out.get(name, ()))
    power, power_factor = weighted(used.get(name, ()))
    return {
        "direct": sum((one.emissions.fossil * one.shares[name] for one in sources if name in one.shares), ZERO),
        "heat_imported": into, "heat_import_factor": into_factor,
        "heat_exported": out, "heat_export_factor": out_factor,
        "electricity": power, "electricity_factor": power_factor,
        "gas_imported": sum((row.or_zero("TJ") for row in gases if row.text("to") == name), ZERO),
        "gas_exported": sum((row.or_zero("TJ") for row in gases if row.text("from") == name), ZERO),
    }  # fmt: skip


def _process(
    form: Form, row: Row, made: Sequence[GoodMade], level: Exact, flows: Mapping[str, Exact], share: Exact,
    sefa: Exact | None, faults: Collector,
) -> Process:  # fmt: skip
    taken = tuple(
        Taken(item.text("from"), _units(form, item, made, faults) * share)
        for item in form.tables["inputs"] if item.text("process") == row.text("id")
    )  # fmt: skip
    scaled = {key: number if key.endswith("_factor") else number * share for key, number in flows.items()}
    cn = made[0].cn if made else ""
    sold = [good.row.number("sold_t") for good in made]
    market = sum(((good.row.number("sold_t") or ZERO) * good.content for good in made), ZERO)
    return Process(
        id=row.text("id"), name=row.text("name") or row.text("id"), category=row.text("category") or category_of(cn),
        cn=cn, level=level, market=market if made and None not in sold else None, route=row.text("route"),
        joint_with=tuple(filter(None, (row.text("joint_with"),))), inputs=taken, sefa=sefa,
        power_exported=row.or_zero("electricity_exported_MWh") * share,
        power_export_factor=row.or_zero("electricity_export_ef"),
        parameters={key: row.text(key) for key in PARAMETERS if key in row},
        **scaled,
    )  # fmt: skip


def _units(form: Form, item: Row, made: Sequence[GoodMade], faults: Collector) -> Exact:
    """What enters in the unit of its source: functional units of an own process, tonnes of a bought precursor."""
    mass = item.or_zero("mass_t")
    theirs = [row for row in form.tables["goods"] if row.text("process") == item.text("from")]
    if not theirs:
        return mass
    return mass * content_of(item, unit_of(theirs[0].text("cn"), form.mode), faults)


def _bought(form: Form, lots: Sequence[Lot], faults: Collector) -> list[Precursor]:
    """The mean of the lots of each precursor; not more used than was bought."""
    made = []
    for row in form.tables["precursors"]:
        mine = [lot for lot in lots if lot.precursor == row.text("id")]
        if not mine:
            continue
        made.append(average(row, mine))
        uses = [item.or_zero("mass_t") for item in form.tables["inputs"] if item.text("from") == row.text("id")]
        used, bought = sum(uses, ZERO), sum((lot.mass for lot in mine), ZERO)
        if used > bought:
            found, expected = f"{used} t used", f"at most the {bought} t of its lots"
            faults.add(Fault("cbam_more_used", row.where, found, expected, RULE))
    return made


def _period(form: Form, faults: Collector, notices: list[Notice]) -> None:
    """A final report covers a calendar year, from 2026 on; a part of one is provisional and names its months."""
    period = form.records["period"]
    start, end = date.fromisoformat(period.text("from")), date.fromisoformat(period.text("to"))
    found = f"{start} to {end}"
    if start > end or start.year != end.year:
        faults.add(Fault("cbam_period", "/period", found, "days of one calendar year", RULE))
    elif form.mode == "definitive" and start.year < 2026:
        expected = "2026 or later; before that the transitional period"
        faults.add(Fault("cbam_period", "/period/from", found, expected, RULE))
    elif form.provisional:
        if not period.text("months"):
            expected = "the months that are in, 1-9"
            faults.add(Fault("missing_key", "/period/months", "nothing", expected, RULE))
        notices.append(Notice("cbam_year_to_date", "/period", {"months": period.text("months"), "period": found}))
    elif form.mode == "definitive" and (start.month, start.day, end.month, end.day) != (1, 1, 12, 31):
        expected = f"{start.year}-01-01 to {start.year}-12-31, or state: provisional"
        faults.add(Fault("cbam_period", "/period", found, expected, RULE))


def _names(form: Form, faults: Collector) -> None:
    """Every name a row points at is one of the file, and no id stands twice over all kinds of things."""
    ids: dict[str, str] = {}
    for table in ("streams", "heat_sources", "chp", "power_sources", "processes", "precursors"):
        for row in form.tables[table]:
            name = row.text("id")
            if name in ids or name in (OTHER, OUTSIDE, "mix"):
                faults.add(Fault("cbam_id_twice", f"{row.where}/id", name, "a name of its own", RULE))
            ids[name] = table
    processes = {name for name, table in ids.items() if table == "processes"}
    sinks = {name for name, table in ids.items() if table in ("processes", "heat_sources", "chp", "power_sources")}
    streams = {name for name, table in ids.items() if table == "streams"}
    points: Sequence[tuple[str, str, set[str]]] = (
        ("streams", "to", sinks | {OTHER}), ("attribution", "to", sinks | {OTHER}),
        ("attribution", "stream", streams), ("waste_gases", "from", processes),
        ("waste_gases", "to", sinks | {OUTSIDE, OTHER}), ("heat", "process", processes | {OTHER}),
        ("electricity", "process", processes | {OTHER}), ("inputs", "process", processes),
        ("outputs", "process", processes),
    )  # fmt: skip
    for table, key, known in points:
        for row in form.tables[table]:
            name = row.text(key)
            if name and name not in known:
                expected = ", ".join(sorted(known))
                faults.add(Fault("cbam_name_unknown", f"{row.where}/{key}", name, expected, RULE))


def _pooled(form: Form, made: Mapping[str, Sequence[GoodMade]], faults: Collector) -> None:
    """From 2026 on all routes to one functional unit are one process (Art. 4(6))."""
    if form.mode != "definitive":
        return
    makers: dict[str, list[str]] = {}
    for process, goods in made.items():
        for cn in {good.cn for good in goods}:
            makers.setdefault(cn, []).append(process)
    for cn, names in sorted(makers.items()):
        if len(names) > 1:
            found, expected = ", ".join(names), "one process with all of them"
            faults.add(Fault("cbam_one_process", "/processes", found, expected, RULE, {"cn": cn}))


def _gases(form: Form, faults: Collector) -> None:
    """A waste gas that leaves the installation takes something off only with evidence."""
    for row in form.tables["waste_gases"]:
        if row.text("to") == OUTSIDE and not row.text("evidence"):
            expected = "the contract and meter of the gas that left"
            faults.add(Fault("cbam_gas_evidence", f"{row.where}/evidence", "nothing", expected, RULE))
