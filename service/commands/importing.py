"""``pcf factors import|mapping|importers``: foreign files into a release of the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing

if TYPE_CHECKING:
    from service.importing import Imported, Progress


def import_(
    file: Annotated[Path, typer.Argument(help="The file as it was published.")],
    as_: Annotated[str, typer.Option("--as", help="Importer; pcf factors importers lists them.")],
    release_id: Annotated[str, typer.Option("--id", help="Id of the new release; default: the source's.")] = "",
    layer: Annotated[str, typer.Option(help="public, supplier, private; default: as the licence allows.")] = "",
    mapping: Annotated[Path | None, typer.Option(help="Mapping of a table, see pcf factors mapping.")] = None,
    link: Annotated[str, typer.Option(help="Releases whose factors unit processes may buy from: a,b.")] = "cn-2026.1",
    rejected: Annotated[Path | None, typer.Option(help="CSV to write of every row not taken.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report; publish nothing.")] = False,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Read a foreign file; seal what can be used as a release, list what cannot. 导入外部因子文件并封存。"""
    check_format(format_)
    from service.desk import open_desk
    from service.importing import import_file
    from service.text.imported import imported_row, print_imported

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk, _progress(format_ == "text") as told:
        done: Imported = import_file(
            file,
            as_,
            None if dry_run else desk.engine,
            release_id=release_id,
            layer=layer,
            mapping=mapping,
            links=[desk.release(name) for name in link.split(",")],
            rejected=rejected,
            progress=told,
        )
    if format_ == "json":
        print_json(imported_row(done))
    else:
        print_imported(console(), done, language(lang))


def mapping(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX table of factors.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The YAML to write and to correct by hand.")],
    lang: Lang = "",
) -> None:
    """Guess which column of a table is what, as a file to correct. 为表格生成列映射文件，供人工修改。"""
    from factordb.imports.guess import guess

    with refusing(lang):
        output.write_text(guess(file), encoding="utf-8")
        console().print(f"-> {output}")


def importers(lang: Lang = "") -> None:
    """The importers there are. 可用的导入器。"""
    from factordb.imports.registry import IMPORTERS

    said = language(lang)
    for name, item in sorted(IMPORTERS.items()):
        console().print(f"{name:<18} {item.title_zh if said == 'zh' else item.title_en}")


@contextmanager
def _progress(shown: bool) -> Iterator[Progress]:
    """A bar with what is read of what, on a terminal only."""
    out: Any = console(error=True)
    if not shown or not out.is_terminal:
        yield lambda done, total: None
        return
    from rich.progress import Progress as Bar

    with Bar(console=out, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
