"""Rules of third parties: installed beside us, used without touching us; and a small aluminium rule with a gap."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest

from pcr.registry import broken_rules, find_rule, installed_rules, version_key
from service.rules_check import check_rule
from tests.pcr import _page
from tests.pcr._help import GB, Data, activity, codes, faults, plug, quarter, run, shown

ROOT = Path(__file__).resolve().parents[2]
GLASS = _page.write(Path(tempfile.mkdtemp(prefix="pcf-page-")))
"""The package of docs/write-a-rule.md, as the page says."""
ASK = """
import json, sys
from pcr.registry import broken_rules, installed_rules
from lca.faults import Refused
from lca.publish import publish
from service.calculate import Asked, derive
from service.intake import Sent
from service.rules_check import check_rule

answer = {"rules": [item.rule.ref for item in installed_rules()], "broken": broken_rules(), "answers": []}
answer["cases"] = [r.problems for item in installed_rules() if item.rule.id == "flat_glass" for r in check_rule(item)]
for data in json.loads(sys.argv[1]):
    try:
        derived = derive(Sent(data, b"", "application/json"), Asked())
        total = publish(derived.works, "float", 30)["total"]
        answer["answers"].append([derived.installed.rule.ref, derived.installed.hash(), total])
    except Refused as refused:
        answer["answers"].append([fault.code for fault in refused.faults])
print(json.dumps(answer))
"""


def built(source: Path, target: Path) -> Path:
    """The package as an installer leaves it, built without network."""
    command = [
        sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-cache", "--no-deps",
        "--no-build-isolation", "--target", str(target), str(source),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


def ask(target: Path, *data: Data) -> dict[str, Any]:
    """Another process, which knows the folder by PYTHONPATH only."""
    path = os.pathsep.join([str(target), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ASK, json.dumps(data)],
        env=os.environ | {"PYTHONPATH": path},
        cwd=target,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def glass(rule: str = "flat_glass") -> Data:
    rows: list[Data] = [
        {"input": "glass", "product": "float", "amount": "10", "unit": "t"},
        {"input": "sand", "material": "sand", "amount": "8", "unit": "t"},
        {"input": "carbonate", "material": "dolomite", "amount": "3", "unit": "t", "properties": {"purity": "0.95"}},
        {"input": "furnace_power", "amount": "1000", "unit": "kWh"},
    ]
    return activity(rule, rows, products=[{"id": "float", "name": "Float glass"}])


def total(wanted: F) -> str:
    from lca.exact import Exact

    return Exact(wanted.numerator, wanted.denominator).significant(30)


BY_HAND = (8 * F("2.51") + 3 * F("2.18") + 3 * F("0.95") * F("0.47732") * 1000 + 1000 * F("0.5777")) / 10


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(GLASS, tmp_path_factory.mktemp("site") / "packages")


def test_a_third_partys_rule_works_without_touching_us(installed: Path) -> None:
    answer = ask(installed, glass())
    assert "flat_glass 1.0.0" in answer["rules"]
    assert {"cement 1.0.0", "li_ion_battery 1.0.0"} <= set(answer["rules"])
    assert answer["broken"] == []
    ((ref, _, kg),) = answer["answers"]
    assert (ref, kg) == ("flat_glass 1.0.0", total(BY_HAND))
    assert answer["cases"] == [[]], "its own worked case travels with it and agrees"


def test_an_old_version_stays_when_a_new_one_comes(installed: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(GLASS, source)
    new = source / "pcr_flat_glass" / "v1_10_0"
    shutil.copytree(source / "pcr_flat_glass" / "v1_0_0", new)
    text = (new / "rule.yaml").read_text("utf-8")
    (new / "rule.yaml").write_text(
        text.replace("version: 1.0.0", "version: 1.10.0").replace('"0.47732"', '"0.5"'), "utf-8"
    )
    shutil.rmtree(new / "cases")
    shutil.copytree(new, source / "pcr_flat_glass" / "v1_9_0")
    nine = source / "pcr_flat_glass" / "v1_9_0" / "rule.yaml"
    nine.write_text(nine.read_text("utf-8").replace("1.10.0", "1.9.0"), "utf-8")
    both = built(source, tmp_path / "packages")
    answer = ask(both, glass(), glass("flat_glass 1.0.0"), glass("flat_glass 2.0.0"))
    assert [ref for ref in answer["rules"] if ref.startswith("flat_glass")] == [
        "flat_glass 1.0.0", "flat_glass 1.9.0", "flat_glass 1.10.0",
    ]  # fmt: skip
    newest, old, missing = answer["answers"]
    changed = BY_HAND + 3 * F("0.95") * (F("0.5") - F("0.47732")) * 1000 / 10
    assert (newest[0], newest[2]) == ("flat_glass 1.10.0", total(changed))
    (alone,) = ask(installed, glass())["answers"]
    assert old == alone == ["flat_glass 1.0.0", alone[1], total(BY_HAND)], "same version, same hash, same digits"
    assert newest[1] != old[1]
    assert missing == ["rule_version_missing"]


def test_versions_are_ordered_as_numbers() -> None:
    versions = ["1.0.0", "1.10.0", "1.9.0", "2.0.0", "1.9.10"]
    assert sorted(versions, key=version_key) == ["1.0.0", "1.9.0", "1.9.10", "1.10.0", "2.0.0"]


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("unit", lambda text: text.replace("units: [t]", "units: [tonnes_of_glass]", 1), "unknown_unit"),
        ("kind", lambda text: text.replace("kind: electricity", "kind: electrcity"), "rule_invalid"),
        ("stage", lambda text: text.replace("stage: melting", "stage: meltng", 1), "rule_invalid"),
        ("key", lambda text: text + "\nspeed: 3\n", "rule_invalid"),
        ("text", lambda text: text.replace(", zh: 平板玻璃}", "}"), "rule_invalid"),
        ("yaml", lambda text: text + "\n  : [", "yaml_unreadable"),
        ("empty", lambda text: "", ""),
    ],
)
def test_a_broken_plugin_is_named_and_stops_nobody(
    name: str, change: Any, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = f"broken_{name}"
    shutil.copytree(GLASS / "pcr_flat_glass", tmp_path / package)
    path = tmp_path / package / "v1_0_0" / "rule.yaml"
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    plug(monkeypatch, package, "no_such_package", "tests.plugins.one_meter")
    broken = dict(broken_rules())
    assert set(broken) == {f"{package}.v1_0_0", "no_such_package"}
    assert reason in broken[f"{package}.v1_0_0"]
    assert broken["no_such_package"]
    assert {"cement", "li_ion_battery", "one_meter"} <= {item.rule.id for item in installed_rules()}
    assert shown(run(quarter()))["status"] == "complete_with_proxies"


def test_a_plugin_whose_code_does_not_load_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(GLASS / "pcr_flat_glass", tmp_path / "broken_code")
    (tmp_path / "broken_code" / "v1_0_0" / "rule.py").write_text("import nothing_of_this_name\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    plug(monkeypatch, "broken_code")
    assert "broken_code.v1_0_0" in dict(broken_rules())


def test_a_plugin_cannot_take_the_place_of_another_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second package that calls itself cement is named; ours answers as before."""
    shutil.copytree(GLASS / "pcr_flat_glass", tmp_path / "second_cement")
    path = tmp_path / "second_cement" / "v1_0_0" / "rule.yaml"
    path.write_text(path.read_text("utf-8").replace("id: flat_glass", "id: cement", 1), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    plug(monkeypatch, "second_cement")
    assert find_rule("cement").package == "pcr.classes.cement.v1_0_0"
    assert "second_cement.v1_0_0" in dict(broken_rules())


def test_find_rule_says_what_there_is() -> None:
    (fault,) = faults(lambda: find_rule("steel"))
    assert (fault.code, "cement" in fault.expected) == ("rule_unknown", True)
    (fault,) = faults(lambda: find_rule("cement", "9.9.9"))
    assert (fault.code, fault.expected) == ("rule_version_missing", "1.0.0")


# The small aluminium rule ---------------------------------------------------------------------------------------------

KWH, METAL, ALUMINA = 13_500_000, 1000, 1930


def aluminium(**more: Data) -> Data:
    rows: list[Data] = [
        {"input": "metal", "amount": str(METAL), "unit": "t", "product": "P"},
        {"input": "pot_room_power", "amount": str(KWH), "unit": "kWh"},
        {"id": "alumina", "input": "alumina", "amount": str(ALUMINA), "unit": "t"},
    ]
    return activity("aluminium_small", rows + [{"id": name} | row for name, row in more.items()])


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    plug(monkeypatch, "tests.plugins.pcr_aluminium_small")


@pytest.mark.usefixtures("small")
class TestAluminium:
    """Pot-room power, metal and alumina are all that is known."""

    def test_a_draft_answers_with_the_sourced_range(self) -> None:
        """13,500 x 0.5777 = 7,798.95; alumina 1.93 x 600 = 1,158 to 1.93 x 2,400 = 4,632 per tonne."""
        result = shown(run(aluminium(), draft=True))
        assert result["status"] == "draft"
        assert result["total"] == {"low": total(F("8956.95")), "high": total(F("12430.95"))}
        assert F("8956.95") == (KWH * F("0.5777") + ALUMINA * 600) / METAL
        assert F("12430.95") == (KWH * F("0.5777") + ALUMINA * 2400) / METAL
        (gap,) = result["gaps"]
        assert (gap["input"], gap["row"], gap["why"]) == ("alumina", "alumina", "factor_gap")
        assert "IAI" in gap["range"]["source"]
        assert (gap["range"]["low"], gap["range"]["high"]) == ("600", "2400")

    def test_without_draft_the_gap_refuses(self) -> None:
        (fault,) = faults(lambda: run(aluminium()))
        assert (fault.code, fault.where) == ("factor_gap", "alumina")

    def test_all_gaps_are_listed_together(self) -> None:
        anode = {"input": "anode", "amount": "410", "unit": "t"}
        assert [(f.code, f.where) for f in faults(lambda: run(aluminium(anode=anode)))] == [
            ("factor_gap", "alumina"), ("factor_gap", "anode"),
        ]  # fmt: skip
        result = shown(run(aluminium(anode=anode), draft=True))
        assert result["total"]["high"] is None, "anodes have no sourced range: no top is invented"
        assert [gap["input"] for gap in result["gaps"]] == ["anode", "alumina"]
        burned = 410 * (1 - F("0.02") - F("0.004")) * F(44, 12) * 1000
        assert result["total"]["low"] == total(F("8956.95") + burned / METAL)

    def test_a_named_factor_closes_the_gap(self) -> None:
        data = aluminium()
        data["rows"][2] |= {"factor": "gbt51366-d-006", "proxy_for": "alumina, by gypsum: a test"}
        result = shown(run(data))
        assert result["status"] == "complete_with_proxies"
        assert result["total"] == total((KWH * F("0.5777") + ALUMINA * F("32.8")) / METAL)

    def test_without_alumina_the_input_is_refused(self) -> None:
        data = aluminium()
        del data["rows"][2]
        assert codes(faults(lambda: run(data, draft=True))) == {"missing_input"}

    def test_only_its_regime(self) -> None:
        assert codes(faults(lambda: run(aluminium(), regime="eu_battery_cfb/draft-2024-04"))) == {"regime_not_for_rule"}
        assert shown(run(aluminium(), regime=GB, draft=True))["status"] == "draft"

    def test_it_has_no_cases_and_that_is_seen(self) -> None:
        assert check_rule(find_rule("aluminium_small")) == []
