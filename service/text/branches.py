"""A tree of contributions on a terminal and as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from lca.exact import Exact
from service.text.factor_words import said
from service.text.result import quantity
from service.text.words import Language, label
from service.through import Branch, unexplained


def print_branches(
    console: Console, record: Mapping[str, Any], branches: Sequence[Branch], least: Exact, language: Language
) -> None:
    """One line a contribution: kg CO2e, share, name; a supplier's own below it. Small ones are counted, not shown."""
    result = record["sections"]["result"]
    head = f"{label(result['label'], language)}: {quantity(result['total'], language)} {result['total_unit']}"
    tree = Tree(Text(head, style="bold"))
    _grow(tree, branches, least, language)
    console.print(tree)


def _grow(tree: Tree, branches: Sequence[Branch], least: Exact, language: Language) -> None:
    small = [branch for branch in branches if branch.share is None or abs(branch.share) < least]
    for branch in branches:
        if branch in small:
            continue
        share = f"{(branch.share * 100).places(1)} %" if branch.share is not None else ""
        line = f"{branch.co2e.significant(6):>12}  {share:>7}  {label(branch.label, language) or branch.source}"
        if branch.supplier:
            line += f"  [{branch.supplier}]"
        if branch.closed:
            line += f"  ({said('closed_' + branch.closed.replace(' ', '_'), language)})"
        below = tree.add(Text(line))
        _grow(below, branch.below, least, language)
    if small:
        rest = sum((branch.co2e for branch in small), Exact(0))
        tree.add(Text(f"{rest.significant(6):>12}  {said('smaller', language).format(count=len(small))}", style="dim"))


def branch_rows(branches: Sequence[Branch]) -> list[dict[str, Any]]:
    """The tree as plain values; ``unexplained`` is what the branches below miss."""
    return [
        {
            "tier": branch.tier,
            "label": dict(branch.label),
            "stage": branch.stage,
            "source": branch.source,
            "co2e": branch.co2e.significant(6),
            "share": None if branch.share is None else branch.share.significant(6),
            "supplier": branch.supplier,
            "closed": branch.closed,
            "unexplained": unexplained(branch).significant(3),
            "below": branch_rows(branch.below),
        }
        for branch in branches
    ]
