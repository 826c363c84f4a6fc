"""What a batch writes: a line per product, the failed items with their faults, and the same lines as Parquet."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from lca.faults import Fault, Refused
from service.records.sections import value_of

RESULTS: Final = "results.jsonl"
FAILED: Final = "failed.jsonl"
PARQUET: Final = "results.parquet"
NOT_SEALED: Final = ("", "loop", "not_proven", "seal_none", "supplier_not_sealed")


def line_of(item: str, record: Mapping[str, Any], why: str, unchanged: bool) -> dict[str, Any]:
    """A product's line. ``why``: why it is not sealed, empty where it is."""
    result, identity = value_of(record, "result"), value_of(record, "derivation/identity")
    return {
        "item": item,
        "product": identity["product"],
        "label": result["label"],
        "status": result["status"],
        "total": result["total"],
        "unit": result["total_unit"],
        "per": {"amount": result["unit"]["amount"], "unit": result["unit"]["unit"]},
        "stages": result["stages"],
        "rule": f"{identity['rule']['id']} {identity['rule']['version']}",
        "regime": identity["regime"]["id"],
        "releases": [release["id"] for release in identity["releases"]],
        "record": "" if why else record["name"],
        "not_sealed": why,
        "unchanged": unchanged,
    }


def write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON lines whole or not at all: a reader never sees half a file."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def parquet_writer() -> Any:
    """The two modules that write Parquet, looked up before anything is calculated.

    Raises:
        Refused: ``batch_no_parquet`` where the extra is not installed.
    """
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        expected = "pip install 'pcf-engine[parquet]'"
        raise Refused([Fault("batch_no_parquet", "--parquet", found=str(error), expected=expected)]) from None


def columns(lines: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The lines by column. Totals are text, exact as published; ``*_float`` is beside them for sorting only."""
    ends = [_ends(line["total"]) for line in lines]
    made: dict[str, list[Any]] = {key: [line[key] for line in lines] for key in ("item", "product", "status")}
    made["total_low"], made["total_high"] = [low for low, _ in ends], [high for _, high in ends]
    made["total_low_float"] = [None if low is None else float(low) for low, _ in ends]
    made["unit"] = [line["unit"] for line in lines]
    made["per"] = [f"{line['per']['amount']} {line['per']['unit']}" for line in lines]
    made["label_en"], made["label_zh"] = ([line["label"].get(name, "") for line in lines] for name in ("en", "zh"))
    for key in ("stages", "releases"):
        made[key] = [json.dumps(line[key], ensure_ascii=False, sort_keys=True) for line in lines]
    return made | {
        key: [line[key] for line in lines] for key in ("rule", "regime", "record", "not_sealed", "unchanged")
    }


def write_parquet(modules: Any, path: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    """The lines as one Parquet file, whole or not at all."""
    arrow, parquet = modules
    beside = path.with_name(f".{path.name}.part")
    parquet.write_table(arrow.table(columns(lines)), beside)
    beside.replace(path)


def _ends(total: Any) -> tuple[str | None, str | None]:
    return (total, total) if isinstance(total, str) else (total["low"], total["high"])


def result_schema() -> dict[str, Any]:
    """JSON Schema of a line of ``results.jsonl``: ``docs/schemas/batch-result.json``."""
    text, named = {"type": "string"}, {"type": "string", "minLength": 1}
    number = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?$"}
    ends = {"low": "Low end; null where there is none.", "high": "High end; null where there is none."}
    band = _closed({end: {"anyOf": [number, {"type": "null"}], "description": says} for end, says in ends.items()})
    figure = {"anyOf": [number, band]}
    per = {"amount": "How many of the unit.", "unit": "The unit."}
    parts: dict[str, tuple[dict[str, Any], str]] = {
        "item": (named, "Id of the item."),
        "product": (named, "Id of the product."),
        "label": ({"type": "object", "additionalProperties": text}, "Name of the product by language."),
        "status": ({"enum": ["complete", "complete_with_proxies", "draft"]}, "How sure the result is."),
        "total": (figure, "The footprint, kg CO2e per unit; a band where gaps are open."),
        "unit": ({"const": "kg CO2e"}, "Unit of the total."),
        "per": (_closed({name: {**named, "description": says} for name, says in per.items()}), "What it is per."),
        "stages": ({"type": "object", "additionalProperties": figure}, "The total by life-cycle stage, kg CO2e."),
        "rule": (named, "Rule and its version."),
        "regime": (named, "Regime."),
        "releases": ({"type": "array", "minItems": 1, "items": named}, "Factor releases, the top layer first."),
        "record": ({"type": "string", "pattern": "^([0-9a-f]{64})?$"}, "Name of the record; empty: not sealed."),
        "not_sealed": ({"enum": list(NOT_SEALED)}, "Why it is not sealed, a code; empty where it is."),
        "unchanged": ({"type": "boolean"}, "Whether it was not calculated again."),
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A line of the results of pcf batch"}
    return head | _closed({name: {**schema, "description": says} for name, (schema, says) in parts.items()})


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    names = sorted(properties)
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": names}
