"""What a form of a page sends: read no further than the limit, and only with the token of one of our pages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
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
FILES: Final = 60


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
    """Fields and files in the order they were sent; a field for files that was left empty sends none."""

    fields: tuple[tuple[str, str], ...]
    uploads: tuple[tuple[str, File], ...] = ()

    def get(self, name: str, otherwise: str = "") -> str:
        """The last value of a field, without spaces around it."""
        return next((value.strip() for key, value in reversed(self.fields) if key == name), otherwise)

    def file(self, name: str) -> File | None:
        """The last file of a field."""
        return next((file for key, file in reversed(self.uploads) if key == name), None)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.fields)


async def read_form(visit: Visit) -> Form:
    """The form of a request.

    Raises:
        Refused: ``form_token`` without the token of one of our pages; ``body_too_large``, ``body_unreadable``.
    """
    form = await sent_form(visit)
    if not visit.holds(form.get(TOKEN)):
        raise Refused([Fault("form_token", found="another token or none", expected="the token of a page of yours")])
    return form


async def sent_form(visit: Visit) -> Form:
    """The form of a request, whoever sent it: for showing it to them again, never for doing what it asks.

    Raises:
        Refused: ``body_too_large``, ``body_unreadable``.
    """
    held = getattr(visit.request.state, "form", None)
    if isinstance(held, Form):  # a body can be read once
        return held
    content = await raw_body(visit.request)
    try:
        if visit.request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            form = await _parts(visit, content)
        else:
            form = Form(tuple(parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=FIELDS)))
    except (MultiPartException, KeyError, ValueError) as error:
        raise Refused([Fault("body_unreadable", "/", found=str(error)[:120], expected="a form of this page")]) from None
    made = Form(tuple((name, value.replace("\r\n", "\n")) for name, value in form.fields), form.uploads)
    visit.request.state.form = made
    return made


async def _parts(visit: Visit, content: bytes) -> Form:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield content
        yield b""

    parser = MultiPartParser(
        visit.request.headers, stream(), max_files=FILES, max_fields=FIELDS, max_part_size=LONGEST
    )  # fmt: skip
    read = await parser.parse()
    fields: list[tuple[str, str]] = []
    files: list[tuple[str, File]] = []
    for name, value in read.multi_items():
        if not isinstance(value, UploadFile):
            fields.append((name, value))
        elif value.filename:
            files.append((name, File(value.filename[:200], await value.read())))
    await read.close()
    return Form(tuple(fields), tuple(files))
