"""``pcf``: the command line. One module per group of verbs; heavy imports wait until a verb needs them.

Exit codes: 0 done · 1 calculation refused · 2 wrong usage · 3 different · 4 tampered · 5 weak proof with --strict ·
6 not possible.
"""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Annotated

import typer

from service.commands import (
    alternatives,
    audit,
    background,
    batch,
    battery,
    calculate,
    cbam,
    company,
    compare,
    contributions,
    database,
    disclosing,
    equations,
    erp,
    factors,
    jobs,
    keys,
    pact,
    rules,
    running,
    scenarios,
    solve,
    tornado,
    uncertainty,
)

app = typer.Typer(
    name="pcf",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"pcf-engine {version('pcf-engine')}, Python {platform.python_version()}")
        raise typer.Exit


@app.callback()
def pcf(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is. 显示版本。"),
    ] = False,
) -> None:
    """Product carbon footprints that can be re-run to the last digit. 可逐位复算的产品碳足迹。"""


for verb in (
    calculate.calculate,
    calculate.rerun,
    calculate.report,
    calculate.withdraw,
    disclosing.sign,
    disclosing.disclose,
    batch.batch,
    compare.compare,
    tornado.tornado,
    scenarios.scenarios,
    alternatives.alternatives,
    uncertainty.uncertainty,
    contributions.contributions,
    solve.solve,
    running.serve,
    jobs.worker,
    running.demo,
):
    app.command()(verb)
app.add_typer(rules.app, name="rules")
app.add_typer(equations.app, name="equation")
app.add_typer(factors.app, name="factors")
app.add_typer(background.app, name="background")
app.add_typer(battery.app, name="battery")
app.add_typer(cbam.app, name="cbam")
app.add_typer(company.company, name="company")
app.add_typer(company.access, name="access")
app.add_typer(keys.app, name="key")
app.add_typer(disclosing.share, name="share")
app.add_typer(audit.app, name="audit")
app.add_typer(pact.app, name="pact")
app.add_typer(erp.app, name="erp")
app.add_typer(database.app, name="db")
app.add_typer(jobs.app, name="jobs")


def main() -> None:
    """Entry point of the distribution."""
    app()


if __name__ == "__main__":
    main()
