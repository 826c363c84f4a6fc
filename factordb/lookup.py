"""Answer every name of an inventory at once: factors, gaps in a draft, or all faults together.

Releases are given from the top layer down (private, supplier, public); the first that knows an id answers, and the
record says which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from factordb.answer import answer, open_gap
from factordb.choose import choose, gap_fault, nearest
from lca.deferred import Alternative
from lca.faults import Collector, Refused
from lca.inventory import Gap, Inventory, Line, ResolvedFactor, ResolvedInventory
from lca.naming import FactorName

if TYPE_CHECKING:
    from factordb.release import Release

GAP_CODES: Final = frozenset(
    {
        "factor_gap",
        "factor_proxy_unnamed",
        "factor_conflict_unnamed",
        "factor_not_published",
        "factor_withheld",
        "factor_unlinked",
        "ELEC_FACTOR_NOT_PUBLISHED",
    }
)
"""Faults that mean *nothing admissible was found*: a gap in a draft. All others are wrong requests, also in a draft."""


def resolve(
    releases: Sequence[Release], inventory: Inventory, draft: bool = False, regime: str = ""
) -> ResolvedInventory:
    """The inventory with a factor or a gap for every bought line and every replaced line of a sensitivity case.

    ``regime``: id of the regime the answers are for; a factor its publisher keeps from that regime is refused.

    An excluded line that names nothing becomes a gap in any case: whether its cut-off is admissible is for
    :mod:`lca.footprint` to say, which knows the rule's limits.

    Raises:
        Refused: every fault of the inventory at once: ``factor_gap``, ``factor_unknown``, ``factor_kind_mismatch``,
            ``factor_proxy_unnamed``, ``factor_conflict_unnamed``, ``factor_not_published``, ``factor_no_flows``,
            ``factor_withheld``, ``factor_not_admissible``, ``factor_unlinked``,
            ``fuel_gas_missing``, ``fuel_parameter``, ``ncv_missing``, ``unknown_unit``,
            ``ELEC_FACTOR_KIND_MISMATCH``, ``ELEC_SUBNATIONAL_NOT_PUBLISHED``, ``ELEC_FACTOR_NOT_PUBLISHED``.
    """
    faults, asking = Collector(), _Asking(releases, draft, regime)
    bought = {line.id: line for line in inventory.lines if line.kind == "bought"}
    factors: dict[str, ResolvedFactor | Gap] = {}
    for line in bought.values():
        found = _one(asking, line, line.factor or FactorName(), faults)
        if found is not None:
            factors[line.id] = found
    alternatives: dict[str, Mapping[str, ResolvedFactor | Gap]] = {}
    for term in inventory.deferred:
        if isinstance(term, Alternative):
            answers = {
                line_id: _one(asking, bought[line_id], name, faults, f" ({term.id})")
                for line_id, name in term.replaced.items()
                if line_id in bought
            }
            alternatives[term.id] = {line_id: found for line_id, found in answers.items() if found is not None}
    faults.raise_if_any()
    return ResolvedInventory(inventory, factors, alternatives)


@dataclass(frozen=True, slots=True)
class _Asking:
    releases: Sequence[Release]
    draft: bool
    regime: str


def _one(
    asking: _Asking, line: Line, name: FactorName, faults: Collector, case: str = ""
) -> ResolvedFactor | Gap | None:
    about, releases = _about(line), asking.releases
    where = (line.row or f"{line.process} / {line.input or line.id}") + case
    try:
        if name.id or name.series:
            choice = choose(releases, name, about)
            if asking.draft and choice.factor.unlinked:
                return open_gap(choice, name)
            return answer(choice, releases, line, name, about, asking.regime)
        raise Refused([gap_fault(releases, name, about)])
    except Refused as refused:
        if (asking.draft or not line.counts) and all(fault.code in GAP_CODES for fault in refused.faults):
            why = refused.faults[0].code
            return Gap(name.key() or line.id, line.unit, name.range, nearest(releases, name, about), why)
        faults.take(refused, where)
        return None


def _about(line: Line) -> str:
    """What the line calls its input: its own id and both names, without repeating one."""
    words = [line.input, line.label.get("zh", ""), line.label.get("en", "")]
    return " ".join(dict.fromkeys(word for word in words if word)) or line.id
