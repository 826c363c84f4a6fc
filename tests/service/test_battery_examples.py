"""Battery examples: EV, industrial, storage, the refused one, and the packs of the open inventories, by hand.

Hand calculation: docs/worked/li_ion_battery.md, section 9. Literature: the ranges of section 15 of the collected notes
on batteries, quoted beside each figure; an example that lies outside says so in its file and on docs/battery.md.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Mapping
from fractions import Fraction as F
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from factordb.authoring import demo
from factordb.release import open_release
from lca.doors import read_yaml
from lca.faults import Notice, Refused
from lca.messages import sentence
from lca.publish import publish
from service.calculate import Asked, calculate, derive
from service.desk import open_desk
from service.importing import import_file
from service.intake import read_file

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "battery"
PAGE = (ROOT / "docs" / "battery.md").read_text("utf-8")
INVENTORIES = Path(os.environ.get("PCF_PUBLIC_DATA", ROOT / ".." / "shared" / "data" / "raw")).parent
EU, IND, MIIT, LABEL = "eu_battery_cfb/draft-2024-04", "eu_battery_ind/jrc-2025", "cn_miit_551", "cn_cnca_label"

# kg CO2e per kWh of capacity of materials (GREET 2024); per kWh (MEE announcement of 2025-09-28; OEKOBAUDAT 2020-II);
# per t km (GB/T 51366-2019, annex E); per t (UK conversion factors 2025, batteries to landfill)
GREET = {"LFP": F("41.7905"), "NMC111": F("51.8251"), "NMC811": F("49.9744")}
GRID, HEAT, LORRY, LANDFILL = F("0.5777"), F("0.236416"), F("0.129"), F("8.98311")
MASS = {"LFP": F("8.56"), "NMC111": F("7.61"), "NMC811": F("5.03")}
"""kg of pack per kWh of capacity: open inventories, capacity file 2020."""

QUARTILES = (F(70), F(175))
"""kg CO2e per kWh of capacity: 'older review: median 120, quartiles 70 to 175 kg/kWh', Energies review (2020)."""
PER_KG = (F("17.63") - F("7.34"), F("17.63") + F("7.34"))
"""kg CO2e per kg: 'literature median 17.63 kg CO2e/kg battery (sd 7.34)', preprint 2506.05531 (2025)."""
ORDER = (F("0.05"), F("0.3"))
"""kg CO2e per kWh delivered: 'expected order 0.05 to 0.3' for M1 and 8 years."""
CHINA = {"LFP": F(109), "NMC": F(104)}
"""kg CO2e per kWh of a pack of 28 kWh made in China: Sustainability 9:504 (2017)."""


def per_capacity(chemistry: str) -> F:
    """Materials, 30 MJ of power and 140 MJ of gas heat, 300 km by lorry, landfill: per kWh of capacity."""
    works = F(30) / F("3.6") * GRID + F(140) / F("3.6") * HEAT
    return GREET[chemistry] + works + MASS[chemistry] / 1000 * (300 * LORRY + LANDFILL)


def results(name: str, regime: str = "") -> dict[str, dict[str, Any]]:
    """Product to its result, thirty digits."""
    derived = derive(read_file(FOLDER / f"{name}.yaml"), Asked(regime=regime))
    return {product: publish(derived.works, product, 30) for product in derived.works.footprints}


def near(text: str, expected: F) -> bool:
    return abs(F(text) / expected - 1) < F(1, 10**25)


BY_HAND = [
    ("ev_nmc111_2024", "", "NMC111-28", "kWh delivered", per_capacity("NMC111") / (60 * 8)),
    ("ev_nmc111_2024", MIIT, "NMC111-28", "kWh delivered", per_capacity("NMC111") / 1000),
    ("ev_nmc111_2024", LABEL, "NMC111-28", "kWh capacity", per_capacity("NMC111")),
    ("industrial_2024", "", "REP-14.4", "kWh delivered", per_capacity("LFP") / 2000),
    ("industrial_2024", "", "OND-14.4", "kWh delivered", per_capacity("LFP") / (15 * 12)),
    ("storage_label_2024", "", "ESS-14.4", "kWh capacity", per_capacity("LFP")),
    ("storage_label_2024", "iso14067", "ESS-14.4", "kWh delivered", per_capacity("LFP") / 2000),
    ("lmt_refused", "gbt24067", "BIKE-0.5", "kWh capacity", per_capacity("NMC811")),
]


@pytest.mark.parametrize(("name", "regime", "product", "unit", "expected"), BY_HAND)
def test_an_example_gives_the_figure_of_the_hand_calculation(
    name: str, regime: str, product: str, unit: str, expected: F
) -> None:
    found = results(name, regime)[product]
    assert (found["status"], found["unit"]["unit"]) == ("complete_with_proxies", unit)
    assert near(found["total"], expected), float(expected)


def test_every_class_has_an_example_and_its_own_total_energy() -> None:
    regimes = {path.stem: read_yaml(path.read_text("utf-8"))["regime"] for path in FOLDER.glob("*_*.yaml")}
    assert {EU, IND, LABEL, "eu_battery_lmt"} <= set(regimes.values())
    energies = {
        product: {key: F(item["value"]) for key, item in found["indicators"].items() if key.startswith("total_energy")}
        for name in ("ev_nmc111_2024", "industrial_2024", "storage_label_2024")
        for product, found in results(name).items()
    }
    assert energies["NMC111-28"] == {"total_energy": 13440, "total_energy_ev": 13440, "total_energy_tested": 28000}
    assert energies["REP-14.4"] == {"total_energy": 28800, "total_energy_declared": 28800}
    assert energies["OND-14.4"] == {"total_energy": 2592, "total_energy_on_demand": 2592}
    assert energies["ESS-14.4"] == {"total_energy": 28800, "total_energy_declared": 28800}


def test_light_means_of_transport_are_refused_for_the_method_alone() -> None:
    path = FOLDER / "lmt_refused.yaml"
    with pytest.raises(Refused) as raised:
        derive(read_file(path), Asked())
    assert [fault.code for fault in raised.value.faults] == ["regime_has_no_method"]
    head = path.read_text("utf-8").partition("format:")[0]
    assert "REFUSED, `regime_has_no_method`" in head and "no method for LMT batteries" in head


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*_*.yaml")))
def test_every_figure_names_where_it_is_from(name: str) -> None:
    """A published source, or the plain word that it is an assumption of the example."""
    rows = read_yaml((FOLDER / f"{name}.yaml").read_text("utf-8"))["rows"]
    assert rows and all(row["evidence"]["source"] and row["evidence"]["basis"] == "estimated" for row in rows)


@pytest.mark.parametrize("stage", ["", "use"])
def test_a_process_outside_the_four_stages_is_an_error(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    """battery.md section 12: stage tagging covers the whole footprint, an untagged process is an error."""
    module = "pcr.classes.li_ion_battery.v1_0_0.rule"
    made = import_module(module).process
    monkeypatch.setattr(f"{module}.process", lambda data, name, _, product: made(data, name, stage, product))
    with pytest.raises(Refused) as raised:
        results("ev_nmc111_2024")
    (fault,) = raised.value.faults
    assert (fault.code, fault.where) == ("stage_unknown", "sold:NMC111-28")
    assert all(name in fault.expected for name in ("raw_material", "main_production", "distribution", "end_of_life"))


# --- against the literature


def side(value: F, low_high: tuple[F, F]) -> str:
    low, high = low_high
    return "below" if value < low else "above" if value > high else "inside"


@pytest.mark.parametrize(
    ("path", "product", "expected", "printed"),
    [
        (FOLDER / "ev_nmc111_2024.yaml", "NMC111-28", ("below", "below", "inside"), ("66.2", "8.70", "0.138")),
        (
            ROOT / "examples" / "li_ion_battery_lfp_2024.yaml", "LFP-60.5", ("below", "below", "inside"),
            ("50.3", "5.88", "0.105"),
        ),
    ],
    ids=["NMC111", "LFP"],
)  # fmt: skip
def test_where_the_complete_examples_lie_in_the_literature_is_said(
    path: Path, product: str, expected: tuple[str, ...], printed: tuple[str, ...]
) -> None:
    """Below the ranges per capacity and per kg: base data, not amounts; file and page print the figures."""
    derived = derive(read_file(path), Asked())
    found = publish(derived.works, product, 12)
    values = (F(found["also"]["kWh capacity"]), F(found["also"]["kg"]), F(found["total"]))
    assert found["status"] == "complete_with_proxies"
    assert tuple(map(side, values, (QUARTILES, PER_KG, ORDER))) == expected
    assert values[0] < CHINA[product[:3]]
    said = path.read_text("utf-8").partition("format:")[0]
    for value, text in zip(values, printed, strict=True):
        assert abs(value - F(text)) <= F(5, 10 ** (len(text.partition(".")[2]) + 1))
        assert text in said and text in PAGE


# --- the packs of the open inventories, from the user's own folder


@cache
def rows() -> tuple[Mapping[str, str], ...]:
    with (INVENTORIES / "inventory_battery.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def stand_ins() -> dict[str, str]:
    with (FOLDER / demo.STAND_INS).open(encoding="utf-8", newline="") as file:
        return {row["flow"]: row["factor"] for row in csv.DictReader(file)}


@cache
def of_factor(name: str) -> tuple[F, str]:
    """kg CO2e per unit as the release publishes it, and the unit."""
    held = next(found for id_ in ("cn-2026.1", "recalled-2026.1") if (found := open_release(id_).factors.get(name)))
    return F(held.value), held.unit.removeprefix("kgCO2e/")


TURN = {("kg", "t"): F(1, 1000), ("MJ", "kWh"): F(1, 1) / F("3.6"), ("l", "t"): F(1, 1000)}


def by_hand(product: str, unit: str = "kg") -> F:
    """kg CO2e of one unit: Chinese power, own chains row by row, stand-ins, direct CO2; all else at zero."""
    (made,) = {
        row["process"] for row in rows() if (row["flow"], row["direction"], row["unit"]) == (product, "output", unit)
    }
    whole, out = F(0), F(0)
    makers = {(row["flow"], row["unit"]) for row in rows() if row["direction"] == "output"}
    for row in (item for item in rows() if item["process"] == made):
        amount, flow = F(row["amount"]), row["flow"]
        if row["direction"] == "output":
            out += amount
        elif row["direction"] == "emission_air" and flow == "Carbon dioxide, fossil":
            whole += amount
        elif row["direction"] == "input" and flow.startswith("electricity, "):
            whole += amount * GRID
        elif row["direction"] == "input" and (flow, row["unit"]) in makers:
            whole += amount * by_hand(flow, row["unit"])
        elif row["direction"] == "input" and flow in stand_ins():
            value, per = of_factor(stand_ins()[flow])
            whole += amount * value * (1 if per == row["unit"] else TURN[row["unit"], per])
    return whole / out


def test_stand_ins_are_named_factors_with_a_reason_and_hold_no_amount() -> None:
    with (FOLDER / demo.STAND_INS).open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == len({row["flow"] for row in table}) > 30
    assert all(set(row) == {"flow", "factor", "because"} and row["because"] for row in table)
    recalled = {row["factor"] for row in table if row["factor"] in open_release("recalled-2026.1").factors}
    assert {row["factor"] for row in table} - recalled <= set(open_release("cn-2026.1").factors)
    assert recalled and all("recalled" in row["because"] for row in table if row["factor"] in recalled)


@pytest.mark.parametrize(
    ("name", "chemistry", "shares", "expected", "printed"),
    [
        ("open_inventory_lfp", "LFP", {"LFP pack": "1"}, ("inside", "below", "inside"), ("70.6", "8.25", "0.147")),
        (
            "open_inventory_nmc111", "NMC111", {"NMC111 cell": "0.73", "balance-of-pack incl. BMS": "0.27"},
            ("inside", "inside", "inside"), ("83.5", "11.0", "0.174"),
        ),
    ],
)  # fmt: skip
def test_the_packs_of_the_open_inventories_end_as_drafts_in_the_literature(
    name: str,
    chemistry: str,
    shares: dict[str, str],
    expected: tuple[str, ...],
    printed: tuple[str, ...],
    tmp_path: Path,
) -> None:
    """The lower end of the band, added up by hand from the user's own copy; the band is open above."""
    if not (INVENTORIES / "inventory_battery.csv").is_file():
        pytest.skip("not run: no data")
    (tmp_path / "inv").mkdir()
    for source in (INVENTORIES / "inventory_battery.csv", FOLDER / demo.STAND_INS):
        shutil.copy(source, tmp_path / "inv")
    with open_desk(str(tmp_path / "pcf.db")) as desk:
        links = [desk.release("cn-2026.1"), desk.release("recalled-2026.1")]
        import_file(tmp_path / "inv", "demo_inventories", desk.engine, links=links)
        sent, asked = read_file(FOLDER / f"{name}.yaml"), Asked(release="demo-inventories,cn-2026.1", draft=True)
        (record,) = calculate(sent, asked, desk.records, caller="test", releases=desk.release).records
    result, mass = record["sections"]["result"], MASS[chemistry]
    per_kg = sum((F(share) * by_hand(product) for product, share in shares.items()), F(0))
    per_kg += 300 * LORRY / 1000 + LANDFILL / 1000
    assert result["status"] == "draft" and result["total"]["high"] is None
    lows = (F(result["also"]["kWh capacity"]["low"]), F(result["also"]["kg"]["low"]), F(result["total"]["low"]))
    for low, by in zip(lows, (per_kg * mass, per_kg, per_kg * mass / 480), strict=True):
        assert abs(low / by - 1) < F(1, 10**5)
    assert tuple(map(side, lows, (QUARTILES, PER_KG, ORDER))) == expected
    open_ = "; ".join(item["range"]["source"] for item in result["gaps"])
    for what in ("lithium hexafluorophosphate", "(recalled: recalled-10)", "integrated circuit, logic type"):
        assert what in open_
    for low, text in zip(lows, printed, strict=True):
        assert abs(low - F(text)) <= F(5, 10 ** (len(text.partition(".")[2]) + 1)) and text in PAGE


def test_a_notice_keeps_its_figure() -> None:
    """Notices have values named ``found``: they were blank in print until 2026-11."""
    said = Notice("factory_energy_unusual", "P", {"found": "12.5", "low": "17.7", "high": "50"})
    assert sentence(said, "en").startswith("12.5 kWh of factory energy") and "12.5" in sentence(said, "zh")
