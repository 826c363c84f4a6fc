"""Actual values out of an installation file, as it stands or with some of its cells changed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lca.exact import Exact
from lca.faults import Fault, Notice, Refused
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.plant.form import Row
from service.cbam.run import Asked, calculated, read_placed
from service.cbam.see import Seen


@dataclass(frozen=True, slots=True)
class Stated:
    """A good of an installation: figures per unit in which a list of goods counts it; what was paid for its carbon."""

    cn: str
    country: str
    content: Exact
    """Clinker per tonne; 1 where the list counts tonnes of product."""
    direct: Exact
    indirect: Exact
    sefa: Exact | None
    verification: str
    year: int
    mass: Exact
    paid: tuple[Row, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(slots=True)
class Installations:
    """Files a list of goods names, each calculated once per set of changes."""

    folder: Path
    asked: Asked
    _held: dict[tuple[str, tuple[tuple[str, str], ...]], Seen] = field(default_factory=dict)

    def good(self, file: str, name: str, changes: Mapping[str, str], where: str) -> Stated:
        """The good ``name`` of a file with ``changes`` (pointer to value) made before it is calculated.

        Raises:
            Refused: ``cbam_file``, ``cbam_pointer``, ``cbam_name_unknown``, ``cbam_not_an_installation``, and all
                faults of the installation.
        """
        found = self._seen(file, changes, where)
        if found.built is None:
            raise Refused([Fault("cbam_not_an_installation", where, file, "an installation file", RULE)])
        goods = {item.id: item for item in found.built.goods}
        wanted = name or (next(iter(goods)) if len(goods) == 1 else "")
        if wanted not in goods:
            raise Refused([Fault("cbam_name_unknown", f"{where}/good", name or "nothing", ", ".join(goods), RULE)])
        made, held = goods[wanted], found.goods[goods[wanted].process]
        # A list of goods counts fertilisers per tonne of product: the content turns tonnes of nitrogen into that.
        factor = made.content if made.unit == "nitrogen" else Exact(1)
        records = found.built.form.records
        return Stated(
            made.cn, records["installation"].text("country"), made.content if made.unit == "clinker" else Exact(1),
            held.direct * factor, held.indirect * factor,
            None if held.allocation is None else held.allocation * factor, records["verifier"].text("report"),
            found.built.form.year, made.mass,
            tuple(row for row in found.built.form.tables["carbon_prices"] if row.text("good") == made.id),
            found.notices,
        )  # fmt: skip

    def _seen(self, file: str, changes: Mapping[str, str], where: str) -> Seen:
        key = (file, tuple(sorted(changes.items())))
        if key not in self._held:
            base = self.folder.resolve()
            path = (base / file).resolve()
            if not path.is_relative_to(base) or not path.is_file():
                expected = "an installation file in the folder of the list"
                raise Refused([Fault("cbam_file", f"{where}/installation", file, expected, RULE)])
            data = copy.deepcopy(read_placed(path)[0])
            for pointer, value in changes.items():
                _change(data, pointer, value, f"{where}/set")
            self._held[key] = calculated(data, path.parent, self.asked)
        return self._held[key]


def _change(data: Any, pointer: str, value: str, where: str) -> None:
    """Set one cell; the row must be there, the key may be new."""
    at = data
    *path, last = pointer.strip("/").split("/")
    for part in path:
        if isinstance(at, dict) and part in at:
            at = at[part]
        elif isinstance(at, list) and part.isdigit() and int(part) < len(at):
            at = at[int(part)]
        else:
            at = None
            break
    if not isinstance(at, dict):
        raise Refused([Fault("cbam_pointer", where, pointer, "a row of the installation: /electricity/0/from", RULE)])
    at[last] = value
