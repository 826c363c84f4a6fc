"""The house (conventions §15, §16): arrows point down, rules stay in their room, the front door stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("lca", "pcr", "factordb", "service")
MAY = {"lca": set(), "pcr": {"lca"}, "factordb": {"lca"}, "service": {"lca", "pcr", "factordb"}}


def sources(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("room", ROOMS)
def test_arrows_point_down(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} -> {name}"
        for path in sources(room)
        for name in imported(path)
        if (top := name.partition(".")[0]) in ROOMS and top != room and top not in MAY[room]
    ]
    assert wrong == []


def test_nobody_imports_brightway_at_module_level() -> None:
    wrong = []
    for room in ROOMS:
        for path in sources(room):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in tree.body:
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                wrong += [f"{path}: {name}" for name in names if name.startswith(("bw2", "bw_", "brightway"))]
    assert wrong == []


@pytest.mark.parametrize("word", ["manager", "processor", "utils", "info", "base", "helper", "misc"])
def test_no_file_has_a_name_that_says_nothing(word: str) -> None:
    assert [str(path) for room in ROOMS for path in sources(room) if path.stem == word] == []


def test_long_files_say_why() -> None:
    long = [path for room in ROOMS for path in sources(room) if path.read_text(encoding="utf-8").count("\n") > 400]
    assert [str(path.relative_to(ROOT)) for path in long] == []


def test_importing_the_command_stays_light() -> None:
    """numpy, scipy, pandas, sqlalchemy, fastapi and openpyxl wait until a verb needs them."""
    code = "import sys, service.cli; print([m for m in sys.argv[1:] if m in sys.modules])"
    heavy = ("scipy", "numpy", "pandas", "sqlalchemy", "fastapi", "openpyxl", "uvicorn", "pydantic")
    done = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_no_posix_only_call_on_the_way_of_a_calculation() -> None:
    banned = {"fcntl", "resource", "pwd", "grp", "signal"}
    # only SIGINT and SIGTERM, which Windows has too: processes that stop in good order
    ending = {f"service/{name}.py: signal" for name in ("batch/parallel", "jobs/embedded", "commands/jobs")}
    wrong = [
        f"{Path(path).relative_to(ROOT).as_posix()}: {name}"
        for room in ROOMS
        for path in sources(room)
        for name in imported(path)
        if name in banned
    ]
    # limits of memory for records of strangers, behind a look at the system's name
    limits = {"service/verify_apart.py: resource"}
    wrong = [found for found in wrong if found not in ending | limits]
    assert wrong == []
