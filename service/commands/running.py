"""``pcf serve``, ``pcf demo``."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Annotated, Final

import typer

from service.commands.shared import Lang, Store, console, language, refusing
from service.text.words import word

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
DEMO: Final = ("cement_works_2024.yaml", "li_ion_battery_lfp_2024.yaml")


def serve(
    host: Annotated[str, typer.Option(help="Only loopback until the service has keys.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="TCP port.")] = 8000,
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Serve the HTTP interface on this machine. 在本机提供HTTP接口。"""
    import uvicorn

    from lca.faults import Fault, Refused
    from service.http.app import make_app

    with refusing(lang):
        if host not in LOOPBACK:
            raise Refused([Fault("address_refused", "--host", found=host, expected=", ".join(LOOPBACK))])
        application = make_app(store)
    uvicorn.run(application, host=host, port=port, log_level="warning")


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
