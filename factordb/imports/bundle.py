"""A file, folder or zip of a foreign database as named members, and its XML as elements. Nothing is unpacked to disk.

Sizes are looked at before contents; a document type (entities, external files) is refused before anything of it is
read, so that neither XXE nor a billion laughs reaches memory.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from factordb.imports.rows import too_large, unreadable
from lca.doors import read_json
from lca.faults import Refused

MAX_MEMBERS: Final = 200_000
MAX_MEMBER: Final = 500_000_000
MAX_UNPACKED: Final = 2_000_000_000
MAX_RATIO: Final = 200
SMALL: Final = 2_000_000
"""Below this, unpacked, a high ratio harms nobody."""
MAX_DEPTH: Final = 60
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)
_DECLARED: Final = re.compile(rb"""^\s*<\?xml[^>]{0,80}encoding\s*=\s*["']([A-Za-z0-9_.-]+)["']""")
_CHINESE: Final = ("gb18030", "gbk", "gb2312")


class Bundle:
    """The members of a file, a folder or a zip, sorted by name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        self._files: dict[str, Path] = {}
        if path.is_dir():
            # A link may point anywhere; what a publisher ships are files.
            found = [item for item in path.rglob("*") if item.is_file() and not item.is_symlink()]
            self._files = {item.relative_to(path).as_posix(): item for item in found}
            self.sizes = {name: item.stat().st_size for name, item in self._files.items()}
        elif not path.is_file():
            raise unreadable(path, "no such file or folder", "a file, a folder or a zip")
        elif zipfile.is_zipfile(path):
            self._zip = self._open()
            self.sizes = {item.filename: item.file_size for item in self._zip.infolist() if not item.is_dir()}
        else:
            self._files = {path.name: path}
            self.sizes = {path.name: path.stat().st_size}
        self._weigh()

    def names(self, *suffixes: str) -> list[str]:
        """Members that end with one of ``suffixes``; folders of resource forks are no members."""
        return sorted(name for name in self.sizes if name.lower().endswith(suffixes) and "__MACOSX" not in name)

    def read(self, name: str) -> bytes:
        """The bytes of a member.

        Raises:
            Refused: ``import_unreadable`` where it is damaged.
        """
        try:
            return self._files[name].read_bytes() if self._zip is None else self._zip.read(name)
        except _DAMAGE as error:
            raise unreadable(Path(name), f"damaged: {error}", "a whole file") from None

    def json(self, name: str) -> Any:
        """A member as JSON with all numbers as text; NaN stays text, so that its reader can name the process."""
        try:
            return read_json(self.read(name).decode("utf-8-sig"), constants_as_text=True)
        except UnicodeDecodeError as error:
            bad = error.object[error.start : error.start + 4].hex(" ")
            raise unreadable(Path(name), f"bytes {bad} are no UTF-8", "JSON in UTF-8") from None
        except Refused as refused:
            raise unreadable(Path(name), str(refused), "JSON") from None

    def _open(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self.path)
        except _DAMAGE as error:
            raise unreadable(self.path, f"no zip: {error}", "a whole zip") from None

    def _weigh(self) -> None:
        total = sum(self.sizes.values())
        if len(self.sizes) > MAX_MEMBERS:
            raise too_large(self.path, f"{len(self.sizes):,} members", f"at most {MAX_MEMBERS:,}")
        if total > MAX_UNPACKED or max(self.sizes.values(), default=0) > MAX_MEMBER:
            raise too_large(
                self.path, f"{total:,} bytes unpacked", f"at most {MAX_UNPACKED:,}, {MAX_MEMBER:,} a member"
            )
        if self._zip is None:
            return
        parts, packed = self._zip.infolist(), max(self.path.stat().st_size, 1)
        if total > SMALL and total > MAX_RATIO * packed:
            raise too_large(self.path, f"packed 1:{total // packed}", f"at most 1:{MAX_RATIO}")
        if len({part.filename for part in parts}) != len(parts):
            raise unreadable(self.path, "a member that stands twice in the zip", "each member once")
        if any(part.compress_type not in _METHODS or part.flag_bits & 1 for part in parts):
            raise unreadable(self.path, "a member that is encrypted or packed in an unusual way", "a plain zip")


def elements(data: bytes, where: str, tags: tuple[str, ...], limit: int = MAX_DEPTH) -> Iterator[Element]:
    """Each element named in ``tags``, whole, with local names; what lies outside is dropped while reading.

    Raises:
        Refused: ``import_unreadable`` for a document type, an entity, or XML that is not well formed.
    """
    text, encoding = _decoded(data, where)
    whole = _Whole(where, tags, limit)
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler = whole.start
    parser.EndElementHandler = whole.end
    parser.CharacterDataHandler = whole.characters
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = whole.document_type
    step = 1 << 20
    try:
        for at in range(0, max(len(text), 1), step):
            parser.Parse(text[at : at + step], at + step >= len(text))
            yield from whole.ready
            whole.ready.clear()
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise unreadable(Path(where), f"XML: {error}", "well-formed XML") from None


class _Whole:
    """Handlers of a parser that build the wanted elements and let the others pass."""

    def __init__(self, where: str, tags: tuple[str, ...], limit: int) -> None:
        self._where, self._tags, self._limit = Path(where), tags, limit
        self._builder: TreeBuilder | None = None
        self._depth = self._inside = 0
        self.ready: list[Element] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > self._limit:
            raise too_large(self._where, f"more than {self._limit} levels", f"at most {self._limit} levels")
        name = name.rpartition(":")[2]
        if self._builder is None and name in self._tags:
            self._builder, self._inside = TreeBuilder(), 0
        if self._builder is not None:
            self._inside += 1
            self._builder.start(name, {key.rpartition(":")[2]: value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._builder is not None:
            self._builder.end(name.rpartition(":")[2])
            self._inside -= 1
            if self._inside == 0:
                self.ready.append(self._builder.close())
                self._builder = None

    def characters(self, part: str) -> None:
        if self._builder is not None:
            self._builder.data(part)

    def document_type(self, *_: object) -> None:
        raise unreadable(self._where, "a document type (DTD)", "XML without document type and entities")


def _decoded(data: bytes, where: str) -> tuple[bytes, str | None]:
    """Bytes and the encoding to read them in; expat knows no GB18030, so Chinese text is turned into UTF-8 first."""
    declared = _DECLARED.match(data[:200])
    if declared is None or declared.group(1).decode("ascii").lower() not in _CHINESE:
        return data, None
    try:
        return data.decode("gb18030").encode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        bad = error.object[error.start : error.start + 4].hex(" ")
        raise unreadable(Path(where), f"bytes {bad} are no GB18030", "text in its declared encoding") from None


def attribute(element: Element | None, name: str) -> str:
    """An attribute without blanks at its ends; empty where the element or attribute is not there."""
    return "" if element is None else element.get(name, "").strip()


def inner(element: Element | None, path: str) -> str:
    """The text of a descendant, white space evened out."""
    return "" if element is None else " ".join((element.findtext(path) or "").split())
