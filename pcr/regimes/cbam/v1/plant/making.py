"""Production processes: what each made in functional units, how it shares with co-products, whether it may be one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lca.exact import ONE, ZERO, Exact
from lca.faults import Collector, Fault, Notice, Refused
from pcr.equations import equation
from pcr.regimes.cbam.goods import category_of, find
from pcr.regimes.cbam.v1 import dated
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.defaults import benchmark, colour_of
from pcr.regimes.cbam.v1.heat import too_wide
from pcr.regimes.cbam.v1.obligation import free_allocation, free_allocation_complex
from pcr.regimes.cbam.v1.plant.form import Form, Row
from pcr.regimes.cbam.v1.plant.power import evidence_of
from pcr.regimes.cbam.v1.plant.precursors import Held
from pcr.regimes.cbam.v1.plant.standard import standard
from pcr.regimes.cbam.v1.plant.units import Unit, content_of, unit_of
from pcr.regimes.cbam.v1.streams import SOURCE


@equation(
    "cbam.molar_share",
    text="share = (m/M of the good) / sum of m/M of all products of the reaction",
    source=SOURCE,
    confidence="recalled",
    clause="eq. 43; chemicals and fertilisers, after heat and waste gas",
    inputs={"moles": "1", "all_moles": "1"},
    results={"share": "1"},
)
def molar_share(moles: Exact, all_moles: Exact) -> Exact:
    """The part of a process's emissions that its good bears, by amounts of substance."""
    return moles / all_moles


@dataclass(frozen=True, slots=True)
class GoodMade:
    """A good of a process: t, content and functional units of it."""

    id: str
    process: str
    cn: str
    name: str
    mass: Exact
    content: Exact
    unit: Unit
    row: Row

    @property
    def units(self) -> Exact:
        return self.mass * self.content


def goods_of(form: Form, faults: Collector) -> tuple[GoodMade, ...]:
    """Every good of the file, with its range of contents checked."""
    made = []
    names = {row.text("id") for row in form.tables["processes"]}
    for row in form.tables["goods"]:
        unit = unit_of(row.text("cn"), form.mode)
        if row.text("process") not in names:
            expected = ", ".join(sorted(names))
            faults.add(Fault("cbam_name_unknown", f"{row.where}/process", row.text("process"), expected, RULE))
        if form.mode == "definitive":
            with faults.catching(row.where):
                colour_of(row.text("cn"), row.text("colour"), row.where)
        content = content_of(row, unit, faults)
        _range(row, content, unit, faults)
        if not row.number("mass_t"):
            faults.add(Fault("cbam_level", f"{row.where}/mass_t", "0", "above zero", RULE))
        made.append(
            GoodMade(
                row.text("id"), row.text("process"), row.text("cn"), row.text("name") or row.text("id"),
                row.or_zero("mass_t") or ONE, content, unit, row,
            )
        )  # fmt: skip
    return tuple(made)


def _range(row: Row, content: Exact, unit: Unit, faults: Collector) -> None:
    """One value may stand for compositions of a range of at most 10 %, and its own content lies inside."""
    low, high = row.number("content_from"), row.number("content_to")
    if low is None and high is None:
        return
    found = f"{'' if low is None else low} to {'' if high is None else high}"
    if low is None or high is None or low > high or (unit in ("clinker", "nitrogen") and not low <= content <= high):
        expected = f"content_from and content_to around the content {content}"
        faults.add(Fault("cbam_range", f"{row.where}/content_from", found, expected, RULE))
    elif too_wide(low, high):
        expected = "a range of at most 10 % of its upper end; split the good"
        faults.add(Fault("cbam_range_wide", f"{row.where}/content_to", found, expected, RULE))


def level_of(row: Row, made: Sequence[GoodMade], faults: Collector) -> Exact:
    """Functional units that left the process, without what was returned into it."""
    level = sum((good.units for good in made), ZERO)
    returned = row.or_zero("returned_t")
    if returned:
        level = level - returned * (made[0].content if made else ONE)
    if level <= ZERO:
        faults.add(Fault("cbam_level", row.where, level.text(), "goods with a mass above what is returned", RULE))
        return ONE
    return level


def check_kind(row: Row, made: Sequence[GoodMade], form: Form, faults: Collector, notices: list[Notice]) -> None:
    """One process per functional unit; multifunctional and joint processes with their conditions (Art. 4(6), (9))."""
    kind, codes = row.text("kind") or "single", sorted({good.cn[:8] for good in made})
    alike = {(good.unit, category_of(good.cn)) for good in made}
    if form.mode == "definitive" and len(codes) > 1 and kind != "multifunctional":
        expected = "kind multifunctional with the reason why, or a process for each code"
        faults.add(Fault("cbam_multi_unlike", f"{row.where}/kind", ", ".join(codes), expected, RULE))
    if kind == "multifunctional" and len(alike) > 1:
        found = ", ".join(f"{category} per {unit}" for unit, category in sorted(alike))
        expected = "goods of one category and one functional unit"
        faults.add(Fault("cbam_multi_unlike", f"{row.where}/kind", found, expected, RULE))
    if kind != "single" and not row.text("why"):
        expected = "why the process may be taken as one"
        faults.add(Fault("missing_key", f"{row.where}/why", "nothing", expected, RULE))
    if kind == "joint":
        _joint(row, faults)
    if any(good.unit == "MWh" for good in made):
        _electricity(row, form, faults)
    if any("verify" in _unit(good.cn) for good in made):
        values = {"cn": ", ".join(codes), "unit": "kg N"}
        notices.append(Notice("cbam_nitrogen_unit", row.where, values))


def _joint(row: Row, faults: Collector) -> None:
    """Only where the precursor inside is neither sold nor used elsewhere."""
    made, used = row.number("joint_made_t"), row.number("joint_used_t")
    for key in ("joint_with", "joint_made_t", "joint_used_t"):
        if key not in row:
            faults.add(Fault("missing_key", f"{row.where}/{key}", "nothing", key, RULE))
    if made is not None and used is not None and made != used:
        found, expected = f"{made} t made, {used} t used here", "all of it used in this process; else two processes"
        faults.add(Fault("cbam_joint_sold", f"{row.where}/joint_used_t", found, expected, RULE))


def _electricity(row: Row, form: Form, faults: Collector) -> None:
    """Electricity of 2716 on actual values: five conditions at once; the default table is not shipped."""
    if form.mode != "definitive":
        return
    shown = evidence_of(row)
    lacking = [name for name in standard()["power_conditions"] if name not in shown]
    if lacking:
        expected = "all five conditions with a document each, or your own copy of IR (EU) 2025/2621 Annex III"
        faults.add(Fault("cbam_power_conditions", f"{row.where}/evidence", f"without {', '.join(lacking)}", expected,
                         "Regulation (EU) 2023/956, Annex IV 5 (transcription)"))  # fmt: skip


def molar(form: Form, process: str, faults: Collector) -> Exact:
    """The good's share by amounts of substance; 1 where the process lists no co-products."""
    rows = [row for row in form.tables["outputs"] if row.text("process") == process]
    if not rows:
        return ONE
    goods = [row for row in rows if row.text("good")]
    if len(goods) != 1 or any(not row.number("molar_mass") for row in rows):
        found = f"{len(goods)} rows with a good"
        faults.add(Fault("cbam_molar", rows[0].where, found, "one row is the good, all with a molar mass", RULE))
        return ONE
    moles = {row.where: row.or_zero("mass_t") / (row.number("molar_mass") or ONE) for row in rows}
    return molar_share(moles[goods[0].where], sum(moles.values(), ZERO))


def own_allocation(
    row: Row, made: Sequence[GoodMade], form: Form, held: Held, known: str, notices: list[Notice]
) -> Exact | None:
    """Free allocation of the process itself by column A; None with a notice where no one benchmark is meant."""
    day, values, weights = f"{form.year}-12-31", [], []
    if form.mode != "definitive" or any(good.unit == "MWh" for good in made):
        return None
    try:
        factor, cscf = dated.cbam_factor(day, known), dated.cscf(day, known)
        for good in made:
            shade = colour_of(good.cn, good.row.text("colour"))
            letter = dated.tables()["colours"]["letters"].get(shade, "")
            marks = held.benchmarks(good.cn[:8], "A")
            mark = benchmark(marks, form.year, letter, row.text("route_letter"), row.where)
            values.append(free_allocation(factor.value, cscf.value, mark.number) * _per(good))
            weights.append(good.units)
        inside = _inside(row, form, held, factor.value * cscf.value, sum(weights, ZERO))
    except Refused as refused:
        fault = refused.faults[0]
        told = {"good": row.text("id"), "why": f"{fault.code}: {fault.found} ({fault.expected})"}
        notices.append(Notice("cbam_sefa_unknown", row.where, told))
        return None
    if any(good.unit == "nitrogen" for good in made):
        notices.append(Notice("cbam_nitrogen_benchmark", row.where, {"good": row.text("id")}))
    pairs = zip(values, weights, strict=True)
    own = sum((value * weight for value, weight in pairs), ZERO) / sum(weights, ZERO)
    return free_allocation_complex(own, inside)


def _inside(row: Row, form: Form, held: Held, factors: Exact, level: Exact) -> Exact:
    """The precursor inside a joint process brings its own benchmark, by the tonnes of it used (eq. 4)."""
    if row.text("kind") != "joint" or not level:
        return ZERO
    cn, used = row.text("joint_with"), row.or_zero("joint_used_t")
    letter = dated.tables()["colours"]["letters"].get(colour_of(cn, "", row.where), "")
    mark = benchmark(held.benchmarks(cn[:8], "A"), form.year, letter, row.text("route_letter"), row.where)
    return factors * mark.number * used / level


def _per(good: GoodMade) -> Exact:
    """Benchmarks of fertilisers are taken per tonne of product, as their defaults: per t N more by the content."""
    return ONE / good.content if good.unit == "nitrogen" else ONE


def by_process(made: Sequence[GoodMade]) -> Mapping[str, list[GoodMade]]:
    """Goods by the process that makes them."""
    found: dict[str, list[GoodMade]] = {}
    for good in made:
        found.setdefault(good.process, []).append(good)
    return found


def _unit(cn: str) -> str:
    good = find(cn).good
    return good.functional_unit if good is not None else ""
