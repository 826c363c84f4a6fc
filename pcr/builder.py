"""Building blocks of an inventory: a process that buys, takes, emits; and the works that they add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Final

from lca.deferred import Alternative, Deferred, Rate
from lca.exact import Exact
from lca.faults import Collector, Fault, Notice
from lca.inventory import Basis, Electricity, Indicator, Inventory, Line, Reference, UnitProcess
from lca.naming import FactorName
from lca.units import convert
from pcr.activity import ActivityData, Row
from pcr.hashing import QUALITY
from pcr.rulebook import Choice, Input
from pcr.said import missing_outputs, said_of_input
from pcr.site_account import account_notices, kept_lines, kept_terms

AVERAGE_CASE: Final = "electricity_average"


class Process:
    """A unit process under construction. Its amounts are those of the whole period."""

    def __init__(
        self, process_id: str, *, stage: str, product: str, amount: Exact, unit: str, data: ActivityData,
        label: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.id, self.stage, self.product, self.amount, self.unit = process_id, stage, product, amount, unit
        self.data = data
        self.label = dict(label or {})
        self.lines: list[Line] = []
        self.electricity: list[Electricity] = []
        self.notices: list[Notice] = []
        self.averages: dict[str, FactorName] = {}
        self.dropped: list[str] = []
        """Lines of accepted instruments: what replaces and what leaves in the average-mix sensitivity case."""
        self.faults = Collector()
        """What is wrong and does not hinder going on: raised together by ``build_inventory``."""

    def buy(self, rows: Iterable[Row], kinds: tuple[str, ...] | None = None) -> None:
        """Buy what the rows say, by the factor the works named or the rule lists; else it is a gap."""
        for row in rows:
            item = self.data.rule.inputs[row.input]
            choice = item.materials.get(row.material)
            if choice is not None and choice.burden_free and not row.factor:
                values = {"input": row.input, "material": row.material, "reason": choice.burden_free["en"]}
                values["reason_zh"] = choice.burden_free.get("zh", values["reason"])
                self.notices.append(Notice("burden_free", row.id, values))
                continue
            factor = name_factor(row, item, choice, self.data, kinds or self.data.regime.material_kinds)
            self.bought(row, factor, amount=row.amount, unit=row.unit)

    def bought(
        self, row: Row, factor: FactorName, *, amount: Exact, unit: str, suffix: str = "", because: str = "",
        case: str = "",
    ) -> str:  # fmt: skip
        """One bought line of a row; returns its id. Of nothing bought no line is made: a written 0 needs no factor.

        ``case``: the line counts in that sensitivity case only.
        """
        line_id = f"{self.id}/{row.id}{suffix}"
        if not amount:
            return line_id
        line = Line(
            line_id, self.id, "bought", amount, unit, factor.key(), row.input, row.id, row.evidence.basis, factor,
            because, "", row.label, row.excluded, case,
        )  # fmt: skip
        self.lines.append(line)
        return line_id

    def take(self, product: str, amount: Exact, unit: str, *, input_name: str = "", because: str = "") -> None:
        """Take an own intermediate product from the process that makes it; taken twice, the amounts add up."""
        line_id = f"{self.id}/own:{product}"
        for number, line in enumerate(self.lines):
            if line.id == line_id:
                more = convert(amount, unit, line.unit)
                self.lines[number] = replace(line, amount=line.amount + more)
                return
        self.lines.append(Line(line_id, self.id, "own", amount, unit, product, input_name, because=because))

    def emit(
        self,
        flow: str,
        kg: Exact,
        because: str,
        *,
        row: Row | None = None,
        input_name: str = "",
        data_class: str = "measured",
        basis: Basis = "measured",
        label: Mapping[str, str] | None = None,
        case: str = "",
    ) -> None:
        """A direct emission in kg; ``flow`` is ``CO2|fossil`` and the like; ``because`` names the equation.

        ``case``: it counts in that sensitivity case only.
        """
        name = row.id if row else (input_name or "process")
        self.lines.append(
            Line(
                id=f"{self.id}/{name}>{flow}",
                process=self.id,
                kind="emission",
                amount=kg,
                unit="kg",
                target=flow,
                input=row.input if row else input_name,
                row=row.id if row else "",
                basis=row.evidence.basis if row else basis,
                because=because,
                data_class=data_class,
                label=self._label(row) if row else (label or {}),
                excluded=row.excluded if row else "",
                case=case,
            )
        )

    def _label(self, row: Row) -> Mapping[str, str]:
        """The row's own name, or the rule's name of the input."""
        return row.label or self.data.rule.inputs[row.input].label

    def freeze(self) -> UnitProcess:
        return UnitProcess(self.id, self.stage, self.product, self.amount, self.unit, self.label)


def name_factor(row: Row, item: Input, choice: Choice | None, data: ActivityData, kinds: tuple[str, ...]) -> FactorName:
    """The factor name of a row: the works' own word first, then the rule's list, then a gap with its range."""
    span = choice.range if choice and choice.range else item.range
    band = span.band() if span else None
    line = choice.line if choice else ""
    if row.factor:
        return FactorName(
            id=row.factor, year=data.year, kinds=kinds, named_by="user", place=data.country, proxy=True,
            proxy_for=row.proxy_for, range=band, line=line,
        )  # fmt: skip
    if choice is not None and choice.factor:
        return FactorName(
            id=choice.factor, year=data.year, kinds=kinds, named_by="rule", place=data.country, proxy=True,
            proxy_for=choice.proxy_for, range=band, line=line,
        )  # fmt: skip
    return FactorName(kinds=kinds, year=data.year, place=data.country, range=band, line=line)


def build_inventory(
    data: ActivityData,
    processes: Iterable[Process],
    references: Iterable[Reference],
    *,
    deferred: Iterable[Deferred] = (),
    indicators: Iterable[Indicator] = (),
    notices: Iterable[Notice] = (),
) -> Inventory:
    """Freeze the processes into the inventory of the works.

    Raises:
        Refused: ``stage_unknown``, and every fault that was left in a process.
    """
    kept = sorted(processes, key=lambda process: process.id)
    rule, regime = data.rule, data.regime
    _raise_faults(kept, data)
    unconfirmed = [
        Notice("unconfirmed", where, {"what": text["en"], "what_zh": text["zh"]})
        for where, texts in ((rule.ref, rule.unconfirmed), (regime.ref, regime.unconfirmed))
        for text in texts
    ]
    drafts = [Notice("draft_rules", item.ref, {"what": item.ref}) for item in (rule, regime) if item.status == "draft"]
    policy = [Notice(code, regime.ref, {"regime": regime.ref}) for code in regime.electricity.notices]
    if regime.electricity.transmission_assumed:
        values = {"regime": regime.ref, "date": regime.electricity.transmission_assumed}
        policy.append(Notice("ELEC_TD_INSIDE", regime.ref, values))
    made = tuple(references)
    shown = tuple(indicators)
    averages = {line: name for process in kept for line, name in process.averages.items()}
    cases = kept_terms(deferred, regime)
    if regime.quality_scheme:
        rating_term: Callable[[str], Rate] = import_module(QUALITY).rating_term
        cases.append(rating_term(regime.quality_scheme))
    every = [line for process in kept for line in process.lines]
    lines = kept_lines(every, (item for process in kept for item in process.electricity), regime)
    beside = "lines of that case beside the total"
    cases += [Alternative(name, {}, beside, label=rule.cases.get(name, {})) for name in _case_names(lines)]
    if averages:
        dropped = tuple(sorted(line for process in kept for line in process.dropped))
        cases.append(Alternative(AVERAGE_CASE, averages, "average mix instead of accepted instruments", dropped))
    return Inventory(
        processes=tuple(process.freeze() for process in kept),
        lines=tuple(sorted(lines, key=lambda line: line.id)),
        references=made,
        stages=tuple((stage.id, stage.label) for stage in rule.stages),
        deferred=tuple(cases),
        indicators=shown,
        electricity=tuple(
            sorted((item for process in kept for item in process.electricity), key=lambda item: (item.row, item.line))
        ),
        statements=rule.statements,
        settings=data.used_settings(),
        notices=(
            *drafts,
            *account_notices(regime, len(every) - len(lines)),
            *unconfirmed,
            *policy,
            *said_of_input(data),
            *missing_outputs(data, {item.id for item in shown}),
            *(n for p in kept for n in p.notices),
            *notices,
        ),
        checks={
            reference.product: (limit.low, limit.high)
            for reference in made
            for limit in rule.plausibility
            if limit.unit == reference.unit and regime.method == "footprint"
        },
    )


def _case_names(lines: Iterable[Line]) -> list[str]:
    return sorted({line.case for line in lines if line.case})


def _raise_faults(processes: Iterable[Process], data: ActivityData) -> None:
    faults = Collector()
    known = {stage.id for stage in data.rule.stages}
    for process in processes:
        if process.stage not in known:
            found, expected = f"{process.id}: {process.stage or 'no stage'}", ", ".join(sorted(known))
            faults.add(Fault("stage_unknown", process.id, found, expected, data.rule.ref))
        for fault in process.faults.faults:
            faults.add(fault)
    faults.raise_if_any()
