"""``pcf erp``: products of a company by its own numbers, from the tables of an ERP system."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from service.commands.batch import progress_bar
from service.commands.shared import (
    Format,
    Lang,
    Releases,
    Store,
    check_format,
    console,
    language,
    print_json,
    refusing,
)

app = typer.Typer(no_args_is_help=True, help="Footprints of your products from ERP tables. 企业产品碳足迹。")
materials = typer.Typer(no_args_is_help=True, help="Your numbers and what answers for them. 物料对应。")
boms = typer.Typer(no_args_is_help=True, help="Bills of materials. 物料清单。")
months = typer.Typer(no_args_is_help=True, help="Meters, fuels and outputs of plants by month. 工厂月度数据。")
plants = typer.Typer(no_args_is_help=True, help="Plants with their place and grid. 工厂。")
for group, name in ((materials, "materials"), (boms, "boms"), (months, "months"), (plants, "plants")):
    app.add_typer(group, name=name)

File = Annotated[Path, typer.Argument(help="CSV: UTF-8, UTF-16 or GB18030; comma, semicolon or tab.")]
Partial = Annotated[bool, typer.Option("--partial", help="Import what is right and list the rest.")]
PeriodOf = Annotated[str, typer.Option("--period", help="2026, 2026-Q1, 2026-01..2026-06.")]
After = Annotated[str, typer.Option("--after", help="Go on after this key.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="Rows of a page.")]


@materials.command("import")
def import_materials(
    file: File, partial: Partial = False, release: Releases = "", format_: Format = "text", store: Store = "",
    lang: Lang = "",
) -> None:  # fmt: skip
    """Upsert numbers, units and what they map to, as one version. 导入物料对应。"""
    from service.erp.materials import COLUMNS
    from service.erp.materials import import_materials as run

    def done(desk: Any, table: Any) -> Any:
        from service.erp.night import opened

        found = opened(desk, release)
        return run(desk, table, actor="pcf erp", releases=(*found.picked, *found.pinned), partial=partial)

    _import(file, COLUMNS, done, format_, store, lang)


@boms.command("import")
def import_boms(
    file: File, partial: Partial = False, format_: Format = "text", store: Store = "", lang: Lang = ""
) -> None:
    """Replace the bills of materials that a file names, as one version. 导入物料清单。"""
    from service.erp.boms import COLUMNS
    from service.erp.boms import import_boms as run

    _import(file, COLUMNS, lambda desk, table: run(desk, table, actor="pcf erp", partial=partial), format_, store, lang)


@months.command("import")
def import_months(
    file: File, partial: Partial = False, format_: Format = "text", store: Store = "", lang: Lang = ""
) -> None:
    """Upsert meters, fuels and outputs of plant-months, as one version. 导入工厂月度数据。"""
    from service.erp.months import COLUMNS
    from service.erp.months import import_months as run

    _import(file, COLUMNS, lambda desk, table: run(desk, table, actor="pcf erp", partial=partial), format_, store, lang)


@plants.command("import")
def import_plants(
    file: File, partial: Partial = False, format_: Format = "text", store: Store = "", lang: Lang = ""
) -> None:
    """Upsert plants: name, place, what their meters are shared by. 导入工厂。"""
    from service.erp.plants import COLUMNS
    from service.erp.plants import import_plants as run

    _import(file, COLUMNS, lambda desk, table: run(desk, table, actor="pcf erp", partial=partial), format_, store, lang)


def _import(file: Path, columns: Any, run: Callable[[Any, Any], Any], format_: str, store: str, lang: str) -> None:
    check_format(format_)
    from lca.faults import Fault, Refused
    from service.desk import open_desk
    from service.erp.tables import read_csv
    from service.text.erp import print_imported
    from service.text.faults import problem

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        if not file.is_file():
            raise Refused([Fault("file_missing", str(file), found="no such file", expected="a file")])
        done = run(desk, read_csv(file.read_bytes(), columns, file.name))
    if format_ == "json":
        print_json({"ok": not done.faults, **done.plain(), **problem(done.faults, language(lang))})
    else:
        print_imported(console(), done, language(lang))
    raise typer.Exit(1 if done.faults else 0)


@materials.command("list")
def list_materials(
    number: Annotated[str, typer.Option("--number", help="One number, with all its days.")] = "",
    after: After = "", limit: Limit = 50, format_: Format = "text", store: Store = "", lang: Lang = "",
) -> None:  # fmt: skip
    """Your materials as they are now. 列出物料。"""
    check_format(format_)
    from service.desk import open_desk
    from service.erp.reading import list_materials as run
    from service.text.erp import print_materials

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        rows, key = run(desk, number=number, after=after, limit=limit)
    if format_ == "json":
        print_json({"materials": rows, "after": key})
    else:
        print_materials(console(), rows, key, language(lang))


@materials.command("unmapped")
def unmapped_materials(
    period: PeriodOf, release: Releases = "", after: After = "", limit: Limit = 50, format_: Format = "text",
    store: Store = "", lang: Lang = "",
) -> None:  # fmt: skip
    """Numbers that a period uses and nothing answers for, with suggestions. 列出未对应物料及建议因子。"""
    check_format(format_)
    from service.desk import open_desk
    from service.erp.night import opened
    from service.erp.period import period_of
    from service.erp.unmapped import unmapped
    from service.text.erp import print_unmapped

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        found = opened(desk, release)
        rows, key = unmapped(desk, period_of(period), (*found.picked, *found.pinned), after=after, limit=limit)
    if format_ == "json":
        print_json({"unmapped": rows, "after": key})
    else:
        print_unmapped(console(), rows, key, language(lang))


@app.command()
def show(
    number: Annotated[str, typer.Argument(help="Own number of the product.")],
    plant: Annotated[str, typer.Option("--plant", help="Plant.")],
    period: PeriodOf, release: Releases = "", store: Store = "", lang: Lang = "",
) -> None:  # fmt: skip
    """The activity data a product is calculated from, as `pcf calculate` takes them. 显示产品的活动数据。"""
    from service.desk import open_desk
    from service.erp.night import Wanted
    from service.erp.show import show as run

    with refusing(lang), open_desk(store) as desk:
        told = run(desk, number, plant, Wanted(period, release=release))
    out = console(error=True)
    out.print(f"{told['item']}  --release {told['release']}")
    if told["open"]:
        out.print(", ".join(told["open"]))
    print_json(told["data"])


@app.command()
def calculate(
    period: PeriodOf,
    all_: Annotated[bool, typer.Option("--all/--changed", help="Calculate all again, or only what changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing; list what moves.")] = False,
    threshold: Annotated[str, typer.Option("--threshold", help="Per cent from which a dry run lists a product.")] = "1",
    release: Releases = "",
    regime: Annotated[str, typer.Option(help="Regime id; default: the plant's, then the rule's first.")] = "",
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes that calculate.")] = 1,
    format_: Format = "text", store: Store = "", lang: Lang = "",
) -> None:  # fmt: skip
    """Calculate every product of a period, what changed and nothing else. 夜间核算：仅核算有变化的产品。"""
    check_format(format_)
    from lca.exact import Exact
    from service.desk import open_desk
    from service.erp.job import run_here
    from service.erp.night import Wanted, what_moves
    from service.text.erp import print_moves, print_night
    from service.text.faults import problem

    start, words = time.monotonic(), language(lang)
    wanted = Wanted(period, "all" if all_ else "changed", release, regime, workers)
    with (
        refusing(lang, as_json=format_ == "json"),
        open_desk(store) as desk,
        progress_bar(format_ == "text", words) as told,
    ):
        if dry_run:
            limit = Exact.parse(threshold, "--threshold")
            moves = what_moves(desk, wanted, threshold=limit, progress=told)
            failed = moves["failed"]
        else:
            done = run_here(desk, wanted, told)
            failed = done.done.failed
    listed = {item: problem(faults, words)["errors"] for item, faults in sorted(failed.items())}
    if format_ == "json":
        print_json({**(moves if dry_run else done.plain()), "failed_products": listed, "failed": len(failed)})
    elif dry_run:
        print_moves(console(), moves, words)
    else:
        print_night(console(), done, time.monotonic() - start, words)
    raise typer.Exit(1 if failed else 0)


@app.command("footprints")
def list_footprints(
    number: Annotated[str, typer.Option("--number", help="Own number of a product.")] = "",
    plant: Annotated[str, typer.Option("--plant", help="Plant.")] = "",
    period: Annotated[str, typer.Option("--period", help="Period.")] = "",
    valid_on: Annotated[str, typer.Option("--valid-on", help="In force at the end of this day.")] = "",
    changed_since: Annotated[str, typer.Option("--changed-since", help="Changed after this instant.")] = "",
    after: After = "", limit: Limit = 50, format_: Format = "text", store: Store = "", lang: Lang = "",
) -> None:  # fmt: skip
    """Footprints by your own numbers. 按企业产品号查询碳足迹。"""
    check_format(format_)
    from service.desk import open_desk
    from service.erp.footprints import find
    from service.text.erp import print_footprints

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        rows, key = find(
            desk, number=number, plant=plant, period=period, valid_on=valid_on, changed_since=changed_since,
            after=after.split(",") if after else (), limit=limit,
        )  # fmt: skip
    if format_ == "json":
        print_json({"footprints": rows, "after": key})
    else:
        print_footprints(console(), rows, key, language(lang))
