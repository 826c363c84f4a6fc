"""``pcf equation list|show|run``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.commands.shared import Lang, console, print_json, refusing

app = typer.Typer(no_args_is_help=True, help="Published equations, to run alone. 单独运行已登记的公式。")


def _load() -> None:
    """Equations register when their modules are imported: all methods, all installed rules."""
    from service.equations import load_equations

    load_equations()


@app.command("list")
def list_() -> None:
    """All registered equations."""
    from rich.table import Table

    from pcr.equations import all_equations

    _load()
    table = Table(box=None, padding=(0, 1))
    for title in ("id", "equation", "confidence", "source"):
        table.add_column(title, overflow="fold")
    for item in all_equations():
        table.add_row(item.id, item.text, item.confidence, item.source)
    console().print(table)


@app.command()
def show(equation: str, lang: Lang = "") -> None:
    """Inputs, units, results, clause and source of one equation."""
    from pcr.equations import find

    _load()
    with refusing(lang):
        found = find(equation)
    print_json(
        {
            "id": found.id,
            "equation": found.text,
            "clause": found.clause,
            "source": found.source,
            "confidence": found.confidence,
            "inputs": {
                name: {"unit": unit, "required": name not in found.optional} for name, unit in found.inputs.items()
            },
            "results": dict(found.results),
        }
    )


@app.command()
def run(
    equation: str,
    input_: Annotated[Path, typer.Argument(metavar="INPUT.json")],
    lang: Lang = "",
) -> None:
    """Run one equation on a JSON file of its inputs."""
    from lca.doors import read_json
    from lca.faults import Fault, Refused
    from pcr.equations import run as calculate

    _load()
    with refusing(lang):
        if not input_.is_file():
            raise Refused([Fault("file_missing", str(input_), found="no such file", expected="a JSON file")])
        given = read_json(input_.read_text(encoding="utf-8-sig"))
        if not isinstance(given, dict):
            raise Refused([Fault("shape", str(input_), found=type(given).__name__, expected="an object of inputs")])
        print_json(calculate(equation, given))
