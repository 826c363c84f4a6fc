"""The formula as bought and credited lines of a process; each role has a factor name of its own in ``rule.yaml``.

``materials.<name>.names``: ``virgin`` (Ev), ``recycled`` (Erec), ``recycling`` (ErecEoL), ``avoided`` (Ev*; ``virgin``
where it is blank), ``energy`` (EER), ``heat`` and ``power`` (displaced), ``disposal`` (Ed).  A name that is needed and
blank is a gap, never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lca.exact import ONE, Exact
from lca.naming import FactorName
from pcr.activity import Row
from pcr.builder import Process
from pcr.methods.recycling.v1.shares import Approach, coefficients, shares

TREATMENT: Final = ("treatment_service", "waste_disposal")
PARTS: Final = ("material", "energy", "disposal")


def recycled_content(process: Process, rows: Iterable[Row], by: Approach) -> None:
    """At input: the primary material that was bought is replaced by the formula's share of secondary."""
    for row in rows:
        part = coefficients(shares(row, by))
        _line(process, row, by, "primary replaced", ("virgin",), part["virgin"] - ONE)
        _line(process, row, by, "recycled content", ("recycled",), part["recycled"])


def end_of_life(process: Process, rows: Iterable[Row], by: Approach, parts: Iterable[str] = PARTS) -> None:
    """At end of life: recycling and its credit, burning with what it displaces, disposal of the rest.

    ``parts``: those of the formula to book; a rule that leaves one out says why.
    """
    kept = set(parts)
    for row in rows:
        own = shares(row, by)
        part = coefficients(own)
        if "material" in kept:
            _line(process, row, by, "recycling", ("recycling",), part["recycling"])
            _line(process, row, by, "avoided", ("avoided", "virgin"), part["avoided"])
        if "energy" in kept:
            _line(process, row, by, "energy recovery", ("energy",), part["energy"])
            _displaced(process, row, by, part["energy"])
        if "disposal" in kept:
            _line(process, row, by, "disposal", ("disposal",), part["disposal"])


def _displaced(process: Process, row: Row, by: Approach, burned: Exact) -> None:
    """Heat and power that burning displaces: (1 - B) R3 LHV X, as credits in MJ."""
    if not by.energy_credit or not burned:
        return
    for role, name, share in (("displaced heat", "heat", "x_heat"), ("displaced power", "power", "x_elec")):
        per_kg = burned * row.properties["lhv"] * row.properties[share]
        _line(process, row, by, role, (name,), -per_kg, "MJ")


def _line(
    process: Process, row: Row, by: Approach, role: str, names: tuple[str, ...], share: Exact, unit: str = ""
) -> None:
    """A line of the formula: ``share`` kg (or ``unit``) per kg of the row, at the first of the names that is filled."""
    if not share:
        return
    data = process.data
    choice = data.rule.inputs[row.input].materials.get(row.material)
    known = [choice.names[name] for name in names if choice.names.get(name)] if choice else []
    kinds = {"heat": ("delivered_energy",), "power": data.regime.electricity.kinds}.get(names[0])
    factor = FactorName(
        id=known[0] if known else "",
        year=data.year,
        kinds=kinds or (*data.regime.material_kinds, *TREATMENT),
        place=data.country,
        proxy=True,
        proxy_for=f"{row.material}: {names[-1]}",
    )
    because = f"recycling ({by.id}): {role}, {share.significant(3)} {unit or 'kg'} per kg"
    amount = row.amount * share
    process.bought(row, factor, amount=amount, unit=unit or row.unit, suffix=f"+{role}", because=because)
