"""The equation registry: every published equation is a pure function a verifier can run alone.

``pcf equation run cement.calcination input.json`` uses the same function as the rule does.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, TypeVar

from lca.exact import Exact
from lca.faults import Collector, Fault, Refused
from lca.units import convert

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Equation:
    """Identity, schema and source of an equation. ``inputs`` and ``results``: name to unit."""

    id: str
    text: str
    clause: str
    source: str
    confidence: str
    inputs: Mapping[str, str]
    results: Mapping[str, str]
    function: Callable[..., Exact | tuple[Exact, ...]]
    optional: frozenset[str]
    module: str


_registry: Final[dict[str, dict[str, Equation]]] = {}


def equation(
    equation_id: str,
    *,
    text: str,
    source: str,
    confidence: str,
    inputs: Mapping[str, str],
    results: Mapping[str, str],
    clause: str = "",
) -> Callable[[F], F]:
    """Register a pure function of Exact numbers under a stable id.

    The function's parameters are the inputs, in the units given; it returns one Exact or a tuple, in the order of
    ``results``. Parameters with a default may be left out.
    """

    def register(function: F) -> F:
        parameters = inspect.signature(function).parameters
        if list(parameters) != list(inputs):
            raise TypeError(f"{equation_id}: parameters {list(parameters)} are not the inputs {list(inputs)}")
        optional = frozenset(name for name, item in parameters.items() if item.default is not item.empty)
        module = function.__module__
        others = {name.partition(".")[0] for name in _registry.get(equation_id, {})} - {module.partition(".")[0]}
        if others:
            raise ValueError(f"the equation {equation_id} belongs to {', '.join(sorted(others))}")
        made = Equation(equation_id, text, clause, source, confidence, inputs, results, function, optional, module)
        _registry.setdefault(equation_id, {})[module] = made
        return function

    return register


def all_equations() -> tuple[Equation, ...]:
    """Every registered equation, the newest version of each; the registry must have been loaded."""
    return tuple(versions[max(versions, key=_version)] for _, versions in sorted(_registry.items()))


def _version(module: str) -> list[int]:
    """``pcr.methods.electricity.v10`` comes after ``v9``."""
    return [int(digits) for digits in re.findall(r"\d+", module)]


def find(equation_id: str) -> Equation:
    """One equation by id.

    Raises:
        Refused: ``equation_unknown`` with the nearest ids.
    """
    if equation_id not in _registry:
        near = ", ".join(get_close_matches(equation_id, _registry, n=3, cutoff=0.4)) or "pcf equation list"
        raise Refused([Fault("equation_unknown", found=equation_id, expected=near)])
    versions = _registry[equation_id]
    return versions[max(versions, key=_version)]


def run(equation_id: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Run an equation on JSON input: amounts as text, or ``{"amount": "65", "unit": "%"}``.

    Returns:
        ``{"id", "results": {name: {"value", "exact", "unit"}}, "equation", "clause", "source", "confidence"}``.

    Raises:
        Refused: unknown or missing inputs, unreadable numbers, unit mismatches; all at once.
    """
    found = find(equation_id)
    faults = Collector()
    for name in sorted(set(given) - set(found.inputs)):
        near = ", ".join(get_close_matches(name, found.inputs, n=2, cutoff=0.3)) or ", ".join(found.inputs)
        faults.add(Fault("unknown_key", f"/{name}", found=name, expected=near, rule=found.id))
    values: dict[str, Exact] = {}
    for name, unit in found.inputs.items():
        if name not in given:
            if name not in found.optional:
                faults.add(
                    Fault("missing_key", f"/{name}", found="nothing", expected=f"{name} in {unit}", rule=found.id)
                )
            continue
        try:
            values[name] = _amount(given[name], unit, f"/{name}")
        except Refused as refused:
            faults.take(refused, f"/{name}")
    faults.raise_if_any()
    try:
        answer = found.function(**values)
    except ZeroDivisionError:
        shown = ", ".join(f"{name} {value}" for name, value in values.items())
        fault = Fault("equation_undefined", found=shown, expected="no division by zero", rule=found.id)
        raise Refused([fault]) from None
    numbers = answer if isinstance(answer, tuple) else (answer,)
    results = {
        name: {"value": number.significant(17), "exact": number.text(), "unit": unit}
        for (name, unit), number in zip(found.results.items(), numbers, strict=True)
    }
    about = {"equation": found.text, "clause": found.clause, "source": found.source, "confidence": found.confidence}
    return {"id": found.id, "results": results, **about}


def _amount(value: Any, unit: str, where: str) -> Exact:
    if isinstance(value, dict):
        amount = Exact.parse(str(value.get("amount", "")), where)
        return convert(amount, str(value.get("unit", unit)), unit, where)
    return Exact.parse(str(value), where)
