"""The contract between a product rule and this engine, version 1. A rule imports from here and from pcr.methods.

A rule is a folder ``v*``: ``rule.yaml`` (facts), ``rule.py`` with ``build(data: ActivityData) -> Inventory``
(judgement), ``cases/*.yaml`` (worked examples with sources).  It may not read factor values, files or the clock.
"""

from __future__ import annotations

from typing import Final

from lca.deferred import Allocate, Alternative, CutOff, Deferred, Share, TopUp
from lca.exact import ONE, ZERO, Exact
from lca.faults import Collector, Fault, Notice, Refused
from lca.inventory import Indicator, Inventory, Reference
from lca.naming import FactorName, Range
from pcr.activity import ActivityData, Row, Supply
from pcr.builder import Process, build_inventory, name_factor
from pcr.equations import equation
from pcr.rulebook import Rule, load_rule

API_VERSION: Final = "1"


class RuleError(Refused):
    """A rule refuses: what is wrong, found, expected, which clause, what to do."""

    def __init__(
        self, what: str | dict[str, str], *, found: str, expected: str, clause: str,
        fix: str | dict[str, str] = "", where: str = "", code: str = "rule_refused",
        values: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        said = {"en": what, "zh": what} if isinstance(what, str) else what
        help_ = ({"en": fix, "zh": fix} if fix else {}) if isinstance(fix, str) else fix
        own = said if code == "rule_refused" else {}
        super().__init__([Fault(code, where, found, expected, clause, values or {}, what=own, fix=help_)])


__all__ = [
    "API_VERSION",
    "ONE",
    "ZERO",
    "ActivityData",
    "Allocate",
    "Alternative",
    "Collector",
    "CutOff",
    "Deferred",
    "Exact",
    "FactorName",
    "Fault",
    "Indicator",
    "Inventory",
    "Notice",
    "Process",
    "Range",
    "Reference",
    "Refused",
    "Row",
    "Rule",
    "RuleError",
    "Share",
    "Supply",
    "TopUp",
    "build_inventory",
    "equation",
    "load_rule",
    "name_factor",
]
