"""``pcf key``: signing keys of the company, and keys of others that it trusts."""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing

app = typer.Typer(no_args_is_help=True, help="Signing keys. 签名密钥。")


def passphrase(*, new: bool = False) -> bytes:
    """What opens a private half: the environment's, or what a person types; empty where there is neither."""
    from service.records.keys import PASSPHRASE
    from service.records.keys import passphrase as given

    if PASSPHRASE in os.environ:
        return given()
    if not sys.stdin.isatty():
        return b""
    typed: str = typer.prompt("Passphrase 口令", default="", hide_input=True, show_default=False, err=True,
                              confirmation_prompt=new)  # fmt: skip
    return typed.encode()


@app.command()
def new(
    title: Annotated[str, typer.Argument(help="Who signs with it, e.g. the name of the works.")],
    expires: Annotated[str, typer.Option(help="Last day, 2028-12-31; default: two years from now.")] = "",
    algorithm: Annotated[str, typer.Option(help="ed25519, or one that a package brings.")] = "ed25519",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Make a key: the private half as a file of your own, the public half in the store. 生成签名密钥。"""
    from service.desk import open_desk, store_place
    from service.records.key_ring import new_key, shown
    from service.records.keys import key_folder
    from service.text.signing import print_keys, said

    try:
        last = date.fromisoformat(expires) if expires else None
    except ValueError:
        raise typer.BadParameter("2028-12-31", param_hint="--expires") from None
    with refusing(lang), open_desk(store) as desk:
        folder = key_folder(store_place(store))
        secret = passphrase(new=True)
        made = new_key(desk, folder, title, "pcf key new", passphrase=secret, algorithm=algorithm, expires=last)
        out = console()
        print_keys(out, [shown(made)], language(lang))
        out.print(f"{said('made', language(lang))}: {folder.private(desk.tenant, made.id)}")
        if not secret:
            console(error=True).print(said("not_locked", language(lang)))


@app.command("list")
def list_keys(format_: Format = "text", store: Store = "", lang: Lang = "") -> None:
    """Keys of the company, oldest first. 列出本公司密钥。"""
    check_format(format_)
    from service.desk import open_desk
    from service.records.key_ring import own_keys, shown
    from service.text.signing import print_keys, said

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        known = [shown(key) for key in own_keys(desk)]
    if format_ == "json":
        print_json([dict(key) for key in known])
    elif known:
        print_keys(console(), known, language(lang))
    else:
        console().print(said("no_keys", language(lang)))


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The beginning of the key's id.")],
    reason: Annotated[str, typer.Option("--reason", help="compromised, superseded or retired.")],
    note: Annotated[str, typer.Option("--note", help="A sentence for the audit log.")] = "",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Revoke a key from now on; compromised: nothing it ever signed is good. 吊销密钥。"""
    from service.desk import open_desk
    from service.records.key_ring import revoke as run
    from service.records.key_ring import shown
    from service.text.signing import print_keys

    with refusing(lang), open_desk(store) as desk:
        print_keys(console(), [shown(run(desk, key, reason, note, "pcf key revoke"))], language(lang))


@app.command()
def export(
    key: Annotated[str, typer.Argument(help="The beginning of the key's id.")],
    output: Annotated[str, typer.Option("-o", "--output", help="File; default: <id>.key.json.")] = "",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Write the public half as a file for those who shall trust it. 导出公钥文件。"""
    from service.desk import open_desk
    from service.records.key_ring import own_key
    from service.records.keys import key_file

    with refusing(lang), open_desk(store) as desk:
        found = own_key(desk, key or "-")
    path = Path(output or f"{found.id[:16]}.key.json")
    path.write_text(json.dumps(key_file(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    console().print(f"-> {path}")


@app.command()
def trust(
    file: Annotated[Path, typer.Argument(help="A key file from its owner; keys are never fetched.")],
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Trust somebody else's key, pinned from a file. 信任他人公钥（仅来自文件）。"""
    from lca.faults import Fault, Refused
    from service.desk import store_place
    from service.records.key_ring import shown
    from service.records.keys import key_folder, pin, read_key_file
    from service.text.signing import print_keys, said

    with refusing(lang):
        if not file.is_file():
            raise Refused([Fault("file_missing", str(file), found="no file", expected="a key file")])
        key = read_key_file(file.read_bytes(), str(file))
        pin(key_folder(store_place(store)), key)
        console().print(said("trusted", language(lang)))
        print_keys(console(), [shown(key)], language(lang))


@app.command()
def trusted(format_: Format = "text", store: Store = "", lang: Lang = "") -> None:
    """Keys of others that are trusted here. 列出已信任的公钥。"""
    check_format(format_)
    from service.desk import store_place
    from service.records.key_ring import shown
    from service.records.keys import key_folder, pinned
    from service.text.signing import print_keys, said

    with refusing(lang, as_json=format_ == "json"):
        known = [shown(key) for key in pinned(key_folder(store_place(store)))]
    if format_ == "json":
        print_json([dict(key) for key in known])
    elif known:
        print_keys(console(), known, language(lang))
    else:
        console().print(said("none", language(lang)))
