"""A works as a model of its uncertain quantities: which of its rows and factors move, how, and what stays fixed.

How a row enters its coefficients is the rule's business, so the rule is asked: every input is moved alone by a
thousandth both ways (as in :mod:`service.tornado`), and every term of the system answers.  That is exact where a term
is affine in the row or a power of it, as in rules of products, sums and quotients; where a term is not affine, the row
is named as *approximated*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from factordb.release import Release, open_release
from lca.exact import ONE, Exact
from lca.faults import Collector, Fault, Refused
from lca.inventory import ResolvedFactor, ResolvedInventory
from lca.settle import settle
from lca.uncertain.distributions import Drawable
from lca.uncertain.foreground import Answer, Foreground, Place, answers, foreground, places
from pcr.activity import ActivityData
from service.calculate import Asked, derive
from service.intake import Sent
from service.records.statement import Derived
from service.tornado import STEP, inputs_of
from service.uncertainty_background import World, Worlds
from service.uncertainty_file import Side, Stated, published

LIMIT: Final = 150
"""Processes with factors, as for a rational solution: a works, not a background."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A row, a property of one (``id/property``), a setting or a factor, and how it was treated."""

    variable: str
    kind: str
    """``row``, ``setting`` or ``factor``."""
    name: str
    label: Mapping[str, str]
    distribution: Drawable | None
    text: str = ""
    origin: str = ""
    """Who says so: ``file``, ``background``, ``release``, ``default``."""
    reason: str = ""
    """Why it is fixed: ``unknown``, ``stated``, ``tied``, ``jump``, ``level_not_stated``, ``not_usable``,
    ``background_silent``: nothing upstream states a spread."""
    approximated: bool = False
    """A term is not affine in it: it follows the power of its elasticity, exact for a pure quotient alone."""


@dataclass(frozen=True, slots=True)
class Model:
    """The terms of a works and its quantities."""

    derived: Derived
    foreground: Foreground
    quantities: tuple[Quantity, ...]

    @property
    def uncertain(self) -> dict[str, Drawable]:
        """Variable to distribution, of those that move."""
        return {item.variable: item.distribution for item in self.quantities if item.distribution is not None}


def derived_point(sent: Sent, asked: Asked, releases: Callable[[str], Release] = open_release) -> Derived:
    """The calculation the annex belongs to.

    Raises:
        Refused: what :func:`service.calculate.derive` refuses; ``uncertainty_band`` for a draft; ``uncertainty_size``
            above 150 processes.
    """
    derived = derive(sent, asked, releases)
    faults = Collector()
    for product, footprint in sorted(derived.works.footprints.items()):
        if footprint.status == "draft":
            faults.add(Fault("uncertainty_band", product, found="a band", expected="a total without gaps"))
    size = len(derived.works.system.processes)
    if size > LIMIT:
        faults.add(Fault("uncertainty_size", "", found=f"{size} processes", expected=f"at most {LIMIT}"))
    faults.raise_if_any()
    return derived


def row_names(derived: Derived) -> set[str]:
    """What the side file may name under ``rows``."""
    rows = derived.data.given.rows
    return {row.id for row in rows} | {f"{row.id}/{name}" for row in rows for name in row.properties}


def used_factors(derived: Derived) -> dict[str, list[ResolvedFactor]]:
    """Factor id to the answers that hold it, of the lines that count."""
    settled = derived.works.resolved
    found: dict[str, list[ResolvedFactor]] = {}
    for line in settled.inventory.lines:
        factor = settled.factors.get(line.id)
        if line.counts and isinstance(factor, ResolvedFactor):
            found.setdefault(factor.id, []).append(factor)
    return found


def modelled(derived: Derived, side: Side, worlds: Worlds | None = None) -> Model:
    """Ask the rule how every input enters, and put distributions to what the file, a background, a release or a
    default knows, the first of them that does.

    Raises:
        Refused: ``uncertainty_tied`` for a row of the file that cannot move alone; ``uncertainty_jump`` where the
            result jumps or bends at its value; ``uncertainty_twice`` for a factor named by its id and by its key.
    """
    faults = Collector()
    base = places(derived.works.resolved)
    moving: dict[str, dict[Place, Answer]] = {}
    quantities: list[Quantity] = []
    for item in inputs_of(derived.data):
        head, _, name = item.bar.where.partition("/")
        kind = "row" if head == "rows" else "setting"
        variable = f"{kind}:{_study(derived)}|{name}"
        moved, tied = _moved(derived, item.times)
        chosen = side.rows.get(name) if kind == "row" else None
        found = answers(base, moved) if moved else {}
        jumps = not all(answer.smooth for answer in found.values())
        if not moved or jumps:
            if chosen is not None and chosen.distribution is not None:
                faults.add(_still(f"/rows/{name}", tied, jumps))
            quantities.append(Quantity(variable, kind, name, item.bar.label, None, reason="jump" if jumps else "tied"))
            continue
        moving[variable] = found
        rough = not all(answer.affine for answer in found.values())
        told = chosen or (side.default.get("rows") if kind == "row" and "/" not in name else None)
        origin = "file" if chosen else "default"
        quantities.append(_quantity(variable, kind, name, item.bar.label, told, origin, "unknown", rough))
    factors = used_factors(derived)
    for factor_id, same in sorted(factors.items()):
        named = sorted(({factor_id} | {answer.key for answer in same}) & side.factors.keys())
        if len(named) > 1:
            faults.add(Fault("uncertainty_twice", f"/factors/{named[0]}", ", ".join(named), "one line for one factor"))
        variable, label = f"factor:{factor_id}", same[0].label
        of_release, reason = _of_release(derived, same[0])
        of_world = None if named or worlds is None else worlds.of(factor_id, same[0])
        if isinstance(of_world, World):
            told_by = (of_world.draws, of_world.text, "background")
            quantities.append(Quantity(variable, "factor", factor_id, label, *told_by))
            continue
        told = side.factors[named[0]] if named else of_release or side.default.get("factors")
        origin = "file" if named else "release" if of_release else "default"
        reason = of_world or reason or "unknown"
        quantities.append(_quantity(variable, "factor", factor_id, label, told, origin, reason, False))
    faults.raise_if_any()
    regime = derived.data.regime
    variables = {factor_id: f"factor:{factor_id}" for factor_id in factors}
    made = foreground(derived.works.resolved, moving, variables, regime.gwp_set, regime.biogenic_co2)
    return Model(derived, made, tuple(quantities))


def _quantity(
    variable: str,
    kind: str,
    name: str,
    label: Mapping[str, str],
    told: Stated | None,
    origin: str,
    reason: str,
    approximated: bool,
) -> Quantity:
    if told is None:
        return Quantity(variable, kind, name, label, None, reason=reason, approximated=approximated)
    if told.distribution is None:
        return Quantity(variable, kind, name, label, None, told.text, origin, "stated", approximated)
    return Quantity(variable, kind, name, label, told.distribution, told.text, origin, "", approximated)


def _still(where: str, tied: str, jumps: bool) -> Fault:
    if jumps:
        return Fault("uncertainty_jump", where, "a jump or a bend", "a result that changes alike up and down")
    return Fault("uncertainty_tied", where, tied, "a row that can move alone", values={"code": tied})


def _study(derived: Derived) -> str:
    """A row of the same works and period is the same quantity, also in another file; of another year it is another."""
    given = derived.data.given
    names = "/".join(text for _, text in sorted(given.works.name.items()))
    return f"{names}|{given.start}|{given.end}"


def _moved(
    derived: Derived, times: Callable[[Exact], ActivityData]
) -> tuple[Sequence[tuple[Exact, Mapping[Place, Exact]]], str]:
    """(step, terms) both ways; where one way is refused the other alone, where both are, the fault's code."""
    sides, tied = [], ""
    for step in (STEP, -STEP):
        try:
            sides.append((step, places(rebuilt(derived, times(ONE + step)))))
        except Refused as refused:
            tied = refused.faults[0].code
    return sides, tied


def rebuilt(derived: Derived, data: ActivityData) -> ResolvedInventory:
    """The settled inventory of other data under the same rule, regime and releases.

    Raises:
        Refused: what the rule, the releases or settling refuse.
    """
    regime = derived.data.regime
    resolved = derived.layers.resolve(derived.installed.build(data), regime=regime.id)
    return settle(resolved, regime.gwp_set, regime.biogenic_co2)


def _of_release(derived: Derived, answer: ResolvedFactor) -> tuple[Stated | None, str]:
    """What the release that answered says of the factor's uncertainty; a record does not carry it."""
    release_id = answer.layer.partition(":")[2]
    for release in derived.layers.releases:
        if release.id == release_id and (factor := release.find(answer.id)) is not None:
            return published(factor.uncertainty)
    return None, "unknown"
