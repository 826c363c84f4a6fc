"""Answers to the fields of goods and processes; figures rounded as a report prints them, five decimals for SEE."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lca.exact import Exact
from pcr.regimes.cbam.v1.embedded import attributed, counts_indirect
from pcr.regimes.cbam.v1.heat import content
from pcr.regimes.cbam.v1.plant.trace import parts_of
from pcr.regimes.cbam.v1.plant.units import SHOWN
from service.cbam.fields import Subject, Told, absent, given, rounded, value
from service.cbam.see import shown

STEEL: Final = ("Pig iron", "DRI", "Crude steel", "Iron or steel products")
ALUMINIUM: Final = ("Unwrought aluminium", "Aluminium products")
FERRO: Final = ("FeMn", "FeCr", "FeNi")


def _counted(of: Subject) -> bool:
    return counts_indirect(of.made.cn, of.step.category, of.built.installation.mode)


def _see_indirect(of: Subject) -> Told:
    """Also an Annex II good carries the indirect emissions of a precursor outside Annex II."""
    if not _counted(of) and not of.figures.indirect:
        return absent("annex_two")
    return rounded(of.figures.indirect)


def _indirect_basis(of: Subject) -> Told:
    used = of.built.used_power.get(of.step.id, ())
    if not used:
        return absent("no_power")
    rows = []
    for drawn in used:
        row = of.built.power[drawn.source].row if drawn.source in of.built.power else drawn.row
        rows.append({
            "source": drawn.source, "kind": row.text("kind") or drawn.source, "mwh": drawn.amount.places(3),
            "factor": drawn.factor.significant(6), "shown": row.text("evidence") or row.text("factor_source"),
        })  # fmt: skip
    return Told("value", rows)


def _composition(of: Subject) -> Told:
    if of.made.unit in ("t", "MWh"):
        return absent("per_tonne")
    row = of.made.row
    span = f" ({row.text('content_from')} – {row.text('content_to')})" if "content_from" in row else ""
    return value(f"{of.made.content}{span}", of.made.content)


def _sefa(of: Subject) -> Told:
    if of.built.installation.mode == "transitional":
        return absent("transitional")
    free = of.figures.allocation
    return absent("no_allocation") if free is None else rounded(free)


def _benchmark(of: Subject) -> Told:
    if of.built.installation.mode == "transitional" or of.step.sefa is None:
        return _sefa(of) if of.built.installation.mode == "transitional" else absent("no_allocation")
    letter = of.process_row.text("route_letter")
    return value(f"{of.step.sefa.places(5)}{f' ({letter})' if letter else ''}", of.step.sefa)


def _share(of: Subject) -> Told:
    share = of.figures.share_default_direct
    return absent("no_such") if share is None else value(f"{(share * Exact(100)).places(2)} %", share)


def _carbon_price(of: Subject) -> Told:
    rows = [row for row in of.form.tables["carbon_prices"] if row.text("good") == of.made.id]
    if not rows:
        return absent("no_such")
    return Told("value", [
        {"instrument_name": row.text("instrument"), "amount": row.text("gross"), "why": row.text("rebates"),
         "unit": row.text("currency"), "evidence": row.text("evidence")} for row in rows
    ])  # fmt: skip


def _kind(of: Subject) -> Told:
    row = of.process_row
    kind = row.text("kind") or "single"
    return value(f"{kind}: {row.text('why')}" if row.text("why") else kind)


def _direct(of: Subject) -> Told:
    own = attributed(of.step, of.built.installation.mode)
    return value(own.direct.places(0), own.direct)


def _indirect(of: Subject) -> Told:
    own = attributed(of.step, of.built.installation.mode)
    counted = counts_indirect(of.step.cn, of.step.category, of.built.installation.mode)
    return value(own.indirect.places(0), own.indirect) if counted else absent("annex_two")


def _balance(*kinds: str) -> Callable[[Subject], Told]:
    def told(of: Subject) -> Told:
        rows = [
            {"kind": part.kind, "source": part.source, "to": part.detail,
             "fossil": (part.direct + part.indirect).places(3)}
            for part in parts_of(of.built, of.step) if part.kind in kinds
        ]  # fmt: skip
        return Told("value", rows) if rows else absent("no_such")

    return told


def _power(of: Subject) -> Told:
    rows = [{"source": drawn.source, "mwh": drawn.amount.places(3), "factor": drawn.factor.significant(6)}
            for drawn in of.built.used_power.get(of.step.id, ())]  # fmt: skip
    if of.step.power_exported:
        rows.append({"source": "→", "mwh": of.step.power_exported.places(3),
                     "factor": of.step.power_export_factor.significant(6)})  # fmt: skip
    return Told("value", rows) if rows else absent("no_power")


def _only(categories: tuple[str, ...], read: Callable[[Subject], str]) -> Callable[[Subject], Told]:
    def told(of: Subject) -> Told:
        category = of.listed.category if of.listed is not None else of.step.category
        return given(read(of)) if category in categories else absent("other_sector")

    return told


def _clinker(of: Subject) -> str:
    return (of.made.content * Exact(100)).places(2)


def _non_aluminium(of: Subject) -> Told:
    category = of.listed.category if of.listed is not None else ""
    if category not in ALUMINIUM:
        return absent("other_sector")
    return given(of.process_row.text("alloy_percent"))


PER_GOOD: Final[Mapping[str, Callable[[Subject], Told]]] = {
    "unit": lambda of: value(SHOWN[of.made.unit]),
    "tonnes": lambda of: value(of.made.mass.text(), of.made.mass),
    "units": lambda of: value(shown(of.made.units) or "", of.made.units),
    "composition": _composition,
    "see_direct": lambda of: rounded(of.figures.direct),
    "see_direct_t": lambda of: rounded(content(of.figures.direct, of.made.content)),
    "see_indirect": _see_indirect,
    "indirect_basis": _indirect_basis,
    "embedded_electricity": lambda of: rounded(of.figures.electricity),
    "sefa": _sefa,
    "benchmark": _benchmark,
    "share_default": _share,
    "carbon_price": _carbon_price,
    "clinker_ratio": _only(("Cement",), _clinker),
    "urea_purity": _only(("Urea",), lambda of: of.made.row.text("purity")),
    "acid_concentration": _only(("Nitric acid",), lambda of: of.made.row.text("purity")),
    "ammonia_concentration": _only(("Ammonia",), lambda of: of.made.row.text("purity")),
    "nitrogen_forms": _only(("Mixed fertilisers",), lambda of: of.made.row.text("nitrogen_form")),
    "reducing_agent": _only(STEEL, lambda of: of.process_row.text("reducing_agent")),
    "alloys": _only(STEEL, lambda of: of.process_row.text("alloy_percent")),
    "scrap": _only((*STEEL, *ALUMINIUM), lambda of: of.process_row.text("scrap_t_per_t")),
    "pre_consumer": _only((*STEEL, *ALUMINIUM), lambda of: of.process_row.text("pre_consumer_percent")),
    "non_aluminium": _non_aluminium,
    "ferro_alloy": _only(
        FERRO,
        lambda of: "; ".join(filter(None, (of.process_row.text(key) for key in ("alloy_percent", "carbon_percent")))),
    ),
}
"""Name in the list to the answer, for fields per good."""
PER_PROCESS: Final[Mapping[str, Callable[[Subject], Told]]] = {
    "category": lambda of: given(of.step.category),
    "kind": _kind,
    "level": lambda of: value(shown(of.step.level) or "", of.step.level),
    "process_direct": _direct,
    "process_indirect": _indirect,
    "heat_balance": _balance("heat_in", "heat_out"),
    "gas_balance": _balance("gas_in", "gas_out"),
    "power_balance": _power,
}
