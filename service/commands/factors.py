"""``pcf factors``: search, select, show, publish, open, diff, as-of, impact."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from service.commands import factor_files, goods, importing
from service.commands.shared import Format, Lang, Releases, Store, check_format, console, language, print_json, refusing
from service.text.factor_words import said

app = typer.Typer(no_args_is_help=True, help="The factor database. 因子库。")
Release = Annotated[str, typer.Option(help="Factor release.")]


def _layers(names: str, store: str) -> Any:
    """The releases of ``names``, top layer first; the store is opened only for one that is not shipped."""
    from factordb.layers import open_layers
    from factordb.release import shipped

    if set(names.split(",")) <= set(shipped()):
        return open_layers(names).releases
    from service.desk import release_opener

    return open_layers(names, release_opener(store)).releases


@app.command()
def search(
    text: str,
    release: Releases = "cn-2026.1",
    kind: Annotated[str, typer.Option(help="Only this kind, such as cradle_to_gate.")] = "",
    place: Annotated[str, typer.Option(help="Only this place and its parts, such as CN.")] = "",
    limit: int = 12,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Find factors by name, pinyin (shuini, sn), id, code or category. 按名称、拼音、编号、编码或类别查找因子。"""
    check_format(format_)
    from factordb.search import find
    from service.text.finding import found_rows, print_found

    def keep(factor: Any) -> bool:
        return kind in ("", factor.kind) and (not place or f"{factor.place}-".startswith(f"{place}-"))

    with refusing(lang, as_json=format_ == "json"):
        found = find(_layers(release, store), text, limit, keep)
    if format_ == "json":
        print_json(found_rows(found))
    else:
        print_found(console(), found, text, language(lang))


@app.command()
def select(
    text: Annotated[str, typer.Argument(help="Words of the name, in Chinese, pinyin or English.")] = "",
    place: Annotated[str, typer.Option(help="Place of use: CN, CN-YN, DE.")] = "",
    year: Annotated[int | None, typer.Option(help="Year of use; a later value does not answer.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Kind admitted; repeat, best first.")] = None,
    unit: Annotated[str, typer.Option(help="The factor must be per this dimension: t, kWh.")] = "",
    category: Annotated[str, typer.Option(help="Only this category.")] = "",
    technology: Annotated[str, typer.Option(help="Technology or route.")] = "",
    regime: Annotated[str, typer.Option(help="Regime the value is for.")] = "",
    proxy: Annotated[bool, typer.Option(help="Whether another place or technology may answer.")] = True,
    release: Releases = "cn-2026.1",
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Choose a factor by its attributes; says what decided, and the runner-up. 按属性选取因子，说明决定因素与次选。"""
    check_format(format_)
    from factordb.kinds import LIFE_CYCLE
    from factordb.select import Wanted
    from factordb.select import select as choose
    from service.text.finding import print_selection, selection_row

    kinds = tuple(dict.fromkeys(kind or LIFE_CYCLE))
    wanted = Wanted(text, kinds, category, technology, place, year, unit, regime, proxy)
    with refusing(lang, as_json=format_ == "json"):
        selection = choose(_layers(release, store), wanted)
    if format_ == "json":
        print_json(selection_row(selection))
    else:
        print_selection(console(), selection, language(lang))


@app.command()
def show(factor: str, release: Releases = "cn-2026.1", store: Store = "", lang: Lang = "") -> None:
    """Everything that is known of one factor, with source, licence and standing today, as JSON. 因子的全部信息。"""
    from datetime import UTC, datetime

    from factordb.layers import open_layers
    from lca.faults import Fault, Refused
    from service.desk import release_opener
    from service.text.finding import factor_facts

    with refusing(lang):
        layers = open_layers(release, release_opener(store))
        for opened in layers.releases:
            found = opened.find(factor)
            if found is not None:
                print_json(factor_facts(opened, found, datetime.now(UTC).date().isoformat()))
                return
        near = ", ".join(item.id for opened in layers.releases for item in opened.search(factor, 4))
        raise Refused([Fault("factor_unknown", found=factor, expected=near or "pcf factors search")])


@app.command()
def releases(store: Store = "", lang: Lang = "") -> None:
    """The shipped releases and those of the store, each opened and its hash checked. 内置与本库的因子版本。"""
    from factordb.publish import published
    from factordb.release import shipped
    from service.desk import open_desk, release_opener, store_place

    with refusing(lang):
        place, names = store_place(store), list(shipped())
        if "://" in place or Path(place).is_file():
            with open_desk(store) as desk:
                names += [name for name in published(desk.engine) if name not in names]
        for name in names:
            opened = release_opener(store)(name)
            console().print(f"{name}  {opened.layer}  {len(opened.factors)}  sha256 {opened.sha256}")


@app.command()
def publish(
    folder: Annotated[Path, typer.Argument(help="Release folder, .xlsx or .json.")],
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Check, seal and keep a release written as files; prints its hash. 检查、封存并保存一个因子版本。"""
    from factordb.exports.door import from_place
    from factordb.publish import publish as seal
    from service.desk import open_desk

    with refusing(lang), open_desk(store) as desk:
        content = from_place(folder)
        sha256 = seal(desk.engine, content)
        console().print(f"{said('published', language(lang))}: {content.meta['id']}  sha256 {sha256}")


@app.command("open")
def open_(release: str, format_: Format = "text", store: Store = "", lang: Lang = "") -> None:
    """Open a release, re-check its hash and say what is in it. 打开因子版本，校验哈希并列出内容。"""
    check_format(format_)
    from service.desk import release_opener
    from service.text.releases import facts, print_facts

    with refusing(lang, as_json=format_ == "json"):
        opened = release_opener(store)(release)
        if format_ == "json":
            print_json(facts(opened))
        else:
            print_facts(console(), opened, language(lang))


@app.command()
def diff(
    old: str,
    new: str,
    output: Annotated[str, typer.Option("-o", "--output", help="Write .xlsx or .json instead.")] = "",
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """What differs between two releases, and which records use it. 两个因子版本的差异及受影响的核算记录。"""
    check_format(format_)
    import json

    from factordb.diff import diff as compare
    from service.desk import open_desk
    from service.text.factors import diff_rows, print_diff, write_diff

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        lines = compare(desk.release(old), desk.release(new))
        rows = diff_rows(lines, desk.records.using(line.id for line in lines))
    if output.endswith(".xlsx"):
        write_diff(Path(output), rows, language(lang))
    elif output:
        Path(output).write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    elif format_ == "json":
        print_json(rows)
    else:
        print_diff(console(), rows, language(lang))


@app.command("as-of")
def as_of(
    text: Annotated[str, typer.Argument(help="Id, series or words.")],
    in_force: Annotated[str, typer.Option(help="Day the value is used for, 2026-03-01.")] = "",
    known: Annotated[str, typer.Option(help="Day it was looked up on; default: today.")] = "",
    release: Release = "cn-2026.1",
    limit: int = 20,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """What was in force on a day, as known on another. 某日有效的数值（以另一日已知为准）。"""
    check_format(format_)
    from datetime import UTC, datetime

    from factordb.as_of import related, standing
    from service.desk import release_opener
    from service.text.factors import print_standing, standing_rows

    today = datetime.now(UTC).date().isoformat()
    known = known or today
    with refusing(lang, as_json=format_ == "json"):
        opened = release_opener(store)(release)
        found = standing(related(opened, text, limit), in_force or known, known)
    if format_ == "json":
        print_json(standing_rows(found))
    else:
        print_standing(console(), found, language(lang))


@app.command()
def impact(
    old: str,
    new: str,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """What a newer release would make of the stored records; none is changed. 新版本对已存核算记录的影响。"""
    check_format(format_)
    from service.desk import open_desk
    from service.impact import impact as run
    from service.text.factors import impact_rows, print_impact

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        moved = run(desk.records, old, new, desk.release)
    if format_ == "json":
        print_json(impact_rows(moved))
    else:
        print_impact(console(), moved, language(lang))


@app.command()
def receive(
    file: Annotated[Path, typer.Argument(help="A record, a PACT 3 footprint (JSON), or a filled workbook.")],
    supplier: Annotated[str, typer.Option(help="Name of the supplier; default: what the file says.")] = "",
    layer: Annotated[str, typer.Option(help="Layer that grows by it.")] = "suppliers",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Check a supplier's footprint and make it a factor of the supplier layer. 接收供应商碳足迹并作为因子。"""
    from service.desk import open_desk
    from service.receive import receive as take
    from service.records.key_ring import keys_here
    from service.text.factors import print_taken

    with refusing(lang), open_desk(store) as desk:
        taken = take(desk, file, supplier=supplier, layer=layer, keys=keys_here(store))
        print_taken(console(), taken, language(lang))


app.command("import")(importing.import_)
app.command()(importing.mapping)
app.command()(importing.importers)
app.command()(factor_files.export)
app.command()(factor_files.template)
app.command()(goods.goods)
