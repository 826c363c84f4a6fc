"""What every verb needs: consoles, the language, and faults turned into an exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lca.faults import Refused
from service.text.words import Language, language_of

if TYPE_CHECKING:
    from service.records.withdrawn import Withdrawn

Lang = Annotated[str, typer.Option("--lang", help="zh or en; default: PCF_LANG, then the locale.")]
Store = Annotated[str, typer.Option("--store", help="SQLite file or PostgreSQL URL; default: PCF_STORE, pcf.db.")]
Releases = Annotated[str, typer.Option("--release", help="Factor releases, top layer first: mine,cn-2026.1.")]
Format = Annotated[str, typer.Option("--format", help="text or json.")]


def language(given: str) -> Language:
    return language_of(given)


def console(*, error: bool = False) -> Any:
    """A rich console without markup: a name in brackets is no style. 110 columns where the output is no terminal."""
    from rich.console import Console

    made = Console(stderr=error, highlight=False, markup=False)
    return made if made.is_terminal else Console(stderr=error, highlight=False, markup=False, width=110)


def print_json(value: Any) -> None:
    """JSON to standard output, keys in the order they were made."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


@contextmanager
def refusing(lang: str, *, as_json: bool = False) -> Iterator[None]:
    """Print the faults of a refusal and leave with 1."""
    try:
        yield
    except Refused as refused:
        from service.text.faults import print_faults, problem

        if as_json:
            print_json({"ok": False} | problem(refused.faults, language(lang)))
        else:
            print_faults(console(error=True), refused.faults, language(lang))
        raise typer.Exit(1) from None


def check_format(value: str) -> None:
    if value not in ("text", "json"):
        raise typer.BadParameter("text or json", param_hint="--format")


def record_from(given: str, store: str) -> dict[str, Any]:
    """A record from a file, or by its name from the store.

    Raises:
        Refused: ``record_unknown``; what :func:`service.records.reading.read_record` refuses.
    """
    path = Path(given)
    if path.is_file():
        from service.records.reading import read_record

        return read_record(path.read_bytes(), given)
    from service.desk import open_desk

    with open_desk(store) as desk:
        return desk.records.get(given)


def withdrawal_of(given: str, store: str, record: Mapping[str, Any]) -> Withdrawn | None:
    """The withdrawal of a record that :func:`record_from` took from the store; a file cannot tell."""
    if Path(given).is_file():
        return None
    from service.desk import open_desk
    from service.records.withdrawn import withdrawal

    with open_desk(store) as desk:
        return withdrawal(desk, str(record["name"]))
