"""``pcf calculate``, ``pcf rerun``, ``pcf report``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    withdrawal_of,
)

if TYPE_CHECKING:
    from service.metered import Metered


def calculate(
    file: Annotated[Path, typer.Argument(help="Activity data: .yaml, .json or .xlsx.")],
    regime: Annotated[str, typer.Option(help="Regime id; default: the file's, then the rule's first.")] = "",
    release: Annotated[
        str, typer.Option(help="Factor releases with commas, e.g. mine,cn-2026.1; default: cn-2026.1.")
    ] = "",
    draft: Annotated[bool, typer.Option("--draft", help="Answer gaps with their sourced ranges, as a band.")] = False,
    output: Annotated[str, typer.Option("-o", "--output", help="Folder for the record files.")] = "",
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Calculate a works-year: one record per product. 核算一个工厂的年度数据，每个产品一条记录。"""
    check_format(format_)
    from service.calculate import Asked
    from service.calculate import calculate as run
    from service.desk import open_desk
    from service.intake import read_file
    from service.text.result import print_record

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        sent = read_file(file)
        asked = Asked(regime=regime, release=release, draft=draft)
        done = run(sent, asked, desk.records, caller="pcf calculate", releases=desk.release)
        written = write_records(done.records, output) if output else []
        if format_ == "json":
            print_json({"ok": True, "records": [dict(record) for record in done.records]})
            return
        out = console()
        seals = ["sealed" if new else "there" for new in done.new] or ["not_sealed"] * len(done.records)
        for record, seal in zip(done.records, seals, strict=True):
            print_record(out, record, language(lang), seal)
        for path in written:
            out.print(f"-> {path}")


def write_records(records: object, folder: str) -> list[Path]:
    """Write each record to ``<folder>/<product>-<first 12 of the name>.json``."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for record in records:  # type: ignore[attr-defined]
        product = record["sections"]["derivation/identity"]["product"]
        safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in product)
        path = place / f"{safe}-{record['name'][:12]}.json"
        path.write_text(json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
        written.append(path)
    return written


def rerun(
    record: Annotated[str, typer.Argument(help="A record file, or the name of a stored record.")],
    strict: Annotated[bool, typer.Option("--strict", help="5 where the proof is not the whole one.")] = False,
    second_opinion: Annotated[
        str, typer.Option(help="brightway: its solve of the same matrices beside ours; not the rule.")
    ] = "",
    series: Annotated[
        list[Path] | None, typer.Option(help="A CSV said to be behind its metered sums; once for each.")
    ] = None,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Re-run a record: integrity, signature, recomputation. 复算一条记录。"""
    check_format(format_)
    if second_opinion:
        _second(record, second_opinion, format_, store, lang)
    from dataclasses import asdict

    from service.desk import release_opener
    from service.records.verify import rerun as run
    from service.text.verdict import print_verdict

    with refusing(lang, as_json=format_ == "json"):
        held = record_from(record, store)
        meters = _metered(held, series) if series else ()
        gone = withdrawal_of(record, store, held)
        keys = {}
        if held.get("signatures"):  # a record without any needs no look at keys
            from service.records.key_ring import keys_here

            keys = keys_here(store)
        verdict = run(held, release_opener(store), keys)
    if format_ == "json":
        shown = asdict(verdict)
        shown["reason"] = [f"{fault.code}: {fault.found}" for fault in verdict.reason]
        shown["withdrawn_at"] = gone.at if gone else ""
        print_json(shown | ({"series": [asdict(one) for one in meters]} if series else {}))
    else:
        print_verdict(console(), verdict, language(lang), gone)
        if series:
            from service.text.metered import print_metered

            print_metered(console(), meters, language(lang))
    if not Path(record).is_file():
        _note_run(held["name"], verdict.recomputation, store)
    code = verdict.exit_code(strict=strict)
    raise typer.Exit(3 if code in (0, 5) and any(one.found != "agrees" for one in meters) else code)


def _metered(record: dict[str, Any], files: list[Path]) -> tuple[Metered, ...]:
    from service.metered import metered, read_texts

    return metered(record, read_texts(files))


def _second(record: str, engine: str, format_: str, store: str, lang: str) -> None:
    """Another engine's solve of the record's system; leaves with 0 where every stage agrees, else with 3."""
    if engine != "brightway":
        raise typer.BadParameter("brightway", param_hint="--second-opinion")
    from service.second_opinion import second_opinion
    from service.text.opinion import opinion_rows, print_opinion

    with refusing(lang, as_json=format_ == "json"):
        found = second_opinion(record_from(record, store))
    if format_ == "json":
        print_json(opinion_rows(found))
    else:
        print_opinion(console(), found, language(lang))
    raise typer.Exit(0 if found.agrees else 3)


def _note_run(name: str, recomputation: str, store: str) -> None:
    from service.calculate import environment
    from service.desk import open_desk

    with open_desk(store) as desk:
        desk.records.add_run(name, "rerun", {"recomputation": recomputation, "environment": environment()})


def withdraw(
    record: Annotated[str, typer.Argument(help="The name of a stored record.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept with the record.")],
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Withdraw a stored record: it stays, and the instruments it drew are free again. 撤回记录，释放其占用的凭证。"""
    from service.desk import open_desk

    with refusing(lang), open_desk(store) as desk:
        console().print(desk.records.withdraw(record, reason))


def report(
    record: Annotated[str, typer.Argument(help="A record file, or the name of a stored record.")],
    output: Annotated[str, typer.Option("-o", "--output", help="HTML file; default: <product>.html.")] = "",
    level: Annotated[
        str, typer.Option("--level", help="Show and embed what public, customer or auditor may see.")
    ] = "",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Write a record as one self-contained HTML page. 生成单页HTML报告。"""
    from service.report.page import render_report

    with refusing(lang):
        held = record_from(record, store)
        gone = withdrawal_of(record, store, held)
        if level:
            from service.commands.disclosing import copy_at

            held = copy_at(held, level, store)
    product = str(held["sections"]["derivation/identity"]["product"])
    safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in product)
    path = Path(output or f"{safe}.html")
    path.write_text(render_report(held, language(lang), gone=gone), encoding="utf-8")
    console().print(f"-> {path}")
