"""Every code that can reach a person has its sentences, in Chinese and English (architecture §8).

The codes are read from the source: the first argument of ``Fault(...)`` and ``Notice(...)``, of every helper that
passes one of its own parameters there (``_named("zero_output", ...)``), and ``{"code": "..."}`` of machine twins.
Where a code is a variable, the words assigned to it in the same function count.
"""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("lca", "pcr", "factordb", "service")
LANGUAGES = ("en", "zh")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def trees(room: str) -> dict[str, ast.Module]:
    paths = sorted((ROOT / room).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def called(call: ast.Call) -> str:
    name = call.func
    return name.id if isinstance(name, ast.Name) else name.attr if isinstance(name, ast.Attribute) else ""


def argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    """The argument at a place, or by name; None where it is not given in this call."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[place] if place < len(call.args) and not isinstance(call.args[place], ast.Starred) else None


def functions(tree: ast.AST) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


@cache
def makers(room: str) -> dict[str, tuple[int, str]]:
    """What makes a fault or notice: function name to the place and name of its code."""
    known = {"Fault": (0, "code"), "Notice": (0, "code")}
    while True:
        before = dict(known)
        for tree in trees(room).values():
            for function in functions(tree):
                names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
                shift = 1 if names[:1] in (["self"], ["cls"]) else 0
                for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                    place = known.get(called(call))
                    code = argument(call, *place) if place else None
                    if isinstance(code, ast.Name) and code.id in names and function.name not in known:
                        known[function.name] = (names.index(code.id) - shift, code.id)
        if known == before:
            return known


def words(node: ast.expr | None) -> Iterator[str]:
    """The literal values an expression may take: a word, or one of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from words(node.body)
        yield from words(node.orelse)


def assigned(scope: ast.AST, name: str) -> Iterator[str]:
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            yield from words(node.value)


@cache
def codes(room: str) -> dict[str, tuple[str, str]]:
    """Code to (``fault`` or ``notice``, where it is used first)."""
    found: dict[str, tuple[str, str]] = {}
    for path, tree in trees(room).items():
        scopes: list[ast.AST] = [*functions(tree), tree]
        for scope in scopes:
            for node in ast.walk(scope):
                place = f"{path}:{getattr(node, 'lineno', 0)}"
                if isinstance(node, ast.Call) and (spot := makers(room).get(called(node))):
                    kind = "notice" if called(node) == "Notice" else "fault"
                    code = argument(node, *spot)
                    given = [*words(code), *(assigned(scope, code.id) if isinstance(code, ast.Name) else ())]
                elif isinstance(node, ast.Dict):
                    pairs = zip(node.keys, node.values, strict=True)
                    kind = "notice"
                    given = [w for key, value in pairs if list(words(key)) == ["code"] for w in words(value)]
                else:
                    continue
                for code_word in given:
                    if code_word not in found or kind == "fault":
                        found[code_word] = (kind, place)
    return found


@cache
def sentences() -> dict[str, dict[str, Any]]:
    """All catalogues: ``<room>/data/messages.yaml`` and the ``messages`` of every ``rule.yaml`` and ``regime.yaml``."""
    known: dict[str, dict[str, Any]] = {}
    for room in ROOMS:
        catalogue = ROOT / room / "data" / "messages.yaml"
        if catalogue.exists():
            known.update(yaml.load(catalogue.read_text("utf-8"), Loader=yaml.BaseLoader) or {})
        for path in sorted((ROOT / room).rglob("*.yaml")):
            if path.name in ("rule.yaml", "regime.yaml"):
                known.update((yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader) or {}).get("messages") or {})
    return known


@pytest.mark.parametrize("room", [room for room in ROOMS if (ROOT / room).is_dir()])
def test_every_code_has_its_sentences(room: str) -> None:
    lacking = []
    for code, (kind, place) in sorted(codes(room).items()):
        entry = sentences().get(code, {})
        for part in ("what", "fix") if kind == "fault" else ("what",):
            for language in LANGUAGES:
                if not str((entry.get(part) or {}).get(language, "")).strip():
                    lacking.append(f"{code} ({place}): no {part} in {language}")
    assert not lacking, f"{len(lacking)} sentences are lacking:\n" + "\n".join(lacking)


def test_the_scan_finds_what_it_should() -> None:
    """Known codes of each way to make one: a call, a helper, a chosen word, a machine twin."""
    found = codes("lca")
    assert found["unknown_unit"][0] == "fault"
    assert found["two_makers"][0] == "fault"
    assert found["nan_coefficient"][0] == "fault"
    assert found["mass_topped_up"][0] == "notice"
    assert found["binary64"][0] == "notice"
    assert found["loop_gain"][0] == "fault"
    assert len(found) > 30


def test_codes_are_words() -> None:
    """Stable codes of letters, digits and underscores: they are typed into search boxes and tickets."""
    for room in ROOMS:
        for code, (_, place) in codes(room).items():
            assert code.replace("_", "").isalnum() and code.isascii(), f"{code!r} at {place}"


def test_sentences_can_be_filled_in() -> None:
    """Only plain ``{name}`` fields: no attribute, index or conversion, and the same fields in both languages.

    A word that a rule says in both is a pair, ``{pool}`` and ``{pool_zh}``.
    """
    for code, entry in sentences().items():
        for part, translations in entry.items():
            if part not in ("what", "fix"):
                continue
            fields = {}
            for language, text in translations.items():
                names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
                assert all(name.isidentifier() for name in names), f"{code} {part} {language}: {names}"
                fields[language] = {name.removesuffix("_zh") if language == "zh" else name for name in names}
            assert set(translations) == set(LANGUAGES), f"{code} {part}: {sorted(translations)}"
            assert fields["en"] == fields["zh"], f"{code} {part}: {fields}"


def test_no_two_catalogues_hold_one_code() -> None:
    seen: dict[str, str] = {}
    for room in ROOMS:
        catalogue = ROOT / room / "data" / "messages.yaml"
        if not catalogue.exists():
            continue
        for code in yaml.load(catalogue.read_text("utf-8"), Loader=yaml.BaseLoader) or {}:
            assert code not in seen, f"{code} is in {seen[code]} and {room}"
            seen[code] = room
    assert "unknown_unit" in seen
