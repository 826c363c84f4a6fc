"""``pcf battery``: declaration, public study, passport attributes and MIIT workbook from one sealed record."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from service.commands.shared import (
    Format,
    Lang,
    Store,
    check_format,
    console,
    language,
    print_json,
    record_from,
    refusing,
)

app = typer.Typer(
    no_args_is_help=True, help="Battery documents from a sealed record; all of them drafts. 电池文件（草案）。"
)
Record = Annotated[str, typer.Argument(help="A record file, or the name of a stored record.")]
With = Annotated[Path | None, typer.Option("--with", help="Own statements, YAML: model, plant, links. Never figures.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="File to write; default: the terminal.")]


@app.command()
def declare(
    record: Record, with_: With = None, output: Output = None, format_: Format = "text", store: Store = "",
    lang: Lang = "",
) -> None:  # fmt: skip
    """The EU declaration record of one model and plant. 欧盟声明数据（每型号每工厂一份）。"""
    from service.battery.declaration import declaration
    from service.text.battery import print_declaration

    _check_output(output)
    made = _made(declaration, record, with_, format_, store, lang)
    if not _written(made, output) and not _as_json(made, format_):
        print_declaration(console(), made, language(lang))


@app.command()
def passport(
    record: Record, with_: With = None, output: Output = None, format_: Format = "text", store: Store = "",
    lang: Lang = "",
) -> None:  # fmt: skip
    """Carbon attributes of the battery passport. 电池护照碳足迹属性。"""
    from service.battery.passport import passport as attributes
    from service.text.battery import print_passport

    _check_output(output)
    made = _made(attributes, record, with_, format_, store, lang)
    if not _written(made, output) and not _as_json(made, format_):
        print_passport(console(), made, language(lang))


@app.command()
def study(
    record: Record, with_: With = None, output: Output = None, format_: Format = "text", store: Store = "",
    lang: Lang = "",
) -> None:  # fmt: skip
    """The public version of the study, Markdown in both languages. 研究报告公开版（中英文）。"""
    from service.battery.study import study as chapters
    from service.text.battery import markdown

    _check_output(output)
    made = _made(chapters, record, with_, format_, store, lang)
    if format_ == "json":
        if not _written(made, output):
            print_json(made)
    elif output is not None:
        output.write_text(markdown(made), encoding="utf-8")
        console().print(f"-> {output}")
    else:
        typer.echo(markdown(made), nl=False)


@app.command()
def miit(
    record: Record, with_: With = None, output: Output = None, format_: Format = "text", store: Store = "",
    lang: Lang = "",
) -> None:  # fmt: skip
    """MIIT notice 551, XLSX: activity and background data apart. 工信部551号申报数据表（活动数据与背景数据分列）。"""
    check_format(format_)
    if format_ == "text" and (output is None or output.suffix.lower() != ".xlsx"):
        raise typer.BadParameter("-o FILE.xlsx, or --format json", param_hint="-o")
    _check_output(output)
    from service.battery.miit import full
    from service.battery.miit import miit as workbook

    made = _made(workbook, record, with_, format_, store, lang, admit=full)
    if format_ == "json":
        if not _written(made, output):
            print_json(made)
    elif output is not None:
        from service.battery.miit_book import write_book

        write_book(made, output)
        console().print(f"-> {output}")


def _made(
    make: Callable[..., dict[str, Any]], record: str, with_: Path | None, format_: str, store: str, lang: str,
    *, admit: Callable[[Mapping[str, Any]], Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The document; all faults of record and statements together, before anything is written.

    ``admit``: what the document is made from, or all reasons why not; default: the public part for the EU.
    """
    check_format(format_)
    from lca.faults import Collector, Fault, Refused
    from service.battery.filed import filed
    from service.battery.statements import Statements, read_statements

    with refusing(lang, as_json=format_ == "json"):
        held = record_from(record, store)
        stated: Statements = {}
        faults = Collector()
        with faults.catching():
            _check_standing(record, held, store)
        with faults.catching():
            admitted = (admit or filed)(held)
        with faults.catching(str(with_ or "")):
            stated = read_statements(with_, _product(held))
        faults.raise_if_any()
        try:
            return make(admitted, stated)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            found = f"{type(error).__name__}: {error}"
            raise Refused([Fault("record_form", record, found, "a record of schema 1")]) from error


def _check_output(output: Path | None) -> None:
    """A folder that is not there is wrong usage, told before anything is read."""
    if output is not None and not output.parent.is_dir():
        raise typer.BadParameter(f"no such folder: {output.parent}", param_hint="-o")


def _check_standing(given: str, record: Mapping[str, Any], store: str) -> None:
    """A stored record that its owner has withdrawn is not filed. A record file cannot tell."""
    if Path(given).is_file():
        return
    from lca.faults import Refused
    from service.battery.lists import refusal
    from service.desk import open_desk

    with open_desk(store) as desk:
        if record["name"] not in desk.records.all_names():
            raise Refused([refusal("withdrawn", str(record["name"])[:16], "withdrawn", "a record in force")])


def _product(record: Mapping[str, Any]) -> str:
    """The product a record says it is of; empty where it cannot be read, which is a fault of the record."""
    try:
        return str(record["sections"]["derivation/identity"]["product"])
    except (KeyError, TypeError):
        return ""


def _written(document: Mapping[str, Any], output: Path | None) -> bool:
    if output is None:
        return False
    output.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    console().print(f"-> {output}")
    return True


def _as_json(document: Mapping[str, Any], format_: str) -> bool:
    if format_ == "json":
        print_json(document)
    return format_ == "json"
