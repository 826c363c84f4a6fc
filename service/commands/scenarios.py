"""``pcf scenarios``: the same works with other numbers, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.commands.shared import Format, Lang, Releases, Store, check_format, console, language, print_json, refusing


def scenarios(
    file: Annotated[Path, typer.Argument(help="Activity data: .yaml, .json or .xlsx.")],
    listed: Annotated[Path, typer.Argument(metavar="SCENARIOS", help="Parameters, what they set, scenarios: .yaml.")],
    product: Annotated[str, typer.Option(help="One product only.")] = "",
    regime: Annotated[str, typer.Option(help="Default: what the data say.")] = "",
    release: Releases = "",
    draft: Annotated[bool, typer.Option("--draft", help="Gaps as bands.")] = False,
    background: Annotated[
        str,
        typer.Option(help="Folders of pcf background publish with commas; else backgrounds/<release> by the store."),
    ] = "",
    store: Store = "",
    format_: Format = "text",
    lang: Lang = "",
) -> None:
    """Named parameters and scenarios side by side; nothing is sealed. 参数与情景对比（不封存）。"""
    check_format(format_)
    from service.background_folder import beside
    from service.calculate import Asked
    from service.cbam.run import read_file as read_plain
    from service.desk import DEFAULT_RELEASE, open_desk, store_place
    from service.intake import read_file
    from service.scenarios import read_scenarios
    from service.scenarios import scenarios as run
    from service.text.scenarios import as_json, print_scenarios
    from service.uncertainty_background import open_backgrounds

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        read = read_scenarios(read_plain(listed))
        folders = [Path(name.strip()) for name in background.split(",") if name.strip()]
        if not folders and any(item.background for item in read):
            names = [name.strip() for name in (release or DEFAULT_RELEASE).split(",")]
            folders = beside(store_place(store), names)
        worlds = open_backgrounds(folders)
        found = run(read_file(file), read, Asked(regime, release, draft), desk.release, worlds)
    if format_ == "json":
        print_json(as_json(found))
    else:
        print_scenarios(console(), found, language(lang), product)
    if any(item.faults for item in found):
        raise typer.Exit(1)
