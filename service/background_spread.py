"""How uncertain the exchanges of a background are, as their publisher says: distributions of multipliers.

Formats state spreads in figures of their own, and an import keeps them as printed; what each means stands in
``MEANS``. What cannot be read with certainty, or cannot describe an amount that keeps its sign, is held fixed and
counted with its reason: fixed is not certain.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.sparse import csr_array

from factordb.unit_process import Exchange
from lca.exact import ONE, Exact
from lca.faults import Refused
from lca.large.spread import Effects, Spread
from lca.large.system import LargeSystem
from lca.uncertain.distributions import Distribution, Lognormal, Normal, Triangular, Uniform
from service.background_system import Assembled
from service.uncertainty_file import published

Means = Literal["gsd2", "gsd", "sd_ln", "unknown"]
MEANS: Final[Mapping[str, Means]] = {
    "ecospold1": "gsd2",
    "ecospold2": "gsd2",
    "uslci": "gsd2",
    "simapro": "gsd2",
    "olca_jsonld": "gsd",
    "brightway": "sd_ln",
    "brightway_project": "sd_ln",
}
"""Importer to what ``spread`` of a lognormal is: the square of the geometric standard deviation (EcoSpold 1, SimaPro;
of a normal then twice the standard deviation), that deviation, or the standard deviation of the logarithm. ILCD's
relative standard deviation is read in two ways by its users: unknown. EcoSpold 2 states a variance instead."""
WIDEST: Final = Exact(1000)
"""A stated range beyond a thousandfold is a slip of the keyboard until its publisher says otherwise."""


@dataclass(frozen=True, slots=True)
class Read:
    """What the exchanges of a background state."""

    spread: Spread | None
    used: int
    fixed: Mapping[str, int]
    """Reason to exchanges that state a distribution and are held fixed: ``no_spread``, ``unknown``, ``ends``, ``wide``,
    ``allocated``, ``cancelled``."""
    silent: int
    """Exchanges that act in the system and state nothing."""


def read_spreads(system: Assembled, large: LargeSystem, b: csr_array, importer: str) -> Read:
    """Distributions of every exchange that acts in the system, placed. ``b``: flows by processes, as in the draws."""
    at_a, at_b = _places(large.transposed), _places(csr_array(b))
    distributions: list[Distribution] = []
    in_a: list[tuple[int, int, float]] = []
    in_b: list[tuple[int, int, float]] = []
    fixed: Counter[str] = Counter()
    silent = 0
    row = {flow: k for k, flow in enumerate(system.flows)}
    for part in system.parts:
        if not part.exchange.uncertainty:
            silent += 1
            continue
        found = distribution(part.exchange, importer, bool(system.made[part.process].allocation))
        if isinstance(found, str):
            fixed[found] += 1
            continue
        sign = system.turn[part.process]
        moved_a = [((part.process, j), -sign * float(value)) for j, value in part.uses if value]
        moved_b = [((row[flow], part.process), sign * float(kg)) for flow, kg in part.emits if kg]
        if any(key not in at_a for key, _ in moved_a) or any(key not in at_b for key, _ in moved_b):
            fixed["cancelled"] += 1  # it meets another exchange that takes it back to zero
            continue
        k = len(distributions)
        distributions.append(found)
        in_a += [(k, at_a[key], value / large.transposed.data[at_a[key]]) for key, value in moved_a]
        in_b += [(k, at_b[key], value / b.data[at_b[key]]) for key, value in moved_b]
    spread = Spread.of(distributions, Effects.of(in_a), Effects.of(in_b)) if distributions else None
    return Read(spread, len(distributions), dict(sorted(fixed.items())), silent)


def distribution(exchange: Exchange, importer: str, allocated: bool = False) -> Distribution | str:
    """The distribution of the multiplier of an amount, or why there is none.

    ``allocated``: the amount is a share of the printed one, so that figures in its unit no longer fit.
    """
    words = exchange.uncertainty
    if own := published(words)[0]:  # our own words, as a release states them of a factor
        return own.distribution or "unknown"
    kind, variance, spread = words.get("distribution", ""), words.get("variance", ""), words.get("spread", "")
    try:
        amount = abs(Exact.parse(exchange.amount))
        if not amount:
            return "ends"
        if kind == "lognormal":
            return _wide(_lognormal(spread, variance, importer))
        if allocated and kind in ("normal", "triangular", "triangle", "uniform"):
            return "allocated"
        if kind == "normal":
            return _wide(_normal(spread, variance, importer, amount))
        if kind in ("triangular", "triangle", "uniform"):
            return _between(kind, words, exchange.amount)
    except (Refused, OverflowError):
        return "unknown"
    return "unknown" if kind != "undefined" else "no_spread"


def _lognormal(spread: str, variance: str, importer: str) -> Distribution | str:
    means = MEANS.get(importer, "unknown")
    if variance:
        gsd = math.exp(math.sqrt(_positive(variance)))
    elif not spread:
        return "no_spread"
    elif means == "unknown":
        return "unknown"
    else:
        value = _positive(spread)
        gsd = math.sqrt(value) if means == "gsd2" else value if means == "gsd" else math.exp(value)
    return Lognormal(ONE, Exact.from_binary64(gsd))


def _normal(spread: str, variance: str, importer: str, amount: Exact) -> Distribution | str:
    means = MEANS.get(importer, "unknown")
    if variance:
        sd = math.sqrt(_positive(variance))
    elif not spread:
        return "no_spread"
    elif means == "unknown":
        return "unknown"
    else:
        sd = _positive(spread) / 2 if means == "gsd2" else _positive(spread)
    return Normal(ONE, Exact.from_binary64(sd) / amount)


def _between(kind: str, words: Mapping[str, str], amount: str) -> Distribution | str:
    """Ends as printed, in the unit of the amount; the amount is the mode of a triangle."""
    if not words.get("minimum") or not words.get("maximum"):
        return "no_spread"
    middle = Exact.parse(amount)
    ends = [Exact.parse(words[name]) / middle for name in ("minimum", "maximum")]
    if kind == "uniform":
        return _wide(Uniform(*ends))
    return _wide(Triangular(ends[0], ONE, ends[1])) if ends[0] <= ONE <= ends[1] else "ends"


def _wide(item: Distribution | str) -> Distribution | str:
    if isinstance(item, str):
        return item
    if item.faults(""):
        return "ends"
    if isinstance(item, Lognormal):
        return "wide" if item.gsd * item.gsd > WIDEST else item
    if isinstance(item, Triangular | Uniform):
        return "wide" if item.high > WIDEST or item.low * WIDEST < ONE else item
    return item


def _positive(text: str) -> float:
    value = float(Exact.parse(text))
    if value <= 0:
        raise OverflowError
    return value


def _places(matrix: csr_array) -> dict[tuple[int, int], int]:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return {(i, j): k for k, (i, j) in enumerate(zip(rows.tolist(), matrix.indices.tolist(), strict=True))}


def flow_matrix(system: Assembled) -> csr_array:
    """B: kg by flow and process as the process stands in A, sorted, without zeros."""
    made = csr_array((system.b * np.array(system.turn)[:, None]).T)
    made.sort_indices()
    return made
