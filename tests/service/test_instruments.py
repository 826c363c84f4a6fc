"""The ledger of instruments: shared over studies, replaced by recalculating, freed by withdrawing (§7)."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lca.exact import Exact
from lca.faults import Refused
from service.models import InstrumentDrawRow
from service.records.store import RecordStore
from tests.service import _cases


def claimed(works: str, mwh: str, holds: str = "100", note: str = "") -> dict[str, Any]:
    """The cement works under another name, its mills on a wind certificate of ``mwh``; GEC-1 holds 100 MWh."""
    data = _cases.example()
    data["works"]["name"] = works
    data["about"] = {"note": note}
    instrument = {
        "id": "GEC-1",
        "mwh": mwh,
        "holds": holds,
        "plant": "wind farm",
        "market": "CN",
        "generated_from": "2024-01-01",
        "generated_to": "2024-12-31",
        "criteria": dict.fromkeys(("attributes", "unique", "retired", "period", "market"), "EV"),
    }
    supply = {"type": "grid", "technology": "wind", "claim": "gec_unbundled", "instruments": [instrument]}
    _cases.row(data, "mill-grid")["supply"] = supply
    return data


def drawn(store: RecordStore) -> list[tuple[str, str, int]]:
    with Session(store.engine) as session:
        rows = session.query(InstrumentDrawRow).all()
        return sorted((row.product, row.drawn_mwh, row.serial) for row in rows)


def test_a_claim_by_hand(store: RecordStore) -> None:
    """60 of 81,600 MWh at wind 0.0324 + transmission 0.0327, the rest at 0.5777, over 2,400,000 t of cement."""
    plain = _cases.run(_cases.example(), store).records[0]["sections"]["result"]
    result = _cases.run(claimed("A", "60"), store).records[0]["sections"]["result"]
    kilograms = Exact("81600000") * Exact("0.5777") - 60_000 * (Exact("0.5777") - Exact("0.0324") - Exact("0.0327"))
    assert result["inputs"]["mill_electricity"] == (kilograms / 2_400_000).significant(6)
    assert result["sensitivities"]["electricity_average"] == plain["total"]
    assert {"ELEC_RESIDUAL_MISSING"} <= {item["code"] for item in result["notices"]}


def test_two_works_share_a_certificate_up_to_what_it_holds(either_store: RecordStore) -> None:
    first = _cases.run(claimed("A", "60"), either_store)
    assert first.records[0]["sections"]["derivation/identity"]["instruments"] == {"drawn": "1", "outcome": "free"}
    assert drawn(either_store) == [("P.O-42.5", "30", 1), ("P.S.A-32.5", "30", 1)]
    _cases.run(claimed("B", "40"), either_store)

    with pytest.raises(Refused) as refused:
        _cases.run(claimed("C", "1"), either_store)
    (fault,) = refused.value.faults
    assert (fault.code, fault.expected) == ("ELEC_DUPLICATE_INSTRUMENT", "100 MWh in all")
    assert fault.found.startswith("GEC-1: 100 MWh used by ") and fault.found.endswith("1 more asked for")
    assert len(either_store.listing()) == 4


def test_recalculating_a_study_replaces_its_own_draw(store: RecordStore) -> None:
    _cases.run(claimed("A", "90"), store)
    _cases.run(claimed("A", "90"), store)
    assert len(drawn(store)) == 2  # equal input: nothing new
    _cases.run(claimed("A", "50", note="corrected"), store)
    _cases.run(claimed("B", "50"), store)
    with pytest.raises(Refused):
        _cases.run(claimed("A", "51", note="too much now"), store)


def test_a_withdrawn_record_frees_its_share(store: RecordStore) -> None:
    """Two products share 100 MWh; withdrawing one frees 50."""
    first = _cases.run(claimed("A", "100"), store)
    with pytest.raises(Refused):
        _cases.run(claimed("B", "50"), store)
    store.withdraw(first.records[0]["name"][:12], "superseded")
    store.withdraw(first.records[0]["name"], "twice does no harm")
    _cases.run(claimed("B", "50"), store)
    with pytest.raises(Refused):
        _cases.run(claimed("C", "1"), store)


def test_of_other_tenants_only_elsewhere_is_said(store: RecordStore) -> None:
    from sqlalchemy import text

    with store.engine.begin() as connection:
        connection.execute(text("INSERT INTO tenant (id, title, created_at) VALUES ('other', '', '')"))
    _cases.run(claimed("A", "100"), RecordStore(store.engine, "other"))
    with pytest.raises(Refused) as refused:
        _cases.run(claimed("B", "1"), store)
    assert "used elsewhere" in refused.value.faults[0].found


def test_drawing_more_than_it_holds_in_one_file(store: RecordStore) -> None:
    data = claimed("A", "60")
    supply = copy.deepcopy(_cases.row(data, "mill-grid")["supply"])
    _cases.row(data, "kiln-grid")["supply"] = supply
    with pytest.raises(Refused) as refused:
        _cases.run(data, store)
    assert {fault.code for fault in refused.value.faults} == {"ELEC_DUPLICATE_INSTRUMENT"}
    for name in ("mill-grid", "kiln-grid"):
        _cases.row(data, name)["supply"]["instruments"][0]["mwh"] = "50"
    assert len(_cases.run(data, store).records) == 2
