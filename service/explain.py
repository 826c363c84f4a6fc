"""The use-case *explain*: upstream tree, flows and derivatives of a record, out of the system the record holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.gradient import Gradient, gradient
from lca.system import LinearSystem, make_system
from lca.tree import Flow, Node, flows, tree
from service.records.sections import value_of

METHODS: Final = ("total", "total_low")
"""A result that is a band has its low end in the place of the total."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A record's system with its demand; ``band``: the result is a band and this is its low end."""

    product: str
    system: LinearSystem
    demand: Mapping[str, Exact]
    method: str
    stages: Mapping[str, str]
    """Process to stage; factors have none."""
    unit: str
    band: bool

    def tree(self, least: Exact, deepest: int) -> tuple[Node, ...]:
        """The upstream tree, see :func:`lca.tree.tree`."""
        return tree(self.system, self.demand, self.method, least=least, deepest=deepest)

    def flows(self) -> tuple[Flow, ...]:
        """Hand-overs between processes, see :func:`lca.tree.flows`."""
        return flows(self.system, self.demand, self.method)

    def gradient(self) -> Gradient:
        """Derivatives by every exchange, see :func:`lca.gradient.gradient`."""
        return gradient(self.system, self.demand, self.method)


def explained(record: Mapping[str, Any]) -> Explained:
    """The system of a record.

    Raises:
        Refused: ``section_left_out`` where the copy does not disclose it; ``record_form``.
    """
    held, result = value_of(record, "derivation/system"), value_of(record, "result")
    try:
        a = {(row, column): Exact.from_record(text) for row, column, text in held["A"]}
        b = {(row, column): Exact.from_record(text) for row, column, text in held["B"]}
        methods = {
            name: {flow: Exact.from_record(text) for flow, text in factors.items()}
            for name, factors in held["methods"].items()
        }
        demand = {product: Exact.from_record(text) for product, text in held["demand"].items()}
        system = make_system(a, b, methods, products=held["products"], processes=held["processes"], flows=held["flows"])
        method = next(name for name in METHODS if name in methods)
    except (KeyError, TypeError, ValueError, StopIteration) as error:
        found = f"{type(error).__name__}: {error}"
        raise Refused([Fault("record_form", found=found, expected="a record of schema 1")]) from error
    band = not isinstance(result["total"], str)
    return Explained(
        str(result["product"]), system, demand, method, dict(held["stages"]), str(held["demand_unit"]), band
    )
