"""``pcf pact``: the company's profile, publication of records, partners, fetching and asking."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from service.commands.company import actor
from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing
from service.text.words import word

app = typer.Typer(no_args_is_help=True, help="Exchange footprints by PACT 3.0.3. 按PACT 3.0.3交换碳足迹。")
SECRET: Final = "PCF_PACT_SECRET"
Partner = Annotated[str, typer.Argument(help="Id of the partner, its beginning, or the title.")]
Filter = Annotated[
    list[str] | None,
    typer.Option("--filter", help="NAME=VALUE; productId, companyId, geography, classification, status, ..."),
]


@app.command()
def company(
    name: Annotated[str, typer.Option(help="Name of the company; without it the profile is shown.")] = "",
    company_id: Annotated[list[str] | None, typer.Option(help="URN of the company; may be given again.")] = None,
    domain: Annotated[str, typer.Option(help="Own domain, issuer of urn:pact:<domain>:...")] = "",
    base_url: Annotated[str, typer.Option(help="Address by which partners reach this service, https://...")] = "",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Who the company is to its partners. 公司对外资料。"""
    from dataclasses import asdict

    from service.desk import open_desk
    from service.pact.profile import profile, set_profile

    with refusing(lang), open_desk(store) as desk:
        if name:
            base = base_url or os.environ.get("PCF_PUBLIC_URL", "")
            set_profile(desk, name=name, ids=company_id or (), domain=domain, base_url=base, actor=actor())
        print_json(asdict(profile(desk)))


@app.command()
def publish(
    record: Annotated[str, typer.Argument(help="Name of a stored record, or its first eight characters.")],
    product_id: Annotated[
        list[str] | None, typer.Option(help="URN of the product; default: urn:pact:<domain>:product-id:<product>.")
    ] = None,
    company_id: Annotated[list[str] | None, typer.Option(help="URN of the company; default: the profile's.")] = None,
    classification: Annotated[list[str] | None, typer.Option(help="URN: CPC, CN, CAS, ECLASS, UNSPSC.")] = None,
    name: Annotated[str, typer.Option(help="Trade name; default: the record's label.")] = "",
    description: Annotated[str, typer.Option(help="Of the product.")] = "",
    comment: Annotated[str, typer.Option(help="Stands before what the record says.")] = "",
    fossil_carbon: Annotated[str, typer.Option(help="kg of fossil carbon in a declared unit; 0 must be written.")] = "",
    biogenic_carbon: Annotated[
        str, typer.Option(help="kg of biogenic carbon, where the record does not know it.")
    ] = "",
    recycled_carbon: Annotated[str, typer.Option(help="kg of recycled carbon.")] = "",
    mass: Annotated[str, typer.Option(help="kg of a declared unit, where the record does not know it.")] = "",
    exempted: Annotated[str, typer.Option(help="Per cent left out, where the record has no ledger.")] = "",
    exempted_because: Annotated[str, typer.Option(help="What was left out and why.")] = "",
    unsplit: Annotated[str, typer.Option(help="fossil: count what came without a split as fossil.")] = "",
    valid_from: Annotated[str, typer.Option(help="First day; default: the end of the reference period.")] = "",
    valid_to: Annotated[str, typer.Option(help="Last day; default: three years.")] = "",
    supersedes: Annotated[str, typer.Option(help="Id of the footprint this one takes the place of.")] = "",
    to: Annotated[list[str] | None, typer.Option(help="Partner who may see it; default: all.")] = None,
    announce: Annotated[bool, typer.Option("--announce", help="Tell partners by an event.")] = False,
    uncertainty: Annotated[Path | None, typer.Option(help="Annex: pcf uncertainty FILE --format json.")] = None,
    output: Annotated[str, typer.Option("-o", "--output", help="Write the footprint here.")] = "",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Publish a sealed record as a PACT footprint. 将封存记录发布为PACT碳足迹。"""
    import json

    from service.desk import open_desk
    from service.pact import events, partners
    from service.pact import publish as publishing
    from service.pact.stated import Stated

    with refusing(lang), open_desk(store) as desk:
        allowed = tuple(partners.named(desk, item).id for item in to or ())
        stated = Stated(
            product_ids=tuple(product_id or ()), classifications=tuple(classification or ()),
            company_ids=tuple(company_id or ()), name=name, description=description, comment=comment, mass=mass,
            fossil_carbon=fossil_carbon, biogenic_carbon=biogenic_carbon, recycled_carbon=recycled_carbon,
            exempted=exempted, exempted_because=exempted_because, unsplit=unsplit, valid_from=valid_from,
            valid_to=valid_to, supersedes=supersedes, partners=allowed,
        )  # fmt: skip
        annex = None
        if uncertainty is not None:
            from service.intake import read_file

            annex = read_file(uncertainty).data
        shown = publishing.publish(desk, record, stated, actor=actor(), annex=annex)
        if announce:
            events.announce_to_all(desk, shown["id"], allowed, actor=actor())
    if output:
        Path(output).write_text(json.dumps(shown, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    console().print(shown["id"])


@app.command("list")
def list_(format_: Format = "text", store: Store = "", lang: Lang = "") -> None:
    """Published footprints, newest first. 已发布的碳足迹。"""
    check_format(format_)
    from service.desk import open_desk
    from service.pact.listing import published

    with refusing(lang), open_desk(store) as desk:
        rows = published(desk, 1_000)
    if format_ == "json":
        print_json(rows)
        return
    for row in rows:
        line = f"{row['id']}  {row['status']:10}  -> {row['valid_to'][:10]}  {row['record_name'][:16]}"
        console().print(line, soft_wrap=True)


@app.command()
def deprecate(footprint: str, store: Store = "", lang: Lang = "") -> None:
    """Deprecate a footprint that has no successor. 弃用碳足迹。"""
    from service.desk import open_desk
    from service.pact.publish import deprecate as run

    with refusing(lang), open_desk(store) as desk:
        run(desk, footprint, actor=actor())
    console().print(f"{footprint}  Deprecated")


BaseUrl = Annotated[str, typer.Option(help="Their address, https://...")]
AuthUrl = Annotated[str, typer.Option(help="Where they give tokens; default: their address.")]
ClientId = Annotated[str, typer.Option(help="Our client id at theirs; the secret by PCF_PACT_SECRET or typed.")]


@app.command()
def partner(
    title: str, base_url: BaseUrl = "", auth_url: AuthUrl = "", client_id: ClientId = "", store: Store = "",
    lang: Lang = "",
) -> None:  # fmt: skip
    """Register a partner; its client here is shown once. 登记伙伴，其客户端密钥仅显示一次。"""
    from service.desk import open_desk, store_place
    from service.jobs.addresses import allowed_networks
    from service.pact.partners import Access, add
    from service.records.keys import key_folder

    with refusing(lang), open_desk(store) as desk:
        made, their_id, their_secret = add(
            desk, lambda: key_folder(store_place(store)), title,
            Access(base_url, auth_url, client_id, _secret(client_id)), actor=actor(), allowed=allowed_networks(),
        )  # fmt: skip
    out = console()
    out.print(f"id             {made.id}")
    out.print(f"client_id      {their_id}", soft_wrap=True)
    out.print(f"client_secret  {their_secret}", soft_wrap=True)
    console(error=True).print(word("shown_once", language(lang)))


@app.command()
def connect(
    partner: Partner, base_url: BaseUrl = "", auth_url: AuthUrl = "", client_id: ClientId = "", store: Store = "",
    lang: Lang = "",
) -> None:  # fmt: skip
    """Our access to a partner's service, with the client they made for us. 填写我方在伙伴处的访问凭证。"""
    from service.desk import open_desk, store_place
    from service.jobs.addresses import allowed_networks
    from service.pact.partners import Access
    from service.pact.partners import connect as run
    from service.records.keys import key_folder

    with refusing(lang), open_desk(store) as desk:
        found = run(
            desk, lambda: key_folder(store_place(store)), partner,
            Access(base_url, auth_url, client_id, _secret(client_id)), actor=actor(), allowed=allowed_networks(),
        )  # fmt: skip
    console().print(f"{found.id}  {found.title}  {found.base_url}", soft_wrap=True)


@app.command()
def partners(format_: Format = "text", store: Store = "", lang: Lang = "") -> None:
    """Partners of the company. 列出伙伴。"""
    check_format(format_)
    from dataclasses import asdict

    from service.desk import open_desk
    from service.pact.partners import partners as run

    with refusing(lang), open_desk(store) as desk:
        rows = run(desk)
    if format_ == "json":
        print_json([asdict(row) for row in rows])
        return
    for row in rows:
        console().print(f"{row.id}  {row.title}  {row.base_url}", soft_wrap=True)


@app.command()
def remove(partner: Partner, store: Store = "", lang: Lang = "") -> None:
    """End a partner's access and send it nothing more. 终止伙伴访问。"""
    from service.desk import open_desk
    from service.pact.partners import named
    from service.pact.partners import remove as run

    with refusing(lang), open_desk(store) as desk:
        found = named(desk, partner)
        run(desk, found.id, actor=actor())
    console().print(f"{found.id}  {found.title}")


@app.command()
def fetch(
    partner: Partner,
    filter_: Filter = None,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """List a supplier's footprints and take them in as factors. 获取供应商碳足迹并作为因子入库。"""
    check_format(format_)
    from service.desk import open_desk, store_place
    from service.jobs.addresses import allowed_networks
    from service.pact.fetch import fetch as run
    from service.pact.wire import Network
    from service.records.keys import key_folder

    wanted = _filters(filter_)
    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        folder, network = key_folder(store_place(store)), Network(allowed_networks())
        taken = run(desk, folder, network, partner, wanted, actor=actor())
    if format_ == "json":
        print_json(taken.plain())
    else:
        _print_taken(taken, lang)
    raise typer.Exit(1 if taken.refused else 0)


@app.command()
def ask(
    partner: Partner,
    filter_: Filter = None,
    comment: Annotated[str, typer.Option(help="For the partner.")] = "",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Ask a partner for footprints by an event; pcf serve or pcf worker sends it. 以事件向伙伴请求碳足迹。"""
    from service.desk import open_desk
    from service.pact.events import ask as run
    from service.pact.partners import named

    wanted = _filters(filter_)
    with refusing(lang), open_desk(store) as desk:
        console().print(run(desk, named(desk, partner), wanted, comment, actor=actor()))


@app.command()
def events(format_: Format = "text", store: Store = "", lang: Lang = "") -> None:
    """Events received and sent, newest first. 收发的事件。"""
    check_format(format_)
    from service.desk import open_desk
    from service.pact.events import events as run

    with refusing(lang), open_desk(store) as desk:
        rows = run(desk)
    if format_ == "json":
        print_json(rows)
        return
    for row in rows:
        arrow = "->" if row["direction"] == "out" else "<-"
        line = f"{row['created_at'][:19]}  {arrow} {row['type']:16}  {row['state']:8}  {row['event_id']}"
        console().print(line, soft_wrap=True)


def _secret(client_id: str) -> str:
    """Our secret at a partner: from the environment, or typed; never an argument, which others on the machine see."""
    secret = os.environ.get(SECRET, "")
    return str(typer.prompt("client_secret", hide_input=True)) if client_id and not secret else secret


def _filters(given: list[str] | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals or not value:
            raise typer.BadParameter("NAME=VALUE", param_hint="--filter")
        found.setdefault(name, []).append(value)
    return found


def _print_taken(taken: Any, lang: str) -> None:
    from service.text.faults import print_faults

    out = console()
    if taken.release:
        out.print(taken.release)
    for name in taken.factors:
        out.print(f"  + {name}")
    for name in taken.there:
        out.print(f"  = {name}")
    for name, faults in taken.refused.items():
        out.print(f"  - {name}")
        print_faults(console(error=True), faults, language(lang))
