"""Every registered equation against a hand calculation or a published number; the JSON form; all faults at once."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction as F
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.exact import ONE, ZERO, Exact
from pcr.equations import all_equations, find, run
from pcr.hashing import imported_methods
from pcr.methods.recycling.v1 import disposal, energy, material
from pcr.registry import installed_rules
from tests.pcr._help import codes, faults

for _rule in installed_rules():
    if _rule.package.startswith("pcr."):
        import_module(f"{_rule.package}.rule")
        for _method in imported_methods(_rule.folder):
            import_module(_method)
for _unused in ("chp", "energy_balance", "quality"):  # no class here imports them
    import_module(f"pcr.methods.{_unused}.v1")

BY_HAND: list[tuple[str, Mapping[str, Any], Mapping[str, F], str]] = [
    (
        "cement.calcination",
        {"cao": "0.65", "mgo": "0.02"},
        {"factor": F("0.65") * F(44, 56) + F("0.02") * F(44, 40)},
        "fractions: 0.65 x 11/14 + 0.02 x 11/10 = 143/280 + 11/500",
    ),
    (
        "cement.calcination",
        {"cao": "0.65", "mgo": "0.02", "cao_non_carbonate": "0.02", "mgo_non_carbonate": "0.005"},
        {"factor": F("0.5115")},
        "docs/worked/cement.md, section 1",
    ),
    (
        "cement.calcination",
        {"cao": "0.65", "mgo": "0.02", "co2_per_cao": "0.785", "co2_per_mgo": "1.092"},
        {"factor": F("0.53209")},
        "printed ratios: 0.65 x 0.785 + 0.02 x 1.092 = 0.51025 + 0.02184 = 0.53209",
    ),
    (
        "cement.kiln_dust",
        {"factor": "0.5115", "degree": "0.5"},
        {"dust_factor": F(1023, 5023)},
        "docs/worked/cement.md, section 1",
    ),
    ("cement.kiln_dust", {"factor": "0.525", "degree": "0"}, {"dust_factor": F(0)}, "raw dust carries nothing"),
    (
        "cement.kiln_dust",
        {"factor": "0.525", "degree": "1"},
        {"dust_factor": F("0.525")},
        "fully calcined dust is as clinker: (E/(1+E)) / (1/(1+E)) = E",
    ),
    (
        "cement.organic_carbon",
        {"raw_meal": "1600", "toc": "0.002"},
        {"co2": F(352, 30)},
        "docs/worked/cement.md, section 1",
    ),
    ("carbonate.flux", {"mass": "2.5", "purity": "1", "factor": "0.43971"}, {"co2": F("1.099275")}, "2.5 x 0.43971"),
    (
        "combustion.co2",
        {"mass": "1", "ncv": "42.652", "carbon": "0.0202", "oxidation": "0.98"},
        {"co2": F("42.652") * F("0.0202") * F("0.98") * F(44, 12)},
        "diesel of CETS-AG V01-2024; published 3.0959 t/t, see below",
    ),
    (
        "combustion.co2",
        {"mass": "100", "ncv": "25", "carbon": "0.026", "oxidation": "0.99"},
        {"co2": F("235.95")},
        "docs/worked/cement.md, section 1",
    ),
    (
        "combustion.biogenic_split",
        {"co2": "36.3132", "biogenic_share": "0.6"},
        {"fossil": F("14.52528"), "biogenic": F("21.78792")},
        "docs/worked/cement.md, section 1",
    ),
    (
        "dqr.dataset",
        {"technology": "1", "geography": "2", "time": "3", "precision": "1"},
        {"dqr": F("1.75")},
        "(1 + 2 + 3 + 1) / 4",
    ),
    ("electricity.matched", {"generation": "12.5", "load": "40"}, {"matched": F(25, 2)}, "the smaller of the two"),
    ("electricity.own_use", {"generation": "700", "export": "300"}, {"own_use": F(400)}, "golden vector E"),
    ("electricity.storage", {"charged": "120", "discharged": "90"}, {"efficiency": F(3, 4)}, "90 of 120 kWh"),
    ("electricity.own_use", {"generation": "700"}, {"own_use": F(700)}, "off-grid plant"),
    (
        "electricity.mixed_supply",
        {"direct": "400", "direct_factor": "0.0520", "grid": "600", "grid_factor": "0.5777"},
        {"emission": F("367.42")},
        "golden vector B",
    ),
    (
        "electricity.mixed_supply",
        {
            "direct": "1000", "direct_factor": "0.0324", "direct_transmission": "0.0327", "grid": "0",
            "grid_factor": "0.5777",
        },
        {"emission": F("65.10")},
        "golden vector D",
    ),
    (
        "cff.material",
        {
            "ev": "7.803", "ev_star": "7.803", "erec": "0.562", "erec_eol": "0.562", "a": "0.2", "r1": "0.3",
            "r2": "0.6", "q_in": "0.9", "q_out": "0.8",
        },
        {"material": F("7.181268") - F("2.726592")},
        "docs/worked/li_ion_battery.md, section 2",
    ),
    (
        "cff.energy",
        {
            "b": "0", "r3": "0.1", "eer": "2.5", "lhv": "30", "x_heat": "0.3", "x_elec": "0.2", "e_heat": "0.07",
            "e_elec": "0.16",
        },
        {"energy": F("0.1") * (F("2.5") - F("0.63") - F("0.96"))},
        "0.1 x (2.5 - 30 x 0.3 x 0.07 - 30 x 0.2 x 0.16) = 0.091",
    ),
    (
        "cff.disposal",
        {"r2": "0.6", "r3": "0.1", "ed": "0.00898311"},
        {"disposal": F("0.002694933")},
        "docs/worked/li_ion_battery.md, section 2",
    ),
    (
        "battery.total_energy",
        {"usable_capacity": "60.5", "cycles_per_year": "60", "years": "8"},
        {"total_energy": F(29040)},
        "M1: 60 cycles a year, 8 years; 60.5 x 480",
    ),
    (
        "battery.reference_flow",
        {"mass": "500", "total_energy": "27360"},
        {"reference_flow": F(500, 27360)},
        "docs/worked/li_ion_battery.md, section 1",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given_", "wanted", "source"), BY_HAND, ids=[f"{e[0]}-{k}" for k, e in enumerate(BY_HAND)]
)
def test_equation_by_hand(name: str, given_: Mapping[str, Any], wanted: Mapping[str, F], source: str) -> None:
    results = run(name, given_)["results"]
    assert {key: F(item["exact"]) for key, item in results.items()} == dict(wanted), source


def test_every_registered_equation_has_a_hand_calculation() -> None:
    """Here, or in the ``BY_HAND`` of the class that registers it."""
    ours = {item.id for item in all_equations() if item.module.startswith("pcr.")}
    pages = [import_module(f"tests.pcr.{path.stem}") for path in sorted(Path(__file__).parent.glob("test_*.py"))]
    lists = [found for page in pages if isinstance(found := getattr(page, "BY_HAND", None), list)]
    assert ours == {name for entries in lists for name, *_ in entries}
    assert len(ours) >= 14


@pytest.mark.parametrize("item", all_equations(), ids=lambda item: item.id)
def test_equation_says_what_it_is(item: Any) -> None:
    from lca.units import unit

    assert item.text and item.source
    assert item.confidence in ("seen", "derived", "recalled", "conflict", "unconfirmed")
    for text in (*item.inputs.values(), *item.results.values()):
        assert unit(text)


def rounded(name: str, given_: Mapping[str, Any], digits: int) -> str:
    (result,) = run(name, given_)["results"].values()
    return Exact.from_record(result["exact"]).significant(digits)


def test_published_default_of_clinker() -> None:
    """IPCC 2006 vol. 3 ch. 2: CaO 65 %, no MgO, 0.51 t/t."""
    assert rounded("cement.calcination", {"cao": "0.65", "mgo": "0"}, 4) == "0.5107"
    assert rounded("cement.calcination", {"cao": "0.65", "mgo": "0"}, 2) == "0.51"


def test_published_default_of_the_chinese_guideline() -> None:
    """CETS-AG-02.01-V01-2024: 0.535 t/t; the example works reaches it with 2.27 % MgO and no deduction."""
    assert rounded("cement.calcination", {"cao": "0.65", "mgo": "0.0227"}, 3) == "0.536"
    ratios = {"co2_per_cao": "0.785", "co2_per_mgo": "1.092"}
    assert rounded("cement.calcination", {"cao": "0.65", "mgo": "0.0227", **ratios}, 3) == "0.535"


def test_published_factor_of_diesel() -> None:
    """CETS-AG V01-2024, 3.0959 tCO2/t."""
    diesel = {"mass": "1", "ncv": "42.652", "carbon": "0.0202", "oxidation": "0.98"}
    assert rounded("combustion.co2", diesel, 5) == "3.0959"


parts = st.fractions(0, 1, max_denominator=50).map(lambda q: Exact(q.numerator, q.denominator))
impacts = st.fractions(-5, 20, max_denominator=50).map(lambda q: Exact(q.numerator, q.denominator))


@given(parts, parts, impacts, impacts)
def test_cff_closed_loop_gives_the_same_for_any_allocation(a: Exact, r: Exact, ev: Exact, erec: Exact) -> None:
    assert material(ev, ev, erec, erec, a, r, r) == (ONE - r) * ev + r * erec


@given(parts, parts, impacts, impacts, impacts, parts)
def test_cff_cut_off_gives_no_credit(r1: Exact, r2: Exact, ev: Exact, erec: Exact, eol: Exact, q: Exact) -> None:
    assert material(ev, ev, erec, eol, ONE, r1, r2, q, q) == (ONE - r1) * ev + r1 * erec


@given(parts, impacts, impacts)
def test_cff_full_credit(r2: Exact, ev: Exact, erec: Exact) -> None:
    """A = 0: the whole of the avoided primary material is credited."""
    assert material(ev, ev, erec, erec, ZERO, ZERO, r2) == ev + r2 * (erec - ev)


@given(parts, impacts)
def test_cff_shares_of_disposal(r2: Exact, ed: Exact) -> None:
    assert disposal(r2, ONE - r2, ed) == ZERO
    assert energy(ONE, r2, ed, ed, r2, r2, ed, ed) == ZERO


def test_json_form_with_units() -> None:
    answer = run("cement.calcination", {"cao": {"amount": "65", "unit": "%"}, "mgo": {"amount": "2", "unit": "%"}})
    assert answer["results"]["factor"] == {"value": "0.53271428571428571", "exact": "3729/7000", "unit": "tCO2/t"}
    assert {"equation", "clause", "source", "confidence", "id"} <= set(answer)
    in_kg = run("battery.reference_flow", {"mass": {"amount": "0.5", "unit": "t"}, "total_energy": "27360"})
    assert in_kg["results"]["reference_flow"]["exact"] == "25/1368"


def test_all_faults_of_an_equation_at_once() -> None:
    given_ = {
        "ca0": "0.65",
        "mgo": {"amount": "2", "unit": "t"},
        "cao_non_carbonate": "1,5",
        "mgo_non_carbonate": {"amount": "1", "unit": "percentage"},
        "co2_per_cao": "1E+999999",
    }
    found = faults(lambda: run("cement.calcination", given_))
    assert [(fault.code, fault.where) for fault in found] == [
        ("unknown_key", "/ca0"),
        ("missing_key", "/cao"),
        ("unit_mismatch", "/mgo"),
        ("number_unreadable", "/cao_non_carbonate"),
        ("unknown_unit", "/mgo_non_carbonate"),
        ("number_too_large", "/co2_per_cao"),
    ]
    assert "cao" in found[0].expected


def test_unknown_equation_names_the_nearest() -> None:
    (fault,) = faults(lambda: run("cement.calcinaton", {}))
    assert fault.code == "equation_unknown"
    assert "cement.calcination" in fault.expected
    assert find("cement.calcination").optional == {
        "cao_non_carbonate", "mgo_non_carbonate", "co2_per_cao", "co2_per_mgo",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given_"),
    [
        ("battery.reference_flow", {"mass": "500", "total_energy": "0"}),
        ("cement.kiln_dust", {"factor": "-1", "degree": "0.5"}),
    ],
)
def test_an_equation_without_an_answer_is_refused(name: str, given_: Mapping[str, Any]) -> None:
    assert faults(lambda: run(name, given_))


@pytest.mark.parametrize("value", [None, True, [], {}, {"amount": None}, {"unit": "%"}, "", "NaN", "ten"])
def test_what_is_no_number_is_refused(value: Any) -> None:
    assert codes(faults(lambda: run("cement.calcination", {"cao": value, "mgo": "0"}))) == {"number_unreadable"}
