"""``pcf serve``, ``pcf demo``."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from service.commands.shared import Lang, Store, console, language, refusing
from service.text.words import word

FIRST: Final = "owner@localhost"
"""The address of the first account; its owner may invite others under theirs."""
DEMO: Final = ("cement_works_2024.yaml", "li_ion_battery_lfp_2024.yaml")


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; not only loopback once there are keys.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="TCP port; default 8000.")] = None,
    tls_cert: Annotated[str | None, typer.Option(help="Certificate chain, PEM.")] = None,
    tls_key: Annotated[str | None, typer.Option(help="Private key of the certificate, PEM.")] = None,
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Serve the HTTP interface and the pages. 提供HTTP接口和网页。"""
    import uvicorn

    from factordb.models import LOCAL
    from service.companies.accounts import is_open
    from service.desk import open_desk
    from service.http.app import make_app
    from service.http.around import start_logs
    from service.listening import Announced, address, bound
    from service.settings import read_settings, refuse_open

    with ExitStack() as open_until_the_end, refusing(lang):
        settings = read_settings(host=host, port=port, tls_cert=tls_cert, tls_key=tls_key, store=store or None)
        place = open_until_the_end.enter_context(bound(settings))
        url = address(place, tls=settings.tls)
        with open_desk(settings.store) as desk:
            nobody = is_open(desk.engine, LOCAL)
            refuse_open(settings, nobody)
            if nobody:
                _say_first_link(desk, url, lang)

        def say() -> None:
            console().print(f"{word('serving', language(lang))} {url}", soft_wrap=True)

        config = uvicorn.Config(
            make_app(settings), log_level="warning", access_log=False,
            ssl_certfile=settings.tls_cert or None, ssl_keyfile=settings.tls_key or None,
            proxy_headers=bool(settings.proxies), forwarded_allow_ips=settings.proxies or None,
            server_header=False, timeout_graceful_shutdown=20, h11_max_incomplete_event_size=64 * 1024,
        )  # fmt: skip
        server = Announced(config, say)
        start_logs(settings.log)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[place])
    if not server.started:
        raise typer.Exit(3)


def _say_first_link(desk: Any, url: str, lang: str) -> None:
    """The one-time link of the first owner, on the terminal only."""
    from service.commands.company import actor
    from service.companies.accounts import invite

    made = invite(desk.engine, desk.tenant, FIRST, "owner", actor())
    out = console()
    out.print(word("first_user", language(lang)))
    out.print(f"  {url}/welcome#{made.text}", soft_wrap=True)
    out.print(word("open_note", language(lang)))


def demo(
    output: Annotated[str, typer.Option("-o", "--output", help="Folder for records and pages.")] = "",
    lang: Lang = "",
) -> None:
    """A cement works and a battery pack: calculate, store, re-run, write pages. 演示：水泥厂和电池包。"""
    from factordb.release import open_release
    from service.calculate import Asked, calculate
    from service.commands.calculate import write_records
    from service.desk import examples_path, open_desk
    from service.intake import read_file
    from service.records.verify import rerun
    from service.report.page import render_report
    from service.text.result import print_record
    from service.text.verdict import print_verdict

    out, said = console(), language(lang)
    start = time.perf_counter()
    folder = Path(output or tempfile.mkdtemp(prefix="pcf-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    worst = 0
    with refusing(lang), open_desk(str(folder / "pcf.db")) as desk:
        for name in DEMO:
            path = examples_path(name)
            done = calculate(read_file(path), Asked(), desk.records, caller="pcf demo")
            out.rule(name)
            written = write_records(done.records, str(folder))
            for record, new, file in zip(done.records, done.new, written, strict=True):
                print_record(out, record, said, "sealed" if new else "there")
                verdict = rerun(record, open_release)
                worst = max(worst, verdict.exit_code(strict=True))
                print_verdict(out, verdict, said)
                page = file.with_suffix(".html")
                page.write_text(render_report(record, said), encoding="utf-8")
                out.print(f"-> {page}")
    out.rule(f"{time.perf_counter() - start:.1f} s")
    out.print(f"{word('next', said)}:")
    record_file = sorted(folder.glob("*.json"))[0]
    for line in (
        f"pcf rerun {record_file}",
        "pcf rules template cement -o cement.xlsx",
        "pcf calculate examples/li_ion_battery_bom_2024.yaml --draft",
        "pcf factors search 电力",
        "pcf serve",
    ):
        out.print(f"  {line}")
    raise typer.Exit(worst)
