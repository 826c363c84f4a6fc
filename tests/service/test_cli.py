"""The command as a person types it: screens in both languages, exit codes, files."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.service import _cases
from tests.service._cases import pcf, pcf_alone


def test_calculate_rerun_report(tmp_path: Path) -> None:
    done = pcf_alone("calculate", str(_cases.CEMENT), "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "735.893 kg CO2e per 1 t of cement" in " ".join(done.stdout.split())
    assert "complete with proxies" in done.stdout and "Not confirmed against the text" in done.stdout
    record = next((tmp_path / "out").glob("P.O*.json"))
    name = json.loads(record.read_text(encoding="utf-8"))["name"]

    assert pcf("rerun", name[:16], "--strict", cwd=tmp_path).returncode == 0
    assert pcf("report", str(record), "-o", "page.html", "--lang", "zh", cwd=tmp_path).returncode == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "735.893" in page and name in page and 'lang="zh' in page


def test_it_says_which_version_it_is(tmp_path: Path) -> None:
    project = tomllib.loads((_cases.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    told = _cases.pcf("--version", cwd=tmp_path)
    assert told.returncode == 0 and told.stdout.startswith(f"pcf-engine {project['version']}, Python 3.")


def test_chinese_screen(tmp_path: Path) -> None:
    done = pcf("calculate", str(_cases.BATTERY), "--lang", "zh", cwd=tmp_path)
    assert "磷酸铁锂动力电池包" in done.stdout and "完整（含代理数据）" in done.stdout
    assert "未与原文核对" in done.stdout and "再生公式参数为示例" in done.stdout


def test_refusal_in_five_lines_each_and_exit_1(tmp_path: Path) -> None:
    data = _cases.example()
    _cases.row(data, "coal")["unit"] = "stone"
    _cases.row(data, "clay")["months"][3] = "-5"
    (tmp_path / "bad.json").write_text(json.dumps(data), encoding="utf-8")

    done = pcf("calculate", "bad.json", cwd=tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    blocks = done.stderr.split("\n[")[1:]
    assert len(blocks) == 2 and all(len(block.strip().splitlines()) <= 5 for block in blocks)
    assert "do: Use one of the units named" in done.stderr

    chinese = pcf("calculate", "bad.json", "--lang", "zh", cwd=tmp_path)
    assert "拒绝计算" in chinese.stderr and "单位无法识别" in chinese.stderr
    machine = pcf("calculate", "bad.json", "--format", "json", cwd=tmp_path)
    shown = json.loads(machine.stdout)
    assert machine.returncode == 1 and {item["code"] for item in shown["errors"]} == {"unknown_unit", "negative_amount"}


def test_wrong_usage_is_2(tmp_path: Path) -> None:
    assert pcf("calculate", cwd=tmp_path).returncode == 2
    assert pcf("calculate", str(_cases.CEMENT), "--format", "xml", cwd=tmp_path).returncode == 2


def test_solve_prints_textbook_answer_and_names_a_singular_process(tmp_path: Path) -> None:
    """Heijungs and Suh 2002, ch. 2: 1000 kWh need 100 runs of power and 2 of fuel; 120 kg CO2."""
    system = {
        "products": ["electricity", "fuel"],
        "processes": ["power", "refinery"],
        "flows": ["CO2"],
        "A": [[10, 0], [-2, 100]],
        "B": [[1, 10]],
        "methods": {"gwp": [1]},
        "demand": {"electricity": 1000},
    }
    (tmp_path / "s.json").write_text(json.dumps(system), encoding="utf-8")
    shown = json.loads(pcf("solve", "s.json", cwd=tmp_path).stdout)
    assert shown["scaling"] == {"power": "100.00000000000000", "refinery": "2.0000000000000000"}
    assert shown["scores"] == {"gwp": "120.00000000000000"} and shown["warnings"] == []
    assert json.loads(pcf("solve", "s.json", "--exact", cwd=tmp_path).stdout)["inventory"] == {"CO2": "120"}

    (tmp_path / "bad.json").write_text(json.dumps(system | {"A": [[10, -20], [-2, 4]]}), encoding="utf-8")
    refused = pcf("solve", "bad.json", cwd=tmp_path)
    assert refused.returncode == 1 and "power" in refused.stderr and "refinery" in refused.stderr
    (tmp_path / "nan.json").write_text(json.dumps(system | {"A": [[10, float("nan")], [-2, 100]]}), encoding="utf-8")
    refused = pcf("solve", "nan.json", cwd=tmp_path)
    assert refused.returncode == 1 and "refinery" in refused.stderr


def test_equations(tmp_path: Path) -> None:
    assert "cement.calcination" in pcf("equation", "list", cwd=tmp_path).stdout
    (tmp_path / "i.json").write_text(
        '{"cao": {"amount": 65, "unit": "%"}, "mgo": "0.02", "cao_non_carbonate": 0, "mgo_non_carbonate": 0}',
        encoding="utf-8",
    )
    shown = json.loads(pcf("equation", "run", "cement.calcination", "i.json", cwd=tmp_path).stdout)
    # 0.65 x 44/56 + 0.02 x 44/40 = 143/280 + 11/500 = 3729/7000
    assert shown["results"]["factor"]["exact"] == "3729/7000" and shown["results"]["factor"]["unit"] == "tCO2/t"
    assert shown["confidence"] == "recalled" and "IPCC" in shown["source"]
    assert json.loads(pcf("equation", "show", "cff.material", cwd=tmp_path).stdout)["inputs"]["a"]["unit"] == "1"
    assert pcf("equation", "run", "cement.calcinatoin", "i.json", cwd=tmp_path).returncode == 1


def test_rules_and_factors(tmp_path: Path) -> None:
    listed = pcf("rules", "list", cwd=tmp_path).stdout
    assert "cement" in listed and "li_ion_battery" in listed and "DRAFT" in listed
    assert json.loads(pcf("rules", "show", "cement", cwd=tmp_path).stdout)["inputs"]["kiln_fuel"]["required"] is True
    checked = pcf("rules", "check", "--all", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert "6 worked" not in checked.stdout or "✓" in checked.stdout
    found = json.loads(pcf("factors", "search", "全国电力平均碳足迹", "--format", "json", cwd=tmp_path).stdout)
    assert found[0]["id"].startswith("cn.cfp.national_avg")
    assert json.loads(pcf("factors", "show", "cn.cfp.national_avg.2024", cwd=tmp_path).stdout)["value"] == "0.5777"
    assert "cn-2026.1" in pcf("factors", "releases", cwd=tmp_path).stdout


def test_template_filled_read_back_gives_the_same_records(tmp_path: Path) -> None:
    assert pcf("rules", "template", "cement", "-o", "empty.xlsx", cwd=tmp_path).returncode == 0
    filled = ("rules", "template", "cement", "-o", "full.xlsx", "--example", str(_cases.CEMENT))
    assert pcf(*filled, cwd=tmp_path).returncode == 0
    results = []
    for file in ("full.xlsx", str(_cases.CEMENT)):
        done = pcf("calculate", file, "--format", "json", cwd=tmp_path)
        assert done.returncode == 0, done.stdout
        results.append([record["name"] for record in json.loads(done.stdout)["records"]])
    assert results[0] == results[1]
    empty = pcf("calculate", "empty.xlsx", cwd=tmp_path)
    assert empty.returncode == 1 and "missing" in empty.stderr


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_demo(tmp_path: Path, lang: str) -> None:
    done = pcf_alone("demo", "-o", "demo", "--lang", lang, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    said = "一致" if lang == "zh" else "identical"
    assert done.stdout.count(said) >= 3
    assert len(list((tmp_path / "demo").glob("*.json"))) == len(list((tmp_path / "demo").glob("*.html"))) == 3
    assert "pcf rules template cement" in done.stdout


def test_serve_refuses_other_addresses(tmp_path: Path) -> None:
    done = pcf("serve", "--host", "0.0.0.0", cwd=tmp_path)
    assert done.returncode == 1 and "address_refused" in done.stderr
