"""``pcf tornado``: which inputs move the total most; nothing is sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing


def tornado(
    file: Annotated[Path, typer.Argument(help="Activity data: .yaml, .json or .xlsx.")],
    product: Annotated[str, typer.Option(help="Product id; default: the first.")] = "",
    regime: Annotated[str, typer.Option(help="Regime id; default: the file's, then the rule's first.")] = "",
    release: Annotated[
        str, typer.Option(help="Factor releases with commas, e.g. mine,cn-2026.1; default: cn-2026.1.")
    ] = "",
    draft: Annotated[bool, typer.Option("--draft", help="Answer gaps with their sourced ranges, as a band.")] = False,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Change every input alone by a little and rank what it moves. 逐一微调各输入项，列出影响最大的输入。"""
    check_format(format_)
    from service.calculate import Asked
    from service.desk import release_opener
    from service.intake import read_file
    from service.text.tornado import as_json, print_tornado
    from service.tornado import tornado as run

    with refusing(lang, as_json=format_ == "json"):
        asked = Asked(regime=regime, release=release, draft=draft)
        found = run(read_file(file), asked, product=product, releases=release_opener(store))
        if format_ == "json":
            print_json(as_json(found))
            return
        print_tornado(console(), found, language(lang))
