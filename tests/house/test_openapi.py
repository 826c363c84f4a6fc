"""The OpenAPI document is committed, so that a change of the interface is seen in review.

`python -m tests.house.test_openapi --write` writes it after a change that is meant. Inside `/v1` only additions are.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

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


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        raise SystemExit("python -m tests.house.test_openapi --write")
    PAGE.write_text(json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
