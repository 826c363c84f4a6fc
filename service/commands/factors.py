"""``pcf factors``: search, show, publish, open, diff, as-of, impact."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing
from service.text.factor_words import said
from service.text.words import label

app = typer.Typer(no_args_is_help=True, help="The factor database. 因子库。")
Release = Annotated[str, typer.Option(help="Factor release.")]


def _plain(release: Any, factor: Any) -> dict[str, Any]:
    source, licence = release.source_of(factor), release.licence_of(factor)
    return {
        "id": factor.id,
        "name": {"en": factor.name_en, "zh": factor.name_zh},
        "value": factor.value,
        "unit": factor.unit,
        "kind": factor.kind,
        "place": factor.place,
        "year": factor.year,
        "gwp_set": factor.gwp_set,
        "confidence": factor.confidence,
        "note": factor.note,
        "source": {key: getattr(source, key) for key in ("id", "title", "publisher", "date")},
        "licence": {"code": licence.code, "may_redistribute": licence.may_redistribute},
        "release": release.id,
    }


@app.command()
def search(
    text: str,
    release: Release = "cn-2026.1",
    limit: int = 12,
    format_: Format = "text",
    lang: Lang = "",
) -> None:
    """Find factors by Chinese or English name, id or category."""
    check_format(format_)
    from factordb.release import open_release

    with refusing(lang):
        opened = open_release(release)
        found = [_plain(opened, factor) for factor in opened.search(text, limit)]
    if format_ == "json":
        print_json(found)
        return
    from rich.table import Table

    table = Table(box=None, padding=(0, 1))
    for title in ("id", "name", "value", "unit", "place", "year", "kind", "confidence"):
        table.add_column(title, overflow="fold")
    for item in found:
        name = label(item["name"], language(lang))
        value = item["value"] or "not published"
        table.add_row(
            item["id"], name, value, item["unit"], item["place"], item["year"], item["kind"], item["confidence"]
        )
    console().print(table)


@app.command()
def show(factor: str, release: Release = "cn-2026.1", lang: Lang = "") -> None:
    """One factor with its source and licence, as JSON."""
    from factordb.release import open_release
    from lca.faults import Fault, Refused

    with refusing(lang):
        opened = open_release(release)
        if factor not in opened.factors:
            near = ", ".join(item.id for item in opened.search(factor, 4)) or "pcf factors search"
            raise Refused([Fault("factor_unknown", found=factor, expected=near)])
        print_json(_plain(opened, opened.factors[factor]))


@app.command()
def releases(lang: Lang = "") -> None:
    """The shipped releases with their hashes; opening re-checks each."""
    from factordb.release import open_release, shipped

    with refusing(lang):
        for release_id in shipped():
            opened = open_release(release_id)
            console().print(f"{release_id}  {opened.layer}  {len(opened.factors)}  sha256 {opened.sha256}")


@app.command()
def publish(
    folder: Annotated[Path, typer.Argument(help="Folder with release.yaml and its tables.")],
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Check, seal and keep a release written as files; prints its hash. 检查、封存并保存一个因子版本。"""
    from factordb.files import read
    from factordb.publish import publish as seal
    from lca.faults import Fault, Refused
    from service.desk import open_desk

    with refusing(lang), open_desk(store) as desk:
        if not (folder / "release.yaml").is_file():
            raise Refused([Fault("release_meta", str(folder), found="no release.yaml", expected="a release folder")])
        content = read(folder)
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
