"""One good of a CBAM table as a factor, and which original row a corrected one replaces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from factordb.factor import Factor
from factordb.imports.rows import filled, joined, table


@dataclass(frozen=True, slots=True)
class Good:
    """A row of Annex I or IV, or of the transitional defaults: a total per tonne of a good of a country."""

    act: str
    iso: str
    cn: str
    route: str
    colour: str
    """White or grey, of cement and clinker: two goods under one code."""
    name: str
    total: str
    parts: Mapping[str, str]
    indirect: bool

    @staticmethod
    def of(act: str, iso: str, item: Mapping[str, Any], indirect: str) -> Good:
        """A good from a record of either transcription; ``indirect``: not empty where it is inside the total."""
        missing = table("cbam")["missing"]
        name = joined(item.get("description") or "")
        colour = re.match(r"(white|grey)\b", name.lower())
        parts = {
            key: item.get(key) or "" for key in ("direct", "indirect", "markup_2026", "markup_2027", "markup_2028")
        }
        return Good(
            act=act,
            iso=iso,
            cn=(item.get("cn_code") or "").replace(" ", ""),
            route=(item.get("route") or "").strip(),
            colour=colour[1] if colour else "",
            name=name,
            total=(item.get("total") or "").strip(),
            parts=filled({key: text for key, text in parts.items() if text not in missing}),
            indirect=bool(indirect),
        )

    @property
    def key(self) -> str:
        """What tells this good from the next: country, code, route, colour."""
        route = self.route.lower().replace("/", "")
        return "-".join(part for part in (self.iso.lower(), self.cn, route, self.colour) if part)


def counted(cn: str) -> str:
    """``indirect`` where the indirect emissions of a code count, else empty."""
    code = cn.replace(" ", "")
    return "indirect" if any(code.startswith(start) for start in table("cbam")["indirect"]) else ""


def default(good: Good, corrects: str = "") -> Factor:
    """The default value as a factor for filings; never a footprint."""
    words = table("cbam")
    act = words["acts"][good.act]
    first, last = words["transitional"] if good.act == "transitional" else (words["in_force"], "")
    compared = good.act != "2621" or good.iso in words["compared"]
    said = (
        words["cement"] if good.cn.startswith("2523") else "",
        "" if compared else words["not_compared"],
        "seen through two public transcriptions" if good.act == "transitional" else "",
    )
    return Factor(
        id=f"{act['id']}-{good.key}",
        name_en=good.name or f"CN {good.cn}",
        name_zh="",
        category="cbam",
        kind="cbam_direct_indirect" if good.indirect else "cbam_direct",
        place="GLO" if good.iso == "WW" else good.iso,
        year="",
        value=good.total,
        unit="tCO2e/t",
        source=act["id"],
        confidence="seen",
        series=f"cbam.{good.key.replace('-', '.')}",
        boundary="CBAM system boundary: direct" + (" and indirect" if good.indirect else "") + ", with precursors",
        gwp_set="CBAM",
        locator=joined("Annex IV" if good.iso == "XX" else "Annex I", f"CN {good.cn}", _route(good.route)),
        published=act["published"],
        note=joined(*said, by="; "),
        properties=filled({**good.parts, "route": good.route, "colour": good.colour}),
        codes={"cn": good.cn},
        valid_from=first,
        valid_to=last,
        corrects=corrects,
        reason=words["reason"] if corrects else "",
    )


def _route(route: str) -> str:
    return f"route {route}" if route else ""


def same_good(good: Good, factors: Mapping[str, Factor]) -> Factor | None:
    """The row of the original act for this very good: country, code, route; one transcription may omit the colour."""
    rows = [row for row in _under(good, factors) if row.properties.get("route", "") == good.route]
    rows = [row for row in rows if good.colour in ("", row.properties.get("colour", good.colour))]
    return rows[0] if len(rows) == 1 else None


def corrected_by(good: Good, factors: Mapping[str, Factor]) -> Factor | None:
    """The row of the original act that ``good`` corrects, where one and only one can be meant.

    Same country and code; then, as far as it is needed to tell them apart: colour, route, total. The correction
    changed route letters, so a route alone excludes nothing.
    """
    meant = _under(good, factors)
    for narrowed in (
        [row for row in meant if not good.colour or row.properties.get("colour", "") == good.colour],
        [row for row in meant if row.properties.get("route", "") == good.route],
        [row for row in meant if row.value == good.total],
    ):
        meant = [row for row in meant if row in narrowed] or meant
    return meant[0] if len(meant) == 1 else None


def _under(good: Good, factors: Mapping[str, Factor]) -> list[Factor]:
    """Rows of the original act of one country and code, with any route and colour."""
    start = f"{table('cbam')['acts']['2621']['id']}-{good.iso.lower()}-{good.cn}"
    letters = dict.fromkeys(("", *"abcdefghjkl", good.route.lower().replace("/", "")))
    names = ("-".join(part for part in (start, letter, colour) if part)
             for letter in letters for colour in ("", "white", "grey"))  # fmt: skip
    return [factors[name] for name in names if name in factors]


def benchmark(item: Mapping[str, Any], of: tuple[str, str, str], value: str) -> Factor:
    """A benchmark of (EU) 2025/2620: a constant of the free-allocation equation, no factor to buy."""
    words, act = table("cbam"), table("cbam")["acts"]["2620"]
    column, route, years = of
    cn = (item.get("cn_code") or "").replace(" ", "")
    used = "actual" if column == "a" else "default"
    return Factor(
        id="-".join(part for part in ("cbam-benchmark-2620", cn, column, route.lower(), years) if part),
        name_en=joined(item.get("description") or f"CN {cn}"),
        name_zh="",
        category="cbam",
        kind="process_parameter",
        place="EU",
        year="",
        value=value.strip(),
        unit="tCO2e/t",
        source=act["id"],
        confidence="seen",
        boundary=f"benchmark, column {column.upper()} ({used} values)",
        gwp_set="CBAM",
        locator=joined("Annex 5.3", f"CN {cn}", _route(route), years),
        published=act["published"],
        note=words["cement"] if cn.startswith("2523") else "",
        properties=filled({"column": column.upper(), "route": route, "years": years}),
        codes={"cn": cn},
        valid_from=words["in_force"],
    )
