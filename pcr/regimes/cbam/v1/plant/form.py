"""The installation file as typed sections, read by ``data/form.yaml``: all faults of the form at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lca.doors import read_yaml
from lca.exact import ONE, ZERO, Exact
from lca.faults import Collector, Fault
from pcr.intake import refuse_offsets
from pcr.intake_tools import Reader
from pcr.regimes.cbam.goods import find, goods
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.neutral import refuse_footprint

OUTER: Final = ("schema", "title", "note", "source")
NUMBERS: Final = ("number", "amount", "share")


@dataclass(frozen=True, slots=True)
class Key:
    """One cell of the form. ``kind``: text, number, amount, share, day, cn, country, yes or choice."""

    name: str
    kind: str
    needed: bool
    choices: tuple[str, ...]
    label: Mapping[str, str]
    group: Mapping[str, str] = field(default_factory=dict)
    """Words of the group of columns it stands in; empty: none."""


@dataclass(frozen=True, slots=True)
class Section:
    """A sheet: a ``record`` of key and value, or a ``table``."""

    name: str
    table: bool
    label: Mapping[str, str]
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What somebody filled in: texts and exact numbers by key, and the pointer of the row."""

    where: str
    values: Mapping[str, str | Exact] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def text(self, key: str) -> str:
        """The text of a key; empty where it was not given."""
        value = self.values.get(key, "")
        return value.text() if isinstance(value, Exact) else value

    def number(self, key: str) -> Exact | None:
        """The number of a key; None where it was not given."""
        value = self.values.get(key)
        return value if isinstance(value, Exact) else None

    def or_zero(self, key: str) -> Exact:
        """The number of a key whose absence means none by definition of the form."""
        return self.number(key) or ZERO

    def yes(self, key: str) -> bool:
        return self.text(key) == "yes"


@dataclass(frozen=True, slots=True)
class Form:
    """The file, read: one row of each record, rows of each table."""

    title: str
    records: Mapping[str, Row]
    tables: Mapping[str, tuple[Row, ...]]

    @property
    def year(self) -> int:
        """The year in which the period ends."""
        return int(self.records["period"].text("to")[:4])

    @property
    def mode(self) -> str:
        return self.records["period"].text("regime") or "definitive"

    @property
    def provisional(self) -> bool:
        return self.records["period"].text("state") == "provisional"


@cache
def sections() -> Mapping[str, Section]:
    """The sections of the form, in order."""
    held = _file()["sections"]
    return {name: _section(name, part) for name, part in held.items()}


def schema_name() -> str:
    """What a file says it is: ``cbam-installation/1``."""
    name: str = _file()["schema"]
    return name


def is_installation(data: Any) -> bool:
    """Whether plain data claim to be an installation file and not the neutral form."""
    return isinstance(data, dict) and (str(data.get("schema", "")).startswith("cbam-installation") or "goods" in data)


def read_form(data: Any) -> Form:
    """The file as typed rows.

    Raises:
        Refused: ``cbam_footprint`` alone; else all at once: ``unknown_key``, ``missing_key``, ``shape``,
            ``number_unreadable``, ``date_unreadable``, ``cbam_share``, ``cbam_choice``, ``cbam_cn_unknown``,
            ``cn_code_form``, ``cbam_country``, ``cbam_schema``, ``offset_in_input``.
    """
    outer = data if isinstance(data, dict) else {}
    refuse_footprint(outer)
    faults = Collector()
    reader = Reader(faults, RULE)
    refuse_offsets({key: part for key, part in outer.items() if key != "carbon_prices"}, faults)
    given = reader.mapping(data, "", (*OUTER, *sections()), ("schema", "installation", "period", "processes", "goods"))
    if "schema" in given and given["schema"] != schema_name():
        faults.add(Fault("cbam_schema", "/schema", str(given["schema"]), schema_name(), RULE))
    records, tables = {}, {}
    for name, section in sections().items():
        if section.table:
            listed = reader.sequence(given[name], f"/{name}") if name in given else []
            tables[name] = tuple(_row(reader, section, item, f"/{name}/{k}") for k, item in enumerate(listed))
        else:
            empty = name not in ("installation", "period")
            part = given.get(name) or ({} if empty else None)
            records[name] = _row(reader, section, part, f"/{name}", required=name in given or not empty)
    faults.raise_if_any()
    return Form(str(given.get("title", "")), records, tables)


def _row(reader: Reader, section: Section, value: Any, where: str, *, required: bool = True) -> Row:
    names = tuple(key.name for key in section.keys)
    needed = tuple(key.name for key in section.keys if key.needed) if required else ()
    part = reader.mapping(value, where, names, needed)
    read = {key.name: _value(reader, key, part[key.name], f"{where}/{key.name}") for key in section.keys
            if key.name in part}  # fmt: skip
    return Row(where, {name: item for name, item in read.items() if item is not None})


def _value(reader: Reader, key: Key, value: Any, where: str) -> str | Exact | None:
    if key.kind in NUMBERS:
        return _number(reader, key, value, where)
    if isinstance(value, dict | list):
        reader.faults.add(Fault("shape", where, type(value).__name__, "a text", RULE))
        return None
    text = str(value).strip()
    if key.kind == "day":
        reader.day(text, where)
    elif key.kind == "cn":
        return _cn(reader, text, where)
    elif key.kind == "country" and (len(text) != 2 or not (text.isascii() and text.isalpha())):
        expected = "ISO 3166 code of two letters, CN; XX where it is not known"
        reader.faults.add(Fault("cbam_country", where, text, expected, RULE))
    elif key.choices:
        text = {"true": "yes", "false": "no"}.get(text.lower(), text) if key.kind == "yes" else text
        if text not in key.choices:
            reader.faults.add(Fault("cbam_choice", where, text, ", ".join(key.choices), RULE))
    return text


def _number(reader: Reader, key: Key, value: Any, where: str) -> Exact | None:
    found = reader.number(value, where)
    low, high = (None if key.kind == "number" else ZERO), (ONE if key.kind == "share" else None)
    if found is not None and ((low is not None and found < low) or (high is not None and found > high)):
        reader.faults.add(Fault("cbam_share", where, found.text(), "0 to 1" if high else "zero or more", RULE))
    return found


def _cn(reader: Reader, text: str, where: str) -> str:
    digits = re.sub(r"[\s.]", "", text)
    with reader.faults.catching(where):
        match = find(digits)
        if match.good is None:
            near = ", ".join(good.cn for good in match.goods[:4]) or f"a code of the list of {len(goods())} goods"
            reader.faults.add(Fault("cbam_cn_unknown", where, text, near, RULE))
    return digits


def _section(name: str, part: Mapping[str, Any]) -> Section:
    keys = tuple(_key(*line) for line in part["keys"])
    return Section(name, part["kind"] == "table", part["label"], keys)


def _key(name: str, kind: str, english: str, chinese: str, group: str = "") -> Key:
    plain = kind.rstrip("!")
    choices = tuple(plain.split("|")) if "|" in plain else ("yes", "no") if plain == "yes" else ()
    sort = "choice" if "|" in plain else plain
    words = _file()["groups"][group] if group else {}
    return Key(name, sort, kind.endswith("!"), choices, {"en": english, "zh": chinese}, words)


@cache
def _file() -> Mapping[str, Any]:
    held: dict[str, Any] = read_yaml(files("pcr.regimes.cbam").joinpath("data/form.yaml").read_text(encoding="utf-8"))
    return held
