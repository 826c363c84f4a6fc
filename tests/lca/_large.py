"""Large systems for the tests: drawn small ones with their rational solution, and the synthetic one at 2,000."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from hypothesis import strategies as st
from scipy.sparse import csr_array

from benchmarks.synthetic import Synthetic, synthetic
from lca.exact import Exact
from lca.large.system import LargeSystem, large_system
from lca.solve import rational_levels
from lca.system import make_system

Floats = np.ndarray[Any, np.dtype[np.float64]]


@st.composite
def drawn(draw: st.DrawFn, most: int = 9) -> tuple[LargeSystem, Floats]:
    """Loops of a gain below one, outputs of either sign and of 1e-6 to 1e6, credits where ``sign`` says so."""
    pick = random.Random(draw(st.integers(0, 10**9)))
    size = draw(st.integers(1, most))
    credit = draw(st.booleans())
    a = np.zeros((size, size))
    unit = [10.0 ** pick.randrange(-6, 7) for _ in range(size)]
    for j in range(size):
        a[j, j] = unit[j] * pick.choice((1.0, 1.0, -1.0))
        for i in pick.sample(range(size), min(size, 3)):
            if i != j:
                sign = -1.0 if not credit or pick.random() < 0.7 else 1.0
                a[i, j] = sign * a[i, i] * round(pick.uniform(0.01, 0.3), 4)
    e = np.array([round(pick.uniform(0.0, 9.0), 3) * unit[j] if pick.random() < 0.8 else 0.0 for j in range(size)])
    return large_system([f"p{j}" for j in range(size)], csr_array(a)), e


def rational(system: LargeSystem, e: Floats) -> list[Exact]:
    """``A^T y = e`` by ``lca.solve`` in rational numbers, the entries as the binary64 numbers they are."""
    dense = system.transposed.toarray()
    names = [f"r{k:03d}" for k in range(system.size)]
    a = {
        (names[i], names[j]): Exact.from_binary64(float(dense[i, j]))
        for i in range(system.size)
        for j in range(system.size)
        if dense[i, j]
    }
    wanted = {names[i]: Exact.from_binary64(float(e[i])) for i in range(system.size) if e[i]}
    levels = rational_levels(make_system(a, {}, {}), wanted) if wanted else {}
    return [levels.get(name, Exact(0)) for name in names]


def fractions(values: list[Exact]) -> list[Fraction]:
    return [Fraction(int(value.numerator), int(value.denominator)) for value in values]


def ring(size: int, gain: float) -> csr_array:
    """Each takes from the next; the loop's entries multiply to ``gain``, so the radius is its size-th root."""
    a = csr_array(np.eye(size)).tolil()
    for j in range(size):
        a[(j + 1) % size, j] = -gain if j == 0 else -1.0
    return csr_array(a)


@cache
def small() -> tuple[Synthetic, LargeSystem, Floats]:
    """The synthetic background at 2,000 processes and its first indicator."""
    made = synthetic(2_000)
    return made, large_system(made.labels, made.a), np.asarray(made.c[0] @ made.b).ravel()
