"""``pcf cbam``: embedded emissions of an installation and what they cost. A footprint is never one of these numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from service.commands.shared import Format, Lang, check_format, console, language, print_json, refusing

app = typer.Typer(no_args_is_help=True, help="CBAM: embedded emissions and certificates. 碳边境调节机制。")
Input = Annotated[Path, typer.Argument(help="Installation in the neutral form, .json or .yaml.")]


@app.command()
def see(
    file: Input,
    regime: Annotated[str, typer.Option(help="definitive or transitional; default: what the file says.")] = "",
    format_: Format = "text",
    lang: Lang = "",
) -> None:
    """Specific embedded emissions of every good, unrounded. 每种货物的单位隐含排放（不修约）。"""
    check_format(format_)
    if regime not in ("", "definitive", "transitional"):
        raise typer.BadParameter("definitive or transitional", param_hint="--regime")
    from service.cbam.see import output
    from service.cbam.see import see as run
    from service.text.cbam import print_seen

    with refusing(lang, as_json=format_ == "json"):
        found = run(_read(file), regime)
        if format_ == "json":
            print_json(output(found))
        else:
            print_seen(console(), found, language(lang))


@app.command()
def whatif(file: Input, format_: Format = "text", lang: Lang = "") -> None:
    """Certificates of one good on its default value, year by year. 按默认值逐年计算所需证书。"""
    check_format(format_)
    from service.cbam.whatif import on_default, output
    from service.text.cbam import print_years

    with refusing(lang, as_json=format_ == "json"):
        found = on_default(_read(file))
        if format_ == "json":
            print_json(output(found))
        else:
            print_years(console(), found, language(lang))


def _read(file: Path) -> Any:
    """Plain data with every number as text."""
    from lca.doors import read_json, read_yaml
    from lca.faults import Fault, Refused

    if not file.is_file():
        raise Refused([Fault("file_missing", str(file), found="no such file", expected="a file")])
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Refused([Fault("file_encoding", str(file), found=str(error), expected="UTF-8")]) from None
    return read_yaml(text) if file.suffix.lower() in (".yaml", ".yml") else read_json(text)
