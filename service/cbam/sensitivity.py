"""Which inputs move an embedded emission: every number of the file raised by 1 % alone, everything else kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from lca.exact import ZERO, Exact
from lca.faults import Refused
from pcr.regimes.cbam.v1.plant.build import Beside, build
from pcr.regimes.cbam.v1.plant.form import Form, Row
from pcr.regimes.cbam.v1.plant.standard import values_of
from service.cbam.beside import gather
from service.cbam.defaults import InForce
from service.cbam.run import Asked
from service.cbam.see import Seen, seen

STEPS: Final = (Exact("1.01"), Exact("0.99"))
Changed = Callable[[Exact], Form]
MATERIAL: Final = Exact("0.05")
"""IR (EU) 2025/2546, Art. 5 (transcription): 5 % of the total per tonne of each good."""
UNMOVED: Final = frozenset({"latitude", "longitude", "effect_t", "uncertainty_percent", "sold_t", "metered_MWh"})


@dataclass(frozen=True, slots=True)
class Moves:
    """An input of the file: how one per cent of it moves the SEE of each good, in per cent."""

    where: str
    value: Exact
    by_good: Mapping[str, Exact]
    standard: bool = False
    """A standard value that the file names by its material, not typed."""

    def moves(self, good: str) -> bool:
        """Whether the whole of the input stands for more than 5 % of the SEE."""
        return abs(self.by_good.get(good, ZERO)) > MATERIAL

    def allowed(self, good: str) -> Exact | None:
        """The error of this input alone that moves the SEE by 5 %, as a share; None where it does not move it."""
        elasticity = self.by_good.get(good, ZERO)
        return MATERIAL / abs(elasticity) if elasticity else None


def moving(found: Seen, folder: Path, asked: Asked) -> tuple[tuple[Moves, ...], tuple[str, ...]]:
    """Every number of the file with its elasticities, and the pointers of those that cannot be varied alone.

    An elasticity is the exact difference quotient over 1 %: 1 means one per cent moves the SEE by one per cent.
    """
    assert found.built is not None
    form = found.built.form
    beside = gather(form, folder, grid=asked.grid, known=found.built.known)
    held = InForce(f"{form.year}-12-31", found.built.known)
    made, alone = [], []
    for where, value, changed, standard in _changes(form):
        varied = _varied(changed, held, beside)
        if varied is None:
            alone.append(where)
            continue
        after, step = varied
        by_good = {
            name: (after.goods[name].total - good.total) / good.total / (step - 1)
            for name, good in found.goods.items() if good.total
        }  # fmt: skip
        if any(by_good.values()):
            made.append(Moves(where, value, by_good, standard))
    return tuple(made), tuple(alone)


def _varied(changed: Changed, held: InForce, beside: Beside) -> tuple[Seen, Exact] | None:
    """The result with the number raised, or lowered where raised it would be refused (more used than made)."""
    for step in STEPS:
        try:
            other = build(changed(step), held, beside)
            return seen(other.installation, other), step
        except Refused:
            continue
    return None


def _changes(form: Form) -> Iterator[tuple[str, Exact, Changed, bool]]:
    """(pointer, value, the form with that one number times a factor, whether it is a standard value)."""
    for name, rows in form.tables.items():
        for k, row in enumerate(rows):
            typed = {key: value for key, value in row.values.items() if isinstance(value, Exact) and value}
            named = _named(row) if name == "streams" else {}
            for key, value in (typed | {key: value for key, value in named.items() if key not in typed}).items():
                if key in UNMOVED:
                    continue

                def changed(
                    step: Exact, name: str = name, k: int = k, row: Row = row, key: str = key, value: Exact = value
                ) -> Form:
                    rows = form.tables[name]
                    raised = replace(row, values={**row.values, key: value * step})
                    return replace(form, tables={**form.tables, name: (*rows[:k], raised, *rows[k + 1 :])})

                yield f"{row.where}/{key}", value, changed, key not in typed


def _named(row: Row) -> Mapping[str, Exact]:
    method, material = row.text("method"), row.text("material")
    if not material or method not in ("combustion", "process", "mass_balance"):
        return {}
    return values_of(method, material)
