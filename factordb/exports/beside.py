"""What lies in a zip beside the data: attribution, what the format does not hold, what was left out."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from importlib.resources import files

from factordb.exports.attribution import attribution
from factordb.exports.nodes import LeftOut
from factordb.files import ReleaseFiles, guarded
from lca.doors import read_yaml

_WHEN = (1980, 1, 1, 0, 0, 0)


def put(archive: zipfile.ZipFile, name: str, data: str | bytes) -> None:
    """One file of a zip, with no clock in it."""
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)


def put_beside(archive: zipfile.ZipFile, content: ReleaseFiles, form: str, left: Iterable[LeftOut]) -> None:
    """``ATTRIBUTION.txt``, ``NOT_HELD.txt`` and ``LEFT_OUT.csv``."""
    put(archive, "ATTRIBUTION.txt", attribution(content))
    text = files("factordb.exports").joinpath("data/lost.yaml").read_text(encoding="utf-8")
    lost = [f"- {line['en']}\n  {line['zh']}" for line in read_yaml(text)[form]]
    put(archive, "NOT_HELD.txt", "\n".join(lost) + "\n")
    put(
        archive,
        "LEFT_OUT.csv",
        table([("id", "reason", "原因"), *((it.id, it.reason_en, it.reason_zh) for it in left)]),
    )


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV, no cell a formula."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue()
