"""What every operation answers where all went well, for the OpenAPI document; nothing of it runs for a request."""

from __future__ import annotations

from typing import Any, Final

from service.http.answers import company, erp, factors, health, jobs, pact, proof, records
from service.http.answers.headers import CACHE, HEADERS, LANGUAGE, NEXT, REPLAYED, REQUEST, RETRY, SIGN_IN
from service.http.answers.notation import FORMS, Answer

ANSWERS: Final[dict[str, Answer]] = {
    name: answer
    for part in (health, records, proof, factors, erp, jobs, company, pact)
    for name, answer in part.ANSWERS.items()
}
"""By the id of the operation; an operation that is not here is an error of the document."""


def describe(document: dict[str, Any]) -> None:
    """Write answers and headers into an OpenAPI document."""
    components = document["components"]
    components["headers"] = HEADERS
    components["schemas"] |= FORMS
    for item in document["paths"].values():
        for operation in item.values():
            _describe(operation, ANSWERS[operation["operationId"]])


def _describe(operation: dict[str, Any], answer: Answer) -> None:
    taken = {parameter["name"].lower() for parameter in operation.get("parameters", [])}
    following = [NEXT] if "cursor" in taken else []
    if "idempotency-key" in taken and CACHE not in answer.headers:  # what shows a secret is not shown again
        following.append(REPLAYED)
    for status, response in operation["responses"].items():
        if status >= "400":
            sent = [LANGUAGE, CACHE, *({"401": (SIGN_IN,), "429": (RETRY,), "503": (RETRY,)}.get(status, ()))]
        else:
            sent = [*answer.headers, *following]
            if status < "300":
                response.clear()
                response |= answer.described()
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in (REQUEST, *sent)}
