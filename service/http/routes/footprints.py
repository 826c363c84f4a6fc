"""``POST /v1/footprints``: calculate activity data, seal one record per product."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from lca.faults import Fault, Refused
from service.calculate import Asked, Records, calculate
from service.companies.access import Caller
from service.companies.audit import append
from service.http.asking import media_type, object_of, raw_body
from service.http.once import Once, as_json
from service.http.problems import request_id, responses
from service.http.who import apart, desk_of, needs
from service.intake import MEDIA, read_bytes

router = APIRouter(tags=["footprints"])
ROUTE: Final = "POST /v1/footprints"
EXAMPLE: Final = {
    "schema": "pcf-activity/1",
    "rule": "cement",
    "works": {"name": {"en": "Works A"}, "place": "CN-AH"},
    "period": {"start": "2024-01-01", "end": "2024-12-31"},
    "products": [{"id": "PO42.5", "amount": "1000000", "unit": "t"}],
    "rows": [{"id": "coal", "input": "coal", "amount": "120000", "unit": "t"}],
}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            MEDIA[".json"]: {
                "schema": {"type": "object", "description": "Activity data, docs/activity-data.md"},
                "example": EXAMPLE,
            },
            MEDIA[".yaml"]: {"schema": {"type": "string"}},
            MEDIA[".xlsx"]: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post(
    "/footprints", status_code=201, operation_id="calculateFootprints", openapi_extra=_BODY,
    responses=responses(400, 404, 409, 413, 415),
)  # fmt: skip
async def post_footprints(
    request: Request,
    who: Annotated[Caller, needs("calc:run")],
    regime: Annotated[str, Query(description="Regime id; default: the data's, then the rule's first.")] = "",
    release: Annotated[str, Query(description="Factor releases, with commas.")] = "",
    draft: Annotated[bool, Query(description="Answer gaps with their sourced ranges.")] = False,
    idempotency_key: Annotated[str, Header(description="The same key and body get the same answer.")] = "",
) -> JSONResponse:
    """Calculate activity data and seal one record per product; equal data find the record that is there."""
    kind = media_type(request, MEDIA[".json"], MEDIA[".yaml"], MEDIA[".xlsx"])
    content = await raw_body(request)
    desk = desk_of(request, who)
    asked = Asked(regime=regime, release=release, draft=draft)
    once = Once(desk, who, f"{ROUTE}?{request.url.query}", idempotency_key, content)

    def work() -> tuple[int, Any]:
        if kind == MEDIA[".json"] and not isinstance(object_of(content), dict):
            raise Refused([Fault("body_unreadable", "/", found="no object", expected="an object")])
        sent = read_bytes(content, kind, "request body")
        told: dict[str, Any] = {}

        def beside(records: Records) -> Any:
            def write(session: Session, new: tuple[bool, ...]) -> None:
                told["body"] = _answer(records, new)
                for record, fresh in zip(records, new, strict=True):
                    if fresh:
                        append(
                            session, desk.tenant, who.actor, "record.sealed", record["name"], {}, request_id(request)
                        )
                once.keep(session, 201, told["body"])

            return write

        releases = partial(request.app.state.shelf.release, desk)
        with request.app.state.counts.calculation.time():
            done = calculate(sent, asked, desk.records, caller=who.actor, releases=releases, beside=beside)
        request.app.state.counts.sealed.inc(sum(done.new))
        if "body" not in told:  # nothing was sealed: digits are not proven
            told["body"] = _answer(done.records, (False,) * len(done.records))
            once.keep_after(201, told["body"])
        return 201, told["body"]

    found = await apart(lambda: once.answer(work))
    return as_json(found)


def _answer(records: Records, new: tuple[bool, ...]) -> Mapping[str, Any]:
    return {
        "records": [
            {"name": record["name"], "new": fresh, "result": record["sections"]["result"]}
            for record, fresh in zip(records, new, strict=True)
        ]
    }
