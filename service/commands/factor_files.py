"""``pcf factors export`` and ``pcf factors template``: releases as files for others, and the empty workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.commands.shared import Lang, Store, console, language, refusing
from service.text.export_words import said


def export(
    release: Annotated[str, typer.Argument(help="Factor release.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write; for csv a folder.")],
    format_: Annotated[
        str, typer.Option("--format", help="json, csv, xlsx, brightway, jsonld; default: by the name of the output.")
    ] = "",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Write a release for others, without values whose licence forbids it. 导出因子版本（不含许可禁止转发的数值）。"""
    from factordb.exports.door import SUFFIXES, WRITERS
    from factordb.exports.door import export as write
    from factordb.exports.passable import withheld
    from factordb.release import canonical_of
    from service.desk import release_opener

    form = format_ or SUFFIXES.get(output.suffix.lower(), "")
    if form not in WRITERS:
        raise typer.BadParameter(", ".join(WRITERS), param_hint="--format")
    with refusing(lang):
        opened = release_opener(store)(release)
        content = write(opened, form, output)
        missing = withheld(content)
    out, words = console(), language(lang)
    out.print(f"-> {output}  ({form}, {content.meta['id']})")
    if missing.factors or missing.unit_processes:
        numbers = {"factors": len(missing.factors), "processes": len(missing.unit_processes)}
        out.print(said("withheld", words).format(**numbers, id=content.meta["id"]))
    if form in ("brightway", "jsonld"):
        out.print(said("not_held", words))
    elif canonical_of(content) == opened.text:
        out.print(f"sha256 {opened.sha256}")


def template(
    output: Annotated[Path, typer.Option("-o", "--output", help="Workbook to write.")] = Path("my-factors.xlsx"),
    lang: Lang = "",
) -> None:
    """Write the empty workbook for your own factors. 生成填写自有因子的空白工作簿。"""
    from datetime import UTC, datetime

    from factordb.exports.template import write_template

    with refusing(lang):
        write_template(output, datetime.now(UTC).date().isoformat())
    console().print(f"-> {output}")
    console().print(said("next", language(lang)).format(file=output))
