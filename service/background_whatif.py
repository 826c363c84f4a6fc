"""What-if: processes inside a published background take other inputs, and every factor of it follows.

A scenario names the process and what one unit of its product takes (an own electricity mix in place of the market's).
The intensities that move are solved again from the stored ones (:mod:`lca.large.whatif`); a release stands in for the
calculation with their flows by line, and is sealed by nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from factordb.factor import Factor
from factordb.release import Release, content_of
from lca.exact import ZERO, Exact
from lca.expressions import evaluated
from lca.faults import Collector, Fault, Refused
from lca.gases import Flow, characterise, gwp
from lca.large.artefact import Artefact
from lca.large.whatif import Column, replaced
from pcr.intake_tools import Reader
from service.background_folder import indicator, refuse_other_release, release_of

DIRECT: Final = ("keep", "none")
MOVED: Final = 1e-9
"""Relative change below which a factor keeps its published flows."""
DIGITS: Final = 10
LINES: Final = ("fossil", "dluc", "aircraft", "unsplit")
"""Lines that carbon dioxide equivalents may stand on; biogenic ones are written as gases."""


@dataclass(frozen=True, slots=True)
class Change:
    """One process: amounts as text or formula, per unit made or treated, in the units of the makers."""

    inputs: Mapping[str, str]
    keeps_direct: bool


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What was replaced in one background, and what that moved."""

    release: str
    sha256: str
    processes: tuple[str, ...]
    moved: int
    """Factors of the release that changed."""


def read_changes(reader: Reader, given: Any, where: str) -> dict[str, Change]:
    """``background`` of a scenario: process to ``inputs`` and ``direct``. Faults go to the reader."""
    made = {}
    for process, words in reader.mapping(given, where).items():
        part = reader.mapping(words, f"{where}/{process}", ("inputs", "direct"), ("inputs", "direct"))
        inputs = reader.mapping(part.get("inputs", {}), f"{where}/{process}/inputs")
        direct = str(part.get("direct", ""))
        if direct and direct not in DIRECT:
            reader.faults.add(Fault("shape", f"{where}/{process}/direct", direct, ", ".join(DIRECT), reader.rule))
        made[process] = Change({name: str(text) for name, text in inputs.items()}, direct == "keep")
    return made


def releases_if(
    opener: Callable[[str], Release],
    artefacts: Sequence[Artefact],
    changes: Mapping[str, Change],
    parameters: Mapping[str, Exact],
    gwp_set: str,
    names: Sequence[str],
) -> tuple[Callable[[str], Release], tuple[WhatIf, ...]]:
    """An opener whose releases follow the changes. ``names``: releases of the calculation.

    Raises:
        Refused: ``background_process`` for a process that no background here has, or two have; what
            :func:`lca.large.whatif.replaced` refuses; of formulas; ``background_other_release``.
    """
    faults = Collector()
    of: dict[str, dict[str, Column]] = {}
    folders = {release_of(item)["id"]: item for item in artefacts if release_of(item)["id"] in names}
    for process, change in sorted(changes.items()):
        held = [name for name, item in sorted(folders.items()) if process in item.labels]
        if len(held) != 1:
            expected = "a process of one background given with --background"
            faults.add(Fault("background_process", process, ", ".join(held) or "none has it", expected))
            continue
        with faults.catching(process):
            inputs = {name: float(_amount(text, parameters, process, name)) for name, text in change.inputs.items()}
            of.setdefault(held[0], {})[process] = Column(inputs, change.keeps_direct)
    faults.raise_if_any()
    made: dict[str, Release] = {}
    told = []
    for name, columns in sorted(of.items()):
        release = opener(name)
        refuse_other_release(folders[name], release)
        made[name], moved = _release_if(release, folders[name], columns, gwp_set)
        told.append(WhatIf(name, folders[name].sha256, tuple(sorted(columns)), moved))
    return lambda name: made.get(name) or opener(name), tuple(told)


def _amount(text: str, parameters: Mapping[str, Exact], process: str, name: str) -> Exact:
    where = f"{process} / {name}"
    return evaluated(text[1:], parameters, where) if text.startswith("=") else Exact.parse(text, where)


def _release_if(
    release: Release, artefact: Artefact, columns: Mapping[str, Column], gwp_set: str
) -> tuple[Release, int]:
    names = {
        str(told["line"]): name
        for name, told in artefact.about.get("indicators", {}).items()
        if told["gwp_set"] == gwp_set
    }
    indicator(artefact, gwp_set, "one")
    found = replaced(artefact, columns, sorted(names.values()))
    moved = np.zeros(len(artefact.labels), dtype=bool)
    for item in found.values():
        moved |= np.abs(item.after - item.before) > MOVED * np.maximum(np.abs(item.before), np.abs(item.after))
    factors = dict(release.factors)
    count = 0
    for k in np.flatnonzero(moved):
        factor = factors.get(artefact.labels[k])
        if factor is not None:
            lines = {line: float(found[name].after[k]) for line, name in names.items()}
            factors[factor.id] = _factor_if(factor, lines, gwp_set)
            count += 1
    content = replace(content_of(release), factors=tuple(factors.values()))
    return Release(replace(content, meta={**content.meta, "what_if": ", ".join(sorted(columns))})), count


def _factor_if(factor: Factor, lines: Mapping[str, float], gwp_set: str) -> Factor:
    """The factor with flows by line. Gases are no longer told apart: biogenic carbon dioxide is what the rule of the
    regime leaves out, the rest of that line stands as methane."""
    flows: dict[str, float] = {}
    for line in LINES:
        said = "unknown" if line == "unsplit" else gwp_set
        flows[f"CO2e|{line}|{said}"] = lines.get(line, 0.0)
    rest = lines.get("total_biogenic_zero", 0.0) - sum(flows.values())
    if "biogenic" in lines:
        flows["CO2|biogenic"] = lines["biogenic"] - rest
        flows["CH4|biogenic"] = rest / float(gwp("CH4_nonfossil", gwp_set))
    flows["CO2|biogenic uptake"] = -lines.get("biogenic uptake", 0.0)
    whole = max(map(abs, flows.values()), default=0.0)
    kept = {
        name: Exact.from_binary64(value).significant(DIGITS)
        for name, value in flows.items()
        if abs(value) > 1e-12 * whole  # below is round-off
    }
    total = sum((Exact.parse(kg) * characterise(Flow.read(flow), gwp_set) for flow, kg in kept.items()), ZERO)
    if not kept:
        kept = {"CO2|fossil": "0"}
    note = "; ".join(part for part in (factor.note, "what-if: a column of the background replaced") if part)
    return replace(factor, flows=kept, value=total.significant(DIGITS), gwp_set=gwp_set, note=note)


def unused(artefacts: Sequence[Artefact], names: Sequence[str]) -> None:
    """
    Raises:
        Refused: ``background_unused`` for a background of a release that does not answer here.
    """
    faults = [
        Fault("background_unused", str(item.folder or ""), str(release_of(item)["id"]), ", ".join(names))
        for item in artefacts
        if release_of(item)["id"] not in names
    ]
    if faults:
        raise Refused(faults)
