"""``pcf factors goods``: a CBAM good by its code, with the defaults of a country."""

from __future__ import annotations

from typing import Annotated

import typer

from service.commands.shared import Format, Lang, check_format, console, language, print_json, refusing


def goods(
    code: Annotated[str, typer.Argument(help="CN or TARIC code, 4 to 10 digits.")],
    country: Annotated[str, typer.Option(help="Country of production, for its default values.")] = "CN",
    on: Annotated[str, typer.Option(help="Day the value is used for; default: today.")] = "",
    known: Annotated[str, typer.Option(help="Day it was looked up on; default: today.")] = "",
    format_: Format = "text",
    lang: Lang = "",
) -> None:
    """What CBAM counts for a good, and the default values in force. CBAM 货物：核算内容与默认值。"""
    check_format(format_)
    from datetime import UTC, datetime

    from factordb.as_of import standing
    from pcr.regimes.cbam.goods import find
    from service.cbam.defaults import first_listed
    from service.text.goods import goods_row, print_goods

    today = datetime.now(UTC).date().isoformat()
    with refusing(lang, as_json=format_ == "json"):
        found = find(code)
        rows = first_listed(found.good.cn, country) if found.good else []
        defaults = [item for item in standing(rows, on or known or today, known or today) if item.holds]
    if format_ == "json":
        print_json(goods_row(found, defaults))
    else:
        print_goods(console(), found, defaults, language(lang))
