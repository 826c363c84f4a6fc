"""Columns of a published background replaced, and its intensities solved again from the stored ones.

Nothing is factorised: BiCGSTAB starts at the published solution (:mod:`lca.large.krylov`), to 1e-12 in binary64. What
comes out is a *what-if*: no digit of it is proven, and nothing of it belongs to the release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lca.faults import Collector, Fault, Refused
from lca.large.artefact import Artefact
from lca.large.krylov import Krylov
from lca.large.system import Floats, LargeSystem, refuse_gain


@dataclass(frozen=True, slots=True)
class Column:
    """What a process takes per unit it makes, or treats; what is not here it no longer takes."""

    inputs: Mapping[str, float]
    """Maker to amount of its product, or for a treatment the amount given to it."""
    keeps_direct: bool
    """Whether it still sets free by itself what it did; else nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Replaced:
    """Intensities per unit made or treated, in the order of the labels."""

    before: Floats
    after: Floats
    iterations: int
    error: float
    """Largest relative error, by the bound of :mod:`lca.large.krylov`."""


def replaced(artefact: Artefact, columns: Mapping[str, Column], names: Sequence[str]) -> dict[str, Replaced]:
    """Intensities of these indicators with the columns in place.

    Raises:
        Refused: ``artefact_unreadable`` for a folder without its system; ``large_unknown``; ``large_gain`` where the
            new columns close a loop that gains one or more; ``krylov_stuck``.
    """
    system = artefact.system
    if system is None or any(artefact.indicators[name].direct is None for name in names):
        where = str(artefact.folder or "")
        raise Refused([Fault("artefact_unreadable", where, "no technosphere", "a folder that holds its own system")])
    place = {label: k for k, label in enumerate(system.labels)}
    sign = np.sign(system.diagonal)
    changed = _changed(system, columns, place)
    krylov = Krylov(changed)
    found = {}
    for name in names:
        item = artefact.indicators[name]
        e = np.array(item.direct, dtype=float)
        for process, column in columns.items():
            if not column.keeps_direct:
                e[place[process]] = 0.0
        before = np.array(item.intensities, dtype=float)
        solved = krylov.intensities(e, start=before * sign)
        found[name] = Replaced(before, solved.solution * sign, solved.iterations, solved.residual)
    return found


def _changed(system: LargeSystem, columns: Mapping[str, Column], place: Mapping[str, int]) -> LargeSystem:
    faults = Collector()
    for process, column in sorted(columns.items()):
        unknown = sorted({process, *column.inputs} - place.keys())
        for name in unknown:
            faults.add(Fault("large_unknown", name, expected="a process of this background"))
        for name, amount in sorted(column.inputs.items()):
            if not np.isfinite(amount):
                faults.add(Fault("large_not_finite", f"{process} / {name}", f"{amount}", "a number"))
    faults.raise_if_any()
    sign = np.sign(system.diagonal)
    made = system
    for process, column in sorted(columns.items()):
        inputs = {name: amount * float(sign[place[name]]) for name, amount in column.inputs.items()}
        made = Krylov(made, np.ones(system.size)).column_replaced(process, inputs)
    refuse_gain(made)
    return made
