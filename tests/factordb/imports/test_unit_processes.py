"""Unit-process formats by tiny files: what is read, linked, divided, refused. Shares: docs/worked/background.md.

Long because each format is written out here as a tiny file, so that a reader sees what was imported.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from factordb.imports import brightway, brightway_project, ecospold1, ecospold2, ilcd, olca_jsonld, simapro
from factordb.imports.flow_names import flow_of, unit_of
from factordb.imports.intake import REASONS, Intake
from factordb.imports.lci import NO_EXCHANGE, NO_SPREAD, settle
from factordb.unit_process import UnitProcess
from lca.exact import Exact
from lca.faults import Refused
from tests.factordb.imports import _lci
from tests.factordb.imports._lci import AIR, POWER, STEEL, packed, spold1, spold1_file, take, why


def table(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def workbook(path: Path, rows: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        # numbers as numbers, as a program would store them
        book.active.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in row])
    book.save(path)
    return path


def two_of(name: str, folder: Path) -> Intake:
    """Steel and power in a format."""
    if name == "ecospold1":
        file = spold1_file(folder / "a.xml", spold1(*STEEL), spold1(*POWER, number="2", name="power"))
        return take(ecospold1.read, file)
    if name == "ecospold2":
        members = {"a/1.spold": _lci.spold2(), "a/2.spold": _lci.spold2_power(), "MasterData/Units.xml": "<units/>"}
        return take(ecospold2.read, packed(folder / "a.zip", members))
    if name in ("olca 1", "olca 2"):
        return take(olca_jsonld.read, packed(folder / "a.zip", _lci.olca(version=int(name[-1]))))
    if name in ("ilcd", "tidas"):
        return take(ilcd.read, packed(folder / "a.zip", _lci.ilcd() if name == "ilcd" else _lci.tidas()))
    if name == "simapro":
        power = _lci.simapro(*_lci.SIMAPRO_POWER, name="power plant", code="s2", products="power;kWh;1;100;;;")
        (folder / "a.csv").write_text(_lci.SIMAPRO_HEAD + _lci.simapro(*_lci.SIMAPRO_STEEL) + power, "latin-1")
        return take(simapro.read, folder / "a.csv")
    if name == "brightway csv":
        return take(brightway.read, table(folder / "a.csv", _lci.brightway()))
    return take(brightway.read, workbook(folder / "a.xlsx", _lci.brightway()))


FORMATS = ["ecospold1", "ecospold2", "olca 1", "olca 2", "ilcd", "tidas", "simapro", "brightway csv", "brightway xlsx"]


@pytest.mark.parametrize("name", FORMATS)
def test_steel_from_power_reads_alike_in_every_format(name: str, tmp_path: Path) -> None:
    intake = two_of(name, tmp_path)
    assert (intake.rejected, len(intake.processes)) == ([], 2)
    steel = next(item for item in intake.processes.values() if "steel" in (item.name_en, item.product))
    power = next(item for item in intake.processes.values() if item is not steel)
    taken = {item.name: item for item in steel.exchanges}
    assert set(taken) == {"power", next(key for key in taken if key.lower().startswith("carbon dioxide"))}
    assert (taken["power"].provider, taken["power"].unit) == (power.id, "kWh")
    assert Exact(taken["power"].amount) == 2
    gas = next(item for item in steel.exchanges if item.kind == "emission")
    assert (gas.flow, gas.unit) == ("CO2|fossil", "kg")
    # the digits of the file; JSON and a workbook's cell hold no trailing zero
    assert gas.amount == ("1.5" if name in ("olca 1", "olca 2", "brightway xlsx") else "1.50")
    assert (steel.unit, steel.amount.removesuffix(".0"), steel.cut_off) == ("kg", "1", "")
    assert steel.place == ("GLO" if name == "simapro" else "CN")
    if name not in ("ecospold1", "ilcd", "tidas"):
        assert intake.notes[NO_SPREAD] == 1 + (name == "ecospold2")


def test_chinese_names_are_kept_where_a_format_has_them(tmp_path: Path) -> None:
    for name in ("ecospold2", "ilcd", "tidas"):
        (tmp_path / name).mkdir()
        assert {item.name_zh for item in two_of(name, tmp_path / name).processes.values()} == {"炼钢"}


def broken(name: str, folder: Path, amount: str) -> Intake:
    """Steel with another amount of CO2."""
    if name == "ecospold1":
        rows = (*STEEL[:2], f"o4|Carbon dioxide, fossil|{amount}|kg|{AIR}")
        return take(ecospold1.read, spold1_file(folder / "a.xml", spold1(*rows)))
    if name == "ecospold2":
        (folder / "a.spold").write_text(_lci.spold2(amount), "utf-8")
        return take(ecospold2.read, folder / "a.spold")
    if name == "olca":
        return take(olca_jsonld.read, packed(folder / "a.zip", _lci.olca(float(amount) if amount else None)))
    if name == "ilcd":
        return take(ilcd.read, packed(folder / "a.zip", _lci.ilcd(amount)))
    if name == "simapro":
        rows = (*_lci.SIMAPRO_STEEL[:4], f"Carbon dioxide, fossil;;kg;{amount};Undefined;0;0;0;")
        (folder / "a.csv").write_text(_lci.SIMAPRO_HEAD + _lci.simapro(*rows), "utf-8")
        return take(simapro.read, folder / "a.csv")
    return take(brightway.read, table(folder / "a.csv", _lci.brightway(amount)))


@pytest.mark.parametrize("amount", ["NaN", "Infinity", ""])
@pytest.mark.parametrize("name", ["ecospold1", "ecospold2", "olca", "ilcd", "simapro", "brightway"])
def test_an_amount_that_is_no_number_refuses_its_process_and_no_other(name: str, amount: str, tmp_path: Path) -> None:
    """Skipping the row, as bw2io does with NaN, would make the footprint smaller."""
    intake = broken(name, tmp_path, amount)
    assert [item.reason for item in intake.rejected] == ["value_unreadable"]
    assert "arbon dioxide" in intake.rejected[0].found
    assert len(intake.processes) == (1 if name in ("olca", "ilcd", "brightway") else 0)


def one(*exchanges: str, folder: Path, **more: str) -> Intake:
    return take(ecospold1.read, spold1_file(folder / "a.xml", spold1(*exchanges, **more)))


@pytest.mark.parametrize(
    ("exchanges", "reason", "found"),
    [
        (("o0|car|1|p*km", "i5|power|2|kWh"), "unit_unknown", "p*km of car"),
        (("o0|car|1|", "i5|power|2|kWh"), "unit_missing", "of car"),
        (("o0|car|0|kg", "i5|power|2|kWh"), "reference_zero", "car: 0 kg"),
        (("i5|power|2|kWh",), "no_reference_product", "no product"),
        (("o0|a|1|kg", "o2|b|1|kg", "i5|power|2|kWh"), "no_reference_product", "2 products (a; b) without shares"),
        (("o0|a|1|kg", "i5||2|kWh"), "flow_unknown", "exchange 2"),
        (("o0|a|1|kg", "i9|b|2|kWh"), "row_broken", "no reference function, or an exchange without a group"),
        (("o0|a|1|kg", f"o4|Carbon dioxide, fossil|2|kBq|{AIR}"), "unit_unknown", "kBq of Carbon dioxide, fossil"),
        (("o0|a|1|kg",), "needs_review", NO_EXCHANGE),
        (
            ("o0|a|2|kg|location='CN'", "i5|a|1.5|kg|location='CN'", "i5|a|0.5|kg|location='CN'"),
            "reference_zero",
            "takes 2.000000000 of its own product per 2 kg",
        ),
        (("o0|a|1|kg", "i5|b|1E999|kg"), "value_unreadable", "b: 1E999 kg"),
    ],
)
def test_refused_by_name(exchanges: tuple[str, ...], reason: str, found: str, tmp_path: Path) -> None:
    intake = one(*exchanges, folder=tmp_path, name="a")
    assert [item.reason for item in intake.rejected] == [reason]
    assert reason in REASONS
    assert found in intake.rejected[0].found
    assert intake.processes == {}


def test_an_id_twice_is_refused_with_other_content_and_counted_with_the_same(tmp_path: Path) -> None:
    other = spold1(*STEEL[:2])
    file = spold1_file(tmp_path / "a.xml", spold1(*STEEL), spold1(*STEEL), other)
    intake = take(ecospold1.read, file)
    assert (len(intake.processes), intake.same) == (1, 1)
    assert why(intake) == [("duplicate_id", "own-1")]


def amounts(process: UnitProcess) -> dict[str, str]:
    return {item.name: item.amount for item in process.exchanges}


def test_allocation_elements_divide_a_run_and_stay_readable(tmp_path: Path) -> None:
    shares = "".join(
        f'<allocation referenceToCoProduct="{product}" fraction="{share}">'
        f"<referenceToInputOutput>{row}</referenceToInputOutput></allocation>"
        for product, row, share in ((1, 3, 25), (2, 3, 75), (1, 4, 40), (2, 4, 60))
    )
    rows = ("o2|A|4|kg", "o2|B|6|kg", "i5|power|5|kWh", f"o4|Carbon dioxide, fossil|8|kg|{AIR}")
    first, second = one(*rows, folder=tmp_path, name="run", allocation=shares).processes.values()
    assert amounts(first) == {"power": "1.25", "Carbon dioxide, fossil": "3.2"}
    assert amounts(second) == {"power": "3.75", "Carbon dioxide, fossil": "4.8"}
    assert (first.id, first.amount, second.id, second.amount) == ("own-1:1", "4", "own-1:2", "6")
    assert first.allocation == "0.25 to 0.4 of run, allocation elements of the file"
    assert first.product == "A"


@pytest.mark.parametrize(("shares", "verdict"), [((1, 0), "parts of one"), ((100, 0), "per cent"), ((60, 60), "")])
def test_shares_of_one_or_of_a_hundred_are_told_apart_by_their_sum(
    shares: tuple[int, int], verdict: str, tmp_path: Path
) -> None:
    """bw2io divides by 100 whatever the file means: a share of 1.0 becomes one per cent of the burden."""
    rows = "".join(
        f'<allocation referenceToCoProduct="{k}" fraction="{share}.0">'
        "<referenceToInputOutput>3</referenceToInputOutput></allocation>"
        for k, share in enumerate(shares, 1)
    )
    given = ("o2|A|1|kg", "o2|B|1|kg", "i5|power|5.0|kWh")
    intake = one(*given, folder=tmp_path, name="run", allocation=rows)
    if not verdict:
        assert why(intake) == [("no_reference_product", "shares of power add up to 120.000")]
        return
    first, second = intake.processes.values()
    assert amounts(first) in ({"power": "5.0"}, {"power": "5"})
    assert amounts(second) == {}


def test_links_by_name_place_and_unit_together_and_never_by_less(tmp_path: Path) -> None:
    makers = [
        spold1("o0|power|1|kWh", "i5|coal|1|kg", number="2", name="power", place="CN"),
        spold1("o0|power|1|kWh", "i5|coal|1|kg", number="3", name="power", place="DE"),
        spold1("o0|heat|1|MJ", "i5|coal|1|kg", number="4", name="heat", place="CN"),
        spold1("o0|heat|1|MJ", "i5|coal|2|kg", number="5", name="heat", place="CN"),
        spold1("o0|a|1|kg", "o2|wood|1|kg", "i5|coal|1|kg", number="6", name="a", place="CN"),
    ]
    user = spold1(
        "o0|steel|1|kg",
        "i5|power|1|kWh|location='DE'",
        "i5|power|2|MJ|location='CN'",
        "i5|power|3|kWh",
        "i5|heat|4|MJ|location='CN'",
        "i5|wood|5|kg|location='CN'",
        "o3|sludge|6|kg|location='CN'",
    )
    intake = take(ecospold1.read, spold1_file(tmp_path / "a.xml", user, *makers))
    steel = intake.processes["own-1"]
    assert [(item.provider, item.note) for item in steel.exchanges] == [
        ("own-3", ""),
        ("", ""),
        ("", ""),
        ("", "several data sets have this name, place and unit"),
        ("", "its data set was refused"),
        ("", "waste to treatment"),
    ]
    assert steel.cut_off == "not linked: heat; power; sludge; wood"
    assert intake.notes["input that nothing in the file answers"] == 3 + 4  # coal of the four makers


def test_a_set_that_says_ecospold2_and_holds_ecospold1(tmp_path: Path) -> None:
    text = spold1_file(tmp_path / "x.xml", spold1(*STEEL)).read_bytes()
    for read in (ecospold1.read, ecospold2.read):
        intake = take(
            read, packed(tmp_path / "set_ecospold2.zip", {"EcoSpold01/x.xml": text, "categories.xml": "<c/>"})
        )
        assert list(intake.processes) == ["own-1"]
        assert intake.notes["named EcoSpold 2, holds EcoSpold 1"] == 1


def test_ecospold2_links_by_activity_and_product(tmp_path: Path) -> None:
    (tmp_path / "1.spold").write_text(_lci.spold2(link="99999999"), "utf-8")
    (tmp_path / "2.spold").write_text(_lci.spold2_power(), "utf-8")
    steel = take(ecospold2.read, tmp_path).processes["own-11111111_aaaa"]
    assert steel.exchanges[0].provider == ""
    assert steel.exchanges[0].note == "the data set that it names is not in the file"
    by_product = _lci.spold2(more='<intermediateExchange id="e" amount="3" intermediateExchangeId="eeee">'
                             "<name>gas</name><unitName>m3</unitName><outputGroup>2</outputGroup>"
                             "</intermediateExchange>")  # fmt: skip
    (tmp_path / "1.spold").write_text(by_product, "utf-8")
    assert why(take(ecospold2.read, tmp_path)) == [("no_reference_product", "2 products (steel; gas) without shares")]


SLAG = {"internalId": 4, "amount": 0.5, "isInput": False, "flow": {"@id": "slag"}, "unit": {"name": "kg"}}


@pytest.mark.parametrize(
    ("method", "factors", "expected"),
    [
        ("PHYSICAL_ALLOCATION", [("steel", 0.8, None), ("slag", 0.2, None)], {"power": "1.6", "co2": "1.2"}),
        (
            "CAUSAL_ALLOCATION",
            [("steel", 0.5, 2), ("slag", 0.5, 2), ("steel", 1.0, 3), ("slag", 0.0, 3)],
            {"power": "1", "co2": "1.5"},
        ),
        ("ECONOMIC_ALLOCATION", [("steel", 0.8, None)], None),
        ("NO_ALLOCATION", [("steel", 0.8, None), ("slag", 0.2, None)], None),
    ],
)
def test_shares_of_openlca_by_its_default_method(
    method: str, factors: list[tuple[str, float, int | None]], expected: dict[str, str] | None, tmp_path: Path
) -> None:
    flows = {2: "power", 3: "co2"}
    shares = [
        {
            "allocationType": "PHYSICAL_ALLOCATION" if method == "NO_ALLOCATION" else method,
            "product": {"@id": product},
            "value": value,
            **({"exchange": {"internalId": row, "flow": {"@id": flows[row]}}} if row else {}),
        }
        for product, value, row in factors
    ]
    whole = json.loads(_lci.olca()["processes/p-steel.json"])["exchanges"]
    members = _lci.olca(exchanges=[*whole, SLAG], allocationFactors=shares, defaultAllocationMethod=method)
    intake = take(olca_jsonld.read, packed(tmp_path / "a.zip", members))
    if expected is None:
        assert [item.reason for item in intake.rejected] == ["no_reference_product"]
        return
    steel = next(item for item in intake.processes.values() if item.id == "own-p-steel:steel")
    assert [item.amount for item in steel.exchanges] == list(expected.values())
    assert method.lower().replace("_", " ") in steel.allocation


def test_a_flow_that_is_not_in_the_package_refuses_its_process(tmp_path: Path) -> None:
    intake = take(ilcd.read, packed(tmp_path / "a.zip", _lci.ilcd(gone="ILCD/flows/steel.xml")))
    assert why(intake) == [("flow_unknown", "f-steel")]
    members = _lci.olca()
    del members["flows/steel.json"]
    intake = take(olca_jsonld.read, packed(tmp_path / "b.zip", members))
    assert why(intake) == [("flow_unknown", "steel steel")]


def test_an_ilcd_unit_that_is_not_in_the_package_is_missing_not_guessed(tmp_path: Path) -> None:
    intake = take(ilcd.read, packed(tmp_path / "a.zip", _lci.ilcd(gone="ILCD/unitgroups/kWh.xml")))
    assert ("unit_missing", "of power") in why(intake)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "gb18030"])
def test_simapro_in_the_encodings_it_is_written_in(encoding: str, tmp_path: Path) -> None:
    name = {"utf-8": "Stahl, größer 钢", "latin-1": "Stahl für Brücken", "gb18030": "碳素结构钢热轧钢板"}[encoding]
    text = _lci.SIMAPRO_HEAD + _lci.simapro(*_lci.SIMAPRO_STEEL, name=name)
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    assert [item.name_en for item in take(simapro.read, tmp_path / "a.csv").processes.values()] == [name]


def test_simapro_expressions_and_wrong_shares_are_refused(tmp_path: Path) -> None:
    def read(text: str) -> Intake:
        (tmp_path / "a.csv").write_text(_lci.SIMAPRO_HEAD + text, "utf-8")
        return take(simapro.read, tmp_path / "a.csv")

    rows = (*_lci.SIMAPRO_STEEL[:4], "Carbon dioxide, fossil;;kg;2 * share;Undefined;0;0;0;")
    assert why(read(_lci.simapro(*rows))) == [("value_unreadable", "Carbon dioxide, fossil: 2 * share kg")]
    both = "steel;kg;1;{};Steel;;\nslag;kg;1;{};Slag;;"
    intake = read(_lci.simapro(*_lci.SIMAPRO_STEEL, products=both.format(100, 100)))
    assert why(intake) == [("no_reference_product", "shares of power add up to 200.000")]
    first, second = read(_lci.simapro(*_lci.SIMAPRO_STEEL, products=both.format("62,5", "37,5"))).processes.values()
    assert [item.amount for item in first.exchanges] == ["1.25", "0.9375"]
    assert first.allocation == "0.625 of steel making, allocation per cent of the file"
    assert [item.amount for item in second.exchanges] == ["0.75", "0.5625"]


def test_avoided_products_count_against(tmp_path: Path) -> None:
    rows = ("Avoided products", "power;kWh;2;Undefined;0;0;0;", "", *_lci.SIMAPRO_STEEL[3:])
    (tmp_path / "a.csv").write_text(_lci.SIMAPRO_HEAD + _lci.simapro(*rows), "utf-8")
    steel = next(iter(take(simapro.read, tmp_path / "a.csv").processes.values()))
    first = steel.exchanges[0]
    assert (first.kind, first.amount, first.note) == ("input", "-2", "avoided product")


def test_brightway_formulas_and_unknown_kinds_are_refused(tmp_path: Path) -> None:
    intake = take(brightway.read, table(tmp_path / "a.csv", _lci.brightway(formula="a * 2")))
    assert why(intake) == [("value_unreadable", "line 11: formula a * 2")]
    intake = take(brightway.read, table(tmp_path / "b.csv", _lci.brightway(kind="odd")))
    assert why(intake) == [("row_broken", "line 10: type odd")]


def test_a_brightway_project_by_its_own_form() -> None:
    """Brightway's dict form; amounts are floats there, written with the fewest digits that give them back."""
    nodes = {
        ("own", "s1"): {
            "name": "steel making", "reference product": "steel", "unit": "kilogram", "location": "CN",
            "exchanges": [
                {"input": ("own", "s1"), "type": "production", "amount": 1.0},
                {"input": ("own", "s2"), "type": "technosphere", "amount": 0.1},
                {"input": ("bio", "co2"), "type": "biosphere", "amount": 1e-07, "uncertainty type": 2, "scale": 0.0},
            ],
        },
        ("own", "s2"): {
            "name": "power", "unit": "kilowatt hour", "location": "CN",
            "exchanges": [{"input": ("bio", "co2"), "type": "biosphere", "amount": 0.9}],
        },
        ("own", "s3"): {
            "name": "lost", "unit": "kilogram",
            "exchanges": [{"input": ("gone", "x"), "type": "technosphere", "amount": 1.0}],
        },
    }  # fmt: skip
    flows = {("bio", "co2"): {"name": "Carbon dioxide, fossil", "unit": "kilogram", "categories": ("air",)}}
    intake = Intake(_lci.SOURCE, _lci.LICENCE)
    settle(brightway_project.stored_sets("own", {"own": nodes, "bio": flows}), intake)
    steel = intake.processes["own-s1"]
    assert [(item.amount, item.provider, item.flow) for item in steel.exchanges] == [
        ("0.1", "own-s2", ""),
        ("1e-07", "", "CO2|fossil"),
    ]
    assert [reason for reason, _ in why(intake)] == ["flow_unknown"]
    assert intake.notes[NO_SPREAD] == 1


def test_the_extra_that_is_not_there_is_named_with_the_line_to_type(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(brightway_project.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Refused) as caught:
        take(brightway_project.read, tmp_path / "project" / "database")
    assert [(fault.code, fault.expected) for fault in caught.value.faults] == [
        ("import_extra_missing", "pip install 'pcf-engine[brightway]'")
    ]


@pytest.mark.parametrize(
    ("kind", "name", "compartment", "cas", "flow"),
    [
        ("emission", "Carbon dioxide, fossil", "air/urban air close to ground", "", "CO2|fossil"),
        ("emission", "Carbon dioxide, non-fossil", "air", "", "CO2|biogenic"),
        ("emission", "Carbon dioxide, from soil or biomass stock", "air/unspecified", "", "CO2|dluc"),
        ("emission", "Carbon dioxide", "emission/air", "124-38-9", "CO2|fossil"),
        ("emission", "Methane, biogenic", "Emissions to air", "", "CH4|biogenic"),
        ("emission", "Methane, tetrafluoro-", "air", "000075-73-0", "PFC-14|fossil"),
        ("emission", "Dinitrogen monoxide", "air", "", "N2O|fossil"),
        ("emission", "Carbon dioxide, fossil", "water/ocean", "", ""),
        ("emission", "Carbon dioxide", "emission/ground", "124-38-9", ""),
        ("emission", "Carbon dioxide", "airport", "", ""),
        ("resource", "Carbon dioxide, in air", "natural resource/in air", "", "CO2|biogenic uptake"),
        ("resource", "Carbon dioxide", "resource/air", "", "CO2|biogenic uptake"),
        ("resource", "Methane", "resource/air", "", ""),
        ("emission", "Water", "air", "7732-18-5", ""),
    ],
)
def test_gases_by_name_compartment_and_number(kind: str, name: str, compartment: str, cas: str, flow: str) -> None:
    assert flow_of(kind, name, compartment, cas)[0] == flow


def test_an_unspecified_origin_and_a_gas_without_a_value_are_said() -> None:
    assert flow_of("emission", "Carbon dioxide", "air", "")[1] == (
        "Carbon dioxide of unspecified origin taken as fossil"
    )
    assert flow_of("emission", "CFC-113", "air", "76-13-1") == (
        "",
        "greenhouse gas that the GWP table does not hold: CFC-113",
    )


@pytest.mark.parametrize(
    ("given", "symbol"),
    [
        ("kilogram", "kg"),
        ("Item(s)", "piece"),
        ("tkm", "t*km"),
        ("kBq", ""),
        ("EUR 2000", ""),
        ("m2*a", ""),
        ("l", "l"),
    ],
)
def test_publishers_units(given: str, symbol: str) -> None:
    assert unit_of(given) == symbol


READERS: list[tuple[Callable[[Path, Intake], None], str]] = [
    (ecospold1.read, "a.xml"),
    (ecospold2.read, "a.spold"),
    (olca_jsonld.read, "a.zip"),
    (ilcd.read, "a.zip"),
    (simapro.read, "a.csv"),
    (brightway.read, "a.csv"),
]


@pytest.mark.parametrize(("read", "name"), READERS)
def test_a_file_of_something_else_is_unreadable(
    read: Callable[[Path, Intake], None], name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if name.endswith(".zip"):
        packed(path, {"readme.txt": "hello"})
    else:
        path.write_text("<hello/>" if name.endswith(("xml", "spold")) else "hello,you\n1,2\n", "utf-8")
    with pytest.raises(Refused) as caught:
        take(read, path)
    assert [fault.code for fault in caught.value.faults] == ["import_unreadable"]
    with pytest.raises(Refused) as caught:
        take(read, tmp_path / "nothing")
    assert [fault.code for fault in caught.value.faults] == ["import_unreadable"]
