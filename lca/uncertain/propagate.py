"""Propagation: scores of every product in every draw.

Chunks of 256 draws are the unit of work.  A chunk is computed from its index alone, so that workers, their number and
their order move no byte.  Where no coefficient of A moves, one solve serves all draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.uncertain.compiled import Compiled, Moves, compiled
from lca.uncertain.distributions import Drawable, Floats, Given, Uniform
from lca.uncertain.draws import CHUNK, uniforms
from lca.uncertain.elimination import eliminated
from lca.uncertain.foreground import Foreground
from lca.uncertain.mapping import Mapper, in_turn


def propagate(
    foreground: Foreground, uncertain: Mapping[str, Drawable], draws: int, seed: int, mapped: Mapper = in_turn
) -> Floats:
    """Scores as (draws, products, methods); products as in ``foreground``, methods sorted.

    ``mapped``: who computes the chunks; nothing depends on it. No more draws than a :class:`Given` has.

    Raises:
        Refused: ``draw_breaks`` where a draw leaves no solution or turns the level of a process round.
    """
    fewest = min((len(item.values) for item in uncertain.values() if isinstance(item, Given)), default=draws)
    if draws > fewest:
        raise ValueError(f"{draws} draws of {fewest}")
    system = compiled(foreground, uncertain)
    parts = mapped(partial(chunk_of, system, seed), -(-draws // CHUNK))
    made: Floats = np.concatenate(parts)[:draws]
    return made


def scores_at(foreground: Foreground, multipliers: Mapping[str, Exact]) -> Floats:
    """Scores with these multipliers and every other variable at 1, as (products, methods).

    Raises:
        Refused: ``draw_breaks``.
    """
    system = compiled(foreground, {name: Uniform(value, value) for name, value in multipliers.items()})
    x = np.array([[float(multipliers[name]) for name, _ in system.variables]]).reshape(1, len(system.variables))
    made: Floats = _scores(system, x, 0)[0]
    return made


def chunk_of(system: Compiled, seed: int, index: int) -> Floats:
    """The scores of one chunk, as (256, products, methods)."""
    x = np.empty((CHUNK, len(system.variables)))
    for number, (name, distribution) in enumerate(system.variables):
        if isinstance(distribution, Given):
            x[:, number] = distribution.chunk(index, CHUNK)
        else:
            x[:, number] = distribution.quantile(uniforms(seed, name, index))
    below = np.flatnonzero((x <= 0).any(axis=1))
    if len(below):
        raise Refused([_breaks(index * CHUNK + int(below[0]), "a quantity of zero or below")])
    return _scores(system, x, index * CHUNK)


def _scores(system: Compiled, x: Floats, first: int) -> Floats:
    levels = _levels(system, x, first)
    shape = (len(x), system.size, len(system.methods))
    weights = np.zeros(shape)
    for weight in system.weights:
        factor = _factor(weight.moves, x)
        for number, value in enumerate(weight.values):
            weights[:, weight.column, number] += value * factor
    scores = np.zeros((len(x), len(system.products), len(system.methods)))
    for column in range(system.size):
        scores += levels[:, column, :, None] * weights[:, column, None, :]
    return scores


def _levels(system: Compiled, x: Floats, first: int) -> Floats:
    """Activity levels as (draws, processes, products); one solve for all draws where A and f stand still."""
    still = not any(cell.moves for cell in (*system.a, *system.demand))
    used = x[:1] if still else x
    matrix, right = filled(system, used)
    core = system.core
    levels = np.zeros((len(used), system.size, len(system.products)))
    solved, singular = eliminated(matrix[:, :core, :core], right[:, :core])
    levels[:, :core] = solved
    for row in range(core, system.size):
        rest = right[:, row].copy()
        for column in range(core):
            rest -= matrix[:, row, column, None] * levels[:, column]
        levels[:, row] = rest / matrix[:, row, row, None]
    if singular is not None:
        raise Refused([_breaks(first + singular, "no single solution")])
    if not still:
        plain, solution = filled(system, np.ones((1, x.shape[1])))
        entered, _ = eliminated(plain[:, :core, :core], solution[:, :core])
        turned = np.flatnonzero((levels[:, :core] * entered < 0).any(axis=(1, 2)))
        if len(turned):
            raise Refused([_breaks(first + int(turned[0]), "a process that runs backwards")])
    made: Floats = np.broadcast_to(levels, (len(x), *levels.shape[1:]))
    return made


def filled(system: Compiled, x: Floats) -> tuple[Floats, Floats]:
    """A and f in every draw, as (draws, processes, processes) and (draws, processes, products)."""
    matrix = np.zeros((len(x), system.size, system.size))
    for cell in system.a:
        matrix[:, cell.row, cell.column] += cell.value * _factor(cell.moves, x)
    right = np.zeros((len(x), system.size, len(system.products)))
    for cell in system.demand:
        right[:, cell.row, cell.column] += cell.value * _factor(cell.moves, x)
    return matrix, right


def _factor(moves: Moves, x: Floats) -> Floats:
    made = np.ones(len(x))
    for variable, constant, slope, power in moves:
        made = made * (constant + slope * x[:, variable])
        if power:
            made = made * x[:, variable] ** power
    return made


def _breaks(draw: int, found: str) -> Fault:
    return Fault("draw_breaks", f"draw {draw}", found=found, expected="a system that every draw can solve")
