"""Faults on a terminal, five lines each, and their machine twin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.text import Text

from lca.faults import Fault
from lca.messages import lines, sentence
from service.text.words import Language, word


def print_faults(console: Console, faults: Iterable[Fault], language: Language) -> None:
    """All faults of a request, for a person."""
    kept = list(faults)
    head = f"{word('refused_head', language)} ({len(kept)} {word('faults', language)})"
    console.print(Text(head, style="bold red"))
    for fault in kept:
        first, *rest = lines(fault, language)
        console.print(Text(first, style="bold"))
        for line in rest:
            console.print(Text(line))


def problem(faults: Iterable[Fault], language: Language, status: int = 422) -> dict[str, Any]:
    """The machine twin: RFC 9457 with all faults under ``errors``."""
    errors = [
        {
            "code": fault.code,
            "where": fault.where,
            "message": sentence(fault, language),
            "found": fault.found,
            "expected": fault.expected,
            "rule": fault.rule,
            "fix": sentence(fault, language, "fix"),
        }
        for fault in faults
    ]
    return {
        "type": "about:blank",
        "title": word("refused_head", language),
        "status": status,
        "errors": errors,
    }


def refusal_schema() -> dict[str, Any]:
    """JSON Schema of what a verb with ``--format json`` prints where it refuses: ``docs/schemas/refusal.json``."""
    text = {"type": "string"}
    named = {"type": "string", "minLength": 1}
    keys = ("code", "where", "message", "found", "expected", "rule", "fix")
    error = dict.fromkeys(keys, text) | {"code": {"type": "string", "pattern": "^[A-Za-z0-9_]+$"}, "message": named}
    parts = {
        "ok": {"const": False},
        "type": {"const": "about:blank"},
        "title": named,
        "status": {"enum": [400, 404, 409, 413, 422]},
        "errors": {"type": "array", "minItems": 1, "items": _closed(error)},
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A refusal: all faults at once"}
    return head | _closed(parts)


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    names = sorted(properties)
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": names}
