"""A published background as its readers meet it: opened by hash, held against its own system and against a release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from factordb.release import Release
from lca.faults import Fault, Refused
from lca.large.artefact import Artefact, misses, opened

BESIDE: Final = "backgrounds"
"""Folder beside a SQLite store that holds one folder for each release, by its id."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A folder whose bytes, figures and release agree."""

    artefact: Artefact
    misses: dict[str, float]
    """Indicator to the largest residual over what ten digits leave: at most 1."""
    release_seen: bool


def check_background(folder: Path, sha256: str = "", release: Release | None = None) -> Checked:
    """Open by hash, then by residual; nothing is factorised.

    Raises:
        Refused: ``artefact_unreadable``; ``artefact_changed``; ``background_misses`` where a figure does not satisfy
            the equations that are stored beside it; ``background_other_release``.
    """
    artefact = opened(folder, sha256 or None)
    found = misses(artefact)
    faults = [
        Fault("background_misses", f"{folder.name}: {name}", f"{miss:.4g}", "at most 1")
        for name, miss in found.items()
        if not miss <= 1.0
    ]
    if faults:
        raise Refused(faults)
    if release is not None:
        refuse_other_release(artefact, release)
    return Checked(artefact, found, release is not None)


def release_of(artefact: Artefact) -> dict[str, Any]:
    """Id and sha256 of the release a folder was made from.

    Raises:
        Refused: ``artefact_unreadable`` for a folder that does not say it.
    """
    told = artefact.about.get("release")
    if not isinstance(told, dict) or not {"id", "sha256"} <= told.keys():
        where = str(artefact.folder or "")
        raise Refused([Fault("artefact_unreadable", where, "no release named", "a folder of pcf background publish")])
    return told


def refuse_other_release(artefact: Artefact, release: Release) -> None:
    """
    Raises:
        Refused: ``background_other_release``.
    """
    told = release_of(artefact)
    if (told["id"], told["sha256"]) != (release.id, release.sha256):
        found, expected = f"{told['id']} {told['sha256']}", f"{release.id} {release.sha256}"
        raise Refused([Fault("background_other_release", str(artefact.folder or ""), found, expected)])


def indicator(artefact: Artefact, gwp_set: str, biogenic_co2: str) -> str:
    """The total of a GWP set under a regime's rule for biogenic carbon dioxide.

    Raises:
        Refused: ``background_no_indicator``.
    """
    line = "total" if biogenic_co2 == "one" else "total_biogenic_zero"
    listed = artefact.about.get("indicators", {})
    for name, told in listed.items():
        if (told["gwp_set"], told["line"]) == (gwp_set, line):
            return str(name)
    where = str(artefact.folder or "")
    raise Refused([Fault("background_no_indicator", where, ", ".join(sorted(listed)), f"{line} of {gwp_set}")])


def beside(store: str, release_ids: Sequence[str]) -> list[Path]:
    """Folders of these releases beside a SQLite store; none beside a database on a server."""
    if "://" in store:
        return []
    folders = [Path(store).resolve().parent / BESIDE / name for name in release_ids]
    return [folder for folder in folders if folder.is_dir()]
