"""A mapping: which column of a foreign table is which field, what all rows share, what the words mean. YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from factordb.factor import Licence, Source
from factordb.imports.rows import table, unreadable, weighed
from factordb.imports.sheet import Form
from factordb.kinds import is_kind
from lca.doors import read_yaml
from lca.faults import Collector, Fault, Refused

PARTS: Final = ("source", "licence", "file", "columns", "fixed", "units", "kinds", "places")
OPEN: Final = ("gas.", "line.", "code.", "property.")
"""Fields with a name of their own behind the dot: ``gas.CH4_fossil``, ``line.dluc``, ``code.cn``."""
FLAGS: Final = ("may_store", "may_redistribute", "may_use_commercially", "share_alike")
ENCODINGS: Final = {"utf-8": "utf-8-sig", "utf-8-sig": "utf-8-sig", "gb18030": "gb18030", "latin-1": "latin-1"}


def fields() -> tuple[str, ...]:
    """Every field that a column or a fixed value may fill; the columns of our own template."""
    return tuple(table("generic")["fields"])


def headers() -> dict[str, str]:
    """Field to the bilingual header of our own template: ``value 因子``."""
    return {field: f"{field} {words[0]}" for field, words in table("generic")["fields"].items()}


@dataclass(frozen=True, slots=True)
class Layout:
    """A mapping that was read and holds together."""

    source: Source
    licence: Licence
    form: Form
    decimal: str
    columns: Mapping[str, str]
    fixed: Mapping[str, str]
    units: Mapping[str, str]
    kinds: Mapping[str, str]
    places: Mapping[str, str]


def load(path: Path) -> Layout:
    """Read a mapping file; all its faults at once.

    Raises:
        Refused: ``import_mapping``, ``import_unreadable``.
    """
    weighed(path, 1_000_000)
    try:
        data = read_yaml(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise unreadable(path, "no UTF-8", "YAML in UTF-8") from None
    return layout(data)


def layout(data: Any) -> Layout:
    """A mapping from its plain form.

    Raises:
        Refused: ``import_mapping``, every fault of the mapping.
    """
    faults = Collector()
    if not isinstance(data, dict):
        raise Refused([Fault("import_mapping", "mapping", type(data).__name__, ", ".join(PARTS))])
    for name in sorted(set(data) - set(PARTS)):
        faults.add(Fault("import_mapping", name, "an unknown part", ", ".join(PARTS)))
    parts = {name: _texts(data.get(name), name, faults) for name in PARTS}
    for name in ("columns", "fixed"):
        for field in parts[name]:
            if field not in (*fields(), "counted") and not any(field.startswith(start) for start in OPEN):
                faults.add(Fault("import_mapping", f"{name}.{field}", field, ", ".join((*fields(), *OPEN))))
    _check_fields(parts, faults)
    for text, kind in parts["kinds"].items():
        if kind and not is_kind(kind):
            faults.add(Fault("import_mapping", f"kinds.{text}", kind, "a kind of the list in factordb.kinds, or empty"))
    _check_head(parts, faults)
    faults.raise_if_any()
    return _made(parts)


def _check_fields(parts: Mapping[str, dict[str, str]], faults: Collector) -> None:
    """What every factor needs is said by a column or by a value that all rows share, never by both."""
    given = {field for name in ("columns", "fixed") for field, text in parts[name].items() if text}
    words = table("generic")
    for field in words["required"]:
        if field not in given:
            faults.add(
                Fault("import_mapping", field, "no column and no fixed value", f"columns.{field} or fixed.{field}")
            )
    for field in sorted(set(parts["columns"]) & set(parts["fixed"])):
        # A blank cell is unknown; a value that all rows share would fill it unseen.
        faults.add(Fault("import_mapping", field, "a column and a fixed value", "one of the two"))
    if "value" in parts["fixed"]:
        faults.add(Fault("import_mapping", "fixed.value", parts["fixed"]["value"], "columns.value"))
    if not given & set(words["names"]):
        faults.add(Fault("import_mapping", "name", "no column", "columns.name_zh or columns.name_en"))


def _check_head(parts: Mapping[str, dict[str, str]], faults: Collector) -> None:
    """Source, licence and form of the file."""
    for name, keys in (("source", ("id", "title", "publisher")), ("licence", ("code", "title", *FLAGS))):
        for key in keys:
            if not parts[name].get(key):
                faults.add(Fault("import_mapping", f"{name}.{key}", "empty", "a text"))
    for key in FLAGS:
        if parts["licence"].get(key, "yes") not in ("yes", "no"):
            faults.add(Fault("import_mapping", f"licence.{key}", parts["licence"][key], "yes or no"))
    file = parts["file"]
    if file.get("decimal") not in (".", ","):
        faults.add(Fault("import_mapping", "file.decimal", file.get("decimal", "empty"), "'.' or ','"))
    if not file.get("sheet"):
        if file.get("encoding", "").lower() not in ENCODINGS:
            faults.add(Fault("import_mapping", "file.encoding", file.get("encoding", "empty"), ", ".join(ENCODINGS)))
        if file.get("separator") not in (";", ",", "tab"):
            faults.add(Fault("import_mapping", "file.separator", file.get("separator", "empty"), "; or , or tab"))


def _texts(part: Any, name: str, faults: Collector) -> dict[str, str]:
    if part in (None, ""):
        return {}
    if isinstance(part, dict) and all(isinstance(text, str) for text in part.values()):
        return {str(key): text.strip() if name != "file" else text for key, text in part.items()}
    faults.add(Fault("import_mapping", name, "no list of words and texts", "word: text"))
    return {}


def _made(parts: Mapping[str, dict[str, str]]) -> Layout:
    source, licence, file = parts["source"], parts["licence"], parts["file"]
    separator = "\t" if file.get("separator") == "tab" else file.get("separator", "")
    sheet = file.get("sheet", "")
    return Layout(
        source=Source(
            id=source["id"],
            title=source["title"],
            publisher=source["publisher"],
            date=source.get("date", ""),
            address=source.get("address", ""),
            licence=licence["code"],
            official_in=source.get("official_in", ""),
        ),
        licence=Licence(
            code=licence["code"],
            title=licence["title"],
            attribution=licence.get("attribution", ""),
            **{key: licence[key] == "yes" for key in FLAGS},
        ),
        form=Form(sheet=sheet) if sheet else Form(ENCODINGS[file["encoding"].lower()], separator),
        decimal=file["decimal"],
        columns=parts["columns"],
        fixed=parts["fixed"],
        units=parts["units"],
        kinds=parts["kinds"],
        places=parts["places"],
    )
