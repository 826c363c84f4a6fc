"""``pcf contributions``: what a record's total is made of, through the suppliers' records behind it."""

from __future__ import annotations

from typing import Annotated

import typer

from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing


def contributions(
    record: Annotated[str, typer.Argument(help="A record file, or the name of a stored record.")],
    least: Annotated[str, typer.Option(help="Leave out what is below this share of the total, per cent.")] = "0.5",
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Contributions as a tree, opened into suppliers' records. 贡献树，可展开到供应商的核算记录。"""
    check_format(format_)
    from lca.exact import Exact
    from service.commands.shared import record_from
    from service.desk import open_desk
    from service.text.branches import branch_rows, print_branches
    from service.through import through

    with refusing(lang, as_json=format_ == "json"):
        held = record_from(record, store)
        share = Exact.parse(least, "--least") / 100
        with open_desk(store) as desk:
            found = through(held, desk.records)
    if format_ == "json":
        print_json(branch_rows(found))
    else:
        print_branches(console(), held, found, share, language(lang))
