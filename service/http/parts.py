"""The parts of ``multipart/form-data`` in the order they were sent, for a form of a page and for data with files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from lca.faults import Fault, Refused

MULTIPART: Final = "multipart/form-data"
FIELDS: Final = 3_000
LONGEST: Final = 200_000
"""Bytes of one field; a whole file may be as long as the body."""
FILES: Final = 60


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file as its sender named it."""

    name: str
    content: bytes

    @property
    def ending(self) -> str:
        return PurePath(self.name).suffix.lower()


@dataclass(frozen=True, slots=True)
class Parts:
    """Fields and files in the order they were sent; a field for files that was left empty sends none."""

    fields: tuple[tuple[str, str], ...]
    uploads: tuple[tuple[str, File], ...] = ()

    @property
    def sha256(self) -> str:
        """Of what was sent. The bytes of the body differ each time: the line between parts is drawn by lot."""
        files = [[field, file.name, hashlib.sha256(file.content).hexdigest()] for field, file in self.uploads]
        return hashlib.sha256(json.dumps([self.fields, files]).encode()).hexdigest()


async def read_parts(headers: Headers, content: bytes, expected: str) -> Parts:
    """The parts of a body that has been read.

    A body that was cut off is refused: its last part would be missing, and nothing else would tell.

    Raises:
        Refused: ``body_unreadable``.
    """

    async def stream() -> AsyncGenerator[bytes, None]:
        yield content
        yield b""

    parser = MultiPartParser(headers, stream(), max_files=FILES, max_fields=FIELDS, max_part_size=LONGEST)
    try:
        read = await parser.parse()
        _, said = parse_options_header(headers["content-type"])
        if b"--" + said[b"boundary"] + b"--" not in content[-len(said[b"boundary"]) - 64 :]:
            raise ValueError("no end of the last part")
    except (MultiPartException, KeyError, ValueError) as error:
        raise Refused([Fault("body_unreadable", "/", found=str(error)[:120], expected=expected)]) from None
    fields: list[tuple[str, str]] = []
    files: list[tuple[str, File]] = []
    for name, value in read.multi_items():
        if not isinstance(value, UploadFile):
            fields.append((name, value))
        elif value.filename:
            files.append((name, File(value.filename[:200], await value.read())))
    await read.close()
    return Parts(tuple(fields), tuple(files))
