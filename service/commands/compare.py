"""``pcf compare``: the same works under several regimes; nothing is sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing


def compare(
    file: Annotated[Path, typer.Argument(help="Activity data: .yaml, .json or .xlsx.")],
    regimes: Annotated[str, typer.Option(help="Regime ids, with commas; default: all of the rule.")] = "",
    product: Annotated[str, typer.Option(help="Product id; default: the first.")] = "",
    release: Annotated[
        str, typer.Option(help="Factor releases with commas, e.g. mine,cn-2026.1; default: cn-2026.1.")
    ] = "",
    draft: Annotated[bool, typer.Option(help="Answer gaps with their sourced ranges, as a band; else refuse.")] = True,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Show one works under several regimes, and why the totals differ. 同一工厂在不同制度下的结果及差异原因。"""
    check_format(format_)
    from rich.console import Console

    from pcr.intake import rule_and_regime
    from pcr.registry import find_rule
    from service.compare import compare as run
    from service.compare_json import as_json
    from service.desk import release_opener
    from service.intake import read_file
    from service.text.compare import WIDTH, print_comparison

    with refusing(lang, as_json=format_ == "json"):
        sent = read_file(file)
        named = [name for name in regimes.split(",") if name.strip()]
        if not named:
            rule, version, _ = rule_and_regime(sent.data)
            named = list(find_rule(rule, version).rule.regimes)
        found = run(sent, named, product=product, release=release, draft=draft, releases=release_opener(store))
        if format_ == "json":
            print_json(as_json(found))
            return
        wide = console()
        out = wide if wide.is_terminal else Console(highlight=False, markup=False, width=WIDTH)
        print_comparison(out, found, language(lang))
