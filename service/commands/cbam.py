"""``pcf cbam``: embedded emissions of an installation and what they cost. A footprint is never one of these numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from service.commands.shared import Format, Lang, check_format, console, language, print_json, refusing

app = typer.Typer(no_args_is_help=True, help="CBAM: embedded emissions and certificates. 碳边境调节机制。")
Input = Annotated[
    Path, typer.Argument(help="Installation: .yaml, .json or .xlsx of the template, or the neutral form.")
]
Regime = Annotated[str, typer.Option(help="definitive or transitional; default: what the file says.")]
Official = Annotated[Path, typer.Argument(help="Your own copy of the official workbook, .xlsx or .xlsm.")]
Grid = Annotated[Path | None, typer.Option(help="Your own copy of the Commission's grid factors, CSV.")]
Known = Annotated[str, typer.Option(help="Day on which defaults and benchmarks are asked; default: today.")]


@app.command()
def see(
    file: Input,
    regime: Regime = "",
    grid: Grid = None,
    known: Known = "",
    format_: Format = "text",
    lang: Lang = "",
) -> None:
    """Specific embedded emissions of every good, unrounded. 每种货物的单位隐含排放（不修约）。"""
    check_format(format_)
    from service.cbam.run import see_file
    from service.cbam.see import output
    from service.text.cbam import print_seen

    with refusing(lang, as_json=format_ == "json"):
        found = see_file(file, _asked(regime, grid, known))
        if format_ == "json":
            print_json(output(found))
        else:
            print_seen(console(), found, language(lang))


@app.command()
def whatif(
    file: Annotated[Path, typer.Argument(help="One good on its default, or a list of goods of a year.")],
    prices: Annotated[
        Path | None, typer.Option(help="Published certificate prices, each with its source: .yaml or .json.")
    ] = None,
    draft_carbon_price: Annotated[
        bool, typer.Option("--draft-carbon-price", help="Take off a carbon price paid abroad: a draft act, not law.")
    ] = False,
    grid: Grid = None,
    format_: Format = "text",
    lang: Lang = "",
) -> None:
    """Certificates and euros: actual, default, other ways to make it. 实际值、默认值与其他方案的证书。"""
    check_format(format_)
    from service.cbam.goods_list import is_list, read_imports
    from service.cbam.obliged import obliged
    from service.cbam.prices import read_prices
    from service.cbam.run import Asked, read_file
    from service.cbam.stated import Installations
    from service.cbam.whatif import on_default, output
    from service.text.cbam import print_years
    from service.text.cbam_obliged import list_output, print_obliged

    with refusing(lang, as_json=format_ == "json"):
        data = read_file(file)
        if not is_list(data):
            if prices is not None:
                raise typer.BadParameter("prices belong to a list of goods", param_hint="--prices")
            years = on_default(data)
            if format_ == "json":
                print_json(output(years))
            else:
                print_years(console(), years, language(lang))
            return
        known = str(data.get("known", "")) if isinstance(data, dict) else ""
        imports = read_imports(data, Installations(file.parent, Asked("", grid, known)))
        held = read_prices(read_file(prices), imports.year, imports.known) if prices else ()
        found = obliged(imports, held, carbon_price=draft_carbon_price)
        if format_ == "json":
            print_json(list_output(found))
        else:
            print_obliged(console(), found, language(lang))


@app.command()
def check(
    path: Annotated[Path, typer.Argument(help="An installation, or a folder that report wrote.")],
    regime: Regime = "",
    grid: Grid = None,
    known: Known = "",
    format_: Format = "text",
    lang: Lang = "",
) -> None:
    """Look a file over: faults, notices, missing fields. Of a report's folder: run it again. 检查文件或复算报告。"""
    check_format(format_)
    from service.cbam.checked import EXIT, look, rerun
    from service.cbam.see import output
    from service.text.cbam import print_rerun, print_seen
    from service.text.cbam_report import print_missing

    with refusing(lang, as_json=format_ == "json"):
        if path.is_dir():
            made = rerun(path)
            if format_ == "json":
                print_json({"verdict": made.verdict, "differs": list(made.differs)})
            else:
                print_rerun(console(), made, language(lang))
            raise typer.Exit(EXIT[made.verdict])
        looked = look(path, _asked(regime, grid, known))
        if format_ == "json":
            print_json(output(looked.found) | {"missing": list(looked.lacking)})
        else:
            print_seen(console(), looked.found, language(lang))
            print_missing(console(), looked.lacking, language(lang))


@app.command()
def report(
    file: Input,
    output: Annotated[Path, typer.Option("-o", "--output", help="A new folder.")],
    adapter: Annotated[
        list[str] | None, typer.Option(help="Installed adapter of a machine format; none is shipped.")
    ] = None,
    regime: Regime = "",
    grid: Grid = None,
    known: Known = "",
    format_: Format = "text",
    lang: Lang = "",
) -> None:
    """Emissions report, summary, monitoring plan, packages for buyer and verifier. 报告、摘要、监测计划、核查包。"""
    check_format(format_)
    from service.cbam.checked import report as run
    from service.text.cbam import print_seen
    from service.text.cbam_report import print_missing

    with refusing(lang, as_json=format_ == "json"):
        found, names, lacking = run(file, output, _asked(regime, grid, known), adapter or ())
        if format_ == "json":
            print_json({"folder": str(output), "files": names, "missing": lacking})
        else:
            print_seen(console(), found, language(lang))
            print_missing(console(), lacking, language(lang))
            console().print(f"-> {output}: {', '.join(names)}")


@app.command()
def impact(
    folder: Annotated[Path, typer.Argument(help="Packages, installations and lists of goods.")],
    before: Annotated[str, typer.Option(help="Day on which the tables were known, 2026-07-30.")],
    after: Annotated[str, typer.Option(help="The other day; default: today.")] = "",
    format_: Format = "text",
    lang: Lang = "",
) -> None:
    """Which files another vintage of the default values moves. 默认值版本变化影响哪些文件。"""
    check_format(format_)
    from datetime import UTC, datetime

    from service.cbam.vintage import impact as run
    from service.text.cbam_report import impact_output, print_impact

    later = after or datetime.now(UTC).date().isoformat()
    _asked("", None, before)
    _asked("", None, later)
    with refusing(lang, as_json=format_ == "json"):
        found = run(folder, before, later)
        if format_ == "json":
            print_json(impact_output(found, before, later))
        else:
            print_impact(console(), found, before, later, language(lang))


@app.command()
def template(
    output: Annotated[Path, typer.Option("-o", "--output", help="The workbook to write, .xlsx.")],
    from_: Annotated[Path | None, typer.Option("--from", help="An installation file to start from.")] = None,
    lang: Lang = "",
) -> None:
    """The bilingual workbook of an installation, empty or filled. 装置数据工作簿（中英双语）。"""
    from service.cbam.run import read_placed
    from service.cbam.template import write_template

    with refusing(lang):
        if output.suffix.lower() != ".xlsx":
            raise typer.BadParameter("a name that ends with .xlsx", param_hint="--output")
        write_template(output, read_placed(from_)[0] if from_ else None)
        console().print(f"-> {output}")


@app.command("map")
def map_cells(
    official: Official,
    from_: Annotated[Path | None, typer.Option("--from", help="Input whose paths are preferred.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="YAML to write; default: the terminal.")] = None,
    lang: Lang = "",
) -> None:
    """Propose which value goes into which cell, as a file to correct. 提出单元格对照表，供人工修改。"""
    from lca.faults import Fault, Refused
    from service.cbam.propose import propose, to_yaml
    from service.cbam.run import read_placed

    with refusing(lang):
        if output is not None and output.exists():
            expected = "a new name: a map that somebody corrected is not written over"
            raise Refused([Fault("cbam_output", str(output), "a file that is there", expected, "CBAM cell map 1")])
        made = propose(official, read_placed(from_)[0] if from_ else None)
        if output is None:
            typer.echo(to_yaml(made), nl=False)
            return
        output.write_text(to_yaml(made), encoding="utf-8")
        lines, unsure, missing = len(made.entries), sum(not e.sure for e in made.entries), len(made.not_found)
        words = {
            "en": f"{lines} lines, {unsure} of them to confirm; no cell for {missing} -> {output}",
            "zh": f"{lines} 行，其中 {unsure} 行待确认；{missing} 项未找到单元格 -> {output}",
        }
        console().print(words[language(lang)])


@app.command()
def fill(
    official: Official,
    from_: Annotated[Path, typer.Option("--from", help="Input: .yaml, .json or .xlsx of the template.")],
    cells: Annotated[Path, typer.Option("--map", help="The cell map, looked over.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Copy to write; never one of the inputs.")],
    replace: Annotated[bool, typer.Option("--replace", help="Write over cells that hold something.")] = False,
    format_: Format = "text",
    lang: Lang = "",
) -> None:
    """Write an input into a copy of the official workbook; the workbook computes. 将输入写入官方工作簿副本。"""
    check_format(format_)
    from lca.messages import sentence
    from service.cbam.fill import fill as run
    from service.cbam.run import read_file, read_placed

    with refusing(lang, as_json=format_ == "json"):
        data, lines = read_placed(from_)[0], read_file(cells)
        done = run(official, data, lines, output, replace=replace, inputs=(from_, cells))
        if format_ == "json":
            notices = [{"code": n.code, "where": n.where, "values": dict(n.values)} for n in done.notices]
            print_json({"cells": [cell._asdict() for cell in done.cells], "notices": notices})
            return
        for notice in done.notices:
            console().print(f"- {sentence(notice, language(lang))}")
        words = {
            "en": f"{len(done.cells)} cells -> {output}. Excel computes the copy when it opens it, LibreOffice with "
            "Ctrl+Shift+F9; until then it shows the results of before.",
            "zh": f"已写入 {len(done.cells)} 个单元格 -> {output}。Excel 打开副本时重新计算，LibreOffice 请按 "
            "Ctrl+Shift+F9；在此之前显示的是原有结果。",
        }
        console().print(words[language(lang)])


def _asked(regime: str, grid: Path | None, known: str) -> Any:
    from service.cbam.run import Asked

    if regime not in ("", "definitive", "transitional"):
        raise typer.BadParameter("definitive or transitional", param_hint="--regime")
    if known and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", known):
        raise typer.BadParameter("a day, 2026-07-01", param_hint="--known")
    return Asked(regime, grid, known)
