"""``json``: the canonical text of a release in an envelope, and back. It holds everything; the hash is kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from factordb.canonical import dumps, sha256
from factordb.exports.attribution import attribution
from factordb.factor import Factor, Licence, Source
from factordb.files import ReleaseFiles, blank, unit_process
from factordb.release import canonical_of
from lca.doors import MAX_TEXT, read_json
from lca.faults import Fault, Refused

FORMAT: Final = "pcf-release/1"
_SAME_YEAR: Final = "same_year:"


def write_json(content: ReleaseFiles, path: Path) -> None:
    """One line of RFC 8785 text; ``content`` inside it is what the hash is of.

    Raises:
        Refused: ``export_not_held`` for more text than our own reader takes.
    """
    text = canonical_of(content)
    head = dumps({"attribution": attribution(content)})[:-1]
    tail = dumps({"format": FORMAT, "sha256": sha256(text)})[1:]
    whole = f'{head},"content":{text},{tail}\n'
    if len(whole) > MAX_TEXT:
        found, expected = f"{len(whole):,} characters", f"at most {MAX_TEXT:,} in one json"
        raise Refused([Fault("export_not_held", path.name, found=found, expected=expected)])
    path.write_text(whole, encoding="utf-8", newline="\n")


def from_json(path: Path) -> ReleaseFiles:
    """The content of such a file.

    Raises:
        Refused: ``json_unreadable`` and its kin, ``import_unreadable`` for another form, ``release_tampered``.
    """
    try:
        given = read_json(path.read_text(encoding="utf-8-sig"))
        if not isinstance(given, Mapping) or given.get("format") != FORMAT:
            raise ValueError("no such format" if not isinstance(given, Mapping) else f"format {given.get('format')}")
        content = _content(given["content"])
        text = canonical_of(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        found = f"{type(error).__name__}: {error}"
        raise Refused([Fault("import_unreadable", path.name, found=found[:200], expected=FORMAT)]) from None
    if sha256(text) != given.get("sha256"):
        raise Refused([Fault("release_tampered", path.name, found=sha256(text), expected=str(given.get("sha256")))])
    return content


def _content(given: Mapping[str, Any]) -> ReleaseFiles:
    meta = dict(given["release"])
    same_year = {name.removeprefix(_SAME_YEAR): meta.pop(name) for name in list(meta) if name.startswith(_SAME_YEAR)}
    return ReleaseFiles(
        meta=meta,
        factors=tuple(Factor(**{**blank(Factor), **item}) for item in given["factors"]),
        sources=tuple(Source(**{**blank(Source), **item}) for item in given["sources"]),
        licences=tuple(Licence(**{**blank(Licence), **item}) for item in given["licences"]),
        left_out=dict(given["left_out"]),
        same_year=same_year,
        unit_processes=tuple(unit_process(item) for item in given.get("unit_processes", ())),
    )
