"""A background solved once by its publisher: unit processes become factors with their flows.

``A^T y = b`` for every flow at once: ``y`` is the intensity of each product. Processes are sorted before assembly;
SuperLU with COLAMD and full partial pivoting, one step of refinement; each intensity is then enclosed with a proven
radius (docs/engine.md) where a bound exists, and 10 significant digits are written as text. What would give
a wrong number in silence elsewhere is refused here with the names of the processes (engine notes §8): an amount that
is no number, a product made of nothing, a loop that takes in what it makes, an intensity no product can have.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.sparse import csc_array, csr_array, eye_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import MatrixRankWarning, splu

from factordb.factor import Factor
from factordb.files import ReleaseFiles
from factordb.flows import flows_of
from factordb.imports.intake import Intake
from factordb.unit_process import Exchange, UnitProcess
from lca.exact import ZERO, Exact
from lca.faults import Collector, Fault, Refused
from lca.gases import Flow, characterise
from lca.intensities import proven_intensities
from lca.units import convert

DIGITS: Final = 10
GWP_SET: Final = "AR6"
RESIDUAL: Final = 1e-9
"""Relative; above it the answer is refused. A small residual proves nothing near a gain of 1: hence the loop gate."""
IMPLAUSIBLE: Final = 1e9
"""kg of a flow per unit of product. Ours: naively linked databases gave 1e18 (engine notes §8.5)."""
MAX_LOOP: Final = 5_000
"""Processes of one loop whose gain is computed densely."""


@dataclass(frozen=True, slots=True)
class Background:
    """What a publisher's run gave."""

    factors: tuple[Factor, ...]
    residual: float
    left_out: Mapping[str, str]
    """Processes that give no factor, with the reason."""
    proven: bool
    """Every digit is certain: each intensity was enclosed with a proven radius (``lca.intensities``)."""


def solve(processes: Iterable[UnitProcess], links: Mapping[str, Factor]) -> list[Factor]:
    """The factor of each process, sorted by id; see :func:`solved`."""
    return list(solved(processes, links).factors)


def solved(processes: Iterable[UnitProcess], links: Mapping[str, Factor]) -> Background:
    """Solve a background. ``links``: name of a provider to a factor of a lower layer, whose flows enter as they are.

    Raises:
        Refused: ``background_twice``, ``background_amount``, ``background_unit``, ``background_provider``,
            ``background_gain``, ``background_singular``, ``background_residual``, ``background_implausible``.
    """
    made = sorted(processes, key=lambda item: item.id)
    if not made:
        return Background((), 0.0, {}, True)
    system = _Assembled(made, links)
    _refuse_gain(system)
    intensities, residual = _intensities(system)
    reaches = _upstream(system.uses, system.b != 0)
    missing = _upstream(system.uses, system.open)
    _refuse_implausible(system, intensities)
    factors, left_out = [], {}
    texts = proven_intensities([item.id for item in made], system.cells, system.emitted, DIGITS)
    for i, process in enumerate(made):
        kilograms = {
            flow: (Exact.from_binary64(float(intensities[i, k])) if texts is None else texts[flow][i]) * system.turn[i]
            for k, flow in enumerate(system.flows)
            if reaches[i, k]
        }
        names = [name for k, name in enumerate(system.inputs) if missing[i, k]]
        factor = _factor(process, kilograms, names)
        if factor.value.startswith("-") and "CO2|biogenic uptake" not in factor.flows:
            left_out[process.id] = f"negative without uptake of biogenic carbon: {factor.value} {factor.unit}"
        else:
            factors.append(factor)
    return Background(tuple(factors), residual, left_out, texts is not None)


def released(intake: Intake, meta: Mapping[str, str], links: Mapping[str, Factor]) -> ReleaseFiles:
    """The content of a release: the unit processes of an import and the factors solved from them.

    Raises:
        Refused: as :func:`solved`; ``import_empty``.
    """
    content = intake.content(meta)
    background = solved(content.unit_processes, links)
    left_out = {**content.left_out, **background.left_out}
    if not background.proven:
        intake.notes["solved in binary64 with a small residual, the last digits not proven"] += len(background.factors)
    return replace(content, factors=(*content.factors, *background.factors), left_out=left_out)


class _Assembled:
    """``uses[i, j]``: how much of product j one unit of product i takes; ``b[i, k]``: kg of flow k it sets free."""

    def __init__(self, made: Sequence[UnitProcess], links: Mapping[str, Factor]) -> None:
        self.made, self._links = made, links
        self._order = {item.id: i for i, item in enumerate(made)}
        faults = Collector()
        if len(self._order) < len(made):
            names = [item.id for item in made]
            for name in sorted({name for name in names if names.count(name) > 1}):
                faults.add(Fault("background_twice", name, found=name, expected="each process once"))
        self.cells: dict[tuple[int, int], Exact] = {}
        self.emitted: dict[tuple[int, str], Exact] = {}
        self._open: set[tuple[int, str]] = set()
        amounts: list[Exact] = []
        for i, process in enumerate(made):
            amount = ZERO
            with faults.catching(process.id):
                amount = _amount(process.amount, process.id)
                if not amount:
                    raise Refused([Fault("background_amount", process.id, "0", "an amount of its product")])
            amounts.append(amount)
            for exchange in process.exchanges if amount else ():
                with faults.catching(f"{process.id} / {exchange.name}"):
                    self._take(i, exchange, amount)
        faults.raise_if_any()
        self.turn = [1 if amount > 0 else -1 for amount in amounts]
        """-1 for a treatment: its factor is per unit treated."""
        self.flows = sorted({flow for _, flow in self.emitted})
        self.inputs = sorted({name for _, name in self._open})
        size = len(made)
        self.uses = _sparse({key: float(value) for key, value in self.cells.items()}, (size, size))
        column = {flow: k for k, flow in enumerate(self.flows)}
        kilograms = {(i, column[flow]): float(value) for (i, flow), value in self.emitted.items()}
        self.b = _sparse(kilograms, (size, len(self.flows))).toarray()
        place = {name: k for k, name in enumerate(self.inputs)}
        self.open = np.zeros((size, len(self.inputs)), dtype=bool)
        for i, name in self._open:
            self.open[i, place[name]] = True

    def _take(self, i: int, exchange: Exchange, per: Exact) -> None:
        where = f"{self.made[i].id} / {exchange.name}"
        amount = _amount(exchange.amount, where) / per
        if exchange.kind != "input":
            if exchange.flow:
                self._emit(i, exchange.flow, convert(amount, exchange.unit, "kg", where))
        elif exchange.provider in self._order:
            j = self._order[exchange.provider]
            unit = self.made[j].unit
            value = amount if unit == exchange.unit else convert(amount, exchange.unit, unit, where)
            self.cells[i, j] = self.cells.get((i, j), ZERO) + value
        elif exchange.provider:
            factor = self._links.get(exchange.provider)
            if factor is None:
                expected = "a process of this background or a factor given beside it"
                raise Refused([Fault("background_provider", where, found=exchange.provider, expected=expected)])
            value = convert(amount, exchange.unit, factor.denominator, where)
            for flow, kilograms in flows_of(factor).items():
                self._emit(i, flow, kilograms * value)
            self._open |= {(i, f"{name} (of {factor.id})") for name in factor.unlinked.split("; ") if name}
            if factor.confidence == "recalled":  # its use is named wherever the solved factor goes
                self._open.add((i, f"{exchange.name} (recalled: {factor.id})"))
        else:
            self._open.add((i, exchange.name))

    def _emit(self, i: int, flow: str, kilograms: Exact) -> None:
        self.emitted[i, flow] = self.emitted.get((i, flow), ZERO) + kilograms


def _amount(text: str, where: str) -> Exact:
    try:
        return Exact.parse(text, where)
    except Refused:
        raise Refused([Fault("background_amount", where, found=text[:60] or "blank", expected="a number")]) from None


def _sparse(cells: Mapping[tuple[int, int], float], shape: tuple[int, int]) -> csr_array:
    """Cells in the order of their places, so that no sum depends on who came first."""
    keys = sorted(cells)
    values = np.array([cells[key] for key in keys], dtype=float)
    i, j = (np.array([key[axis] for key in keys], dtype=np.int32) for axis in (0, 1))
    return csr_array((values, (i, j)), shape=shape)


def _refuse_gain(system: _Assembled) -> None:
    """A loop that takes in as much of its own product as it makes, or more, has no footprint.

    With non-negative inputs the gain of a loop is the spectral radius of its block (Berman and Plemmons 1994, ch. 6);
    a loop with an avoided product or a treatment has entries of the other sign, where the radius proves nothing.
    """
    count, part_of = connected_components(system.uses, directed=True, connection="strong")
    sizes = np.bincount(part_of, minlength=count)
    own = system.uses.diagonal()
    faults = Collector()
    for part in np.flatnonzero((sizes > 1) | (np.bincount(part_of, weights=own != 0, minlength=count) > 0)):
        members = np.flatnonzero(part_of == part)
        names = ", ".join(system.made[k].id for k in members[:8])
        if len(members) > MAX_LOOP:
            found, expected = f"a loop of {len(members):,}", f"loops of at most {MAX_LOOP:,} processes"
            faults.add(Fault("background_gain", names, found, expected))
            continue
        block = system.uses[members][:, members].toarray()
        if (block < 0).any():
            continue
        gain = float(np.abs(np.linalg.eigvals(block)).max())
        if gain >= 1.0 - 1e-9:
            faults.add(Fault("background_gain", names, found=f"{gain:.6g}", expected="below 1"))
    faults.raise_if_any()


def _intensities(system: _Assembled) -> tuple[np.ndarray, float]:
    """``(I - uses) y = b`` by LU and one step of refinement, with the relative residual."""
    size = len(system.made)
    matrix = csc_array(eye_array(size, format="csc") - system.uses)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", MatrixRankWarning)
            lu = splu(matrix, permc_spec="COLAMD", diag_pivot_thresh=1.0)
    except (RuntimeError, MatrixRankWarning):
        raise Refused([_singular(system)]) from None
    if not system.flows:
        return np.zeros((size, 0)), 0.0
    found = lu.solve(system.b)
    found = found + lu.solve(system.b - matrix @ found)
    if not np.isfinite(found).all():
        raise Refused([_singular(system)])
    scale = np.maximum(np.abs(system.b).max(axis=0), (abs(matrix) @ np.abs(found)).max(axis=0))
    rest = np.abs(system.b - matrix @ found).max(axis=0)
    residual = float((rest / np.where(scale > 0, scale, 1.0)).max(initial=0.0))
    if residual > RESIDUAL:
        raise Refused([Fault("background_residual", found=f"{residual:.3g}", expected=f"at most {RESIDUAL:g}")])
    return found, residual


def _singular(system: _Assembled) -> Fault:
    """The loop without a single solution: the block whose smallest singular value is nearest zero."""
    count, part_of = connected_components(system.uses, directed=True, connection="strong")
    worst: tuple[float, Sequence[int]] = (np.inf, range(len(system.made)))
    for part in range(count):
        members = np.flatnonzero(part_of == part)
        block = np.eye(len(members)) - system.uses[members][:, members].toarray()
        least = float(np.linalg.svd(block, compute_uv=False)[-1])
        if least < worst[0]:
            worst = (least, [int(k) for k in members])
    names = ", ".join(system.made[k].id for k in worst[1][:8])
    expected = "columns that do not depend on each other"
    return Fault("background_singular", names, found="no single solution", expected=expected)


def _refuse_implausible(system: _Assembled, intensities: np.ndarray) -> None:
    high = np.abs(intensities).max(axis=1, initial=0.0)
    found = [
        Fault(
            "background_implausible",
            system.made[int(k)].id,
            found=f"{high[k]:.3g} kg",
            expected=f"below {IMPLAUSIBLE:g}",
        )
        for k in np.flatnonzero(high > IMPLAUSIBLE)
    ]
    if found:
        raise Refused(found)


def _upstream(uses: csr_array, own: np.ndarray) -> np.ndarray:
    """Which columns a row has itself or anywhere upstream: what is no round-off and what is not answered."""
    links = csr_array((np.ones(uses.nnz), uses.indices, uses.indptr), shape=uses.shape)
    known = own.astype(bool)
    while True:
        wider = known | (links @ known.astype(float) > 0)
        if (wider == known).all():
            return known
        known = wider


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
