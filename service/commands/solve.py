"""``pcf solve``: a bare labelled system."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.commands.shared import Lang, print_json, refusing


def solve(
    system: Annotated[Path, typer.Argument(help="SYSTEM.json: products, processes, flows, A, B, methods, demand.")],
    exact: Annotated[bool, typer.Option("--exact", help="Print fractions.")] = False,
    lang: Lang = "",
) -> None:
    """Solve A s = f, g = B s, h = C g of a labelled system. 求解带标签的线性系统。"""
    from lca.bare import solve_bare
    from lca.doors import read_json
    from lca.faults import Fault, Refused

    with refusing(lang):
        if not system.is_file():
            raise Refused([Fault("file_missing", str(system), found="no such file", expected="a JSON file")])
        try:
            text = system.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise Refused([Fault("file_encoding", str(system), found=error.reason, expected="UTF-8")]) from None
        print_json(solve_bare(read_json(text, constants_as_text=True), exact=exact))
