"""``pcf company`` and ``pcf access``: companies and people of a store; keys for programs."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing
from service.text.words import word

company = typer.Typer(no_args_is_help=True, help="Companies and people of a store. 公司与用户。")
access = typer.Typer(no_args_is_help=True, help="Keys for programs. 程序用的访问密钥。")
Role = Annotated[str, typer.Option(help="owner, editor, calculator, auditor, partner.")]


def actor() -> str:
    """Who acts at this terminal, as the audit log names them."""
    return f"cli:{getpass.getuser()}"


@company.command()
def new(
    name: str, title: Annotated[str, typer.Option(help="Its full name.")] = "", store: Store = "", lang: Lang = ""
) -> None:
    """Make a company in this store. 新建公司。"""
    from service.companies.accounts import new_company
    from service.desk import open_desk

    with refusing(lang), open_desk(store) as desk:
        new_company(desk.engine, name, title)
    console().print(f"{name}  (PCF_COMPANY={name})")


@company.command()
def invite(email: str, role: Role = "owner", url: Annotated[str, typer.Option(help="Address of the service.")] = "",
           store: Store = "", lang: Lang = "") -> None:  # fmt: skip
    """A one-time link by which a person chooses a password. 生成一次性邀请链接。"""
    from service.companies.accounts import invite as run
    from service.desk import open_desk

    with refusing(lang), open_desk(store) as desk:
        made = run(desk.engine, desk.tenant, email, role, actor())
    console().print(f"{(url or 'http://127.0.0.1:8000').rstrip('/')}/welcome#{made.text}", soft_wrap=True)


@access.command("new")
def new_(
    title: Annotated[str, typer.Argument(help="Who or what uses the key.")],
    role: Role = "calculator",
    scopes: Annotated[str, typer.Option(help="Fewer scopes than the role has, with commas.")] = "",
    days: Annotated[int, typer.Option(help="Days until it expires.")] = 365,
    client: Annotated[bool, typer.Option("--client", help="OAuth2 client credentials instead, as PACT asks.")] = False,
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Make a key; it is shown once. 新建密钥，仅显示一次。"""
    from service.companies.keys import Wanted, new_key
    from service.desk import open_desk

    wanted = Wanted(title, role, tuple(filter(None, scopes.split(","))), days, kind="client" if client else "api_key")
    with refusing(lang), open_desk(store) as desk:
        made = new_key(desk.engine, desk.tenant, wanted, actor())
        tenant = desk.tenant
    out = console()
    if client:
        out.print(f"client_id      {tenant}.{made.id}", soft_wrap=True)
        out.print(f"client_secret  {made.text.split('_', 4)[4]}", soft_wrap=True)
    else:
        out.print(made.text, soft_wrap=True)
    console(error=True).print(word("shown_once", language(lang)))


@access.command("list")
def list_(format_: Format = "text", store: Store = "", lang: Lang = "") -> None:
    """Keys of the company, without their secrets. 列出密钥。"""
    check_format(format_)
    from service.companies.keys import list_keys
    from service.desk import open_desk

    with refusing(lang), open_desk(store) as desk:
        rows = list_keys(desk.engine, desk.tenant)
    if format_ == "json":
        print_json(rows)
        return
    for row in rows:
        state = word("revoked", language(lang)) if row["revoked_at"] else f"-> {row['expires_at'][:10]}"
        console().print(f"{row['id']}  {row['kind']:7}  {row['role']:10}  {state:14}  {row['title']}", soft_wrap=True)


@access.command()
def revoke(key: str, store: Store = "", lang: Lang = "") -> None:
    """Revoke a key, at once and for ever. 吊销密钥。"""
    from service.companies.keys import revoke_key
    from service.desk import open_desk

    with refusing(lang), open_desk(store) as desk:
        revoke_key(desk.engine, desk.tenant, key, actor())
    console().print(key)


@access.command()
def replace(key: str, store: Store = "", lang: Lang = "") -> None:
    """A new key with the same rights; the old one goes on for seven days. 更换密钥，旧密钥保留七天。"""
    from service.companies.keys import replace_key
    from service.desk import open_desk

    with refusing(lang), open_desk(store) as desk:
        made = replace_key(desk.engine, desk.tenant, key, actor())
    console().print(made.text, soft_wrap=True)
    console(error=True).print(word("shown_once", language(lang)))
