"""Releases for the tests of exports, and every byte of an export, unpacked."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from factordb.factor import Factor, Source
from factordb.files import ReleaseFiles
from factordb.unit_process import Exchange, UnitProcess
from tests.factordb._made import CLOSED, LICENCE, SOURCE, content, factor

SECRET = "7.31415926535"
SOURCES = ("a", "b", "c")


def source(name: str, licence: str = "own") -> Source:
    return replace(SOURCE, id=name, title=f"Document {name}", publisher="Somebody", licence=licence)


def full(name: str, of: str, number: str, **more: object) -> Factor:
    """A factor that says its number wherever it can."""
    told = {part: {"k": number} for part in ("properties", "uncertainty", "quality", "codes", "admissible")}
    words = dict.fromkeys(("note", "locator", "boundary", "technology", "synonyms", "unlinked", "published"), number)
    flows = {"CO2|fossil": number}
    maps = {
        "gases": {"CO2": number},
        "flows": flows,
        "lines": {"fossil": number},
        "other_values": f"{number} elsewhere",
    }
    return factor(name, number, "kgCO2e/kg", source=of, **told, **words, **maps, **more)


def process(name: str, of: str, number: str) -> UnitProcess:
    """A unit process that says its number wherever it can."""
    exchanges = (
        Exchange(
            "emission", "carbon dioxide", number, "kg", flow="CO2|fossil", note=number, uncertainty={"sd": number}
        ),
        Exchange("input", f"input {number}", number, "kg", provider="open"),
    )
    words = dict.fromkeys(("allocation", "cut_off", "technology", "locator", "note"), number)
    shown = {"name_en": name, "name_zh": name, "category": "test", "place": "CN", "year": "2024", "unit": "kg"}
    return UnitProcess(name, **shown, amount=number, source=of, exchanges=exchanges, quality={"k": number}, **words)


def mixed(closed: frozenset[str]) -> ReleaseFiles:
    """Three sources, those of ``closed`` with a closed licence. The numbers: ``7.31415926535`` and a last digit."""
    factors = [full(f"f-{name}", name, f"{SECRET}{index}") for index, name in enumerate(SOURCES)]
    processes = [process(f"p-{name}", name, f"{SECRET}{index}") for index, name in enumerate(SOURCES)]
    sources = [source("meters"), *(source(name, "closed" if name in closed else "own") for name in SOURCES)]
    return content(
        factor("open", "2"),
        *factors,
        processes=tuple(processes),
        sources=tuple(sources),
        licences=(LICENCE, replace(CLOSED, share_alike=True)),
        left_out={"x": "no reason"},
    )


def every_byte(path: Path) -> Iterator[bytes]:
    """Names and contents of a file or folder; zips and workbooks unpacked, to any depth."""
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            yield from _unpacked(file.name, file.read_bytes())


def _unpacked(name: str, data: bytes) -> Iterator[bytes]:
    yield name.encode()
    yield data
    if name.endswith((".xml", ".rels")):
        yield html.unescape(data.decode()).encode()  # openpyxl writes 相 as &#30456;
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive.comment
            for entry in archive.infolist():
                yield from _unpacked(entry.filename, archive.read(entry))
