"""First order: how much the score moves for a small move of each variable, and the spread that this suggests.

The derivatives are those of :mod:`lca.gradient` by every coefficient, times what a term's coefficient moves for its
variables.  The spread is ``exp(sqrt(sum (elasticity * spread)^2))``: a screening figure.  It misses every second-order
effect; in engine.md section 3 it gave 0.100 where Monte Carlo gave 0.160.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from lca.exact import ONE, ZERO, Exact
from lca.gradient import intensities_of, levels_of
from lca.system import LinearSystem, make_system
from lca.uncertain.distributions import Drawable, Floats, Given
from lca.uncertain.foreground import Foreground, Response, Term


def elasticities(foreground: Foreground, variables: Iterable[str]) -> dict[str, Floats]:
    """Variable to d ln h / d ln x as entered (x = 1), shape (products, methods); zero where a score is zero.

    Raises:
        Refused: ``singular``.
    """
    system, demands = _at_one(foreground)
    methods = sorted(foreground.methods)
    moving: defaultdict[str, list[tuple[Term, Exact]]] = defaultdict(list)
    for term in foreground.terms:
        for name, slope in _slopes(term.responses):
            moving[name].append((term, term.value * slope))
    shape = (len(foreground.products), len(methods))
    found = {name: np.zeros(shape) for name in sorted(set(variables))}
    prices = [intensities_of(system, foreground.methods[method]) for method in methods]
    for row, product in enumerate(foreground.products):
        levels = levels_of(system, demands[product])
        for column, method in enumerate(methods):
            price, weights = prices[column], foreground.methods[method]
            score = float(sum((price[name] * amount for name, amount in demands[product].items()), ZERO))
            for name, made in found.items() if score else ():
                moved = ZERO
                for term, slope in moving[name]:
                    if term.matrix == "A":
                        moved = moved - price[term.row] * levels[term.column] * slope
                    elif term.matrix == "B":
                        moved = moved + weights.get(term.row, ZERO) * levels[term.column] * slope
                    elif term.column == product:
                        moved = moved + price[term.row] * slope
                made[row, column] = float(moved) / score
    return found


def screening_gsd(elasticity: Mapping[str, float], uncertain: Mapping[str, Drawable]) -> float:
    """Geometric standard deviation of the score to first order: label it screening wherever it is shown."""
    return math.exp(math.sqrt(max(math.fsum(variances(elasticity, uncertain).values()), 0.0)))


def variances(elasticity: Mapping[str, float], uncertain: Mapping[str, Drawable]) -> dict[str, float]:
    """What each variable brings to the first-order variance of the logarithm; they add up to it.

    ``(elasticity * spread)^2``; of the draws of one world, which move together, the covariance with their sum.
    """
    found = {name: (elasticity[name] * item.spread()) ** 2 for name, item in sorted(uncertain.items())}
    worlds: dict[str, dict[str, Floats]] = {}
    for name, item in sorted(uncertain.items()):
        if isinstance(item, Given):
            moved = elasticity[name] * (item.values / item.values.mean() - 1.0)
            worlds.setdefault(item.world, {})[name] = moved
    for members in worlds.values():
        whole = sum(members.values(), np.zeros(len(next(iter(members.values())))))
        for name, moved in members.items():
            found[name] = math.fsum(moved * whole) / (len(whole) - 1)
    return found


def _at_one(foreground: Foreground) -> tuple[LinearSystem, dict[str, dict[str, Exact]]]:
    """The system with every x at 1, and the demand of each product."""
    parts: dict[str, defaultdict[tuple[str, str], Exact]] = {name: defaultdict(Exact) for name in ("A", "B", "f")}
    for term in foreground.terms:
        value = term.value
        for response in term.responses:
            value = value * (response.constant + response.slope)
        if value:
            parts[term.matrix][term.row, term.column] += value
    demands: dict[str, dict[str, Exact]] = {product: {} for product in foreground.products}
    for (row, column), value in parts["f"].items():
        if column in demands:
            demands[column][row] = value
    return make_system(parts["A"], parts["B"], foreground.methods), demands


def _slopes(responses: tuple[Response, ...]) -> list[tuple[str, Exact]]:
    """The derivative of a term's factor by each of its variables, every x at 1."""
    values = [response.constant + response.slope for response in responses]
    found = []
    for n, response in enumerate(responses):
        others = math.prod((value for m, value in enumerate(values) if m != n), start=ONE)
        found.append((response.variable, (response.slope + response.power * values[n]) * others))
    return found
