"""Pedigree scores to a geometric standard deviation.

``GSD^2 = exp(sqrt(ln^2 U_basic + sum ln^2 U_i))``, so ``GSD = exp(sqrt(...) / 2)`` (Frischknecht et al. 2005, ecoinvent
report no. 1, section on uncertainty: SDg95 = GSD^2 is the ratio of the 97.5 % point to the median).  The half is easily
lost: a factor U is a square already.  The table is data with its source (``lca/data/pedigree.yaml``, recalled).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from lca.doors import read_yaml
from lca.exact import ONE, Exact
from lca.faults import Collector, Fault
from lca.uncertain.distributions import Lognormal

INDICATORS: Final = ("reliability", "completeness", "time", "geography", "technology")
SCORES: Final = 5
Table = Mapping[str, Sequence[Exact]]


@cache
def shipped_table() -> tuple[Table, str, str]:
    """Indicator to its five factors, the source and the confidence."""
    data = read_yaml(files("lca").joinpath("data/pedigree.yaml").read_text(encoding="utf-8"))
    table = {name: tuple(Exact.parse(text) for text in data["factors"][name]) for name in INDICATORS}
    return table, data["source"], data["confidence"]


def table_faults(table: Table, where: str) -> list[Fault]:
    """``pedigree_invalid`` unless every indicator has five factors of 1 or more."""
    wrong = []
    for name in INDICATORS:
        factors = table.get(name, ())
        if len(factors) != SCORES or any(factor < ONE for factor in factors):
            found = ", ".join(str(factor) for factor in factors) or "nothing"
            wrong.append(Fault("pedigree_invalid", f"{where}/{name}", found, "five factors of 1 or more"))
    return wrong


def from_pedigree(scores: Sequence[str], basic: Exact, where: str = "", table: Table | None = None) -> Lognormal:
    """The multiplier with median 1 that five scores (1 to 5) and a basic uncertainty factor (1 or more) stand for.

    Raises:
        Refused: ``pedigree_invalid``: other scores, a basic factor below 1, or all factors 1, which is no uncertainty.
    """
    faults, used = Collector(), table or shipped_table()[0]
    allowed = [str(number) for number in range(1, SCORES + 1)]
    if len(scores) != len(INDICATORS) or any(score not in allowed for score in scores):
        expected = f"five scores from 1 to 5: {', '.join(INDICATORS)}"
        faults.add(Fault("pedigree_invalid", where, found=", ".join(scores)[:60], expected=expected))
    if basic < ONE:
        faults.add(Fault("pedigree_invalid", where, found=f"basic {basic}", expected="a basic factor of 1 or more"))
    faults.raise_if_any()
    factors = [basic, *(used[name][int(score) - 1] for name, score in zip(INDICATORS, scores, strict=True))]
    gsd = math.exp(math.sqrt(math.fsum(math.log(float(factor)) ** 2 for factor in factors)) / 2)
    if gsd <= 1:
        faults.add(Fault("pedigree_invalid", where, found="all factors 1", expected="a basic factor above 1"))
    faults.raise_if_any()
    return Lognormal(ONE, Exact.from_binary64(gsd))
