"""What rules and methods may not do, read from their source (architecture §3)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PCR = sorted((ROOT / "pcr").rglob("*.py"))
OURS = sorted((ROOT / "pcr" / "classes").rglob("v*/*.py"))
THEIRS = sorted((ROOT / "tests" / "plugins").rglob("v*/*.py"))
RULES = [path for path in (*OURS, *THEIRS) if path.name != "__init__.py"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def chain(node: ast.expr) -> str:
    """``data.regime.id`` of nested attributes."""
    if isinstance(node, ast.Attribute):
        return f"{chain(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


@pytest.mark.parametrize("path", PCR, ids=name_of)
def test_no_float_and_no_decimal(path: Path) -> None:
    """The one exception is how alike two words must be to be named as near: no figure of a footprint."""
    module = tree(path)
    alike = {id(item.value) for item in ast.walk(module) if isinstance(item, ast.keyword) and item.arg == "cutoff"}
    for node in ast.walk(module):
        where = f"{name_of(path)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Constant) and id(node) not in alike:
            assert not isinstance(node.value, float | complex), f"{where}: float literal {node.value}"
        if isinstance(node, ast.Name | ast.Attribute):
            last = chain(node).rpartition(".")[2]
            assert last not in ("float", "Decimal", "from_binary64"), f"{where}: {last}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name for alias in node.names} | {getattr(node, "module", "") or ""}
            assert not names & {"decimal", "math", "statistics", "numpy"}, f"{where}: {names}"


@pytest.mark.parametrize("path", RULES, ids=name_of)
def test_a_rule_asks_its_regime_and_never_which_it_is(path: Path) -> None:
    for node in ast.walk(tree(path)):
        where = f"{name_of(path)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Attribute):
            assert not chain(node).endswith(("regime.id", "regime.ref", "regime.version", "regime.label")), where
        if isinstance(node, ast.Compare | ast.Match):
            compared = [node.subject] if isinstance(node, ast.Match) else [node.left, *node.comparators]
            assert not any(chain(item).endswith("regime") for item in compared), f"{where}: compares the regime"


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: relative import"
            yield node.module or "", node.lineno
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)


PLAIN = {"__future__", "collections.abc", "typing", "dataclasses", "functools", "itertools"}


@pytest.mark.parametrize("path", RULES, ids=name_of)
def test_a_rule_imports_the_api_the_methods_and_its_own_folder(path: Path) -> None:
    own = path.parent.relative_to(ROOT).as_posix().replace("/", ".")
    for module, line in imports(path):
        fits = module in PLAIN or module == "pcr.api" or module.startswith(("pcr.methods.", f"{own}.")) or module == own
        assert fits, f"{name_of(path)}:{line} imports {module}"


@pytest.mark.parametrize("path", RULES, ids=name_of)
def test_a_rule_opens_no_file_and_no_clock(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            assert chain(node.func).rpartition(".")[2] not in ("open", "exec", "eval", "now", "today", "__import__")


def test_the_scan_sees_the_rules() -> None:
    names = {name_of(path) for path in RULES}
    assert {"pcr/classes/cement/v1_0_0/rule.py", "pcr/classes/li_ion_battery/v1_0_0/end_of_life.py"} <= names
    assert any("tests/plugins" in name for name in names)
    assert len(PCR) > 20
