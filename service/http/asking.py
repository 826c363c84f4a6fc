"""What a request brings: its body through our own doors, which keep digits, and nothing that is not known.

A body is read no further than the limit. JSON numbers become text with the digits as sent. An unknown field or query
parameter is a fault that names the nearest known one: a misspelt optional field must not be a silent default.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any, Final, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError

from lca.doors import read_json
from lca.faults import Collector, Fault, Refused
from service.intake import MEDIA, composed

JSON: Final = MEDIA[".json"]
COMPONENTS: Final[dict[str, Any]] = {}
"""Schemas of what stands inside bodies, for the OpenAPI document."""
Read = TypeVar("Read", bound="Body")


class Body(BaseModel):
    """A request body: unknown fields are faults, text stays text, and amounts are text."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=10_000)


async def raw_body(request: Request) -> bytes:
    """The body as sent.

    Raises:
        Refused: ``body_too_large``.
    """
    limit = int(request.app.state.settings.max_body)
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(declared, limit)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _too_large(f"over {limit:,}", limit)
        parts.append(part)
    return b"".join(parts)


def media_type(request: Request, *known: str) -> str:
    """The media type of the body, the first of ``known`` where none is said.

    Raises:
        Refused: ``media_type``.
    """
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not said or said in known:
        return said or known[0]
    # what curl --data sends by itself says nothing about the content
    if said == "application/x-www-form-urlencoded":
        return known[0]
    raise Refused([Fault("media_type", "Content-Type", found=said[:100], expected=", ".join(known))])


def object_of(content: bytes) -> Any:
    """JSON text as plain values, numbers as text with their digits.

    Raises:
        Refused: ``file_encoding`` and what :func:`lca.doors.read_json` refuses.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused([Fault("file_encoding", "/", found=error.reason, expected="UTF-8")]) from None
    return composed(read_json(text))


async def read_body(request: Request, model: type[Read]) -> Read:
    """The body as a model.

    Raises:
        Refused: ``media_type``, ``body_too_large``, what the door refuses, ``field_unknown``, ``field_wrong``; all.
    """
    media_type(request, JSON)
    return validated(model, object_of(await raw_body(request)))


def validated(model: type[Read], data: Any) -> Read:
    """Plain values as a model.

    Raises:
        Refused: ``body_unreadable`` where it is no object; ``field_unknown``, ``field_missing``, ``field_wrong``; all.
    """
    if not isinstance(data, Mapping):
        raise Refused([Fault("body_unreadable", "/", found=type(data).__name__, expected="an object")])
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = Collector()
        for item in error.errors(include_url=False):
            faults.add(_fault(model, item))
        raise Refused(faults.faults) from None


def known_parameters(request: Request) -> None:
    """Refuse a query parameter that the route does not have; a dependency of every route under ``/v1``.

    Raises:
        Refused: ``field_unknown`` with the nearest known name; ``key_twice`` for one given twice.
    """
    names = {part.alias for part in request.scope["route"].dependant.query_params}
    given = request.query_params.multi_items()
    faults = Collector()
    for name in dict.fromkeys(key for key, _ in given):
        if name not in names:
            faults.add(unknown_field(f"query/{name}"[:80], name, names))
        elif sum(key == name for key, _ in given) > 1:
            faults.add(Fault("key_twice", f"query/{name}", found=name, expected="each parameter once"))
    faults.raise_if_any()


def _fault(model: type[Body], item: Any) -> Fault:
    where = "/" + "/".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        return unknown_field(where, str(item["loc"][-1]), _fields(model, item["loc"][:-1]))
    if item["type"] == "missing":
        return Fault("field_missing", where, found="nothing", expected=str(item["loc"][-1]))
    found = item.get("input")
    shown = found if isinstance(found, str) else type(found).__name__
    return Fault("field_wrong", where, found=shown[:80] or "blank", expected=str(item["msg"]))


def unknown_field(where: str, name: str, known: Collection[str]) -> Fault:
    """The fault of a name that is not known here: it names the nearest one that is."""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    expected = near[0] if near else ", ".join(sorted(known)) or "no field"
    return Fault("field_unknown", where, found=name[:80], expected=expected)


def _fields(model: type[BaseModel], path: tuple[int | str, ...]) -> set[str]:
    """Names of the fields at a path of a model, as far as it is made of models and lists of them."""
    here: Any = model
    for part in path:
        if isinstance(part, int):
            continue
        field = here.model_fields.get(part)
        inner = [*getattr(field.annotation, "__args__", ()), field.annotation] if field else []
        models = [item for item in inner if isinstance(item, type) and issubclass(item, BaseModel)]
        if not models:
            return set()
        here = models[0]
    return set(here.model_fields)


def _too_large(found: str, limit: int) -> Refused:
    return Refused([Fault("body_too_large", "/", found=f"{found} bytes", expected=f"at most {limit:,} bytes")])


def body_of(model: type[Body], example: Any = None, **more: Any) -> dict[str, Any]:
    """The OpenAPI description of a body that :func:`read_body` reads."""
    content: dict[str, Any] = {"schema": model.model_json_schema(ref_template="#/components/schemas/{model}")}
    COMPONENTS.update(content["schema"].pop("$defs", {}))
    if example is not None:
        content["example"] = example
    return {"requestBody": {"required": True, "content": {JSON: content}, **more}}
