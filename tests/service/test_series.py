"""A wind series beside the data file: read, matched, kept by digest; the record re-runs without the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from factordb.release import open_release
from lca.faults import Refused
from pcr.intake import read_activity
from service.batch.items import of_documents, of_file
from service.calculate import Asked, calculate, rule_of
from service.intake import MEDIA, read_bytes, read_file
from service.records.store import RecordStore
from service.records.verify import rerun
from service.series import named_again
from service.uploads import read_upload
from tests.service import _cases

EVIDENCE = ("generator_meter", "load_meter", "attribute_ledger", "line_route", "supply_contract")


def works(folder: Path, kwh: str, file: str = "wind.csv") -> Path:
    """The cement works with 8,784 hours of 1,000 kWh wind on a direct line against a load of 800: 7,027,200 matched."""
    start = datetime(2024, 1, 1)
    lines = ["time,generation_kWh,load_kWh"]
    lines += [f"{(start + timedelta(hours=k)).isoformat(timespec='minutes')},1000,800" for k in range(8784)]
    (folder / "wind.csv").write_text("\n".join(lines), encoding="utf-8")
    data: dict[str, Any] = _cases.example()
    grid = _cases.row(data, "mill-grid")
    del grid["months"]
    grid["amount"] = str(81_600_000 - int(kwh))
    supply = {
        "type": "direct_line",
        "technology": "wind",
        "topology": "grid_parallel",
        "line_loss": "0",
        "evidence": dict.fromkeys(EVIDENCE, "EV"),
        "series": {"file": file},
    }
    wind = {"id": "mill-wind", "input": "mill_electricity", "amount": kwh, "unit": "kWh", "supply": supply}
    data["rows"].append(wind)
    path = folder / "works.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_matched_wind_takes_its_own_factor(store: RecordStore, tmp_path: Path) -> None:
    done = calculate(read_file(works(tmp_path, "7027200")), Asked(), store, caller="test")
    rows = done.records[0]["sections"]["result"]["electricity"]
    wind = next(item for item in rows if item["row"] == "mill-wind")
    assert (wind["table_row"], wind["factor_value"], wind["codes"]) == ("2", "0.0324", [])
    assert rerun(done.records[0], open_release).recomputation == "identical"
    with store.engine.connect() as connection:
        kinds = set(connection.execute(text("SELECT media_type FROM attachment")).scalars())
    assert kinds == {"application/json", "text/csv"}


def test_more_than_was_matched_is_refused(store: RecordStore, tmp_path: Path) -> None:
    """8,784,000 kWh were generated, but only 7,027,200 of them while they were used."""
    with pytest.raises(Refused) as refused:
        calculate(read_file(works(tmp_path, "8784000")), Asked(), store, caller="test")
    (fault,) = refused.value.faults
    assert fault.code == "ELEC_SURPLUS_CLAIMED"
    assert "7027200" in fault.expected and store.listing() == []


@pytest.mark.parametrize("file", ["gone.csv", "../wind.csv", "/etc/hostname"])
def test_a_series_outside_the_folder_is_refused(tmp_path: Path, file: str) -> None:
    folder = tmp_path / "works"
    folder.mkdir()
    (tmp_path / "wind.csv").write_text("time,generation_kWh,load_kWh\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_file(works(folder, "1", file))
    assert [fault.code for fault in refused.value.faults] == ["series_missing"]


def typed(folder: Path, **more: object) -> dict[str, Any]:
    """The same works with the sums of its series in place of the file, as reading gives them."""
    data = read_file(works(folder, "7027200")).data
    wind = _cases.row(data, "mill-wind")["supply"]
    wind["series"] = {**wind["series"], **more}
    return dict(data)


@pytest.mark.parametrize("more", [{}, {"matched": "7027200000"}, {"file": "wind.csv"}, {"rows": "many"}], ids=str)
def test_sums_that_somebody_typed_are_refused_at_every_door(tmp_path: Path, more: dict[str, str]) -> None:
    """A rule takes them for metered: only the service puts them in, from a file it has read."""
    data = typed(tmp_path, **more)
    content = json.dumps(data).encode()
    path = tmp_path / "typed.json"
    path.write_bytes(content)
    doors: list[Callable[[], object]] = [
        lambda: read_file(path),
        lambda: read_bytes(content, MEDIA[".json"], "request body"),
        lambda: read_upload("typed.json", content, [("wind.csv", (tmp_path / "wind.csv").read_bytes())], Asked()),
        lambda: of_file("typed", path, "typed.json").sent(),
        of_documents([{"id": "typed", "data": data}])[0].sent,
    ]
    for door in doors:
        with pytest.raises(Refused) as refused:
            door()
        found = {fault.code: fault for fault in refused.value.faults}
        assert found["series_form"].where.endswith("/supply/series")


def test_stored_sums_that_no_file_can_have_given_are_a_fault_in_words(tmp_path: Path) -> None:
    """Behind the doors too: a row of a text where a number must be broke the reader."""
    rule, regime = rule_of(typed(tmp_path), Asked())
    for more in ({"rows": "many"}, {"rows": "-1"}, {"interval": "fortnight"}, {"sha256": "0"}):
        with pytest.raises(Refused) as refused:
            read_activity(typed(tmp_path, **more), rule.rule, regime, strict=True)
        assert [fault.code for fault in refused.value.faults] == ["series_form"]


def test_data_to_send_again_name_their_files(tmp_path: Path) -> None:
    sent = read_file(works(tmp_path, "7027200"))
    (wind,) = sent.attachments
    again = named_again(sent.data, {wind.series: wind.name})
    assert again == json.loads((tmp_path / "works.json").read_text("utf-8"))
    assert named_again(sent.data, {"0" * 64: "other.csv"}) == sent.data, "sums of no file stay, and are refused"
