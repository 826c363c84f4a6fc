"""The OpenAPI document is committed, so that a change of the interface is seen in review.

`python -m tests.house.test_openapi --write` writes it after a change that is meant. Inside `/v1` only additions are.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

OF_THE_STANDARD = "PactFootprint"
"""A form whose fields the specification of PACT describes."""
PAGE = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "openapi.json"


def document() -> dict[str, Any]:
    from service.http.app import make_app
    from service.settings import Settings

    found: dict[str, Any] = make_app(Settings()).openapi()
    found["info"]["version"] = "0"  # of the distribution, which moves by itself
    return found


def test_the_interface_is_the_one_committed() -> None:
    committed, found = json.loads(PAGE.read_text("utf-8")), json.loads(json.dumps(document()))
    changed = sorted(
        path for path in set(committed["paths"]) | set(found["paths"])
        if committed["paths"].get(path) != found["paths"].get(path)
    )  # fmt: skip
    assert changed == [], "meant? python -m tests.house.test_openapi --write"
    assert committed == found


def test_every_reference_has_its_schema_and_every_operation_a_name_of_its_own() -> None:
    found = document()
    names = [item["operationId"] for path in found["paths"].values() for item in path.values()]
    assert len(names) == len(set(names))
    text = json.dumps(found)
    wanted = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert wanted - set(found["components"]["schemas"]) == set()


def test_every_success_is_described_with_an_example() -> None:
    """A body with schema and example, or none: then the description alone."""
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            good = {status: told for status, told in operation["responses"].items() if status < "300"}
            assert len(good) == 1, f"{method} {path}"
            for status, told in good.items():
                assert told["description"] not in ("", "Successful Response"), f"{method} {path}"
                assert told["headers"]["X-Request-Id"], f"{method} {path}"
                content = told.get("content", {})
                assert content or status == "204" or path == "/3/events", f"{method} {path}"
                assert all(part["schema"] and "example" in part for part in content.values()), f"{method} {path}"


def test_forms_of_answers_are_closed_and_every_field_says_what_it_is() -> None:
    wrong = []
    for where, schema in _schemas(document()):
        if "properties" in schema and schema.get("additionalProperties") is not False:
            wrong.append(f"{where}: open")
        if schema.get("type") == "number":
            wrong.append(f"{where}: decimals are text")
        if schema.get("type") == "object" and not {"properties", "additionalProperties", "description"} & set(schema):
            wrong.append(f"{where}: an object of which nothing is said")
        for name, field in schema.get("properties", {}).items():
            if len(field.get("description", "")) < 4 or "\n" in field["description"]:
                wrong.append(f"{where}/{name}: says nothing, or more than a line")
    assert [found for found in wrong if f"/{OF_THE_STANDARD}" not in found or ": open" in found] == []


def test_every_example_is_what_its_schema_says() -> None:
    found = document()
    count = 0
    for where, schema in _schemas(found):
        whole = Draft202012Validator({**schema, "components": found["components"]})
        for example in schema.get("examples", []):
            count += 1
            assert [error.message for error in whole.iter_errors(example)] == [], where
    for path, item in found["paths"].items():
        for operation in item.values():
            for told in operation["responses"].values():
                for part in told.get("content", {}).values():
                    whole = Draft202012Validator({**part["schema"], "components": found["components"]})
                    if "example" in part:
                        count += 1
                        assert [error.message for error in whole.iter_errors(part["example"])] == [], path
    assert count > 300


def _schemas(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of an answer, at any depth, with where it stands."""
    for name, schema in found["components"]["schemas"].items():
        yield from _inside(schema, f"/{name}")
    for path, item in found["paths"].items():
        for operation in item.values():
            for told in operation["responses"].values():
                for part in told.get("content", {}).values():
                    yield from _inside(part["schema"], path)


def _inside(schema: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        yield where, schema
        for name, inner in schema.get("properties", {}).items():
            yield from _inside(inner, f"{where}/{name}")
        for key in ("items", "additionalProperties"):
            yield from _inside(schema.get(key), f"{where}/{key}")
        for inner in schema.get("anyOf", []):
            yield from _inside(inner, where)


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        raise SystemExit("python -m tests.house.test_openapi --write")
    PAGE.write_text(json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
