"""A background solved once by its publisher: unit processes become factors with their flows.

``A^T y = b`` for every flow: ``y`` is the intensity of each product. Gates, order, factorisation with its fall-back
and refinement are those of ``lca.large``; each intensity is then enclosed with a proven radius (docs/engine.md) where a
bound exists, and 10 significant digits are written as text. A loop that takes in what it makes is refused with the
loop; where credits leave its gain open, the residual, the bound on intensities and the sign of each factor still hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from factordb.factor import Factor
from factordb.files import ReleaseFiles
from factordb.imports.intake import Intake
from factordb.unit_process import UnitProcess
from lca.exact import ZERO, Exact
from lca.faults import Fault, Refused
from lca.gases import Flow, characterise
from lca.intensities import proven_intensities
from lca.large.factor import Factored, factor
from lca.large.order import Order, order
from lca.large.system import Floats, credited_loops
from service.background_gates import Outlier, outliers, refuse_implausible
from service.background_system import Assembled, renamed, upstream

DIGITS: Final = 10
GWP_SET: Final = "AR6"
RESIDUAL: Final = 1e-9
"""Relative; above it the answer is refused. A small residual proves nothing near a gain of 1: hence the loop gate."""


@dataclass(frozen=True, slots=True)
class Background:
    """What a publisher's run gave."""

    factors: tuple[Factor, ...]
    residual: float
    left_out: Mapping[str, str]
    """Processes that give no factor, with the reason."""
    proven: bool
    """Every digit is certain: each intensity was enclosed with a proven radius (``lca.intensities``)."""
    how: str = ""
    """The order the factors stand on: ``metis``, ``mmd``, or ``colamd``, also where another was left for it."""
    credited: tuple[tuple[str, ...], ...] = ()
    """Loops with credits: the gate on gains says nothing of them."""
    outliers: tuple[Outlier, ...] = ()
    solved: Solved | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The system behind the factors, for who publishes more of it."""

    system: Assembled
    factors: Factored
    order: Order
    missing: np.ndarray
    """Open inputs by process, columns as ``system.inputs``."""


def solve(processes: Iterable[UnitProcess], links: Mapping[str, Factor]) -> list[Factor]:
    """The factor of each process, sorted by id; see :func:`solved`."""
    return list(solved(processes, links).factors)


def solved(processes: Iterable[UnitProcess], links: Mapping[str, Factor], kind: str = "colamd") -> Background:
    """Solve a background. ``links``: name of a provider to a factor of a lower layer, whose flows enter as they are.
    ``kind``: the order of elimination; it moves no digit.

    Raises:
        Refused: ``background_twice``, ``background_amount``, ``background_unit``, ``background_provider``,
            ``background_gain``, ``background_singular``, ``background_residual``, ``background_implausible``; of
            :func:`lca.large.order.order`.
    """
    made = sorted(processes, key=lambda item: item.id)
    if not made:
        return Background((), 0.0, {}, True)
    system = Assembled(made, links)
    large = system.large()
    way = order(large, kind)
    factored = renamed(lambda: factor(large, way))
    intensities, residual = _intensities(system, factored)
    reaches, missing = upstream(system.uses, system.b != 0), system.missing()
    names = [item.id for item in made]
    refuse_implausible(names, intensities)
    texts = proven_intensities(names, system.cells, system.emitted, DIGITS, factored)
    factors, left_out = [], {}
    for i, process in enumerate(made):
        kilograms = {
            flow: (Exact.from_binary64(float(intensities[i, k])) if texts is None else texts[flow][i]) * system.turn[i]
            for k, flow in enumerate(system.flows)
            if reaches[i, k]
        }
        item = _factor(process, kilograms, [name for k, name in enumerate(system.inputs) if missing[i, k]])
        if item.value.startswith("-") and "CO2|biogenic uptake" not in item.flows:
            left_out[process.id] = f"negative without uptake of biogenic carbon: {item.value} {item.unit}"
        else:
            factors.append(item)
    return Background(
        tuple(factors),
        residual,
        left_out,
        texts is not None,
        factored.how,
        tuple(credited_loops(large)),
        outliers(factors),
        Solved(system, factored, way, missing),
    )


def released(intake: Intake, meta: Mapping[str, str], links: Mapping[str, Factor]) -> ReleaseFiles:
    """The content of a release: the unit processes of an import and the factors solved from them.

    Raises:
        Refused: as :func:`solved`; ``import_empty``.
    """
    return with_background(intake, meta, links)[0]


def with_background(
    intake: Intake, meta: Mapping[str, str], links: Mapping[str, Factor], kind: str = "colamd"
) -> tuple[ReleaseFiles, Background]:
    """As :func:`released`, and what the publisher's run gave beside it."""
    content = intake.content(meta)
    background = solved(content.unit_processes, links, kind)
    left_out = {**content.left_out, **background.left_out}
    if not background.proven:
        intake.notes["solved in binary64 with a small residual, the last digits not proven"] += len(background.factors)
    for loop in background.credited:
        intake.notes[f"loop with credits, its gain not bounded: {', '.join(loop[:8])}"] += len(loop)
    content = replace(content, factors=(*content.factors, *background.factors), left_out=left_out)
    return content, background


def _intensities(system: Assembled, factored: Factored) -> tuple[Floats, float]:
    """By process and flow, refined, with the largest relative residual."""
    a = factored.system.transposed
    found = np.zeros((len(system.made), len(system.flows)))
    residual = 0.0
    for k in range(len(system.flows)):
        e = system.b[:, k] * system.turn
        found[:, k] = factored.refined(e, 1)
        scale = max(float(np.abs(e).max()), float((abs(a) @ np.abs(found[:, k])).max()))
        rest = float(np.abs(e - a @ found[:, k]).max())
        residual = max(residual, rest / scale if scale else 0.0)
    if not residual <= RESIDUAL:
        raise Refused([Fault("background_residual", found=f"{residual:.3g}", expected=f"at most {RESIDUAL:g}")])
    return found, residual


def _factor(process: UnitProcess, kilograms: Mapping[str, Exact], missing: Sequence[str]) -> Factor:
    # A value below the range of typed numbers is round-off of nothing that counts.
    flows = {flow: value.significant(DIGITS) for flow, value in kilograms.items() if abs(value) > _LEAST}
    total = sum((Exact.parse(text) * characterise(Flow.read(flow), GWP_SET) for flow, text in flows.items()), ZERO)
    treated = process.amount.strip().startswith("-")
    if missing and not flows:
        # A gap still needs a flow to stand on: nothing of what it emits is known, zero is its lower end.
        flows = {"CO2|fossil": "0"}
    return Factor(
        id=process.id,
        name_en=process.name_en,
        name_zh=process.name_zh,
        category=process.category,
        kind="cradle_to_gate_with_uptake" if total < 0 else "cradle_to_gate",
        place=process.place,
        year=process.year,
        value=total.significant(DIGITS),
        unit=f"kgCO2e/{process.unit}",
        source=process.source,
        confidence="derived",
        boundary="solved from unit processes" + (", per unit treated" if treated else ""),
        gwp_set=GWP_SET,
        locator=process.locator,
        technology=process.technology,
        note="; ".join(part for part in (process.note, process.allocation) if part),
        synonyms=process.product,
        flows=flows,
        quality=dict(process.quality),
        unlinked="; ".join(missing),
    )


_LEAST: Final = Exact("1E-38")
