"""Small releases made in tests: a head, one source, one licence and the rows that are asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from factordb.factor import Factor, Licence, Source
from factordb.files import ReleaseFiles
from factordb.release import Release
from factordb.unit_process import UnitProcess

LICENCE = Licence("own", "Own data", True, True, True, False, "")
CLOSED = Licence("closed", "Own use only", True, False, True, False, "Somebody")
SOURCE = Source("meters", "Own meters", "Works", "2025", "", "own")


def factor(name: str, value: str = "1", unit: str = "kgCO2e/kg", **more: Any) -> Factor:
    """A cradle-to-gate factor of China, 2024."""
    base = Factor(name, name, name, "test", "cradle_to_gate", "CN", "2024", value, unit, "meters", "seen")
    return replace(base, **more)


def content(
    *factors: Factor, name: str = "made-1", layer: str = "public", processes: tuple[UnitProcess, ...] = (), **more: Any
) -> ReleaseFiles:
    """The content of a release."""
    head = {"id": name, "layer": layer, "title_en": name, "title_zh": name, "published": "2026-01-01"}
    made = ReleaseFiles(head | {"importer": "test"}, factors, (SOURCE,), (LICENCE,), {}, {}, processes)
    return replace(made, **more)


def release(*factors: Factor, **more: Any) -> Release:
    """A release that is opened and not stored."""
    return Release(content(*factors, **more))
