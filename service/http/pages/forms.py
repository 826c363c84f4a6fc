"""What a form of a page sends: read no further than the limit, and only with the token of one of our pages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from lca.faults import Fault, Refused
from service.http.asking import raw_body
from service.http.pages.visit import TOKEN, Visit

FIELDS: Final = 3_000
LONGEST: Final = 200_000
"""Bytes of one field; a whole file may be as long as the body."""


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file as the browser named it."""

    name: str
    content: bytes

    @property
    def ending(self) -> str:
        return PurePath(self.name).suffix.lower()


@dataclass(frozen=True, slots=True)
class Form:
    """Fields in the order they were sent, and files by field."""

    fields: tuple[tuple[str, str], ...]
    files: dict[str, File] = field(default_factory=dict)

    def get(self, name: str, otherwise: str = "") -> str:
        """The last value of a field, without spaces around it."""
        return next((value.strip() for key, value in reversed(self.fields) if key == name), otherwise)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.fields)


async def read_form(visit: Visit) -> Form:
    """The form of a request.

    Raises:
        Refused: ``form_token`` without the token of one of our pages; ``body_too_large``, ``body_unreadable``.
    """
    content = await raw_body(visit.request)
    files: dict[str, File] = {}
    try:
        if visit.request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            fields = await _parts(visit, content, files)
        else:
            fields = parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=FIELDS)
    except (MultiPartException, KeyError, ValueError) as error:
        raise Refused([Fault("body_unreadable", "/", found=str(error)[:120], expected="a form of this page")]) from None
    form = Form(tuple((name, value.replace("\r\n", "\n")) for name, value in fields), files)
    if not visit.holds(form.get(TOKEN)):
        raise Refused([Fault("form_token", found="another token or none", expected="the token of a page of yours")])
    return form


async def _parts(visit: Visit, content: bytes, files: dict[str, File]) -> list[tuple[str, str]]:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield content
        yield b""

    parser = MultiPartParser(
        visit.request.headers, stream(), max_files=2, max_fields=FIELDS, max_part_size=LONGEST
    )  # fmt: skip
    read = await parser.parse()
    fields = []
    for name, value in read.multi_items():
        if isinstance(value, UploadFile):
            files[name] = File((value.filename or "")[:200], await value.read())
        else:
            fields.append((name, value))
    await read.close()
    return fields
