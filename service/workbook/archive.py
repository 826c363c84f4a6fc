"""An XLSX as a hostile archive: sizes before contents, no document types, no paths, nothing outside followed."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Final
from xml.parsers import expat

from lca.faults import Fault, Refused

MAX_FILE: Final = 50_000_000
MAX_UNPACKED: Final = 100_000_000
MAX_RATIO: Final = 200
MAX_PARTS: Final = 5_000
_SMALL: Final = 2_000_000
"""Below this, unpacked, a high ratio harms nobody: an empty template packs well."""
_OLD: Final = b"\xd0\xcf\x11\xe0"
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_EXPECTED: Final = "an .xlsx workbook made from the template"

Start = Callable[[str, dict[str, str]], object]


def unreadable(found: str, where: str = "") -> Refused:
    """The fault of a file that is no workbook we read."""
    return Refused([Fault("workbook_unreadable", where, found[:120], _EXPECTED)])


def too_large(found: str, expected: str) -> Refused:
    """The fault of a file that would cost more than any honest one."""
    return Refused([Fault("workbook_too_large", "", found, expected)])


class Archive:
    """The parts of a workbook, by name, checked before anything is unpacked."""

    def __init__(self, source: str | Path | bytes) -> None:
        data = source if isinstance(source, bytes) else _bytes(Path(source))
        if len(data) > MAX_FILE:
            raise too_large(f"{len(data):,} bytes", f"at most {MAX_FILE:,} bytes")
        if data.startswith(_OLD):
            raise unreadable("an old .xls or a file locked with a password")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise unreadable(f"not an XLSX package: {error}") from None
        self._check(len(data))
        self.names = frozenset(self._zip.namelist())
        for name in sorted(self.names):
            if name.endswith((".xml", ".rels", ".vml")):
                self._no_document_type(name)

    def _check(self, packed: int) -> None:
        parts = self._zip.infolist()
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > MAX_PARTS:
            raise too_large(f"{len(parts):,} parts", f"at most {MAX_PARTS:,} parts")
        if unpacked > MAX_UNPACKED:
            raise too_large(f"{unpacked:,} bytes unpacked", f"at most {MAX_UNPACKED:,} bytes")
        if unpacked > _SMALL and unpacked > MAX_RATIO * packed:
            raise too_large(f"packed 1:{unpacked // max(packed, 1)}", f"at most 1:{MAX_RATIO}")
        if len({part.filename for part in parts}) != len(parts):
            raise unreadable("a part that stands twice in the package")
        if any(part.compress_type not in _METHODS or part.flag_bits & 1 for part in parts):
            raise unreadable("a part that is encrypted or packed in an unusual way")

    def _no_document_type(self, name: str) -> None:
        """Parts we never parse are looked through too: the file may be handed on."""
        data = self.read(name)
        for mark in ("<!DOCTYPE", "<!ENTITY"):
            if any(mark.encode(code) in data for code in ("ascii", "utf-16-le", "utf-16-be")):
                raise unreadable(f"a document type in {name}")

    def read(self, name: str) -> bytes:
        """A part's bytes.

        Raises:
            Refused: ``workbook_unreadable`` where the part is missing or damaged.
        """
        try:
            return self._zip.read(name)
        except KeyError:
            raise unreadable(f"no part {name}") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            raise unreadable(f"damaged part {name}: {error}") from None

    def parse(
        self, name: str, start: Start, end: Callable[[str], object] | None = None,
        text: Callable[[str], object] | None = None,
    ) -> None:  # fmt: skip
        """Stream a part through handlers; names arrive as ``namespace local``. Document types are refused."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text

        def document_type(*_: object) -> None:
            raise unreadable(f"a document type in {name}")

        parser.StartDoctypeDeclHandler = document_type
        parser.EntityDeclHandler = document_type
        try:
            parser.Parse(self.read(name), True)
        except (expat.ExpatError, ValueError, LookupError, OverflowError) as error:
            raise unreadable(f"damaged part {name}: {error}") from None

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Of a part (empty for the package): relation id to (kind, target part). What lies outside is left out."""
        path = PurePosixPath(part)
        name = str(path.parent / "_rels" / f"{path.name}.rels") if part else "_rels/.rels"
        found: dict[str, tuple[str, str]] = {}

        def start(element: str, attributes: dict[str, str]) -> None:
            if element.endswith(" Relationship") and attributes.get("TargetMode", "") != "External":
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = (kind, _target(path.parent, attributes.get("Target", "")))

        if name in self.names:
            self.parse(name, start)
        return found


def _target(folder: PurePosixPath, target: str) -> str:
    parts: list[str] = [] if target.startswith("/") else [item for item in folder.parts if item != "."]
    for item in target.split("/"):
        if item == "..":
            parts = parts[:-1]
        elif item not in ("", "."):
            parts.append(item)
    return "/".join(parts)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE + 1)
    except OSError as error:
        raise unreadable(f"{path.name}: {error.strerror}") from None
