"""Hashes of released things: a rule's folder, the method folders it imports, a regime.

LF text, sorted by path, ``cases/`` left out: worked examples may be added to a frozen rule.
"""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

_SKIPPED: Final = {"cases", "__pycache__"}
QUALITY: Final = "pcr.methods.quality.v1"
"""The method that rates every result, by the scheme its regime names; it is part of every derivation."""


def folder_files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(path, LF text) of every text file below a folder, sorted by path."""
    if not prefix and isinstance(folder, Path):
        yield from _kept(folder, _stamp(folder))
    else:
        yield from _read(folder, prefix)


def _read(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, str]]:
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{prefix}{item.name}"
        if item.is_dir():
            if item.name not in _SKIPPED:
                yield from _read(item, f"{name}/")
        elif not item.name.endswith((".pyc", ".pyo")):
            yield name, item.read_bytes().decode("utf-8").replace("\r\n", "\n")


def _stamp(folder: Path | str) -> tuple[tuple[str, int, int, int], ...]:
    """Name, size and times of every file below a folder: what tells that none was written since it was read."""
    found: list[tuple[str, int, int, int]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name not in _SKIPPED:
                    found += _stamp(entry.path)
            else:
                seen = entry.stat()
                found.append((entry.path, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns))
    return tuple(sorted(found))


@lru_cache(maxsize=128)
def _kept(folder: Path, _written: tuple[tuple[str, int, int, int], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(_read(folder))


@lru_cache(maxsize=256)
def _hashed(listed: tuple[tuple[str, str], ...]) -> str:
    whole = hashlib.sha256()
    for path, text in listed:
        whole.update(f"{path}\0{hashlib.sha256(text.encode('utf-8')).hexdigest()}\n".encode())
    return whole.hexdigest()


def rule_hash(folder: Traversable) -> str:
    """SHA-256 over sorted (path, hash of LF text)."""
    return _hashed(tuple(folder_files(folder)))


def imported_methods(folder: Traversable) -> tuple[str, ...]:
    """Versioned method packages (``pcr.methods.electricity.v1``) that a folder's code imports, also through another."""
    found = {QUALITY}
    waiting = [folder]
    while waiting:
        for path, text in folder_files(waiting.pop()):
            if not path.endswith(".py"):
                continue
            for name in _imports(text):
                parts = name.split(".")
                if parts[:2] == ["pcr", "methods"] and len(parts) >= 4:
                    method = ".".join(parts[:4])
                    if method not in found:
                        found.add(method)
                        waiting.append(files(method))
    return tuple(sorted(found))


def method_hash(methods: Iterable[str]) -> str:
    """SHA-256 over method packages by name, such as those a rule imports."""
    whole = hashlib.sha256()
    for name in methods:
        whole.update(f"{name}\0{rule_hash(files(name))}\n".encode())
    return whole.hexdigest()


@lru_cache(maxsize=512)
def _imports(text: str) -> tuple[str, ...]:
    """What a module's text imports; kept by the text, so that a changed file is read again."""
    found: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
            found.append(node.module)
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return tuple(found)
