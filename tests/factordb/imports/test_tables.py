"""Form: small files of our own through each importer; what cannot be used is named, and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factordb.imports import base_carbone, defra, epa_supply_chain, oekobaudat, registry
from factordb.imports.french import Validity, validity
from factordb.imports.intake import REASONS, Intake
from factordb.imports.rows import MAX_CELL, quotient, table
from lca.faults import Refused
from tests.factordb.imports._raw import counts, sealed, take, write

BC = [
    "Type Ligne",
    "Identifiant de l'élément",
    "Statut de l'élément",
    "Nom base français",
    "Nom attribut français",
    "Nom frontière français",
    "Code de la catégorie",
    "Unité français",
    "Programme",
    "Source",
    "Localisation géographique",
    "Sous-localisation géographique français",
    "Période de validité",
    "Incertitude",
    "Type poste",
    "Total poste non décomposé",
    "CO2f",
    "CO2b",
]
METALS = "Achats de biens > Métaux et produits métalliques > Acier"
MONEY = "Achats de biens > Ratios monétaires"
FREIGHT = "Transport de marchandises > Routier"


def element(number: int, **changed: str) -> list[str]:
    """A good element of Base Carbone with some cells changed."""
    values = {
        "Type Ligne": "Elément",
        "Identifiant de l'élément": str(number),
        "Statut de l'élément": "Valide générique",
        "Nom base français": "Acier",
        "Code de la catégorie": METALS,
        "Unité français": "kgCO2e/tonne",
        "Localisation géographique": "France continentale",
        "Total poste non décomposé": "2211.0",
    }
    return [(values | changed).get(name, "") for name in BC]


def base(tmp_path: Path, *rows: list[str]) -> Intake:
    return take(base_carbone.read, base_carbone.about, write(tmp_path / "bc.csv", [BC, *rows], ";"))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"Type Ligne": "Poste", "Type poste": "Amont"}, "part_of_another"),
        ({"Type Ligne": "Total"}, "row_broken"),
        ({"Statut de l'élément": "Archivé"}, "archived"),
        ({"Statut de l'élément": "Valide spécifique"}, "needs_review"),
        ({"Nom base français": '"Salade'}, "row_broken"),
        ({"Nom base français": ""}, "name_missing"),
        ({"Unité français": ""}, "unit_missing"),
        ({"Unité français": "kWh / (m².an)"}, "not_a_gas_factor"),
        ({"Unité français": "kgCO2e/kg de poids net"}, "licence"),
        ({"Source": "AIE (Agence Internationale de l'Energie)"}, "licence"),
        ({"Programme": "AGRIBALYSE 3.1"}, "licence"),
        ({"Code de la catégorie": "UTCF > Forêts françaises"}, "kind_unknown"),
        ({"Localisation géographique": "Outre-mer"}, "needs_review"),
        ({"Unité français": "kgCO2e/tonne de N"}, "unit_unknown"),
        ({"Unité français": "kgCO2e/kWh PCS"}, "unit_unknown"),
        (
            {"Code de la catégorie": MONEY, "Unité français": "kgCO2e/keuro"},
            "unit_unknown",
        ),
        ({"Total poste non décomposé": ""}, "value_missing"),
        ({"Total poste non décomposé": "NaN"}, "value_unreadable"),
        ({"Total poste non décomposé": "-2"}, "negative"),
        ({"Code de la catégorie": FREIGHT, "Nom frontière français": "AVEC trainées"}, "needs_review"),
    ],
)
def test_base_carbone_names_why(tmp_path: Path, changed: dict[str, str], reason: str) -> None:
    intake = base(tmp_path, element(1), element(2, **changed))
    assert counts(intake) == {"read": 2, "accepted": 1, "rejected": 1, "same": 0}
    assert intake.reasons() == {reason: 1}
    assert "element 2" in intake.rejected[0].where


def test_base_carbone_parts_say_what_is_inside_a_total(tmp_path: Path) -> None:
    """The parts stand above or below their element, and none is added to it."""
    parts = [element(7, **{"Type Ligne": "Poste", "Type poste": name}) for name in ("Amont", "Combustion")]
    total = element(7, **{"Code de la catégorie": FREIGHT, "Unité français": "kgCO2e/t.km"})
    for rows in ([total, *parts], [*parts, total]):
        intake = base(tmp_path, *rows)
        assert intake.factors["ademe-7"].kind == "wtw"
        assert intake.factors["ademe-7"].value == "2211.0"
    alone = base(tmp_path, total)
    assert alone.factors["ademe-7"].kind == "transport_service"


def test_base_carbone_keeps_what_stands_beside_the_total(tmp_path: Path) -> None:
    factor = base(tmp_path, element(1, CO2f="2000", CO2b="-12.5", Incertitude="30.0")).factors["ademe-1"]
    assert factor.gases == {"CO2_fossil": "2000", "CO2_biogenic_outside_total": "-12.5"}
    assert factor.uncertainty == {"percent": "30.0", "level": "not stated"}
    assert factor.gwp_set == "unknown" and not factor.lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Validity()),
        ("2023", Validity(last="2023-12-31")),
        ("2026-02-24 00:00:00", Validity(last="2026-02-24")),
        ("2023-02-30", Validity(unread="2023-02-30")),
        ("Année 2020", Validity("2020-01-01", "2020-12-31", "2020")),
        ("déc.-19", Validity(last="2019-12-31")),
        ("févr.-20", Validity(last="2020-02-29")),
        ("45362", Validity(last="2024-03-11")),  # 1899-12-30 and 45,362 days
        ("3 ans", Validity(unread="3 ans")),
    ],
)
def test_six_ways_to_write_a_validity(text: str, expected: Validity) -> None:
    assert validity(text, table("base_carbone")["months"]) == expected


UK = ["ID", "Scope", "Level 1", "Level 2", "Level 3", "Level 4", "Column Text", "UOM", "GHG/Unit",
      "GHG Conversion Factor 2025"]  # fmt: skip
GAS = "kg CO2e of CO2 per unit"


def uk(*rows: str, path: Path) -> Intake:
    return take(defra.read, defra.about, write(path / "uk.csv", [UK, *(row.split("|") for row in rows)]))


def test_defra_joins_biogenic_carbon_beside_the_fuel(tmp_path: Path) -> None:
    intake = uk(
        "1_2_3_8_1|Scope 1|Bioenergy|Biofuel|Bioethanol|||litres|kg CO2e|0.00901",
        "1_2_3_8_2|Scope 1|Bioenergy|Biofuel|Bioethanol|||litres|" + GAS + "|0.00001",
        "99_2_3_8_2|Outside of Scopes|Outside of scopes|Biofuel|Bioethanol|||litres|" + GAS + "|1.52",
        "11_2_3_8_1|Scope 3|WTT- bioenergy|WTT- biofuel|Bioethanol|||litres|kg CO2e|0.5",
        path=tmp_path,
    )
    assert intake.reasons() == {"part_of_another": 2}
    burned, upstream = intake.factors["defra2025-1_2_3_8_1"], intake.factors["defra2025-11_2_3_8_1"]
    assert burned.gases == {"CO2": "0.00001", "CO2_biogenic_outside_total": "1.52"}
    # What burns is not upstream: the supply of the fuel gets none of it.
    assert upstream.kind == "wtt" and not upstream.gases


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a_1|Scope 3|Freighting goods|Vans|Class I|x|Diesel|km|kg CO2e|", "value_missing"),
        ("a_1|Scope 3|Freighting goods|Vans|Class I|x|Diesel|miles|kg CO2e|1", "unit_unknown"),
        ("a_1|Scope 3|WTT- fuels|Gas|Butane|||kWh (Gross CV)|kg CO2e|1", "unit_unknown"),
        ("a_1|Scope 3|Freighting goods|Vans|Class I|x|Battery Electric Vehicle|km|kg CO2e|1", "kind_unknown"),
        ("a_1|Scope 3|Freighting goods|Freight flights|Long-haul||With RF|tonne.km|kg CO2e|1", "needs_review"),
        ("a_1|Scope 3|Hotel stay|Hotel stay|China|||Room per night|kg CO2e|1", "kind_unknown"),
        ("a_1|Scope 3|Material use|Metal|Steel||Closed-loop source|tonnes|kg NOx|1", "not_a_gas_factor"),
        ("a_1|Scope 3|Material use|Metal|Steel", "row_broken"),
    ],
)
def test_defra_names_why(tmp_path: Path, row: str, reason: str) -> None:
    assert uk(row, path=tmp_path).reasons() == {reason: 1}


def test_defra_kinds_tell_freight_from_its_upstream(tmp_path: Path) -> None:
    intake = uk(
        "b_1|Scope 3|Freighting goods|HGV|Rigid||50% Laden|tonne.km|kg CO2e|0.2",
        "c_1|Scope 3|WTT- delivery vehs & freight|WTT- HGV|Rigid||50% Laden|tonne.km|kg CO2e|0.05",
        "d_1|Scope 3|Managed assets- electricity|Electricity generated|Electricity: UK||2025|kWh|kg CO2e|0.177",
        path=tmp_path,
    )
    assert [item.kind for item in intake.factors.values()] == ["ttw", "wtt", "combustion_co2e"]
    assert intake.factors["defra2025-d_1"].category == "electricity"


OBD = ["UUID", "Version", "Name (de)", "Name (en)", "Kategorie (en)", "Laenderkennung", "Gueltig bis", "Bezugsgroesse",
       "Bezugseinheit", "Modul", "GWP", "biogener Kohlenstoffgehalt in kg", "GWPtotal (A2)", "GWPbiogenic (A2)",
       "GWPfossil (A2)", "GWPluluc (A2)"]  # fmt: skip
STEEL = "u1|1|Stahl|Steel|'Metals' / 'Steel'|DE|2022"


def obd(*rows: str, path: Path, encoding: str = "latin-1") -> Intake:
    body = [row.split("|") + [""] * (len(OBD) - row.count("|") - 1) for row in rows]
    return take(oekobaudat.read, oekobaudat.about, write(path / "obd.csv", [OBD, *body], ";", encoding))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (STEEL + "|1|kg|A1-A3|", "value_missing"),
        (STEEL + "|0|kg|A1-A3|2", "reference_zero"),
        (STEEL + "|0.000001|kg|A1-A3|8.06", "reference_zero"),
        (STEEL + "|not available||A1-A3|2", "reference_zero"),
        (STEEL + "|1||A1-A3|2", "unit_missing"),
        (STEEL + "|1|Stück/a|A1-A3|2", "unit_unknown"),
        (STEEL + "|1|kg|Z9|2", "kind_unknown"),
        (STEEL + "|1|kg|A1-A3|-2", "negative"),
        (STEEL + "|1|kg|D|-2", "negative"),
        (STEEL + "|3|kg|A1-A3|zwei", "value_unreadable"),
        ("u1|1|Stahl||'Metals'||2022|1|kg|A1-A3|2", "needs_review"),
        ("|1|Stahl||'Metals'|DE|2022|1|kg|A1-A3|2", "row_broken"),
        ("u1|1|||'Metals'|DE|2022|1|kg|A1-A3|2", "name_missing"),
    ],
)
def test_oekobaudat_names_why(tmp_path: Path, row: str, reason: str) -> None:
    assert obd(row, path=tmp_path).reasons() == {reason: 1}


def test_oekobaudat_divides_by_the_declared_amount(tmp_path: Path) -> None:
    """Hand: 9/4 = 2.25; 3.6 MJ is one kWh and 1000 kg one tonne, so their values stay as printed; 2/3 does not end."""
    heat = "u2|1|Fernwärme||'Others' / 'Energy carrier - delivery free user' / 'District heat'|DE|2022"
    intake = obd(
        STEEL + "|4|kg|A1-A3|9",
        heat + "|3.6|MJ|B6|0.25",
        STEEL.replace("u1", "u3") + "|1000|kg|A1-A3|1250",
        STEEL.replace("u1", "u4") + "|3|kg|A1-A3|2",
        path=tmp_path,
    )
    shown = {name.split("-")[1]: (item.value, item.unit, item.kind) for name, item in intake.factors.items()}
    assert shown == {
        "u1": ("2.25", "kgCO2e/kg", "cradle_to_gate"),
        "u2": ("0.25", "kgCO2e/kWh", "delivered_energy"),
        "u3": ("1250", "kgCO2e/t", "cradle_to_gate"),
        "u4": ("0." + "6" * 33 + "7", "kgCO2e/kg", "cradle_to_gate"),
    }
    assert "34 digits" in intake.factors["obd-u4-1-A1-A3"].note
    assert intake.factors["obd-u2-1-B6"].name_en == "Fernwärme"
    assert intake.factors["obd-u2-1-B6"].note.startswith("name in German only")


def test_oekobaudat_reads_the_lines_of_newer_releases(tmp_path: Path) -> None:
    """Total, biogenic, fossil, land use per 2 m3: halved, and a negative biogenic line is the uptake."""
    wood = "u5|1|Holz|Timber|'Wood' / 'Solid wood'|DE|2027|2|m3|A1-A3||400|-1400|-1600|196|4"
    lines = "u6|1|Glas|Glass|'Glass'|DE|2027|1|kg|A1-A3||0|1.5|0.1|1.3|0.1"
    part = "u7|1|Holz|Timber|'Wood'|DE|2027|1|kg|A1-A3||0.4|-1.2||0.3|0.1"
    zero = "u8|1|Holz|Timber|'Wood'|DE|2027|1|kg|A1-A3|0.5|0"
    found = obd(wood, lines, part, zero, path=tmp_path).factors
    timber, glass, open_line, none = (found[f"obd-{name}-1-A1-A3"] for name in ("u5", "u6", "u7", "u8"))
    assert timber.kind == "cradle_to_gate_with_uptake"
    assert timber.lines == {"fossil": "98", "biogenic uptake": "-800", "dluc": "2"}
    assert (timber.value, timber.gwp_set, timber.valid_to) == ("-700", "EN15804+A2", "2027-12-31")
    assert glass.lines == {"fossil": "1.3", "biogenic": "0.1", "dluc": "0.1"} and glass.kind == "cradle_to_gate"
    assert not open_line.lines and open_line.kind == "cradle_to_gate_with_uptake"
    assert (none.kind, none.gwp_set) == ("cradle_to_gate", "EN15804+A1")  # states that it holds no biogenic carbon


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_oekobaudat_reads_either_encoding_and_says_which(tmp_path: Path, encoding: str) -> None:
    intake = obd("u1|1|Dämmung||'Insulation materials'|DE|2022|1|kg|A1-A3|2", path=tmp_path, encoding=encoding)
    assert intake.factors["obd-u1-1-A1-A3"].name_en == "Dämmung"
    assert f"encoding {'utf-8-sig' if encoding == 'utf-8' else encoding}" in intake.notes


EPA = list(epa_supply_chain.COLUMNS)
DOLLAR = "kg CO2e/2022 USD, purchaser price"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1|Corn|All GHGs||0.1|0.1|0.2", "unit_missing"),
        ("1|Corn|All GHGs|kg CO2e/EUR|0.1|0.1|0.2", "unit_unknown"),
        (f"1|Corn|Methane|{DOLLAR}|0.1|0.1|0.2", "part_of_another"),
        (f"1|Corn|All GHGs|{DOLLAR}|0.1|0.1|", "value_missing"),
        (f"1||All GHGs|{DOLLAR}|0.1|0.1|0.2", "name_missing"),
    ],
)
def test_epa_names_why(tmp_path: Path, row: str, reason: str) -> None:
    path = write(tmp_path / "epa.csv", [EPA, row.split("|")])
    assert take(epa_supply_chain.read, epa_supply_chain.about, path).reasons() == {reason: 1}


def test_an_id_twice_is_named_and_a_row_word_for_word_is_not_counted_twice(tmp_path: Path) -> None:
    other = element(1, **{"Total poste non décomposé": "2212"})
    intake = base(tmp_path, element(1), element(1), other)
    assert counts(intake) == {"read": 3, "accepted": 1, "rejected": 1, "same": 1}
    assert intake.reasons() == {"duplicate_id": 1}


def refused(path: Path) -> str:
    with pytest.raises(Refused) as caught:
        take(base_carbone.read, base_carbone.about, path)
    return caught.value.faults[0].code


def test_files_that_are_no_such_table_are_refused_by_name(tmp_path: Path) -> None:
    assert refused(tmp_path / "absent.csv") == "import_unreadable"
    assert refused(tmp_path) == "import_unreadable"
    latin = write(tmp_path / "latin.csv", [BC, element(1)], ";", "latin-1")
    assert refused(latin) == "import_unreadable"
    assert refused(write(tmp_path / "comma.csv", [BC, element(1)], ",")) == "import_columns"
    assert refused(write(tmp_path / "empty.csv", [])) == "import_columns"
    assert refused(write(tmp_path / "twice.csv", [[*BC, BC[0]], [*element(1), ""]], ";")) == "import_columns"
    huge = element(1, **{"Nom base français": "x" * (MAX_CELL + 1)})
    assert refused(write(tmp_path / "huge.csv", [BC, huge], ";")) == "import_too_large"
    open_quote = write(tmp_path / "quote.csv", [BC], ";")
    open_quote.write_text(open_quote.read_text("utf-8") + '"' + "x;\n" * 100_000, encoding="utf-8")
    assert refused(open_quote) == "import_too_large"


def test_a_row_of_another_width_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    intake = base(tmp_path, [*element(1), "more"], element(2), ["a", "b"])
    assert counts(intake) == {"read": 3, "accepted": 1, "rejected": 2, "same": 0}
    assert intake.reasons() == {"row_broken": 2}


def test_progress_ends_where_the_file_ends(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = write(tmp_path / "epa.csv", [EPA, f"1|Corn|All GHGs|{DOLLAR}|0.1|0.1|0.2".split("|")])
    registry.run("epa_supply_chain", path, progress=lambda done, total: told.append((done, total)))
    size = path.stat().st_size
    assert told[-1] == (size, size) and all(done <= total for done, total in told)


@given(st.permutations(range(12)))
def test_no_order_of_rows_moves_the_hash(tmp_path_factory: pytest.TempPathFactory, order: list[int]) -> None:
    """Elements, their parts, a row twice and rows that are refused, in any order; ids twice with other content are
    left out of this property: the first in the file wins, and the other is named."""
    rows = [element(number, **{"Total poste non décomposé": f"{number}.5"}) for number in range(5)]
    rows += [element(4, **{"Total poste non décomposé": "4.5"}), element(6, **{"Unité français": ""})]
    rows += [element(8, **{"Code de la catégorie": FREIGHT, "Unité français": "kgCO2e/t.km"})]
    rows += [
        element(8, **{"Type Ligne": "Poste", "Type poste": name}) for name in ("Amont", "Combustion", "Fabrication")
    ]
    rows += [element(9, **{"Statut de l'élément": "Archivé"})]
    folder = tmp_path_factory.mktemp("order")
    assert sealed(base(folder, *(rows[place] for place in order))) == sealed(base(folder, *rows))


@given(st.integers(-(10**12), 10**12), st.integers(0, 9), st.integers(1, 10**6), st.integers(0, 6))
def test_a_quotient_is_exact_or_good_to_34_digits(top: int, places: int, bottom: int, shift: int) -> None:
    from fractions import Fraction

    value, amount = _decimal(top, places), _decimal(bottom, shift)
    text, exact = quotient(value, amount)
    expected = Fraction(value) / Fraction(amount)
    if exact:
        assert Fraction(text) == expected
    else:
        assert abs(Fraction(text) - expected) <= abs(expected) * Fraction(1, 10**33)


def _decimal(number: int, places: int) -> str:
    digits = str(abs(number)).rjust(places + 1, "0")
    cut = len(digits) - places
    return ("-" if number < 0 else "") + digits[:cut] + ("." + digits[cut:] if places else "")


def test_the_registry_names_each_importer_in_both_languages() -> None:
    assert set(registry.IMPORTERS) == {
        "base_carbone", "defra", "oekobaudat", "epa_supply_chain", "cbam_tables", "generic", "iea_grid", "cn_national",
        "uslci", "ecospold1", "ecospold2", "ilcd", "olca_jsonld", "simapro", "brightway", "brightway_project",
        "demo_inventories",
    }  # fmt: skip
    for item in registry.IMPORTERS.values():
        assert item.title_en.isprintable() and any("\u4e00" <= letter <= "\u9fff" for letter in item.title_zh)
        if item.about is not None:
            source, licence = item.about()
            assert source.licence == licence.code
            assert licence.attribution or not licence.may_redistribute
        else:
            assert item.needs_mapping
    with pytest.raises(Refused, match="import_unknown"):
        registry.run("simapro_like", Path("x"))


def test_every_reason_has_a_sentence_in_both_languages() -> None:
    for english, chinese in REASONS.values():
        assert english.isascii() and any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
