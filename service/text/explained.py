"""Upstream tree, flows and derivatives of a record on a terminal and as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from lca.exact import Exact
from lca.gradient import Gradient
from lca.tree import Flow, Node
from service.explain import Explained
from service.text.words import Language, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "direct": ("own", "自身"),
    "cut": ("{count} smaller branches", "另有 {count} 个较小分支"),
    "band": ("The result is a band; this is its low end.", "结果为区间，此为其下限。"),
    "from": ("From", "来自"),
    "to": ("To", "去向"),
    "product": ("the product", "产品"),
    "kg": ("kg CO2e", "kg CO2e"),
    "coefficient": ("Exchange", "交换"),
    "amount": ("amount per run", "每次运行的量"),
    "slope": ("d total / d amount", "总量对其导数"),
    "elasticity": ("1 % moves the total by, %", "变动1%的影响 %"),
    "first": ("The {count} strongest of {whole}.", "影响最大的 {count} 项（共 {whole} 项）。"),
}
SHOWN: Final = 30


def print_tree(console: Console, found: Explained, trees: Sequence[Node], language: Language) -> None:
    """A line a branch: kg CO2e, share, the maker, the amount it gives, what it emits itself."""
    if found.band:
        console.print(Text(pick(WORDS, "band", language), style="yellow"))
    for root in trees:
        top = Tree(Text(_line(root, root.total, language), style="bold"))
        _grow(top, root, root.total, language)
        console.print(top)


def _grow(tree: Tree, node: Node, whole: Exact, language: Language) -> None:
    for item in node.below:
        _grow(tree.add(Text(_line(item, whole, language))), item, whole, language)
    if node.cut:
        words = pick(WORDS, "cut", language).format(count=node.cut)
        tree.add(Text(f"{node.rest.significant(6):>12}  {_share(node.rest, whole):>7}  {words}", style="dim"))


def _line(node: Node, whole: Exact, language: Language) -> str:
    own = pick(WORDS, "direct", language)
    head = f"{node.total.significant(6):>12}  {_share(node.total, whole):>7}  {node.process}"
    return f"{head}  ({node.amount.significant(4)} {node.product}; {own} {node.direct.significant(4)})"


def _share(value: Exact, whole: Exact) -> str:
    return f"{(value / whole * 100).places(1)} %" if whole else ""


def tree_rows(trees: Sequence[Node]) -> list[dict[str, Any]]:
    """The tree as plain values, six digits."""
    return [
        {
            "product": node.product, "process": node.process, "amount": node.amount.significant(6),
            "total": node.total.significant(6), "direct": node.direct.significant(6),
            "rest": node.rest.significant(6), "cut": node.cut, "below": tree_rows(node.below),
        } for node in trees
    ]  # fmt: skip


def print_flows(console: Console, found: Sequence[Flow], least: Exact, language: Language) -> None:
    """Hand-overs, the largest first."""
    whole = sum((flow.value for flow in found if not flow.to), Exact(0))
    table = Table(box=None, padding=(0, 1))
    for title in ("from", "to"):
        table.add_column(pick(WORDS, title, language), overflow="fold")
    table.add_column(pick(WORDS, "kg", language), justify="right")
    table.add_column("%", justify="right")
    for flow in sorted(found, key=lambda item: float(-abs(item.value))):
        if abs(flow.value) >= abs(whole) * least:
            to = flow.to or pick(WORDS, "product", language)
            table.add_row(flow.source, to, flow.value.significant(6), _share(flow.value, whole))
    console.print(table)


def flow_rows(found: Sequence[Flow]) -> list[dict[str, str]]:
    """Hand-overs as plain values; ``to`` is empty for the demand."""
    return [{"from": flow.source, "to": flow.to, "kg_co2e": flow.value.significant(6)} for flow in found]


def gradient_rows(found: Explained, held: Gradient) -> list[dict[str, str]]:
    """Every exchange with its derivative and elasticity, the strongest first."""
    rows = []
    for kind, entries, slopes in (("A", found.system.a, held.of_a), ("B", found.system.b, held.of_b)):
        for key, amount in entries.items():
            elasticity = slopes[key] * amount / held.score if held.score else Exact(0)
            rows.append((abs(float(elasticity)), {
                "matrix": kind, "row": key[0], "process": key[1], "amount": amount.significant(6),
                "derivative": slopes[key].significant(6), "elasticity": elasticity.significant(6),
            }))  # fmt: skip
    return [row for _, row in sorted(rows, key=lambda item: (-item[0], item[1]["row"], item[1]["process"]))]


def print_gradient(console: Console, rows: Sequence[Mapping[str, str]], language: Language) -> None:
    """The strongest exchanges."""
    table = Table(box=None, padding=(0, 1))
    table.add_column(pick(WORDS, "coefficient", language), overflow="fold")
    for title in ("amount", "slope", "elasticity"):
        table.add_column(pick(WORDS, title, language), justify="right")
    for row in rows[:SHOWN]:
        name = f"{row['process']} ← {row['row']}" if row["matrix"] == "A" else f"{row['process']} → {row['row']}"
        table.add_row(name, row["amount"], row["derivative"], row["elasticity"])
    console.print(table)
    words = pick(WORDS, "first", language).format(count=min(SHOWN, len(rows)), whole=len(rows))
    console.print(words)
