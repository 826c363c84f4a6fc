"""Reports, packages, traces and the re-run of a package, on the examples; what a report refuses."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from lca.exact import ONE, ZERO, Exact
from lca.solve import rational_levels
from pcr.regimes.cbam.v1.embedded import system_of
from pcr.regimes.cbam.v1.plant.form import read_form, sections
from pcr.regimes.cbam.v1.plant.trace import summed, trace
from service.cbam.book import read_book
from service.cbam.fields import fields
from service.cbam.report import document, missing
from service.cbam.run import Asked, calculated, read_file, see_file
from service.cbam.see import Seen, see
from service.cbam.sensitivity import moving
from service.cbam.template import write_template
from service.cli import app

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "cbam"
NAMES = [
    "aluminium_caster_2026", "cement_joint_2026", "hydrogen_steam_2026", "npk_2026", "power_2026", "screws_2026",
    "steel_works_2026",
]  # fmt: skip
ASKED = Asked(known="2026-11-21")
SECTION_11 = {
    "operator": ["operator_name", "operator_registration", "operator_address"],
    "installation": ["installation_registry", "installation_unlocode", "installation_address",
                     "installation_latitude", "installation_longitude"],
    "processes and routes": ["process_name", "process_route"],
    "per good": ["good_cn", "good_unit", "good_tonnes", "good_units", "see_direct", "see_direct_t", "see_indirect",
                 "indirect_basis", "sefa", "benchmark", "share_default"],
    "totals": ["total_direct", "total_indirect"],
    "balances": ["heat_balance", "gas_balance", "power_balance"],
    "streams": ["streams", "transfers", "gaps"],
    "precursors": ["precursors_default", "precursors_actual"],
    "electricity": ["power_sources", "power_addendum"],
    "sector": ["clinker_ratio", "urea_purity", "acid_concentration", "ammonia_concentration", "nitrogen_forms",
               "reducing_agent", "alloys", "scrap", "pre_consumer", "non_aluminium", "ferro_alloy"],
}  # fmt: skip
"""Every field that section 11 of the project's CBAM page names, by our ids."""


def run(name: str) -> Seen:
    return see_file(EXAMPLES / f"{name}.yaml", ASKED)


def cli(*words: str) -> Any:
    return CliRunner().invoke(app, ["cbam", *words])


def test_every_field_of_section_11_is_in_the_list_once() -> None:
    ids = [line.id for _, _, lines in fields("report") for line in lines]
    assert len(ids) == len(set(ids)) == 70
    wanted = [name for names in SECTION_11.values() for name in names]
    assert set(wanted) <= set(ids) and len(wanted) == len(set(wanted)) == 44
    assert len([line for _, _, lines in fields("plan") for line in lines]) == 23
    for _, label, lines in (*fields("report"), *fields("plan")):
        assert all(text for text in label.values())
        assert all(text.strip() for line in lines for text in line.label.values())


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_answered_once_per_subject_with_a_state(name: str) -> None:
    found = run(name)
    assert found.built is not None
    count = {"file": 1, "good": len(found.built.goods), "process": len(found.built.installation.processes)}
    for kind, listed in (("report", "report"), ("summary", "report"), ("plan", "plan")):
        made = document(found, kind)
        answers = Counter(item["id"] for section in made["sections"] for item in section["fields"])
        wanted = {line.id: count[line.per] for _, _, lines in fields(listed) for line in lines
                  if kind != "summary" or line.in_summary}  # fmt: skip
        assert answers == wanted
        for section in made["sections"]:
            for item in section["fields"]:
                if item["state"] == "value":
                    assert item["value"] and "because" not in item
                else:
                    assert item["state"] in ("missing", "not_applicable")
                    assert all(item["because"][language] for language in ("en", "zh"))
        assert "UNCONFIRMED" in made["status"]["en"] and "未经确认" in made["status"]["zh"]


def test_rounding_is_that_of_a_report_and_the_exact_figure_stands_beside_it() -> None:
    """SEE five decimals, coordinates six, period emissions whole tonnes, N2O three (MR Annex II A.1, transcribed)."""
    answers = {(item["id"], item["of"]): item for section in document(run("npk_2026"), "report")["sections"]
               for item in section["fields"]}  # fmt: skip
    assert answers["see_direct", "npk_15"]["value"] == "4.88479"
    assert answers["see_direct", "npk_15"]["exact"].startswith("4.884789777777777")
    assert answers["total_n2o", ""]["value"] == "120.500"
    assert answers["total_direct", ""]["value"] == "40011"
    assert answers["installation_latitude", ""]["value"] == "30.691900"
    assert answers["reducing_agent", "npk_15"]["state"] == "not_applicable"
    assert answers["acid_concentration", "hno3"]["state"] == "missing"


@pytest.mark.parametrize("name", NAMES)
def test_the_trace_sums_to_the_figure_exactly(name: str) -> None:
    found = run(name)
    assert found.built is not None
    system = system_of(found.built.installation)
    for good in found.goods.values():
        parts = trace(found.built, rational_levels(system, {good.id: ONE}))
        assert summed(parts) == (good.direct, good.indirect)
        assert len(parts) >= 1


def test_elasticities_by_hand() -> None:
    """Screws: gas is 148.104 of 3612.054 t, a proportional input; mass of the goods divides, 1/1.01 - 1 per cent."""
    found = run("screws_2026")
    moves, alone = moving(found, EXAMPLES, ASKED)
    by = {item.where: item.by_good["screws"] for item in moves}
    assert by["/streams/0/activity"] == Exact("148.104") / Exact("3612.054")
    assert by["/streams/0/ncv_GJ_per_unit"] == by["/streams/0/activity"]
    assert by["/goods/0/mass_t"] == (ONE / Exact("1.01") - ONE) / Exact("0.01")
    assert "/lots/0/sefa" not in by and not alone
    wire = next(item for item in moves if item.where == "/lots/2/see_direct")
    assert wire.moves("screws") and wire.by_good["screws"] == Exact(1100) / Exact("3612.054")
    allowed = wire.allowed("screws")
    assert allowed is not None and allowed == Exact("0.05") * Exact("3612.054") / Exact(1100)


@pytest.mark.parametrize("name", ["npk_2026", "steel_works_2026"])
def test_the_neutral_package_gives_the_same_numbers(name: str, tmp_path: Path) -> None:
    assert cli("report", str(EXAMPLES / f"{name}.yaml"), "-o", str(tmp_path / "p")).exit_code == 0
    found, again = run(name), see(read_file(tmp_path / "p" / "neutral.json"))
    for key, good in found.goods.items():
        other = again.goods[key]
        for mine, theirs in ((good.direct, other.direct), (good.indirect, other.indirect),
                             (good.electricity, other.electricity)):  # fmt: skip
            assert abs(mine - theirs) <= abs(mine) * Exact(1, 10**18)
        assert abs((good.share_default or ZERO) - (other.share_default or ZERO)) <= Exact(1, 10**18)


def test_a_package_runs_again_to_the_same_digits_and_a_changed_one_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    done = cli("report", str(EXAMPLES / "cement_joint_2026.yaml"), "-o", str(folder), "--lang", "en")
    assert done.exit_code == 0 and "Identifier in the CBAM registry" in done.output
    assert cli("check", str(folder)).exit_code == 0
    again = cli("report", str(EXAMPLES / "cement_joint_2026.yaml"), "-o", str(folder))
    assert again.exit_code == 1 and "already holds files" in again.output + again.stderr
    text = (folder / "see.json").read_text("utf-8")
    (folder / "see.json").write_text(text.replace("0.943824", "0.843824"), "utf-8")
    changed = cli("check", str(folder), "--format", "json")
    assert changed.exit_code == 4 and json.loads(changed.output)["differs"] == ["see.json"]
    _seal(folder)
    other = cli("check", str(folder), "--format", "json")
    assert other.exit_code == 3 and "/goods/kiln/see_direct: 0.843824 → 0.943824" in json.loads(other.output)["differs"]
    (folder / "installation.json").write_text("{}", "utf-8")
    _seal(folder)
    assert cli("check", str(folder)).exit_code == 6


def _seal(folder: Path) -> None:
    """As somebody would who changes a figure and the manifest with it."""
    import hashlib

    held = json.loads((folder / "MANIFEST.json").read_text("utf-8"))
    held["files"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in held["files"]}
    (folder / "MANIFEST.json").write_text(json.dumps(held), "utf-8")


def test_a_suppliers_package_carries_values_and_defaults_on(tmp_path: Path) -> None:
    """The screw maker's package enters another works: SEE, shares of defaults and free allocation go along."""
    assert cli("report", str(EXAMPLES / "screws_2026.yaml"), "-o", str(tmp_path / "p")).exit_code == 0
    (tmp_path / "screws.json").write_bytes((tmp_path / "p" / "communication.json").read_bytes())
    data = read_file(EXAMPLES / "screws_2026.yaml")
    data["precursors"] = [{"id": "bolts_in", "cn": "73181588"}]
    data["goods"][0]["cn"] = "73181595"
    data["inputs"] = [{"process": "screws", "from": "bolts_in", "mass_t": "500"}]
    data["lots"] = [{"precursor": "bolts_in", "mass_t": "500", "basis": "communication", "package": "screws.json"}]
    found = calculated(data, tmp_path, ASKED)
    before = run("screws_2026").goods["screws"]
    good = found.goods["screws"]
    gas = Exact("148.104") / Exact(1000)
    assert good.direct == gas + before.direct / 2
    assert good.default[0] == before.default[0] / 2
    assert before.allocation is not None and good.allocation is not None
    assert good.allocation == Exact("0.975") * Exact("0.038") + before.allocation / 2
    assert "cbam_package_taken" in {item.code for item in found.notices}


def test_no_report_of_a_part_of_a_year(tmp_path: Path) -> None:
    data = read_file(EXAMPLES / "screws_2026.yaml")
    data["period"] |= {"to": "2026-09-30", "state": "provisional", "months": "1-9"}
    path = tmp_path / "part.json"
    path.write_text(json.dumps(data), "utf-8")
    shown = cli("see", str(path), "--lang", "en")
    assert shown.exit_code == 0 and "PROVISIONAL, year to date: months 1-9" in " ".join(shown.output.split())
    refused = cli("report", str(path), "-o", str(tmp_path / "p"))
    assert refused.exit_code == 1 and not (tmp_path / "p").exists()


@pytest.mark.parametrize("name", NAMES)
def test_workbook_and_yaml_are_the_same_installation(name: str, tmp_path: Path) -> None:
    data = read_file(EXAMPLES / f"{name}.yaml")
    book = tmp_path / "book.xlsx"
    write_template(book, data)
    held, cells = read_book(book)
    mine, theirs = read_form(data), read_form(held)
    assert mine.records == theirs.records and mine.tables == theirs.tables
    assert re.fullmatch(r".+![A-Z]+4", cells.find("/goods/0/cn"))
    assert see_file(book, ASKED).goods == run(name).goods


def test_faults_of_a_workbook_name_their_cells(tmp_path: Path) -> None:
    data = read_file(EXAMPLES / "screws_2026.yaml")
    data["lots"][0].pop("verification")
    data["goods"][0]["cn"] = "99999999"
    data["streams"][0]["activity"] = "fifty"
    book = tmp_path / "book.xlsx"
    write_template(book, data)
    first = cli("check", str(book), "--lang", "en")
    said = first.output + first.stderr
    assert first.exit_code == 1 and re.search(r"源流与排放源 Source[^!]*![A-Z]+4", " ".join(said.split()))
    data["streams"][0]["activity"] = "55"
    write_template(book, data)
    second = cli("check", str(book), "--lang", "zh")
    assert second.exit_code == 1 and re.search(r"货物 Goods!D4", " ".join((second.output + second.stderr).split()))
    data["goods"][0]["cn"] = "73181588"
    write_template(book, data)
    third = cli("check", str(book), "--lang", "zh")
    assert (
        third.exit_code == 1 and "供应批次" in third.output + third.stderr and "核查报告" in third.output + third.stderr
    )


def test_an_empty_template_says_what_is_missing(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    assert cli("template", "-o", str(book)).exit_code == 0
    done = cli("check", str(book), "--format", "json")
    codes = {item["code"] for item in json.loads(done.output)["errors"]}
    assert (done.exit_code == 1 and codes == {"missing_key", "shape"}) or codes == {"missing_key"}


def test_the_form_has_both_languages_everywhere() -> None:
    for section in sections().values():
        for key in section.keys:
            assert key.label["en"].strip() and key.label["zh"].strip(), (section.name, key.name)
        assert section.label["en"] and section.label["zh"]


def test_missing_fields_are_listed_by_good() -> None:
    made = document(run("steel_works_2026"), "report")
    assert "scrap (pig_iron)" in missing(made) and "installation_registry" in missing(made)
    assert yaml.safe_load(json.dumps(made))["kind"] == "report"


def test_a_machine_format_is_an_adapter_and_none_is_made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The adapter point with a plain function behind it; without one the request is refused and nothing written."""
    from importlib.metadata import EntryPoint

    from service.cbam import adapters

    path, folder = str(EXAMPLES / "screws_2026.yaml"), tmp_path / "p"
    refused = cli("report", path, "-o", str(folder), "--adapter", "qreport.xml", "--lang", "en")
    assert refused.exit_code == 1 and not folder.exists() and "none is made up" in refused.output + refused.stderr
    point = EntryPoint("codes.txt", "tests.service.test_cbam_report:codes_of", adapters.GROUP)
    monkeypatch.setattr(adapters, "entry_points", lambda group: [point] if group == adapters.GROUP else [])
    assert cli("report", path, "-o", str(folder), "--adapter", "codes.txt").exit_code == 0
    assert (folder / "codes.txt").read_text("utf-8") == "73181588"
    assert "codes.txt" in json.loads((folder / "MANIFEST.json").read_text("utf-8"))["files"]


def codes_of(documents: dict[str, Any]) -> bytes:
    """An adapter: the CN codes of a communication package."""
    return ",".join(good["cn"] for good in documents["communication"]["goods"]).encode("utf-8")
