"""``pcf alternatives``: the same works under every way of sharing that its rule admits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.commands.shared import Format, Lang, Releases, Store, check_format, console, language, print_json, refusing


def alternatives(
    file: Annotated[Path, typer.Argument(help="Activity data: .yaml, .json or .xlsx.")],
    together: Annotated[bool, typer.Option("--together", help="All combinations too: least and most.")] = False,
    product: Annotated[str, typer.Option(help="One product only.")] = "",
    regime: Annotated[str, typer.Option(help="Default: what the data say.")] = "",
    release: Releases = "",
    draft: Annotated[bool, typer.Option("--draft", help="Gaps as bands.")] = False,
    store: Store = "",
    format_: Format = "text",
    lang: Lang = "",
) -> None:
    """Every admissible way of sharing side by side; nothing is sealed. 各种允许的分配方法对比（不封存）。"""
    check_format(format_)
    from service.alternatives import alternatives as run
    from service.calculate import Asked
    from service.desk import open_desk
    from service.intake import read_file
    from service.text.alternatives import as_json, print_alternatives

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        found = run(read_file(file), Asked(regime, release, draft), desk.release, together=together)
    if format_ == "json":
        print_json(as_json(found))
    else:
        print_alternatives(console(), found, language(lang), product)
