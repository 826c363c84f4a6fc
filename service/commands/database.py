"""``pcf db``: make, migrate, check, back up and restore a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.shared import Lang, Store, console, language, refusing
from service.text.factor_words import said

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer(no_args_is_help=True, help="The store. 数据库。")


@contextmanager
def _opened(store: str) -> Iterator[Engine]:
    from factordb.store import open_store
    from service.desk import store_place

    engine = open_store(store_place(store))
    try:
        yield engine
    finally:
        engine.dispose()


@app.command()
def upgrade(store: Store = "", lang: Lang = "") -> None:
    """Make or migrate the store and publish the shipped factor releases into it. 建库或升级，并写入内置因子版本。"""
    from factordb.store import current_revision
    from service.desk import prepare

    with refusing(lang), _opened(store) as engine:
        prepare(engine)
        console().print(f"{engine.url.render_as_string()}: revision {current_revision(engine)}")


@app.command()
def check(store: Store = "", lang: Lang = "") -> None:
    """Revision, guards, releases, records, attachments: each against its digest; 4 where one fails. 检查数据库。"""
    from service.check_store import check as look
    from service.desk import HEAD

    with refusing(lang), _opened(store) as engine:
        found = look(engine, HEAD)
    out = console()
    out.print(" · ".join(f"{said('checked_' + name, language(lang))} {count}" for name, count in found.counts.items()))
    for what, why in found.wrong:
        out.print(f"{said('wrong', language(lang))}: {what}: {why}", style="bold red")
    if found.wrong:
        raise typer.Exit(4)
    out.print(said("all_good", language(lang)))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The zip to write. It holds the store's secret: keep it safe.")],
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Everything in one zip, readable into SQLite and PostgreSQL. 备份为一个文件，可恢复到两种数据库。"""
    from service.backup import backup as write

    with refusing(lang), _opened(store) as engine:
        counts = write(engine, file)
    rows = sum(counts.values())
    console().print(f"{file}: {said('rows', language(lang)).format(rows=rows)}")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A zip of pcf db backup.")], store: Store = "", lang: Lang = ""
) -> None:
    """Fill an empty store from a backup, then check it. 恢复到空数据库并检查。"""
    from service.backup import restore as read

    with refusing(lang), _opened(store) as engine:
        counts = read(engine, file)
        rows = sum(counts.values())
        console().print(f"{engine.url.render_as_string()}: {said('rows', language(lang)).format(rows=rows)}")
    check(store, lang)
