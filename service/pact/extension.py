"""Our data model extension: what a footprint of PACT has no property for, with its JSON Schema.

It names the sealed record the footprint was made of, so that a receiver who is given that record (``pcf disclose``) can
prove it; and says how the electricity was supplied, what share came without a split, and the spread where a publisher
adds an uncertainty annex. Of electricity shares are told, never kWh: those are the works' own business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lca.exact import ZERO, Exact
from lca.faults import Fault, Refused
from service.pact.figures import Figures, written

VERSION: Final = "1.0.0"
MODEL: Final = "2.0.0"
"""Version of PACT's data model extensions (recalled)."""
PATH: Final = f"/schemas/pact-extension-{VERSION}.json"
SHOWN: Final = 6
PERCENTILES: Final = ("2.5", "97.5")


def extension(
    record: Mapping[str, Any], figures: Figures, base_url: str, annex: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The extension of a footprint. ``base_url``: by which the schema is served."""
    identity, result = record["sections"]["derivation/identity"], record["sections"]["result"]
    rule, regime = identity["rule"], identity["regime"]
    data: dict[str, Any] = {
        "record": record["name"],
        "rule": {name: rule[name] for name in ("id", "version", "status", "sha256")},
        "regime": {name: regime[name] for name in ("id", "version", "status")} | {"gwpSet": regime["gwp_set"]},
        "releases": [{"id": item["id"], "sha256": item["sha256"]} for item in identity["releases"]],
        "status": result["status"],
        "unsplitGhgEmissions": written(figures.unsplit),
        "dataClasses": {name: share for name, share in result["classes"].items() if share is not None},
        "electricity": electricity(result["electricity"]),
        "notices": sorted({item["code"] for item in result["notices"]}),
    }
    if annex is not None:
        data["uncertainty"] = spread(annex, result)
    return {"specVersion": MODEL, "dataSchema": f"{base_url}{PATH}", "data": data}


def electricity(rows: list[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Shares of the kWh by kind of supply and whether a factor of an instrument or a line was taken, largest first."""
    sums: dict[tuple[str, str], Exact] = {}
    for row in rows:
        key = (row["supply"], row["table_row"])
        sums[key] = sums.get(key, ZERO) + Exact.from_published(row["kwh"])
    whole = sum(sums.values(), ZERO)
    if not whole:
        return []
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"supply": supply, "tableRow": row, "share": (kwh / whole).significant(SHOWN)} for (supply, row), kwh in ordered
    ]


def spread(annex: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of an uncertainty annex: draws, seed, and where 95 % of the draws lie.

    Raises:
        Refused: ``pact_annex`` for a file that is none, or that belongs to another result.
    """
    try:
        told = (annex["kind"], annex["product"], annex["total_of_record"])
        points = annex["result"]["percentiles"]
        shown = {name: str(points[name]["value"]) for name in PERCENTILES}
        made = {"draws": str(annex["draws"]), "seed": str(annex["seed"]), "unit": str(annex["unit"])}
    except (KeyError, TypeError):
        expected = "a file of pcf uncertainty --format json"
        raise Refused([Fault("pact_annex", "uncertainty", found="another form", expected=expected)]) from None
    wanted = ("uncertainty annex", result["product"], result["total"])
    if told != wanted:
        raise Refused([Fault("pact_annex", "uncertainty", ", ".join(map(str, told))[:200], ", ".join(wanted))])
    return {**made, "p2_5": shown["2.5"], "p97_5": shown["97.5"]}


def schema() -> dict[str, Any]:
    """JSON Schema of the extension's ``data``; ``docs/schemas/pact-extension.json``, served at :data:`PATH`."""
    text, digest = {"type": "string", "minLength": 1}, {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    number = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?$"}
    share = {"type": "string", "pattern": r"^(0(\.[0-9]+)?|1(\.0+)?)$"}
    lists = {"type": "array"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pcf-engine extension of a PACT footprint",
        "description": "The sealed record a footprint was made of, and what PACT has no property for.",
        **_closed(
            {
                "record": {**digest, "description": "Name of the record: the hash over its sections' digests."},
                "rule": _closed({"id": text, "version": text, "status": text, "sha256": digest}),
                "regime": _closed({"id": text, "version": text, "status": text, "gwpSet": text}),
                "releases": {**lists, "items": _closed({"id": text, "sha256": digest})},
                "status": {"enum": ["complete", "complete_with_proxies"]},
                "unsplitGhgEmissions": {
                    **number,
                    "description": "kg CO2e per declared unit that factors brought without a split; inside the fossil.",
                },
                "dataClasses": {
                    "type": "object",
                    "propertyNames": {"enum": ["measured", "supplier", "official", "proxy", "gap"]},
                    "additionalProperties": share,
                },
                "electricity": {
                    **lists,
                    "items": _closed({"supply": text, "tableRow": {"type": "string"}, "share": share}),
                },
                "notices": {**lists, "items": text},
                "uncertainty": {
                    **_closed({"draws": text, "seed": text, "unit": text, "p2_5": number, "p97_5": number}),
                    "description": "Monte Carlo annex: 95 % of the draws lie between the two.",
                },
            },
            optional=("uncertainty",),
        ),
    }


def _closed(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    needed = [name for name in properties if name not in optional]
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": needed}
