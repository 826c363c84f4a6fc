"""``pcf sign``, ``pcf disclose``, ``pcf share``: whose a record is, and who sees how much of it."""

from __future__ import annotations

import json
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

share = typer.Typer(no_args_is_help=True, help="Records shown to others by a token. 分享核算记录。")
Record = Annotated[str, typer.Argument(help="A record file, or the name of a stored record.")]
LevelOption = Annotated[str, typer.Option("--level", help="public, customer or auditor.")]


def sign(
    record: Record,
    key: Annotated[str, typer.Option("--key", help="The beginning of a key's id; default: the newest good one.")] = "",
    output: Annotated[str, typer.Option("-o", "--output", help="Write the signed record to a file.")] = "",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Sign a stored record, after a re-run that comes out identical; a draft is never signed. 对核算记录签名。"""
    from service.commands.keys import passphrase
    from service.desk import open_desk, store_place
    from service.records.envelope import judge
    from service.records.key_ring import known_keys
    from service.records.keys import key_folder
    from service.records.sign import sign as run
    from service.text.signing import print_signatures

    with refusing(lang):
        name = str(record_from(record, store)["name"]) if Path(record).is_file() else record
        with open_desk(store) as desk:
            folder = key_folder(store_place(store))
            signed = run(desk, folder, name, "pcf sign", key=key, passphrase=passphrase)
            judged = judge(signed, known_keys(desk, folder))
    console().print(signed["name"])
    print_signatures(console(), judged, (), language(lang))
    if output:
        console().print(f"-> {_write(signed, output)}")


def disclose(
    record: Record,
    level: LevelOption = "",
    output: Annotated[str, typer.Option("-o", "--output", help="File; default: <product>-<level>.json.")] = "",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Write a copy that shows what a level shows and still proves the record's name. 生成披露副本。"""
    from service.records.levels import levels
    from service.text.signing import said

    if not level:
        for item in levels().values():
            console().print(f"{item.id} {item.label['zh']}: {item.says[language(lang)]}")
        return
    with refusing(lang):
        held = record_from(record, store)
        copy = copy_at(held, level, store)
    product = str(copy["sections"]["derivation/identity"]["product"])
    safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in product)
    path = _write(copy, output or f"{safe}-{level}.json")
    from service.records.sections import is_left_out

    out = [name for name, part in copy["sections"].items() if is_left_out(part)]
    console().print(f"{said('left_out', language(lang))}: {', '.join(out) or '-'}")
    if copy.get("extracts") and not copy["signatures"]:
        console(error=True).print(said("not_signed", language(lang)))
    console().print(f"-> {path}")


def copy_at(record: dict[str, Any], level: str, store: str) -> dict[str, Any]:
    """The copy of a record at a level; salts of a store that is there, random ones otherwise: none is made for it.

    Raises:
        Refused: as :func:`service.records.disclose.disclose`.
    """
    from service.desk import open_desk, store_place
    from service.records.disclose import disclose as run

    place = store_place(store)
    if "://" not in place and not Path(place).is_file():
        return run(record, level)
    with open_desk(store) as desk:
        return run(record, level, desk.records.secret())


def _write(record: dict[str, Any], file: str) -> Path:
    path = Path(file)
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
    return path


@share.command("new")
def new_share(
    record: Annotated[str, typer.Argument(help="The name of a stored record.")],
    title: Annotated[str, typer.Argument(help="Who it is for.")],
    level: LevelOption = "customer",
    days: Annotated[int, typer.Option("--days", help="How long it stays open.")] = 90,
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Share a record at a level; the token is shown once. 分享一条记录。"""
    from service.companies.shares import new_share as run
    from service.desk import open_desk
    from service.text.signing import print_shares, said

    with refusing(lang), open_desk(store) as desk:
        made, token = run(desk, record, level, title, "pcf share new", days=days)
        signed = bool(desk.records.get(made.record_name)["signatures"])
    print_shares(console(), [made], language(lang))
    typer.echo(token)
    console(error=True).print(said("shown_once", language(lang)))
    if not signed:
        console(error=True).print(said("not_signed", language(lang)))


@share.command("list")
def list_shares(
    record: Annotated[str, typer.Argument(help="Only of this record.")] = "",
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Shares, newest first, with their state. 列出分享。"""
    check_format(format_)
    from dataclasses import asdict

    from service.companies.shares import list_shares as run
    from service.desk import open_desk
    from service.text.signing import print_shares

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        name = str(desk.records.get(record)["name"]) if record else ""
        found = run(desk, name)
    if format_ == "json":
        print_json([asdict(item) | {"state": item.state} for item in found])
    else:
        print_shares(console(), found, language(lang))


@share.command("revoke")
def revoke_share(
    share_id: Annotated[str, typer.Argument(help="The share's id.")], store: Store = "", lang: Lang = ""
) -> None:
    """End a share from now on. 撤销分享。"""
    from service.companies.shares import revoke_share as run
    from service.desk import open_desk
    from service.text.signing import print_shares

    with refusing(lang), open_desk(store) as desk:
        print_shares(console(), [run(desk, share_id, "pcf share revoke")], language(lang))
