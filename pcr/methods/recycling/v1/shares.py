"""Parameters of the formula: what an approach fixes, what a row states, and the coefficients that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lca.doors import read_yaml
from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault, Refused
from pcr.activity import Row

OWN: Final = "own"
ENERGY: Final = ("lhv", "x_heat", "x_elec")
"""What a row must state where burning displaces other energy."""


@dataclass(frozen=True, slots=True)
class Approach:
    """A named approach. ``a`` and ``b``: None where the works states them row by row."""

    id: str
    label: Mapping[str, str]
    a: Exact | None
    b: Exact | None
    own_quality: bool
    energy_credit: bool
    needs: tuple[str, ...]
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class CffShares:
    """Parameters of one material. ``a`` allocation, ``r1`` recycled content, ``r2`` recycled at end of life, ``r3``
    to energy recovery, ``q_in`` and ``q_out`` quality of secondary over primary, ``b`` allocation of recovery."""

    a: Exact
    r1: Exact
    r2: Exact
    r3: Exact
    q_in: Exact
    q_out: Exact
    b: Exact = ZERO


@cache
def approaches() -> Mapping[str, Approach]:
    """Every approach by name."""
    data = read_yaml(files(__package__).joinpath("approaches.yaml").read_text(encoding="utf-8"))
    return {name: _approach(name, item) for name, item in data.items()}


def _approach(name: str, item: Any) -> Approach:
    a, b = (None if item[key] == OWN else Exact.parse(item[key], f"{name}/{key}") for key in ("a", "b"))
    own, credit = item["quality"] == OWN, item["energy_credit"] == "yes"
    return Approach(name, item["label"], a, b, own, credit, tuple(item["needs"]), item["source"], item["confidence"])


def approach(name: str) -> Approach:
    """One approach by name.

    Raises:
        Refused: ``choice_unknown`` with the names there are.
    """
    if name not in approaches():
        raise Refused([Fault("choice_unknown", "recycling", name, ", ".join(approaches()))])
    return approaches()[name]


def shares(row: Row, by: Approach) -> CffShares:
    """The formula's parameters for a row: ``r2``, ``r3`` and what the approach leaves to the works.

    Raises:
        Refused: R2 and R3 above one, which would be a negative disposal; a rule says so first (:func:`shares_fault`).
    """
    given = row.properties
    r2, r3 = given.get("r2", ZERO), given.get("r3", ZERO)
    if (fault := shares_fault("rule_refused", row, "recycling v1")) is not None:
        raise Refused([fault])
    a = given.get("a", ONE) if by.a is None else by.a
    b = given.get("b", ZERO) if by.b is None else by.b
    q_in, q_out = (given.get(name, ONE) if by.own_quality else ONE for name in ("q_in", "q_out"))
    return CffShares(a, given.get("r1", ZERO), r2, r3, q_in, q_out, b)


def coefficients(part: CffShares) -> dict[str, Exact]:
    """kg of each impact per kg of material: ``virgin`` and ``recycled`` at input; ``recycling``, ``avoided`` (a credit,
    negative), ``energy`` (burned) and ``disposal`` at end of life."""
    r1, a = part.r1, part.a
    return {
        "virgin": (ONE - r1) + r1 * (ONE - a) * part.q_in,
        "recycled": r1 * a,
        "recycling": (ONE - a) * part.r2,
        "avoided": -(ONE - a) * part.r2 * part.q_out,
        "energy": (ONE - part.b) * part.r3,
        "disposal": ONE - part.r2 - part.r3,
    }


def shares_fault(code: str, row: Row, clause: str) -> Fault | None:
    """R2 + R3 above one, as a fault with the rule's own code."""
    r2, r3 = row.properties.get("r2", ZERO), row.properties.get("r3", ZERO)
    if r2 + r3 <= ONE:
        return None
    return Fault(code, f"/rows ({row.id})", f"R2 {r2}, R3 {r3}", "R2 + R3 at most 1", clause)


def missing_fault(code: str, row: Row, by: Approach, clause: str) -> Fault | None:
    """Parameters the approach needs and the row lacks, as a fault with the rule's own code."""
    wanted = by.needs + (ENERGY if by.energy_credit and row.properties.get("r3", ZERO) else ())
    missing = [name for name in wanted if name not in row.properties]
    if not missing:
        return None
    return Fault(code, f"/rows ({row.id})/properties", "nothing", ", ".join(missing), clause)
