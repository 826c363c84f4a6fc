"""Hostile requests: what is tried, and which status must come back. One list for the test and for the printed table."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from service.intake import MEDIA
from tests.service import _cases

JSON: Final = MEDIA[".json"]
YAML: Final = MEDIA[".yaml"]
XLSX: Final = MEDIA[".xlsx"]


@dataclass(frozen=True)
class Attempt:
    """One hostile request. ``status``: what must come back; ``code``: of the first fault, if it is one."""

    name: str
    status: int
    code: str = ""
    method: str = "POST"
    path: str = "/v1/footprints"
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def cement(**rows: str) -> dict[str, Any]:
    data: dict[str, Any] = _cases.example()
    for row, amount in rows.items():
        _cases.row(data, row)["amount"] = amount
    return data


def body(data: Any, kind: str = JSON) -> dict[str, Any]:
    content = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return {"content": content, "headers": {"content-type": kind}}


def book(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def attempts(record: str) -> Iterator[Attempt]:
    """All attempts; ``record`` is the name of a record that is there."""
    yield from _numbers()
    yield from _texts()
    yield from _yaml()
    yield from _workbooks()
    yield from _parts()
    yield from _requests(record)
    yield from _credentials()


def _numbers() -> Iterator[Attempt]:
    few = ("1E+999999", "1e999999999", "9" * 41, "1E-41", "0x10", "1_000", "١٢٣", "1e", "--1", "∞")
    for number in (*few, "1" * 100_000):
        shown = number if len(number) < 16 else f"{number[:4]}… ({len(number):,} digits)"
        yield Attempt(f"amount {shown}", 422, **body(cement(coal=number)))
    for constant in (b"NaN", b"Infinity", b"-Infinity"):
        yield Attempt(f"JSON constant {constant.decode()}", 400, "not_a_number", **body(b'{"a": ' + constant + b"}"))
    yield Attempt("JSON number of 5,000 digits", 422, **body(b'{"rule": "cement", "rows": [' + b"9" * 5_000 + b"]}"))
    yield Attempt("amount as an object", 422, **body(cement() | {"products": {"a": 1}}))


def _texts() -> Iterator[Attempt]:
    yield Attempt("empty body", 400, "json_unreadable", **body(b""))
    yield Attempt("half an object", 400, "json_unreadable", **body(b'{"rule": "cement"'))
    yield Attempt("an array", 400, "body_unreadable", **body(b"[]"))
    yield Attempt("a text", 400, "body_unreadable", **body(b'"cement"'))
    yield Attempt("100,000 brackets", 400, "too_deep", **body(b"[" * 100_000))
    yield Attempt("objects 5,000 deep", 400, "too_deep", **body(b'{"a":' * 5_000 + b"1" + b"}" * 5_000))
    yield Attempt("a key twice", 400, "key_twice", **body(b'{"rule": "cement", "rule": "steel"}'))
    yield Attempt("not UTF-8", 400, "file_encoding", **body(b"\xff\xfe{}"))
    yield Attempt("UTF-16", 400, **body('{"rule": "cement"}'.encode("utf-16")))
    named = {"works": {"name": {"en": "a\0b"}, "place": "CN"}}
    yield Attempt("a null character in a name", 422, **body(cement() | named))
    yield Attempt("half a surrogate pair", 400, "not_text", **body(b'{"rule": "\\ud800"}'))
    yield Attempt("11 MB", 413, "body_too_large", **body(b" " * 11_000_000))
    yield Attempt("a name of 1,000,000 characters", 422, **body({"rule": "x" * 1_000_000}))
    yield Attempt("100,000 unknown keys", 422, **body({f"k{n}": "1" for n in range(100_000)}))
    yield Attempt("path in the rule's name", 422, "rule_unknown", **body({"rule": "../../etc/passwd"}))
    yield Attempt("a module in the rule's name", 422, "rule_unknown", **body({"rule": "os.system"}))
    for name, release in (("path", "../../x"), ("SQL", "x'%20OR%201=1--")):
        path = f"/v1/footprints?release={release}"
        yield Attempt(f"{name} in the release", 404, "release_unknown", path=path, **body(cement()))
    yield Attempt("a regime that is a path", 422, "regime_unknown", path="/v1/footprints?regime=../x", **body(cement()))
    yield Attempt("unknown query parameter", 422, "field_unknown", path="/v1/footprints?relaese=x", **body(cement()))


def _yaml() -> Iterator[Attempt]:
    laughs = b"a: &a [x,x]\n" + b"".join(b"%c: &%c [*%c,*%c]\n" % (n, n, n - 1, n - 1) for n in range(98, 123))
    yield Attempt("YAML: a billion laughs", 422, "yaml_alias", **body(laughs, YAML))
    yield Attempt("YAML: a Python object", 422, **body(b"!!python/object/apply:os.system ['id']", YAML))
    yield Attempt("YAML: a merge key", 422, **body(b"a: {b: 1}\n<<: {c: 2}", YAML))
    yield Attempt("YAML: two documents", 400, **body(b"a: 1\n---\nb: 2", YAML))
    yield Attempt("YAML: brackets 50,000 deep", 400, **body(b"[" * 50_000, YAML))
    yield Attempt("YAML: a tab for indent", 400, "yaml_unreadable", **body(b"a:\n\tb: 1", YAML))
    yield Attempt("YAML: only blanks", 400, "body_unreadable", **body(b" \n", YAML))


def _workbooks() -> Iterator[Attempt]:
    yield Attempt("workbook: no zip", 422, **body(b"PK\x03\x04 not really", XLSX))
    yield Attempt("workbook: a bomb of 1 GB", 422, **body(book({"xl/worksheets/sheet1.xml": b"0" * 300_000_000}), XLSX))
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    parts = {"[Content_Types].xml": entity, "xl/workbook.xml": entity, "xl/sharedStrings.xml": entity}
    yield Attempt("workbook: an external entity", 422, **body(book(parts), XLSX))
    yield Attempt("workbook: names that climb", 422, **body(book({"../../etc/cron.d/x": b"* * * * *"}), XLSX))
    yield Attempt("workbook: 100,000 parts", 422, **body(book({f"p{n}": b"" for n in range(20_000)}), XLSX))
    lied = bytearray(book({"xl/workbook.xml": b"x" * 100}))
    place = lied.rfind(b"PK\x01\x02")
    lied[place + 24 : place + 28] = struct.pack("<I", 5)
    yield Attempt("workbook: a size that is a lie", 422, **body(bytes(lied), XLSX))
    yield Attempt("a web page called a workbook", 422, **body(b"<html><script>alert(1)</script>", XLSX))


def part(name: str, content: bytes, file: str | None = None, more: bytes = b"") -> bytes:
    named = f'name="{name}"' + ("" if file is None else f'; filename="{file}"')
    head = f"--b\r\nContent-Disposition: form-data; {named}\r\n".encode()
    return head + more + b"\r\n" + content + b"\r\n"


def _parts() -> Iterator[Attempt]:
    """Bodies of parts; each but the first three ends as it should."""
    data = part("data", json.dumps(cement()).encode(), "works.json")
    kind = "multipart/form-data; boundary=b"
    yield Attempt("parts without a line between", 400, "body_unreadable", **body(data, "multipart/form-data"))
    yield Attempt("half a part", 400, "body_unreadable", **body(data[:60], kind))
    yield Attempt("parts of another line", 400, "body_unreadable", **body(data + b"--b--", f"{kind}{'x' * 9_000}"))
    cut = (data + part("series", b"time,", "wind.csv") + b"--b--")[:-12]
    yield Attempt("parts cut off before the end", 400, "body_unreadable", **body(cut, kind))
    many = part("series", b"", "a.csv")
    for name, code, sent in (
        ("5,000 files", "body_unreadable", many * 5_000),
        ("5,000 fields", "body_unreadable", part("series", b"") * 5_000),
        ("a field of 1,000,000 bytes", "body_unreadable", part("data", b"x" * 1_000_000)),
        ("a head of 1,000,000 bytes", "body_unreadable", part("data", b"", "a", b"X: " + b"x" * 1_000_000 + b"\r\n")),
        ("a file whose name is a path", "file_kind", part("data", b"{}", "../../etc/passwd")),
        ("a part of another name", "field_unknown", data + part("__class__", b"x")),
        ("a series named by a path", "file_kind", data + part("series", b"x", "/etc/passwd")),
        ("a workbook that is none", "", part("data", b"PK\3\4" + b"0" * 500, "works.xlsx")),
    ):
        status = 400 if code == "body_unreadable" else 422
        yield Attempt(f"parts: {name}", status, code, **body(sent + b"--b--\r\n", kind))


def _requests(record: str) -> Iterator[Attempt]:
    yield Attempt("a media type that is not read", 415, "media_type", **body(b"a,b", "text/csv"))
    yield Attempt("gzip that is no body", 400, content=gzip.compress(b"{}"), headers={"content-type": JSON})
    yield Attempt("unknown route", 404, "route_unknown", "GET", "/v1/../../etc/passwd")
    yield Attempt("encoded climb", 404, method="GET", path="/v1/records/..%2f..%2fetc%2fpasswd")
    yield Attempt("a method that is not known", 405, "method_not_allowed", "PUT", "/v1/records")
    yield Attempt("record name of 8,000 characters", 404, "record_unknown", "GET", "/v1/records/" + "a" * 8_000)
    yield Attempt("record name of signs of LIKE", 404, "record_unknown", "GET", "/v1/records/%25%25%25%25%25%25%25%25")
    yield Attempt("record name too short", 404, "record_unknown", "GET", f"/v1/records/{record[:7]}")
    yield Attempt("SQL in a record's name", 404, "record_unknown", "GET", "/v1/records/x'%20OR%20'1'='1")
    yield Attempt("limit 0", 422, method="GET", path="/v1/records?limit=0")
    yield Attempt("limit 10^30", 422, method="GET", path="/v1/records?limit=1000000000000000000000000000000")
    yield Attempt("a parameter twice", 400, "key_twice", "GET", "/v1/records?limit=1&limit=2")
    yield Attempt("a cursor of somebody else", 400, "cursor_wrong", "GET", "/v1/records?cursor=AAAA")
    yield Attempt("a cursor that is no base64", 400, "cursor_wrong", "GET", "/v1/records?cursor=%F0%9F%98%80")
    yield Attempt("search of signs", 200, method="GET", path="/v1/factors?q=%27%3B--%3Cscript%3E")
    yield Attempt("search of 200 signs of a pattern", 200, method="GET", path="/v1/factors?q=" + "(a%2B)%2B" * 22)
    yield Attempt("search of 10,000 characters", 422, method="GET", path="/v1/factors?q=" + "a" * 10_000)
    yield Attempt("a factor's id that climbs", 404, method="GET", path="/v1/factors/../../../etc/passwd")
    yield Attempt("Idempotency-Key of 500 characters", 422, "idempotency_form",
                  **(body(cement()) | {"headers": {"content-type": JSON, "idempotency-key": "k" * 500}}))  # fmt: skip
    withdrawal = f"/v1/records/{record}/withdrawal"
    yield Attempt("withdrawal without a reason", 422, path=withdrawal, **body({"reason": " "}))
    yield Attempt("withdrawal with more", 422, path=withdrawal, **body({"reason": "x", "by": "y"}))
    yield Attempt("job of 10,001 items", 422, "job_request", path="/v1/jobs", **body({"items": [{}] * 10_001}))
    yield Attempt("job of nothing", 422, "job_request", path="/v1/jobs", **body({"items": []}))
    yield Attempt("job for a webhook that is not there", 404, "webhook_unknown", path="/v1/jobs?webhook=x",
                  **body({"items": [{"id": "a", "data": {}}]}))  # fmt: skip
    for url in (
        "http://127.0.0.1:8000/", "https://[::ffff:169.254.169.254]/", "https://0x7f000001/", "https://2130706433/",
        "gopher://x/", "https://user:pass@example.com/", "https://localhost/", "https://x.localhost/",
    ):  # fmt: skip
        yield Attempt(f"webhook {url}", 422, path="/v1/webhooks", **body({"url": url}))


def _credentials() -> Iterator[Attempt]:
    listing = {"method": "GET", "path": "/v1/records"}
    for name, text in (
        ("a key of nobody", f"Bearer pcf_key_local_{'0' * 12}_{'A' * 43}"), ("no key's form", "Bearer x"),
        ("Basic", "Basic YWRtaW46YWRtaW4="), ("a key of 100,000 characters", "Bearer " + "x" * 60_000),
        ("SQL for a key", "Bearer ' OR 1=1--"), ("a path for a company", f"Bearer pcf_key_../x_{'0' * 12}_{'A' * 43}"),
    ):  # fmt: skip
        yield Attempt(f"credential: {name}", 401, "not_signed_in", headers={"authorization": text}, **listing)
    yield Attempt("cookie of nobody", 401, "not_signed_in", headers={"cookie": "pcf_session=x"}, **listing)
    site = {"origin": "https://evil.example", "cookie": "pcf_session=x"}
    yield Attempt("another site's page", 403, "cross_site", headers=site)
