"""``pcf rules list|show|check|template``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.commands.shared import Lang, console, language, print_json, refusing
from service.text.words import label, word

app = typer.Typer(no_args_is_help=True, help="Product rules. 产品规则。")


@app.command("list")
def list_(lang: Lang = "") -> None:
    """Installed rules with their true status."""
    from rich.table import Table

    from pcr.registry import broken_rules, installed_rules

    said = language(lang)
    table = Table(box=None, padding=(0, 1))
    for title in ("rule", "version", "name", "status", "standard", "regimes"):
        table.add_column(title, overflow="fold")
    for item in installed_rules():
        rule = item.rule
        standard = f"{rule.standards[0].number} ({rule.standards[0].confidence})"
        regimes = ", ".join(rule.regimes)
        table.add_row(rule.id, rule.version, label(rule.label, said), word(rule.status, said), standard, regimes)
    console().print(table)
    for name, reason in broken_rules():
        console(error=True).print(f"{name}: {reason}")


@app.command()
def show(rule: str, lang: Lang = "") -> None:
    """The facts of a rule: unit, boundary, stages, inputs, settings, what is not confirmed."""
    from pcr.registry import find_rule

    with refusing(lang):
        name, _, version = rule.partition("@")
        found = find_rule(name, version)
    said = language(lang)
    facts = found.rule
    print_json(
        {
            "rule": facts.ref,
            "name": dict(facts.label),
            "status": facts.status,
            "unconfirmed": list(facts.unconfirmed),
            "unit": label(facts.unit.text, said),
            "boundary": label(facts.boundary.text, said),
            "regimes": list(facts.regimes),
            "stages": {stage.id: label(stage.label, said) for stage in facts.stages},
            "inputs": {
                key: {
                    "label": label(item.label, said),
                    "kind": item.kind,
                    "units": list(item.units),
                    "required": item.required,
                    "per": item.per,
                    "stage": item.stage,
                    "properties": {name: prop.unit for name, prop in item.properties.items()},
                    "materials": list(item.materials),
                }
                for key, item in facts.inputs.items()
            },
            "settings": {
                key: {"value": item.value, "source": item.source, "confidence": item.confidence}
                for key, item in facts.settings.items()
            },
            "sha256": found.hash(),
        }
    )


@app.command()
def check(
    rule: Annotated[str, typer.Argument(help="A rule id; default: all.")] = "",
    all_: Annotated[bool, typer.Option("--all", help="All installed rules.")] = False,
    lang: Lang = "",
) -> None:
    """Run a rule's worked examples and show its six uniformities (六个统一)."""
    from pcr.registry import broken_rules, installed_rules
    from service.rules_check import check_rule, uniformities

    out = console()
    bad = [f"{name}: {reason}" for name, reason in broken_rules()]
    chosen = [item for item in installed_rules() if all_ or not rule or item.rule.id == rule]
    for item in chosen:
        results = check_rule(item)
        ticks = " ".join(f"{'✓' if text else '✗'} {name}" for name, text in uniformities(item).items())
        out.print(f"{item.rule.ref}: {len(results)} worked examples; {ticks}")
        for result in results:
            mark = "✗" if result.problems else "✓"
            out.print(f"  {mark} {result.case}: {result.title} ({result.source})")
            for problem in result.problems:
                out.print(f"      {problem}")
        bad += [f"{item.rule.ref}, {r.case}: {p}" for r in results for p in r.problems]
        if not results:
            bad.append(f"{item.rule.ref}: no worked example")
    if not chosen:
        bad.append(f"no rule {rule}")
    for line in bad:
        console(error=True).print(line)
    raise typer.Exit(1 if bad else 0)


@app.command()
def template(
    rule: str,
    output: Annotated[Path, typer.Option("-o", "--output", help="The .xlsx to write.")],
    regime: Annotated[str, typer.Option(help="Regime id; default: the rule's first.")] = "",
    year: Annotated[int, typer.Option(help="Calendar year of the data.")] = 2024,
    example: Annotated[Path | None, typer.Option(help="A data file to fill the workbook with.")] = None,
    for_supplier: Annotated[
        bool, typer.Option("--for-supplier", help="To be sent to a supplier; read it with pcf factors receive.")
    ] = False,
    lang: Lang = "",
) -> None:
    """Write a bilingual workbook that a works can fill in. 生成可填写的中英文表格。"""
    from pcr.registry import find_rule
    from service.intake import read_file
    from service.workbook import write_filled, write_template

    with refusing(lang):
        name, _, version = rule.partition("@")
        found = find_rule(name, version).rule
        if example is not None:
            write_filled(found, read_file(example).data, output)
        else:
            write_template(found, regime or found.regimes[0], output, year=year, for_supplier=for_supplier)
    console().print(f"-> {output}")
