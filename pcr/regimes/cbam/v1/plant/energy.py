"""Heat and electricity of processes: reconciled to the installation's meters, at the factor of their source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lca.exact import ONE, ZERO, Exact
from lca.faults import Collector, Fault, Notice
from pcr.regimes.cbam.v1.attribution import reconciliation
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.plant.form import Form, Row
from pcr.regimes.cbam.v1.plant.heat import Cogeneration, HeatSource
from pcr.regimes.cbam.v1.plant.power import MIX, PowerSource


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one process took or gave: amount, factor, source and row."""

    amount: Exact
    factor: Exact
    source: str
    row: Row


def weighted(items: Iterable[Drawn]) -> tuple[Exact, Exact]:
    """Sum and mean factor by amount; (0, 0) of nothing."""
    held = tuple(items)
    amount = sum((item.amount for item in held), ZERO)
    if not amount:
        return ZERO, ZERO
    return amount, sum((item.amount * item.factor for item in held), ZERO) / amount


def heat_of(
    form: Form, sources: Mapping[str, HeatSource], combined: Mapping[str, Cogeneration], faults: Collector,
    notices: list[Notice],
) -> tuple[dict[str, list[Drawn]], dict[str, list[Drawn]]]:  # fmt: skip
    """(heat in, heat out) by process. Heat out without a source has the factor of its row."""
    names = {row.text("id") for name in ("heat_sources", "chp") for row in form.tables[name]}
    scale = _scales(form, "heat", "TJ", _metered_heat(sources, combined), notices)
    into: dict[str, list[Drawn]] = defaultdict(list)
    out: dict[str, list[Drawn]] = defaultdict(list)
    for row in form.tables["heat"]:
        source, leaves = row.text("from"), row.text("direction") == "out"
        own = row.number("ef_tCO2_per_TJ")
        if not source and leaves and own is not None:
            out[row.text("process")].append(Drawn(row.or_zero("TJ"), own, "", row))
            continue
        if source not in names:
            expected = ", ".join(sorted(names)) or "a row of heat_sources or chp"
            faults.add(Fault("cbam_name_unknown", f"{row.where}/from", source or "nothing", expected, RULE))
            continue
        factor = sources[source].factor if source in sources else None
        if source in combined:
            factor = combined[source].heat_factor
        if factor is None:
            continue  # its source has its own fault
        side = out if leaves else into
        side[row.text("process")].append(Drawn(row.or_zero("TJ") * scale.get(source, ONE), factor, source, row))
    return into, out


def power_of(
    form: Form, sources: Mapping[str, PowerSource], faults: Collector, notices: list[Notice]
) -> dict[str, list[Drawn]]:
    """Electricity by process; ``mix`` is the mean of all sources by their meters."""
    names = {row.text("id") for row in form.tables["power_sources"]}
    metered = {name: item.metered for name, item in sources.items() if item.metered is not None}
    scale = _scales(form, "electricity", "MWh", metered, notices)
    found: dict[str, list[Drawn]] = defaultdict(list)
    taken: dict[str, Exact] = defaultdict(lambda: ZERO)
    for row in form.tables["electricity"]:
        source = row.text("from")
        if source == MIX:
            factor = _mix(form, sources, row, faults)
        elif source not in names:
            expected = ", ".join([*sorted(names), MIX])
            faults.add(Fault("cbam_name_unknown", f"{row.where}/from", source, expected, RULE))
            continue
        else:
            factor = sources[source].factor if source in sources else None
        if factor is None:
            continue
        amount = row.or_zero("MWh") * scale.get(source, ONE)
        taken[source] = taken[source] + amount
        found[row.text("process")].append(Drawn(amount, factor, source, row))
    for name, item in sources.items():
        if item.matched is not None and taken[name] > item.matched:
            found_, expected = f"{taken[name]} MWh taken", f"at most the {item.matched} MWh matched; the rest is grid"
            faults.add(Fault("cbam_power_matched", item.row.where, found_, expected, RULE))
    return found


def _mix(form: Form, sources: Mapping[str, PowerSource], row: Row, faults: Collector) -> Exact | None:
    rows = form.tables["power_sources"]
    lacking = [item.text("id") for item in rows if item.number("metered_MWh") is None]
    if lacking or not rows:
        expected = "metered_MWh of every source"
        found = f"no meter of {', '.join(lacking)}" if lacking else "no source"
        faults.add(Fault("cbam_mix", f"{row.where}/from", found, expected, RULE))
        return None
    if len(sources) < len(rows):
        return None  # a source has its own fault
    total = sum((item.metered or ZERO for item in sources.values()), ZERO)
    if not total:
        faults.add(Fault("cbam_mix", f"{row.where}/from", "0 MWh", "electricity of at least one source", RULE))
        return None
    return sum(((item.metered or ZERO) * item.factor for item in sources.values()), ZERO) / total


def _metered_heat(sources: Mapping[str, HeatSource], combined: Mapping[str, Cogeneration]) -> dict[str, Exact]:
    metered = {name: item.produced for name, item in sources.items() if item.produced is not None}
    return metered | {name: item.heat for name, item in combined.items()}


def _scales(form: Form, table: str, key: str, metered: Mapping[str, Exact], notices: list[Notice]) -> dict[str, Exact]:
    """Eq. 41, 42: processes' readings that do not add up to the installation's meter are scaled to it."""
    sums: dict[str, Exact] = defaultdict(lambda: ZERO)
    for row in form.tables[table]:
        sums[row.text("from")] = sums[row.text("from")] + row.or_zero(key)
    found = {}
    for name, total in metered.items():
        drawn = sums[name]
        if drawn and drawn != total:
            found[name] = reconciliation(ONE, total, drawn)
            values = {"source": name, "processes": drawn.text(), "meter": total.text(), "unit": key}
            notices.append(Notice("cbam_reconciled", f"/{table}", values | {"factor": found[name].significant(6)}))
    return found
