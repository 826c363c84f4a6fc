"""What a form of a page sends: read no further than the limit, and only with the token of one of our pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from lca.faults import Fault, Refused
from service.http.asking import raw_body
from service.http.pages.visit import TOKEN, Visit
from service.http.parts import FIELDS, MULTIPART, File, Parts, read_parts

EXPECTED: Final = "a form of this page"


@dataclass(frozen=True, slots=True)
class Form(Parts):
    """Fields and files of a form."""

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
    if visit.request.headers.get("content-type", "").lower().startswith(MULTIPART):
        form: Parts = await read_parts(visit.request.headers, content, EXPECTED)
    else:
        try:
            form = Form(tuple(parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=FIELDS)))
        except ValueError as error:
            raise Refused([Fault("body_unreadable", "/", found=str(error)[:120], expected=EXPECTED)]) from None
    made = Form(tuple((name, value.replace("\r\n", "\n")) for name, value in form.fields), form.uploads)
    visit.request.state.form = made
    return made
