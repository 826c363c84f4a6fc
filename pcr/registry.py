"""Product rules enter through the entry-point group ``pcr.rules``, ours like a third party's.

An entry point names a package; each sub-package ``v*`` with a ``rule.yaml`` is one version. A new version is a new
folder: old ones stay shipped, so that old records re-run.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from lca import messages
from lca.faults import Fault, Refused
from lca.inventory import Inventory
from pcr.activity import ActivityData
from pcr.hashing import rule_hash
from pcr.rulebook import Rule, load_rule, version_key

GROUP: Final = "pcr.rules"


@dataclass(frozen=True, slots=True)
class InstalledRule:
    """One installed version of a rule: its facts, its folder and its ``build``."""

    rule: Rule
    package: str

    @property
    def folder(self) -> Traversable:
        return files(self.package)

    @property
    def build(self) -> Callable[[ActivityData], Inventory]:
        """The rule's judgement: ``build(data) -> Inventory``."""
        build: Callable[[ActivityData], Inventory] = import_module(f"{self.package}.rule").build
        return build

    def hash(self) -> str:
        """SHA-256 of the rule's own files except ``cases/``, LF text, sorted by path."""
        return rule_hash(self.folder)


def installed_rules() -> tuple[InstalledRule, ...]:
    """Every version of every installed rule, by id and version.

    A faulty third-party package is left out here and named by ``pcf rules check``: one bad plugin must not stop
    the others.
    """
    found = [item for item, _ in _scan() if item is not None]
    return tuple(sorted(found, key=lambda item: (item.rule.id, version_key(item.rule.version))))


def broken_rules() -> tuple[tuple[str, str], ...]:
    """Packages of the group that could not be loaded, with the reason."""
    return tuple((name, reason) for item, (name, reason) in _scan() if item is None)


Scanned = tuple[tuple[InstalledRule | None, tuple[str, str]], ...]


def _scan() -> Scanned:
    """Read once for an import path: asking what is installed reads a file of every package there is."""
    return _scanned(entry_points, tuple(sys.path))


@cache
def _scanned(points_of: Callable[..., Iterable[EntryPoint]], path: tuple[str, ...]) -> Scanned:
    found: list[tuple[InstalledRule | None, tuple[str, str]]] = []
    owner: dict[str, str] = {}  # ours first: an id belongs to the package that brought it
    points = {item.value: item for item in points_of(group=GROUP)}.values()
    for point in sorted(points, key=lambda item: (not item.value.startswith("pcr."), item.name, item.value)):
        try:
            package = import_module(point.value)
            versions = [item.name for item in pkgutil.iter_modules(package.__path__) if item.name.startswith("v")]
        except Exception as error:  # a plugin may fail in any way; it is named, not hidden
            found.append((None, (point.value, str(error))))
            continue
        for version in sorted(versions):
            name = f"{point.value}.{version}"
            try:
                made = InstalledRule(load_rule(name), name)
                if not callable(made.build):
                    raise TypeError(f"{name}.rule.build is no function")
                if owner.setdefault(made.rule.id, point.value) != point.value:
                    raise ValueError(f"the id {made.rule.id} belongs to {owner[made.rule.id]}")
                messages.add(made.rule.messages)
                found.append((made, (name, "")))
            except Exception as error:
                found.append((None, (name, str(error) or type(error).__name__)))
    return tuple(found)


def find_rule(rule_id: str, version: str = "") -> InstalledRule:
    """A rule by id, newest version unless one is named.

    Raises:
        Refused: ``rule_unknown``, ``rule_version_missing`` with what is installed.
    """
    rules = installed_rules()
    same = [item for item in rules if item.rule.id == rule_id]
    if not same:
        known = ", ".join(sorted({item.rule.id for item in rules}))
        raise Refused([Fault("rule_unknown", "/rule", found=rule_id, expected=known, values={"rule": rule_id})])
    if not version:
        return same[-1]
    for item in same:
        if item.rule.version == version:
            return item
    known = ", ".join(item.rule.version for item in same)
    found = f"{rule_id} {version}"
    raise Refused([Fault("rule_version_missing", "/rule", found=found, expected=known, values={"rule": found})])
