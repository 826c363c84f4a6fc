"""Reference efficiencies of making heat and power apart, as data (``references.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lca.doors import read_yaml
from lca.exact import ZERO, Exact
from lca.faults import Fault, Refused


@dataclass(frozen=True, slots=True)
class Reference:
    """Efficiencies of separate production, with where they come from."""

    heat: Exact
    power: Exact
    source: str
    confidence: str


@cache
def _table() -> Any:
    return read_yaml(files(__package__).joinpath("references.yaml").read_text(encoding="utf-8"))


def reference(fuel: str, first_year: int, *, condensate_returned: bool = True) -> Reference:
    """The reference of a fuel class and a plant's first year of operation, for steam.

    Raises:
        Refused: ``choice_unknown`` for a fuel class the facts do not give.
    """
    table = _table()
    if fuel not in table["fuels"]:
        raise Refused([Fault("choice_unknown", "chp", fuel, ", ".join(table["fuels"]), table["source"])])
    row = [item for item in table["fuels"][fuel] if int(item["from"]) <= first_year][-1]
    more = ZERO if condensate_returned else Exact(table["no_return"])
    return Reference(Exact(row["steam"]) + more, Exact(row["power"]), table["source"], table["confidence"])


def fallback() -> tuple[Exact, Exact]:
    """Efficiencies of heat and power of a plant whose own are not known."""
    own = _table()["fallback"]
    return Exact(own["heat"]), Exact(own["power"])
