"""The one door out of the factor database and the way back in for our own formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from factordb.exports.folder import write_folder
from factordb.exports.passable import passable
from factordb.exports.text import from_json, write_json
from factordb.files import ReleaseFiles, read
from factordb.release import Release
from lca.faults import Fault, Refused

Writer = Callable[[ReleaseFiles, Path], None]


def _xlsx(content: ReleaseFiles, path: Path) -> None:
    from factordb.exports.workbook import write_workbook

    write_workbook(content, path)


def _brightway(content: ReleaseFiles, path: Path) -> None:
    from factordb.exports.brightway import write_brightway

    write_brightway(content, path)


def _jsonld(content: ReleaseFiles, path: Path) -> None:
    from factordb.exports.jsonld import write_jsonld

    write_jsonld(content, path)


WRITERS: Final[Mapping[str, Writer]] = {
    "json": write_json,
    "csv": write_folder,
    "xlsx": _xlsx,
    "brightway": _brightway,
    "jsonld": _jsonld,
}
SUFFIXES: Final[Mapping[str, str]] = {".json": "json", ".xlsx": "xlsx", "": "csv"}
"""The format a name means by itself; a zip may be either of two and is asked for."""


def export(release: Release, form: str, path: Path) -> ReleaseFiles:
    """Write what may be passed on of a release; returns what was written. Nothing is written over.

    Raises:
        Refused: ``export_place`` where the file or a filled folder is there already, ``export_not_held``.
    """
    if path.is_file() or (path.is_dir() and (form != "csv" or any(path.iterdir()))):
        expected = "a new folder" if form == "csv" else "a new file"
        raise Refused([Fault("export_place", found=str(path), expected=expected)])
    if not path.parent.is_dir():
        raise Refused([Fault("export_place", found=f"no folder {path.parent}", expected="a folder that is there")])
    content = passable(release)
    WRITERS[form](content, path)
    return content


def from_place(path: Path) -> ReleaseFiles:
    """A release from a folder with ``release.yaml``, an ``.xlsx`` of this layout, or a ``.json`` of ours.

    Raises:
        Refused: all faults at once; ``release_meta`` where there is nothing of the kind.
    """
    if path.suffix.lower() == ".xlsx":
        from factordb.exports.workbook_read import from_workbook

        return from_workbook(path)
    if path.suffix.lower() == ".json":
        return from_json(path)
    if not (path / "release.yaml").is_file():
        expected = "a release folder, an .xlsx of pcf factors template, or a .json of pcf factors export"
        raise Refused([Fault("release_meta", str(path), found="no release.yaml", expected=expected)])
    return read(path)
