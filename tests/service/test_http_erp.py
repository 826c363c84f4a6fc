"""An ERP system's night over HTTP: tables in, a job, footprints by own number, nothing the second time, a dry run."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction as F

import httpx
import pytest

from tests.fixtures.served import WORKER, serving
from tests.service.erp_company import EXAMPLE, PLASTIC
from tests.service.test_http_jobs import ended

TABLES = (("plants", "plants"), ("materials", "materials"), ("boms", "boms"), ("plant-months", "months"))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with serving(tmp_path_factory.mktemp("erp"), env=WORKER) as served, served.client() as opened:
        for route, name in TABLES:
            content = (EXAMPLE / f"{name}.csv").read_bytes()
            answer = opened.post(f"/v1/{route}", content=content, headers={"content-type": "text/csv"})
            assert answer.status_code == 200 and answer.json()["changed"] > 0, answer.text
        yield opened


def night(client: httpx.Client, **more: str) -> dict[str, object]:
    answer = client.post("/v1/nights", json={"period": "2026", **more})
    assert answer.status_code == 202, answer.text
    job = ended(client, answer.json()["id"], seconds=180)
    assert job["state"] == "succeeded", job
    result: dict[str, object] = job["result"]
    return result


def test_a_night_its_footprints_and_a_second_night(client: httpx.Client) -> None:
    first = night(client)
    assert (first["items"], first["failed"]) == (3, 0)
    rows = client.get("/v1/footprints").json()["footprints"]
    assert [row["number"] for row in rows] == ["BR-1", "PU-100", "SET-9"]
    (row,) = client.get("/v1/footprints", params={"number": "BR-1", "plant": "E1", "period": "2026"}).json()[
        "footprints"
    ]
    # By hand, as in test_erp_nights: steel, and the plant's power and gas by mass.
    heat = 12 * 1000 * F("0.0389")
    gas = heat * (1000 * F("0.01532") * F("0.99") * F(44, 12) + F("0.001") * F("29.8") + F("0.0001") * 273)
    gas += 12 * 1000 * F("0.7174") / 1000 * F("423.16368")
    plant = 12 * 45_000 * F("0.5777") + gas
    mass = 60_000 * F("0.8")
    share = plant * mass / (mass + 12_000 * F("3.35")) / 60_000
    expected = F("0.8") * F("1.05") * F("2.211") + share
    assert abs(F(row["total"]) / expected - 1) < F(3, 10**6)
    record = client.get(f"/v1/records/{row['record']}").json()
    assert record["sections"]["derivation/identity"]["rule"]["id"] == "general_product"
    assert client.post(f"/v1/records/{row['record']}/reruns").json()["recomputation"] == "identical"

    second = night(client)
    assert (second["calculated"], second["new_records"], second["footprints_changed"]) == (0, 0, 0)
    assert client.get("/v1/footprints?changed_since=2099-01-01T00:00:00Z").json() == {"footprints": []}


def test_a_changed_material_is_a_version_and_a_dry_run_stores_nothing(client: httpx.Client) -> None:
    night(client)
    before = client.get("/v1/records?limit=200").json()["records"]
    started = client.post("/v1/dry-runs", json={"period": "2026", "release": "cn-2026.1", "threshold": "0"})
    found = ended(client, started.json()["id"], seconds=180)["result"]
    assert found["compared"] + len(found["new"]) + len(found["failed"]) == found["items"] == 3
    assert client.get("/v1/records?limit=200").json()["records"] == before

    row = {"number": "PP-GF", "name_en": "Polypropylene", "name_zh": "聚丙烯", "unit": "kg", "maps_to": PLASTIC}
    same = client.get("/v1/materials", params={"number": "PP-GF"}).json()["materials"]
    answer = client.post("/v1/materials", json={"rows": [row | {"proxy_for": "another grade"}]}).json()
    assert (answer["changed"], answer["errors"]) == (1, []) and same[-1]["version"] != answer["version"]
    again = client.post("/v1/materials", json={"rows": [row | {"proxy_for": "another grade"}]}).json()
    assert (again["changed"], again["unchanged"], again["version"]) == (0, 1, "")
    versions = client.get("/v1/versions").json()["versions"]
    assert len(versions) == 5


def test_faults_of_a_table_are_all_told_and_nothing_is_taken(client: httpx.Client) -> None:
    rows = [{"number": "X-1", "unit": "kg"}, {"number": "", "unit": "kg"}, {"numbr": "X-2", "unit": "kg"}]
    answer = client.post("/v1/materials", json={"rows": rows})
    wrong = answer.json()["errors"]
    assert answer.status_code == 422 and {error["where"].strip("/")[0] for error in wrong} == {"1", "2"}
    assert client.get("/v1/materials", params={"number": "X-1"}).json()["materials"] == []
    some = client.post("/v1/materials?partial=true", json={"rows": rows}).json()
    assert (some["changed"], some["left_out"] > 0, len(some["errors"]) >= 2) == (1, True, True)
    answer = client.get("/v1/materials/unmapped?period=1999-13")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "erp_period")


def test_a_product_shows_what_it_is_calculated_from(client: httpx.Client) -> None:
    shown = client.get("/v1/products/BR-1/document", params={"plant": "E1", "period": "2026"}).json()
    assert shown["data"]["rule"].startswith("general_product")
    unknown = client.get("/v1/products/nothing/document", params={"plant": "E1", "period": "2026"})
    assert unknown.status_code in (404, 422) and unknown.json()["errors"]
