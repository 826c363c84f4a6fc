"""The surface of ``pcr/api`` 1 and of record schema 1 as lines of text, one per promise.

    python -m tests.house.surface --write      # add what is new; nothing is ever removed

A line once written stays true: names, parameters, fields, required keys. New things may come, if they are optional.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import BaseModel

import lca.deferred
import lca.inventory
import pcr.activity
import pcr.api
import pcr.intervals
import pcr.methods.electricity.v1 as electricity
from lca.naming import FactorName, Range
from pcr.regime import Regime
from pcr.rulebook import Rule
from service.records import sections

ROOT = Path(__file__).resolve().parents[2]
API, SCHEMA = ROOT / "pcr" / "data" / "api_1.txt", ROOT / "service" / "data" / "record_1.txt"
OPTIONAL = " (optional)"


def api() -> list[str]:
    """What a rule imports from ``pcr.api``, what ``rule.yaml`` may hold, and the method every class shares."""
    lines: set[str] = set()
    for name in pcr.api.__all__:
        lines.update(_of(f"pcr.api.{name}", getattr(pcr.api, name)))
    for name in electricity.__all__:
        lines.update(_of(f"pcr.methods.electricity.v1.{name}", getattr(electricity, name)))
    lines.update(_model("rule.yaml", Rule))
    lines.update(_model("regime.yaml", Regime))
    return sorted(lines)


def schema() -> list[str]:
    """Sections of a record, and every field of the values that stand in them."""
    lines = {f"schema {sections.SCHEMA}", *(f"section {name}" for name in sections.ALL)}
    lines.update(f"confidential {name}" for name in sections.CONFIDENTIAL | sections.ITEMISED)
    for module in (pcr.activity, pcr.intervals, lca.inventory, lca.deferred):
        for name, item in vars(module).items():
            if is_dataclass(item) and getattr(item, "__module__", "") == module.__name__:
                lines.update(_fields(name, item))
    for item in (FactorName, Range):
        lines.update(_fields(item.__name__, item))
    return sorted(lines)


def _of(name: str, item: Any) -> Iterator[str]:
    if is_dataclass(item) and isinstance(item, type):
        yield from _fields(name, item)
    if inspect.isclass(item):
        if not is_dataclass(item) and item.__module__.split(".")[0] in ("lca", "pcr"):
            yield from _parameters(f"{name}()", item.__init__)
        for method, function in vars(item).items():
            if not method.startswith("_") and callable(getattr(function, "__func__", function)):
                yield from _parameters(f"{name}.{method}()", getattr(function, "__func__", function))
    elif callable(item):
        yield from _parameters(f"{name}()", item)
    else:
        yield name


def _parameters(name: str, function: Any) -> Iterator[str]:
    yield name
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name not in ("self", "cls"):
            optional = parameter.default is not inspect.Parameter.empty
            yield f"{name} {parameter.name}" + (OPTIONAL if optional else "")


def _fields(name: str, item: Any) -> Iterator[str]:
    for field in fields(item):
        optional = field.default is not MISSING or field.default_factory is not MISSING
        yield f"{name}.{field.name}" + (OPTIONAL if optional else "")


def _model(name: str, model: type[BaseModel], seen: frozenset[type] = frozenset()) -> Iterator[str]:
    hints = get_type_hints(model)
    for key, field in model.model_fields.items():
        yield f"{name} {key}" + ("" if field.is_required() else OPTIONAL)
        for inner in _models(hints[key]):
            if inner not in seen:
                yield from _model(f"{name} {key}/", inner, seen | {inner})


def _models(hint: Any) -> Iterator[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for part in getattr(hint, "__args__", ()):
        yield from _models(part)


def broken(frozen: list[str], now: list[str]) -> list[str]:
    """Promises that no longer hold, and new demands on those who rely on the old ones."""
    gone = [f"gone: {line}" for line in frozen if line not in now and line.removesuffix(OPTIONAL) not in now]
    stricter = [
        f"required now: {line.removesuffix(OPTIONAL)}"
        for line in frozen
        if line.endswith(OPTIONAL) and line not in now and line.removesuffix(OPTIONAL) in now
    ]
    known = {line.removesuffix(OPTIONAL) for line in frozen}
    owners = {_owner(line) for line in known} - {"", "pcr.api"}
    asked = [
        f"new and required: {line}"
        for line in now
        if line not in known and not line.endswith((OPTIONAL, "()")) and _owner(line) in owners
    ]
    return gone + stricter + asked


def _owner(line: str) -> str:
    """Of ``rule.yaml inputs/ kind`` it is ``rule.yaml inputs/``, of ``Row.id`` it is ``Row``."""
    return line.rpartition(" ")[0] if " " in line else line.rpartition(".")[0]


def held(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def main() -> None:
    for path, now, what in ((API, api(), "pcr/api 1"), (SCHEMA, schema(), "record schema 1")):
        kept = held(path) if path.is_file() else []
        if "--write" in sys.argv:
            head = f"# {what}: one promise per line, by tests/house/surface.py; lines are added, never removed."
            path.write_text("\n".join([head, *sorted({*kept, *now})]) + "\n", encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(now)} lines now, {len(kept)} kept, {len(broken(kept, now))} broken")


if __name__ == "__main__":
    main()
