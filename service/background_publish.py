"""The use-case *publish a background*: intensities per line and GWP set with certain digits, draws, one hashed folder.

The folder names the release it was made from by hash, not the other way round: draws may be made again with another
seed or count, and are the same bytes on one build only, while a release has one hash wherever it is built
(docs/decisions/0028).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from factordb.factor import Factor
from factordb.imports.registry import run
from factordb.release import Release
from lca.exact import ZERO, Exact
from lca.faults import Collector, Fault, Refused
from lca.gases import LINES, SETS, Flow, characterise
from lca.intensities import proven_intensities
from lca.large.artefact import Artefact, misses, opened, store
from lca.large.digits import DIGITS, Published
from lca.large.draws import Draws, Uncertain, draws
from lca.large.system import loops
from service.background import GWP_SET, Background, Solved, solved, with_background
from service.background_gates import Outlier
from service.background_spread import Read, flow_matrix, read_spreads
from service.importing import head

DRAWS: Final = (256, 65_536)
TOTALS: Final[Mapping[str, str]] = {"total": "one", "total_biogenic_zero": "zero"}
"""Total to the regime's rule for biogenic carbon dioxide (:func:`lca.gases.characterise`)."""
CLOSE: Final = Exact("1E-9")
"""A factor is the sum of flows of ten digits each: so far it may lie from the total, over the sum of its parts."""

Kilograms = Mapping[tuple[int, str], Exact]


@dataclass(frozen=True, slots=True)
class Asked:
    """What to publish."""

    order: str = "colamd"
    gwp_sets: tuple[str, ...] = (GWP_SET,)
    draws: int = DRAWS[0]
    """0: none."""
    seed: int = 1
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it."""

    artefact: Artefact
    background: Background
    read: Read
    drawn: Mapping[str, Draws]
    misses: Mapping[str, float]
    loops: tuple[int, int]
    """Loops, and processes of the largest."""
    unlinked: Mapping[str, tuple[str, ...]]
    """Process to inputs that nothing answers, itself or upstream."""
    empty: tuple[str, ...]
    """Indicators that no process sets anything free of: zero by structure, not stored."""

    @property
    def outliers(self) -> tuple[Outlier, ...]:
        return self.background.outliers


def publish_background(release: Release, links: Mapping[str, Factor], folder: Path, asked: Asked) -> Made:
    """Solve the unit processes of a release and write the folder.

    Raises:
        Refused: ``background_sets``, ``background_draws``, ``background_empty``; what :func:`service.background.solved`
            refuses; ``background_not_of_release`` where a factor of the release is not the one solved here;
            ``gwp_unknown`` where a set lacks a gas; ``digits_not_proven``; ``large_draw_breaks``; ``artefact_exists``.
    """
    _check(release, asked)
    background = solved(release.unit_processes.values(), links, asked.order)
    found = background.solved
    assert found is not None
    _refuse_other_factors(release, background)
    emitted, meaning = _by_indicator(found, asked.gwp_sets)
    names = [item.id for item in found.system.made]
    proven = proven_intensities(names, found.system.cells, emitted, DIGITS, found.factors)
    if proven is None:
        expected = "a comparison matrix with a positive vector, or at most 600 processes"
        raise Refused([Fault("digits_not_proven", release.id, "intensities without a bound", expected)])
    turn = found.system.turn
    published = {
        name: Published(tuple((value * turn[i]).significant(DIGITS) for i, value in enumerate(column)), (), 0)
        for name, column in proven.items()
    }
    _refuse_other_totals(release, published, names)
    b = flow_matrix(found.system)
    importer = release.meta.get("importer", "").partition(" ")[0]
    read = read_spreads(found.system, found.factors.system, b, importer)
    drawn: dict[str, Draws] = {}
    if asked.draws and read.spread is not None:
        for name in published:
            c = np.array([_weight(flow, *meaning[name]) for flow in found.system.flows])
            one = np.ones(found.factors.system.transposed.nnz), np.ones(b.nnz)
            case = Uncertain(found.factors.system, b, c, *one, found.order, read.spread)
            drawn[name] = draws(case, _stream(asked.seed, release), asked.draws, asked.workers)
    unlinked = {
        name: tuple(found.system.inputs[k] for k in np.flatnonzero(found.missing[i]))
        for i, name in enumerate(names)
        if found.missing[i].any()
    }
    parts = [len(members) for members in loops(found.factors.system.takes)]
    made = Made(
        Artefact(tuple(names), found.order, {}, ""),
        background,
        read,
        drawn,
        {},
        (len(parts), max(parts, default=0)),
        unlinked,
        tuple(sorted(meaning.keys() - published.keys())),
    )
    sha256 = store(
        folder,
        names,
        found.order,
        published,
        {name: item.intensities * np.sign(found.factors.system.diagonal) for name, item in drawn.items()},
        direct=_direct(found, emitted),
        system=found.factors.system,
        about=_about(release, asked, made, {name: meaning[name] for name in published}),
        more={"unlinked": {name: list(inputs) for name, inputs in unlinked.items()}},
    )
    artefact = opened(folder, sha256)
    return replace(made, artefact=artefact, misses=misses(artefact))


def of_file(path: Path, name: str, release_id: str, layer: str, links: Mapping[str, Factor]) -> Release:
    """The release that ``pcf factors import`` would publish from a file, by the same steps and so by the same hash.

    Raises:
        Refused: what reading and solving refuse.
    """
    intake = run(name, path, None, lambda done, total: None)
    return Release(with_background(intake, head(path, name, intake, release_id, layer), links)[0])


def _stream(seed: int, release: Release) -> int:
    """Another background under the same seed draws other numbers: its exchanges are other quantities."""
    return int.from_bytes(hashlib.sha256(f"{seed} {release.sha256}".encode()).digest()[:8], "big")


def _check(release: Release, asked: Asked) -> None:
    faults = Collector()
    if not 0 <= asked.seed < 2**64:
        faults.add(Fault("draws_seed", "--seed", str(asked.seed), "0 to 2^64 - 1"))
    if not asked.gwp_sets:
        faults.add(Fault("background_sets", "--gwp", "none", ", ".join(SETS)))
    for name in asked.gwp_sets:
        if name not in SETS:
            faults.add(Fault("background_sets", "--gwp", name, ", ".join(SETS)))
    if asked.draws and not DRAWS[0] <= asked.draws <= DRAWS[1]:
        faults.add(Fault("background_draws", "--draws", f"{asked.draws}", f"0, or {DRAWS[0]} to {DRAWS[1]:,}"))
    if not release.unit_processes:
        faults.add(Fault("background_empty", release.id, "no unit processes", "a release solved from unit processes"))
    for process in release.unit_processes.values():
        if not process.amount:
            faults.add(Fault("background_empty", process.id, "withheld", "amounts of every process"))
    faults.raise_if_any()


def _refuse_other_factors(release: Release, background: Background) -> None:
    """The release's factors are those of its own unit processes, to the last digit of each flow."""
    faults = Collector()
    for item in background.factors:
        theirs = release.factors.get(item.id)
        if theirs is None or (theirs.flows, theirs.value) != (item.flows, item.value):
            told = f"{item.value} {item.unit}" if theirs is None else f"{theirs.value} {theirs.unit}"
            expected = f"{item.value} {item.unit}, solved with the releases given by --link"
            faults.add(Fault("background_not_of_release", item.id, "no factor" if theirs is None else told, expected))
    faults.raise_if_any()


def _refuse_other_totals(release: Release, published: Mapping[str, Published], names: Sequence[str]) -> None:
    """Totals of the release's own set against its factors: two ways from one system."""
    total = published.get(_name(GWP_SET, "total"))
    faults = Collector()
    for i, name in enumerate(names):
        factor = release.factors.get(name)
        if factor is None or total is None:
            continue
        parts = [Exact.parse(kg) * characterise(Flow.read(flow), GWP_SET) for flow, kg in factor.flows.items()]
        text = total.texts[i]
        apart = abs(Exact.from_published(text) - factor.amount)
        if apart > CLOSE * sum((abs(part) for part in parts), ZERO) + Exact("1E-30"):
            faults.add(Fault("background_not_of_release", name, text, f"{factor.value} {factor.unit}"))
    faults.raise_if_any()


def _by_indicator(
    found: Solved, sets: Sequence[str]
) -> tuple[dict[tuple[int, str], Exact], dict[str, tuple[str, str]]]:
    """What each process sets free by indicator, and what each is: (GWP set, line or total)."""
    faults = Collector()
    weights: dict[tuple[str, str], Exact] = {}
    meaning: dict[str, tuple[str, str]] = {}
    for gwp_set in sets:
        for line in (*TOTALS, *LINES):
            meaning[_name(gwp_set, line)] = (gwp_set, line)
            for flow in found.system.flows:
                with faults.catching(f"{gwp_set} / {flow}"):
                    weights[_name(gwp_set, line), flow] = _exact_weight(flow, gwp_set, line)
    faults.raise_if_any()
    emitted: dict[tuple[int, str], Exact] = {}
    for (i, flow), kilograms in found.system.emitted.items():
        for name in meaning:
            if weight := weights[name, flow]:
                emitted[i, name] = emitted.get((i, name), ZERO) + kilograms * weight
    return {key: value for key, value in emitted.items() if value}, meaning


def _exact_weight(flow: str, gwp_set: str, line: str) -> Exact:
    read = Flow.read(flow)
    if line in TOTALS:
        return characterise(read, gwp_set, TOTALS[line])
    return characterise(read, gwp_set) if read.line == line else ZERO


def _weight(flow: str, gwp_set: str, line: str) -> float:
    return float(_exact_weight(flow, gwp_set, line))


def _name(gwp_set: str, line: str) -> str:
    """``AR6_fossil``: letters, digits and underscores."""
    return "".join(sign if sign.isalnum() else "_" for sign in f"{gwp_set}_{line}")


def _direct(found: Solved, emitted: Kilograms) -> dict[str, np.ndarray]:
    made: dict[str, np.ndarray] = {}
    for (i, name), value in emitted.items():
        made.setdefault(name, np.zeros(len(found.system.made)))[i] = float(value) * found.system.turn[i]
    return made


def _about(release: Release, asked: Asked, made: Made, meaning: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    licences = [item.code for item in release.licences.values() if not item.may_redistribute]
    drawn = next(iter(made.drawn.values()), None)
    return {
        "release": {"id": release.id, "sha256": release.sha256, "layer": release.layer},
        "not_to_be_passed_on": licences,
        "indicators": {name: {"gwp_set": gwp_set, "line": line} for name, (gwp_set, line) in sorted(meaning.items())},
        "zero_by_structure": list(made.empty),
        "digits": DIGITS,
        "bound": "half a unit of the last digit, proven",
        "draws": 0 if drawn is None else len(drawn.intensities),
        "seed": str(asked.seed),
        "stream": str(_stream(asked.seed, release)),
        "draws_checked_by_lu": {name: item.checked for name, item in sorted(made.drawn.items())},
        "exchanges": {"drawn": made.read.used, "fixed": dict(made.read.fixed), "silent": made.read.silent},
        "gates": {
            "loops": made.loops[0],
            "largest_loop": made.loops[1],
            "loops_with_credits": [list(loop) for loop in made.background.credited],
            "outliers": [
                {"id": item.id, "value": item.value, "median": item.median, "unit": item.unit, "members": item.members}
                for item in made.outliers
            ],
            "unlinked": len(made.unlinked),
            "factored": made.background.how,
        },
    }
