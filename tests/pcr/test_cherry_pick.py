"""§7: products of one meter share its direct power alike, unless sub-meters prove otherwise."""

from __future__ import annotations

from typing import Any

from tests.pcr._help import codes, faults, run
from tests.service._cases import example, row

WIND = {
    "type": "direct_line",
    "technology": "wind",
    "topology": "grid_parallel",
    "line_loss": "0",
    "generation": "41000000",
    "export": "0",
    "evidence": dict.fromkeys(
        ("generator_meter", "load_meter", "export_meter", "attribute_ledger", "line_route", "supply_contract"), "EV"
    ),
}
OPC, SLAG = "P.O-42.5", "P.S.A-32.5"


def mills(direct: dict[str, int], whole: dict[str, int]) -> dict[str, Any]:
    """The cement works with its mill power by product: so much direct wind, the rest grid."""
    data = example()
    data["rows"] = [item for item in data["rows"] if item["id"] != "mill-grid"]
    for product, kwh in whole.items():
        common = {"input": "mill_electricity", "product": product, "unit": "kWh"}
        if direct[product]:
            wind = {"id": f"wind-{product}", "amount": str(direct[product]), "supply": WIND}
            data["rows"].append(common | wind)
        rest = {"id": f"grid-{product}", "amount": str(kwh - direct[product]), "supply": {"type": "grid"}}
        data["rows"].append(common | rest)
    return data


WHOLE = {OPC: 50_000_000, SLAG: 31_600_000}


def test_all_the_wind_for_one_product_is_refused() -> None:
    found = faults(lambda: run(mills({OPC: 30_000_000, SLAG: 0}, WHOLE)))
    assert codes(found) == {"ELEC_CHERRY_PICK"}
    assert found[0].found == "P.O-42.5: 60.0 %, P.S.A-32.5: 0 %"


def test_equal_shares_are_accepted() -> None:
    """Half of each: 25 of 50 and 15.8 of 31.6 GWh."""
    made = run(mills({OPC: 25_000_000, SLAG: 15_800_000}, WHOLE))
    assert set(made.works.footprints) == {OPC, SLAG}


def test_sub_meters_prove_otherwise() -> None:
    data = mills({OPC: 30_000_000, SLAG: 0}, WHOLE)
    meters = [item for item in data["meters"] if item["input"] != "mill_electricity"]
    for product, kwh in WHOLE.items():
        meters.append(
            {"id": f"M-{product}", "input": "mill_electricity", "product": product, "amount": str(kwh), "unit": "kWh"}
        )
    data["meters"] = meters
    made = run(data)
    power = {item.line: item.factor for item in made.resolved.inventory.electricity}
    assert power[f"mill:{OPC}/wind-{OPC}"].startswith("cn.cfp.gen.wind")

    meters[-1]["amount"] = "30000000"
    assert codes(faults(lambda: run(data))) == {"ELEC_BALANCE"}
    assert row(data, f"grid-{SLAG}")["amount"] == "31600000"
