"""``pcf factors search|show|releases``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from service.commands.shared import Format, Lang, check_format, console, language, print_json, refusing
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
