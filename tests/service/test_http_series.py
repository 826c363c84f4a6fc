"""Data with interval series over HTTP: sent together, summed, kept, given back byte for byte; nothing typed counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.calculate import Asked, calculate, derive
from service.companies.keys import Wanted, new_key
from service.desk import open_desk
from service.intake import read_file
from service.records.uploads import uploads
from tests.fixtures.served import serving
from tests.service import _cases

ALUMINIUM = _cases.EXAMPLES / "aluminium_works_2024.yaml"
WIND = "aluminium_wind_2024.csv"
SERIES = (_cases.EXAMPLES / WIND).read_bytes()
WHERE = "/v1/footprints?draft=true"
WORKS = (_cases.BATTERY, _cases.CEMENT)
Part = tuple[str, tuple[str, bytes]]
DATA: Part = ("data", ("works.yaml", ALUMINIUM.read_bytes()))
WITH: list[Part] = [DATA, ("series", (WIND, SERIES))]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with serving(tmp_path_factory.mktemp("series")) as served, served.client() as opened:
        yield opened


def send(client: httpx.Client, *parts: Part, **headers: str) -> httpx.Response:
    return client.post(WHERE, files=list(parts), headers=headers)


def told(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(error["code"], error["where"]) for error in answer.json()["errors"]]


def test_a_request_with_its_series_is_what_the_command_calculates(client: httpx.Client) -> None:
    answer = send(client, *WITH)
    assert answer.status_code == 201, answer.text
    derived = derive(read_file(ALUMINIUM), Asked(draft=True))
    for record, product in zip(answer.json()["records"], sorted(derived.works.footprints), strict=True):
        low = derived.works.footprints[product].total.low
        assert low is not None and record["result"]["total"]["low"] == str(low.significant(6))
        rows = {item["row"]: item for item in record["result"]["electricity"]}
        assert rows["potline-wind"]["table_row"] == "2", "metered hour by hour, so it is a direct line"


def test_a_repeated_request_is_the_same_though_its_bytes_differ(client: httpx.Client) -> None:
    """The line between parts is drawn anew each time; what counts is what stands between."""
    first, again = (send(client, *WITH, **{"idempotency-key": "series-1"}) for _ in range(2))
    assert first.request.headers["content-type"] != again.request.headers["content-type"]
    assert (again.status_code, again.headers.get("idempotent-replayed")) == (201, "true")
    assert first.content == again.content
    less = SERIES.replace(b"\n2024-01-01T00:00,", b"\n2024-01-01T00:00,0", 1)
    assert less != SERIES
    other = send(client, DATA, ("series", (WIND, less)), **{"idempotency-key": "series-1"})
    assert told(other) == [("idempotency_other_body", "Idempotency-Key")]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([DATA], [("series_missing", "/rows/18/supply/series/file")]),
        ([*WITH, ("series", ("more.csv", SERIES))], [("series_unused", "more.csv")]),
        ([*WITH, ("serie", ("x.csv", SERIES))], [("field_unknown", "/serie")]),
        ([*WITH, DATA], [("key_twice", "/data")]),
        ([("series", (WIND, SERIES))], [("file_missing", "/data")]),
        ([("data", ("works.pdf", b"%PDF"))], [("file_kind", "works.pdf")]),
        ([("data", ("works.json", b"[1]"))], [("body_unreadable", "/")]),
    ],
)
def test_what_does_not_fit_is_said(client: httpx.Client, parts: list[Part], expected: list[tuple[str, str]]) -> None:
    answer = send(client, *parts)
    assert told(answer) == expected
    assert answer.status_code in (400, 422)


def test_a_part_that_is_no_file_and_an_unknown_one_are_told_together(client: httpx.Client) -> None:
    answer = client.post(WHERE, data={"data": "works.yaml", "regime": "iso14067"}, files=[WITH[1]])
    assert sorted(told(answer)) == [("field_unknown", "/regime"), ("field_wrong", "/data")]


def test_no_parts_at_all_is_unreadable(client: httpx.Client) -> None:
    answer = client.post(WHERE, content=b"{}", headers={"content-type": "multipart/form-data"})
    assert (answer.status_code, told(answer)) == (400, [("body_unreadable", "/")])


def test_without_its_file_a_body_says_how_to_send_it(client: httpx.Client) -> None:
    answer = client.post(WHERE, content=ALUMINIUM.read_bytes(), headers={"content-type": "application/yaml"})
    (error,) = answer.json()["errors"]
    assert error["code"] == "series_missing" and "multipart/form-data" in error["fix"]


def typed(**more: Any) -> bytes:
    data = read_file(ALUMINIUM).data
    series = _cases.row(data, "potline-wind")["supply"]["series"]
    _cases.row(data, "potline-wind")["supply"]["series"] = {**series, "matched": series["load"]} | more
    return json.dumps(data).encode()


@pytest.mark.parametrize("more", [{}, {"rows": "many"}, {"sha256": "0" * 64}, {"file": WIND}], ids=str)
@pytest.mark.parametrize("parts", [True, False], ids=["parts", "body"])
def test_sums_that_somebody_typed_are_no_meter(client: httpx.Client, more: dict[str, str], parts: bool) -> None:
    """They are what a rule takes for metered by the hour: without the wall a form could claim any of it."""
    if parts:
        answer = send(client, ("data", ("works.json", typed(**more))))
    else:
        answer = client.post(WHERE, content=typed(**more), headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert ("series_form", "/rows/18/supply/series") in told(answer)


def test_files_come_back_as_they_were_sent(client: httpx.Client) -> None:
    name = send(client, *WITH).json()["records"][0]["name"]
    data, series = client.get(f"/v1/records/{name}/uploads").json()["uploads"]
    held = client.get(f"/v1/records/{name}").json()["sections"]
    assert (data["name"], data["media_type"], data["bytes"]) == ("works.yaml", "application/yaml", len(DATA[1][1]))
    assert (series["name"], series["sha256"]) == (WIND, hashlib.sha256(SERIES).hexdigest())
    assert series["series"] in json.dumps(held), "the digest of its sums, as it stands in the record"
    for item, content in ((data, DATA[1][1]), (series, SERIES)):
        file = client.get(f"/v1/records/{name}/uploads/{item['sha256']}")
        assert file.content == content
        assert file.headers["content-disposition"] == f'attachment; filename="{item["name"]}"'
        assert file.headers["content-type"] == "application/octet-stream"
    battery = client.post("/v1/footprints", content=_cases.BATTERY.read_bytes(),
                          headers={"content-type": "application/yaml"}).json()["records"][0]["name"]  # fmt: skip
    strange = client.get(f"/v1/records/{battery}/uploads/{series['sha256']}")
    assert (strange.status_code, strange.json()["errors"][0]["code"]) == (404, "upload_unknown")


def test_a_name_in_any_letters_ends_no_header(client: httpx.Client) -> None:
    called = "风电 1\\..\\e.csv"
    parsed = _cases.example(ALUMINIUM)
    _cases.row(parsed, "potline-wind")["supply"]["series"]["file"] = called
    answer = send(client, ("data", ("电解铝.json", json.dumps(parsed).encode())), ("series", (called, SERIES)))
    assert answer.status_code == 201, answer.text
    name = answer.json()["records"][0]["name"]
    sent = {item["name"]: item["sha256"] for item in client.get(f"/v1/records/{name}/uploads").json()["uploads"]}
    assert "电解铝.json" in sent
    file = client.get(f"/v1/records/{name}/uploads/{sent['电解铝.json']}")
    assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''%E7%94%B5%E8%A7%A3%E9%93%9D.json"


def test_no_file_of_a_record_a_key_may_not_read(place: str, tmp_path: Path) -> None:
    """A key limited to one record sees the files of no other, by neither name."""
    with open_desk(place) as desk:
        made = [calculate(read_file(path), Asked(), desk.records, caller="test") for path in WORKS]
        names = [done.records[0]["name"] for done in made]
        other = uploads(desk.records, names[1])[0].sha256
        key = new_key(desk.engine, "local", Wanted("auditor", "auditor", records=(names[0],)), "test").text
    with serving(tmp_path, env={"PCF_STORE": place}) as served, served.client(key) as auditor:
        mine, others = (f"/v1/records/{name}/uploads" for name in names)
        found = [auditor.get(path).status_code for path in (mine, others, f"{others}/{other}", f"{mine}/{other}")]
    assert found == [200, 404, 404, 404]
