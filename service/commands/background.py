"""``pcf background publish|check``: a solved background as one hashed folder, and that folder held against itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing

app = typer.Typer(no_args_is_help=True, help="Solved backgrounds: publish, check. 背景数据库的求解发布与校验。")


@app.command()
def publish(
    source: Annotated[str, typer.Argument(help="A file of unit processes (with --as), or a release of the store.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="New folder to write.")],
    as_: Annotated[str, typer.Option("--as", help="Importer of the file; pcf factors importers lists them.")] = "",
    release_id: Annotated[str, typer.Option("--id", help="Id of the release, as in pcf factors import.")] = "",
    layer: Annotated[str, typer.Option(help="Layer of the release, as in pcf factors import.")] = "",
    link: Annotated[str, typer.Option(help="Releases whose factors unit processes may buy from: a,b.")] = "cn-2026.1",
    order: Annotated[str, typer.Option(help="Order of elimination: colamd, mmd, metis; it moves no digit.")] = "colamd",
    gwp: Annotated[str, typer.Option(help="GWP sets with commas.")] = "AR6",
    draws: Annotated[int, typer.Option(help="Draws of the whole system, 256 or more; 0: none.")] = 256,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 1,
    workers: Annotated[int, typer.Option(help="Worker processes for draws; they move no digit.")] = 1,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Intensities by line and GWP set, ten certain digits each, and draws, in one hashed folder. 发布背景强度。"""
    check_format(format_)
    from service.background_publish import Asked, of_file, publish_background
    from service.desk import release_opener
    from service.importing import linked
    from service.text.background import print_published, published_row

    with refusing(lang, as_json=format_ == "json"):
        opened = release_opener(store)  # no store is made by publishing a folder
        links = linked([opened(name) for name in link.split(",") if name])
        release = of_file(Path(source), as_, release_id, layer, links) if as_ else opened(source)
        sets = tuple(name.strip() for name in gwp.split(",") if name.strip())
        done = publish_background(release, links, output, Asked(order, sets, draws, seed, workers))
    if format_ == "json":
        print_json(published_row(done))
    else:
        print_published(console(), done, language(lang))


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="A folder of pcf background publish.")],
    sha256: Annotated[str, typer.Option("--sha256", help="Hash of its manifest, where it is known.")] = "",
    release: Annotated[str, typer.Option(help="Release of the store that it must have been made from.")] = "",
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Every byte by hash, every figure by its residual; exit 4 where one differs. 按哈希与残差校验背景。"""
    check_format(format_)
    from lca.faults import Refused
    from service.background_folder import check_background
    from service.desk import release_opener
    from service.text.background import checked_row, print_checked

    with refusing(lang, as_json=format_ == "json"):
        known = release_opener(store)(release) if release else None
        try:
            done = check_background(folder, sha256, known)
        except Refused as refused:
            if not any(fault.code in ("artefact_changed", "background_misses") for fault in refused.faults):
                raise
            _tampered(refused, format_, lang)
    if format_ == "json":
        print_json(checked_row(done))
    else:
        print_checked(console(), done, language(lang))


def _tampered(refused: Exception, format_: str, lang: str) -> None:
    try:
        with refusing(lang, as_json=format_ == "json"):
            raise refused
    except typer.Exit:
        raise typer.Exit(4) from None
