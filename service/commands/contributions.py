"""``pcf contributions``: what a record's total is made of: suppliers' tiers, upstream tree, flows, derivatives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing

VIEWS = ("suppliers", "tree", "flows", "gradient")


def contributions(
    record: Annotated[str, typer.Argument(help="A record file, or the name of a stored record.")],
    view: Annotated[str, typer.Option(help="suppliers, tree, flows or gradient.")] = "suppliers",
    least: Annotated[str, typer.Option(help="Leave out what is below this share of the total, per cent.")] = "0.5",
    depth: Annotated[int, typer.Option(min=1, max=60, help="Of the upstream tree.")] = 12,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="flows: .svg or .json to write.")] = None,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """What a total is made of: suppliers, upstream tree, flows, derivatives. 贡献：供应商、上游树、流向、导数。"""
    check_format(format_)
    if view not in VIEWS:
        raise typer.BadParameter(", ".join(VIEWS), param_hint="--view")
    if output is not None and (view != "flows" or output.suffix not in (".svg", ".json")):
        raise typer.BadParameter("a name that ends with .svg or .json, with --view flows", param_hint="--output")
    from lca.exact import Exact
    from service.commands.shared import record_from
    from service.desk import open_desk
    from service.text.branches import branch_rows, print_branches
    from service.through import through

    with refusing(lang, as_json=format_ == "json"):
        held = record_from(record, store)
        share = Exact.parse(least, "--least") / 100
        if view != "suppliers":
            _explain(held, view, share, depth, output, format_, lang)
            return
        with open_desk(store) as desk:
            found = through(held, desk.records)
    if format_ == "json":
        print_json(branch_rows(found))
    else:
        print_branches(console(), held, found, share, language(lang))


def _explain(
    held: dict[str, Any], view: str, share: Any, depth: int, output: Path | None, format_: str, lang: str
) -> None:
    """Views out of the record's own system, and the drawing out of its public contributions."""
    from service.explain import explained
    from service.report.flows import as_data, of_view, said
    from service.report.sankey import sankey
    from service.report.view import view_of
    from service.text.explained import (
        flow_rows,
        gradient_rows,
        print_flows,
        print_gradient,
        print_tree,
        tree_rows,
    )

    words = language(lang)
    if output is not None:
        shown = view_of(held, words)
        drawing, credits = of_view(shown)
        if output.suffix == ".svg":
            output.write_text(
                str(sankey(drawing, shown.word("flows"), said(drawing), alone=True) or "<svg/>"), encoding="utf-8"
            )
        else:
            data = as_data(drawing, shown.result["total_unit"], credits)
            output.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        console().print(f"-> {output}")
        return
    found = explained(held)
    if view == "tree":
        trees = found.tree(share, depth)
        print_json(tree_rows(trees)) if format_ == "json" else print_tree(console(), found, trees, words)
    elif view == "flows":
        made = found.flows()
        print_json(flow_rows(made)) if format_ == "json" else print_flows(console(), made, share, words)
    else:
        held_ = found.gradient()
        rows = gradient_rows(found, held_)
        print_json(rows) if format_ == "json" else print_gradient(console(), rows, words)
