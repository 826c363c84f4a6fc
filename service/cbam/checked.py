"""The use-cases *report* and *check*: write a package, look a file over, run a package again to the same digits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from lca.faults import Refused
from service.cbam.package import package, read_manifest, tampered, write
from service.cbam.report import document, missing
from service.cbam.run import Asked, calculated, read_placed
from service.cbam.see import Seen, output
from service.workbook.cellmap import relocate

Verdict = Literal["identical", "different", "tampered", "not possible"]
EXIT = {"identical": 0, "different": 3, "tampered": 4, "not possible": 6}


@dataclass(frozen=True, slots=True)
class Looked:
    """A file looked over: what it gives, and which fields of the report nobody filled in."""

    found: Seen
    lacking: Sequence[str]


@dataclass(frozen=True, slots=True)
class Rerun:
    """A package run again. ``differs``: names of changed files, or the first figures that differ."""

    verdict: Verdict
    differs: Sequence[str] = ()


def look(file: Path, asked: Asked) -> Looked:
    """Calculate a file and list what its report would lack.

    Raises:
        Refused: all faults, of a workbook at their cells.
    """
    data, cells = read_placed(file)
    try:
        found = calculated(data, file.parent, asked)
        return Looked(found, [name for kind in ("report", "plan") for name in missing(document(found, kind))]
                      if found.built is not None and not found.built.form.provisional else ())  # fmt: skip
    except Refused as refused:
        raise Refused(relocate(refused.faults, cells)) from None


def report(file: Path, folder: Path, asked: Asked, adapters: Sequence[str] = ()) -> tuple[Seen, list[str], list[str]]:
    """Write the package of a file: (result, names of the files, fields that are missing).

    Raises:
        Refused: all faults at once, and nothing is written; ``cbam_folder_full``.
    """
    data, cells = read_placed(file)
    try:
        found = calculated(data, file.parent, asked)
        files, lacking = package(found, data, file.parent, asked, adapters)
    except Refused as refused:
        raise Refused(relocate(refused.faults, cells)) from None
    write(files, folder)
    return found, sorted(files), lacking


def rerun(folder: Path) -> Rerun:
    """Hash every file of a package, calculate it from its own inputs, compare every figure as text.

    Raises:
        Refused: ``cbam_package_folder``.
    """
    manifest = read_manifest(folder)
    changed = tampered(folder, manifest)
    if changed:
        return Rerun("tampered", changed)
    told = manifest["accounting"]
    grid = folder / "inputs" / "grid.csv" if manifest["asked"]["grid"] else None
    asked = replace(Asked(manifest["asked"]["regime"], grid), known=told["tables_known_on"])
    try:
        data = json.loads((folder / "installation.json").read_text(encoding="utf-8"))
        made = output(calculated(data, folder / "inputs", asked))
    except Refused as refused:
        return Rerun("not possible", [f"{fault.code} {fault.where} {fault.found}" for fault in refused.faults])
    before = json.loads((folder / "see.json").read_text(encoding="utf-8"))
    differs = list(_differences(before, json.loads(json.dumps(made)), ""))
    return Rerun("different", differs) if differs else Rerun("identical")


def _differences(before: Any, after: Any, where: str) -> list[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted({*before, *after})
        return [item for key in keys for item in _differences(before.get(key), after.get(key), f"{where}/{key}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [item for k, (old, new) in pairs for item in _differences(old, new, f"{where}/{k}")]
    return [] if before == after else [f"{where}: {before} → {after}"]
