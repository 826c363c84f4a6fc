"""Own statements of the manufacturer, ``--with FILE.yaml``: names, addresses, links. Never a figure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lca.doors import read_yaml
from lca.faults import Collector, Fault, Refused
from service.battery.lists import lists, refusal

Statements = Mapping[str, Mapping[str, str]]
"""Key to its text in both languages."""


def read_statements(path: Path | None, product: str) -> Statements:
    """The statements of a file, for this product; none without a file. An empty text is not given.

    Raises:
        Refused: file and YAML faults; ``battery_statement_*``, all at once.
    """
    if path is None:
        return {}
    if not path.is_file():
        raise Refused([Fault("file_missing", str(path), found="no such file", expected="a file")])
    try:
        data = read_yaml(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise Refused([Fault("file_encoding", str(path), found=str(error), expected="UTF-8")]) from None
    return statements(data, product)


def statements(data: Any, product: str) -> Statements:
    """Plain data as statements."""
    known = lists()["statements"]
    if not isinstance(data, dict):
        raise Refused([refusal("statement_form", "", type(data).__name__, "keys with texts")])
    faults, made = Collector(), {}
    for key, value in data.items():
        if key not in known:
            faults.add(refusal("statement_unknown", f"/{key}", key, ", ".join(known)))
        elif (texts := _texts(value)) is None:
            faults.add(refusal("statement_form", f"/{key}", str(value)[:60], "a text, or en and zh"))
        elif texts["en"]:
            made[key] = texts
    if data.get("product") != product:
        faults.add(refusal("statement_product", "/product", str(data.get("product", "")), product))
    for key in lists()["links"]:
        if key in made and not _is_link(made[key]["en"]):
            faults.add(refusal("statement_link", f"/{key}", made[key]["en"], "https://..."))
    faults.raise_if_any()
    return made


def _texts(value: Any) -> dict[str, str] | None:
    if isinstance(value, str):
        return {"en": value.strip(), "zh": value.strip()}
    if isinstance(value, dict) and set(value) == {"en", "zh"} and all(isinstance(text, str) for text in value.values()):
        texts = {language: str(text).strip() for language, text in value.items()}
        return texts if bool(texts["en"]) == bool(texts["zh"]) else None
    return None


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not any(sign.isspace() for sign in text)
