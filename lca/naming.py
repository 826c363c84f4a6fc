"""How a rule names a factor without reading it, and the range that may stand in for one in a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lca.exact import Exact


@dataclass(frozen=True, slots=True)
class Range:
    """A sourced range of an input's factor, in a unit like ``kgCO2e/t``. ``high`` None: the band stays open above."""

    low: Exact
    high: Exact | None
    unit: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class FactorName:
    """What a rule asks of a factor release: an id, or a yearly series with the year of use."""

    id: str = ""
    series: str = ""
    year: int | None = None
    kinds: tuple[str, ...] = ("cradle_to_gate",)
    """Admissible kinds of factor; a life-cycle factor is never exchanged for a combustion one."""
    named_by: Literal["rule", "user", "policy"] = "rule"
    place: str = ""
    """ISO 3166 code of the place of use; a factor of another place is a proxy."""
    proxy: bool = False
    """The rule or the user accepts that the factor stands for something near, not for the thing itself."""
    proxy_for: str = ""
    range: Range | None = None
    """Used only in a draft, when nothing is named or found."""
    line: Literal["", "aircraft"] = ""
    """Line of the result on which the whole factor is booked: air freight stands apart (ISO 14067)."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Of a combustion factor: ``oxidation`` ("0.99"), ``molar`` ("44/12"), ``biogenic_share`` ("0.2")."""

    def key(self) -> str:
        return self.id or (f"{self.series}@{self.year}" if self.series else "")
