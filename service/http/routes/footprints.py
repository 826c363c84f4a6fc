"""``POST /v1/footprints``: calculate activity data, seal one record per product."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from lca.faults import Collector, Fault, Refused
from service.calculate import Asked, Records, calculate
from service.companies.access import Caller
from service.companies.audit import append_all
from service.http.asking import media_type, raw_body, unknown_field
from service.http.once import Once, as_json
from service.http.parts import MULTIPART, Parts, read_parts
from service.http.problems import request_id, responses
from service.http.who import apart, desk_of, needs
from service.intake import MEDIA, Sent, read_bytes
from service.series import MOST
from service.uploads import read_upload

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
DATA: Final = "data"
BESIDE: Final = "series"
PARTS: Final = (DATA, BESIDE)
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
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": [DATA],
                    "additionalProperties": False,
                    "properties": {
                        DATA: {
                            "type": "string",
                            "format": "binary",
                            "description": "Activity data as a file, read by its ending: .yaml, .json, .xlsx.",
                        },
                        BESIDE: {
                            "type": "array",
                            "maxItems": MOST,
                            "items": {"type": "string", "format": "binary"},
                            "description": "Interval series (CSV) under the names that rows of the data give.",
                        },
                    },
                }
            },
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
    """Calculate activity data and seal one record per product; equal data find the record that is there.

    Rows that name interval series need them in the same request: multipart/form-data, parts data and series.
    """
    kind = media_type(request, MEDIA[".json"], MEDIA[".yaml"], MEDIA[".xlsx"], MULTIPART)
    content = await raw_body(request)
    parts = await read_parts(request.headers, content, " and ".join(PARTS)) if kind == MULTIPART else None
    desk = desk_of(request, who)
    asked = Asked(regime=regime, release=release, draft=draft)
    same = content if parts is None else parts.sha256.encode()
    once = Once(desk, who, f"{ROUTE}?{request.url.query}", idempotency_key, same)

    def work() -> tuple[int, Any]:
        sent = read_bytes(content, kind, "request body") if parts is None else _with_series(parts, asked)
        if not isinstance(sent.data, dict):
            found = type(sent.data).__name__
            raise Refused([Fault("body_unreadable", "/", found=found, expected="an object of activity data")])
        told: dict[str, Any] = {}

        def beside(records: Records) -> Any:
            def write(session: Session, new: tuple[bool, ...]) -> None:
                told["body"] = _answer(records, new)
                names = [record["name"] for record, fresh in zip(records, new, strict=True) if fresh]
                append_all(session, desk.tenant, who.actor, "record.sealed", names, {}, request_id(request))
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


def _with_series(parts: Parts, asked: Asked) -> Sent:
    """A data file and the series beside it.

    Raises:
        Refused: ``field_unknown`` for another part, ``field_wrong`` for one that is no file, ``key_twice``,
            ``file_missing``: all of these at once; else what :func:`read_upload` refuses.
    """
    faults = Collector()
    for name in dict.fromkeys(name for name, _ in (*parts.fields, *parts.uploads)):
        if name not in PARTS:
            faults.add(unknown_field(f"/{name[:60]}", name, PARTS))
    for name, value in parts.fields:
        if name in PARTS:
            faults.add(Fault("field_wrong", f"/{name}", found=value[:80] or "blank", expected="a file with its name"))
    data = [file for name, file in parts.uploads if name == DATA]
    if len(data) > 1:
        faults.add(Fault("key_twice", f"/{DATA}", found=f"{len(data)} files", expected="one file of data"))
    elif not data and not faults.faults:
        faults.add(Fault("file_missing", f"/{DATA}", found="no file", expected="a file"))
    faults.raise_if_any()
    series = [(file.name, file.content) for name, file in parts.uploads if name == BESIDE]
    return read_upload(data[0].name, data[0].content, series, asked)


def _answer(records: Records, new: tuple[bool, ...]) -> Mapping[str, Any]:
    return {
        "records": [
            {"name": record["name"], "new": fresh, "result": record["sections"]["result"]}
            for record, fresh in zip(records, new, strict=True)
        ]
    }
