"""``csv``: a release folder, as :func:`factordb.files.read` reads it and ``pcf factors publish`` takes it."""

from __future__ import annotations

from pathlib import Path

from factordb.exports.attribution import attribution
from factordb.files import ReleaseFiles, write_release


def write_folder(content: ReleaseFiles, folder: Path) -> None:
    """The tables and the attribution beside them. It holds everything; the hash is kept."""
    write_release(folder, content)
    (folder / "ATTRIBUTION.txt").write_text(attribution(content), encoding="utf-8", newline="\n")
