"""``pcf audit``: the log of who did what, checked and written out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing

if TYPE_CHECKING:
    from rich.console import Console

    from service.desk import Desk

app = typer.Typer(no_args_is_help=True, help="The audit log. 审计日志。")


@app.command("list")
def list_entries(
    limit: Annotated[int, typer.Option("--limit", help="How many.")] = 50,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """The last entries, newest first. 最近的审计条目。"""
    check_format(format_)
    from service.companies.audit import newest
    from service.desk import open_desk
    from service.text.signing import print_entries

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        found = newest(desk.engine, desk.tenant, max(1, limit))
    if format_ == "json":
        print_json([entry.plain() for entry in found])
    else:
        print_entries(console(), found)


@app.command()
def verify(
    record: Annotated[str, typer.Option("--record", help="A signed record: is the head it names in this log?")] = "",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Walk the chain of digests; 4 and the first entry that does not hold. 校验审计日志链。"""
    from service.companies.audit import verify as run
    from service.desk import open_desk
    from service.text.signing import print_checked

    with refusing(lang), open_desk(store) as desk:
        checked = run(desk.engine, desk.tenant)
        print_checked(console(), checked, language(lang))
        good = checked.broken is None
        if record:
            good = _anchored(desk, record, store, lang, console()) and good
    raise typer.Exit(0 if good else 4)


def _anchored(desk: Desk, record: str, store: str, lang: str, out: Console) -> bool:
    """Whether every good signature of our own keys names an entry of this log that says it was made."""
    from service.commands.shared import record_from
    from service.records.anchors import anchors
    from service.records.key_ring import own_keys
    from service.text.signing import said

    found = anchors(desk.engine, desk.tenant, record_from(record, store), own_keys(desk))
    if not found:
        out.print(said("no_anchor", language(lang)), style="bold red")
    for anchor in found:
        word = "anchored" if anchor.there else "not_anchored"
        line = f"{said(word, language(lang))} {anchor.serial} ({anchor.digest[:16]})"
        out.print(line if not anchor.short else f"{line}, {said('log_short', language(lang))}")
    return bool(found) and all(anchor.there for anchor in found)


@app.command()
def export(
    output: Annotated[str, typer.Option("-o", "--output", help="JSON lines; default: standard output.")] = "",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Write the whole log as JSON lines, for a machine elsewhere that keeps it. 导出审计日志。"""
    from service.companies.audit import entries
    from service.desk import open_desk

    with refusing(lang), open_desk(store) as desk:
        lines = (json.dumps(entry.plain(), ensure_ascii=False) for entry in entries(desk.engine, desk.tenant))
        if output:
            Path(output).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        else:
            for line in lines:
                typer.echo(line)
    if output:
        console().print(f"-> {output}")
