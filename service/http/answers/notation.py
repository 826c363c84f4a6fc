"""How answers are written down: a line per field with what it means and what it looks like.

A form is an object with these fields and no others. The example of an answer is put together from those of its fields,
so that the two cannot differ. Nothing here runs for a request: these are words for the OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Schema = dict[str, Any]
FORMS: Final[dict[str, Schema]] = {}
"""Named forms, the components of the document."""
SHA: Final = "968eb5fe00349dd7de967d9fa266f933329f32b3f526e36fcc4f226c22d58aee"
AT: Final = "2026-11-21T16:32:46.958+00:00"
_DECIMAL: Final = r"-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?"
_TIME: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|\+00:00)"
_OPTIONAL: Final = "x-optional"
_ROOT: Final = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers where all went well; ``headers`` beside those that follow from its parameters."""

    says: str
    schema: Schema | None = None
    """None for an answer without a body."""
    headers: tuple[str, ...] = ()
    media: str = "application/json"

    def described(self) -> dict[str, Any]:
        """As a response of the document."""
        if self.schema is None:
            return {"description": self.says}
        content = {"schema": self.schema, "example": example_of(self.schema)}
        return {"description": self.says, "content": {self.media: content}}


def text(says: str, example: str = "", **more: Any) -> Schema:
    """A text."""
    return {"type": "string", "description": says, "examples": [example], **more}


def decimal(says: str, example: str, *, blank: bool = False) -> Schema:
    """A number as text, with its digits."""
    return text(says, example, pattern=f"^({_DECIMAL}){'?' if blank else ''}$")


def exact(says: str, example: str) -> Schema:
    """A number as text that may be a fraction, ``1/3``."""
    return text(says, example, pattern=f"^{_DECIMAL}(/[1-9][0-9]*)?$")


def time(says: str, example: str = AT, *, blank: bool = False) -> Schema:
    """A moment in UTC; with ``blank`` empty where it has not come."""
    return text(says, "" if blank and example == AT else example, pattern=f"^({_TIME}){'?' if blank else ''}$")


def sha(says: str, example: str = SHA, *, blank: bool = False) -> Schema:
    """A SHA-256, hexadecimal."""
    return text(says, example, pattern=f"^([0-9a-f]{{64}}){'?' if blank else ''}$")


def word(says: str, *words: str) -> Schema:
    """One of some words; the first is the example."""
    return {"enum": list(words), "description": says, "examples": [words[0]]}


def whole(says: str, example: int) -> Schema:
    """A count."""
    return {"type": "integer", "description": says, "examples": [example]}


def flag(says: str, example: bool) -> Schema:
    """Yes or no."""
    return {"type": "boolean", "description": says, "examples": [example]}


def listed(items: Schema, says: str, *more: Any) -> Schema:
    """A list; its example holds that of an item, or ``more``."""
    return {"type": "array", "items": items, "description": says} | ({"examples": [list(more)]} if more else {})


def none_here(schema: Schema) -> Schema:
    """A list or map that the example has nothing in."""
    return {**schema, "examples": [[] if schema["type"] == "array" else {}]}


def mapped(values: Schema, says: str, example: Mapping[str, Any]) -> Schema:
    """Values by keys that the data choose."""
    return {"type": "object", "additionalProperties": values, "description": says, "examples": [dict(example)]}


def names(says: str, en: str, zh: str) -> Schema:
    """A name by language."""
    return mapped({"type": "string"}, says, {"en": en, "zh": zh})


def open_object(says: str, example: Mapping[str, Any]) -> Schema:
    """An object whose fields are described elsewhere."""
    return {"type": "object", "description": says, "examples": [dict(example)]}


def either(says: str, *schemas: Schema) -> Schema:
    """One of several; the first makes the example."""
    return {"anyOf": list(schemas), "description": says}


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    return either(schema["description"], schema, {"type": "null"})


def optional(schema: Schema) -> Schema:
    """A field that may be absent; the example is without it."""
    return {**schema, _OPTIONAL: True}


def of(form: Schema, says: str) -> Schema:
    """A named form with what it is here."""
    return {**form, "description": says}


def closed(says: str, /, **fields: Schema) -> Schema:
    """An object with these fields and no others."""
    return {
        "type": "object",
        "description": says,
        "additionalProperties": False,
        "properties": {
            name: {key: value for key, value in field.items() if key != _OPTIONAL} for name, field in fields.items()
        },
        "required": [name for name, field in fields.items() if _OPTIONAL not in field],
    }


def named(name: str, schema: Schema) -> Schema:
    """Keep a schema under a name; what refers to it."""
    assert name not in FORMS, name
    FORMS[name] = schema
    return {"$ref": f"{_ROOT}{name}"}


def form(name: str, says: str, /, **fields: Schema) -> Schema:
    """A closed object under a name."""
    return named(name, closed(says, **fields))


def example_of(schema: Schema) -> Any:
    """The example that the fields of a schema give together."""
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return example_of(FORMS[schema["$ref"].removeprefix(_ROOT)])
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0])
    if schema["type"] == "array":
        return [example_of(schema["items"])]
    return {name: example_of(schema["properties"][name]) for name in schema["required"]}
