"""Real answers against the committed OpenAPI document: every operation, every status of success, every header.

Nothing is declared that was never sent: a field of a form that no answer had is a fault here too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from service.http.around import HEADERS
from tests.house.test_openapi import PAGE
from tests.service.asked import Heard, ask_all, asking

ARCHIVE: Final = Path(__file__).resolve().parents[1] / "archive" / "records"
DOCUMENT: Final = json.loads(PAGE.read_text("utf-8"))
EVERYWHERE: Final = {
    *(name.decode() for name, _ in HEADERS), "content-security-policy", "content-encoding", "content-length",
    "content-type", "date", "pragma", "server", "vary",
}  # fmt: skip
"""Headers of every answer, of the transport and for browsers: told once, in docs/api.md."""


class Told:
    """The document, asked what it says of an answer; and which fields of its forms were met."""

    def __init__(self) -> None:
        self.met: set[tuple[int, str]] = set()
        by_schema = Draft202012Validator.VALIDATORS["properties"]

        def properties(validator: Any, named: Mapping[str, Any], value: Any, schema: Any) -> Iterator[Any]:
            if isinstance(value, dict):
                self.met |= {(id(named), name) for name in value if name in named}
            yield from by_schema(validator, named, value, schema)

        self._validator = extend(Draft202012Validator, {"properties": properties})
        self._paths = sorted(
            ((path, re.compile(re.sub(r"\{(\w+)\}", _part, path))) for path in DOCUMENT["paths"]),
            key=lambda pair: pair[0].count("{"),
        )

    def response(self, heard: Heard) -> tuple[str, dict[str, Any]]:
        """``METHOD /template status`` of an answer, and what the document says of it; empty for nothing."""
        path = next(path for path, form in self._paths if form.fullmatch(heard.path))
        responses = DOCUMENT["paths"][path][heard.method.lower()]["responses"]
        return f"{heard.method} {path} {heard.status}", responses.get(str(heard.status), {})

    def wrong(self, schema: Mapping[str, Any], value: Any) -> list[str]:
        """Where a value is not as a schema says."""
        whole = self._validator({**schema, "components": DOCUMENT["components"]})
        return [f"{error.json_path}: {error.message[:300]}" for error in whole.iter_errors(value)]


def _part(parameter: re.Match[str]) -> str:
    return ".+" if parameter[1] == "factor_id" else "[^/]+"


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> list[Heard]:
    with asking(tmp_path_factory.mktemp("answers")) as running:
        ask_all(running)
    return running.heard


@pytest.fixture(scope="module")
def told() -> Told:
    return Told()


def test_every_operation_was_asked_until_it_answered(heard: list[Heard], told: Told) -> None:
    documented = {
        f"{method.upper()} {path} {status}"
        for path, item in DOCUMENT["paths"].items() for method, operation in item.items()
        for status in operation["responses"] if status < "400"
    }  # fmt: skip
    came = {told.response(answer)[0] for answer in heard if answer.status < 400}
    assert (sorted(documented - came), sorted(came - documented)) == ([], [])


def test_every_answer_is_as_the_document_says(heard: list[Heard], told: Told) -> None:
    """Its media type, its body to the last field, its headers; refusals too."""
    wrong: dict[str, list[str]] = {}
    for answer in heard:
        name, said = told.response(answer)
        content = said.get("content", {})
        faults = [] if said else ["a status that is not documented"]
        if answer.body == "" and not content:
            pass
        elif answer.media not in content:
            faults.append(f"{answer.media} instead of {list(content)}")
        else:
            faults += told.wrong(content[answer.media]["schema"], answer.body)
        faults += _headers(answer, said.get("headers", {}))
        if faults:
            wrong[name] = faults
    assert wrong == {}


def _headers(answer: Heard, said: Mapping[str, Any]) -> Iterator[str]:
    parts = DOCUMENT["components"]["headers"]
    known = {name.lower(): parts[name]["required"] for name in said}
    for name in sorted(set(answer.headers) - EVERYWHERE - set(known)):
        yield f"a header that is not documented: {name}"
    for name in sorted(name for name, required in known.items() if required and name not in answer.headers):
        yield f"a header that was not sent: {name}"


def test_every_field_of_the_document_was_sent(heard: list[Heard], told: Told) -> None:
    for answer in heard:
        for content in told.response(answer)[1].get("content", {}).values():
            told.wrong(content["schema"], answer.body)
    forms = {name: schema for name, schema in DOCUMENT["components"]["schemas"].items() if name != "PactFootprint"}
    declared = dict(_fields(forms, "")) | dict(_fields(DOCUMENT["paths"], ""))
    assert sorted(where for key, where in declared.items() if key not in told.met) == []


@pytest.mark.parametrize("path", sorted(ARCHIVE.glob("*.json")), ids=lambda path: path.stem)
def test_a_record_of_any_time_is_answered_in_this_form(path: Path, told: Told) -> None:
    """Records never change: what an earlier version sealed is answered as it is."""
    record = json.loads(path.read_text("utf-8"))
    assert told.wrong({"$ref": "#/components/schemas/Record"}, record) == []


def _fields(here: Any, where: str) -> Iterator[tuple[tuple[int, str], str]]:
    """Every field that a form of an answer declares; those of bodies are the callers' to send."""
    if isinstance(here, list):
        for part in here:
            yield from _fields(part, where)
    elif isinstance(here, dict):
        if isinstance(named := here.get("properties"), dict) and here.get("type") == "object":
            yield from (((id(named), name), f"{where}/{name}") for name in named)
        for name, part in here.items():
            if name not in ("requestBody", "examples", "example"):
                yield from _fields(part, where if name in ("properties", "schema", "content") else f"{where}/{name}")
