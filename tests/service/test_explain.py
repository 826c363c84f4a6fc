"""Upstream tree, flows, derivatives and the drawing of archived records: sums, the drawing's widths, both languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from lca.exact import ONE, ZERO, Exact
from service.cli import app
from service.explain import explained
from service.report.flows import of_view
from service.report.page import render_report
from service.report.sankey import BOX, HEIGHT, WIDTH, Drawing, Link, Node, sankey
from service.report.view import view_of

RECORDS = Path(__file__).resolve().parents[1] / "archive" / "records"
NAMES = [
    "cement_works_2024-P.O-42.5",
    "steel_works_2024-HRC",
    "aluminium_works_2024-ingot",
    "room_air_conditioner_2024-AC-2.5",
]
SVG = "{http://www.w3.org/2000/svg}"


def record(name: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((RECORDS / f"{name}.json").read_text("utf-8"))
    return held


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["contributions", *words])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("name", NAMES)
def test_tree_flows_and_gradient_give_the_recorded_total(name: str) -> None:
    held = record(name)
    total = held["sections"]["result"]["total"]
    total = total if isinstance(total, str) else total["low"]
    found = explained(held)
    (root,) = found.tree(Exact("0.01"), 8)
    assert root.total.significant(6) == total
    assert sum((flow.value for flow in found.flows() if not flow.to), ZERO).significant(6) == total
    gradient = found.gradient()
    # Euler: raising every emission by one per cent raises the total by one per cent
    emissions = sum((gradient.of_b[key] * amount for key, amount in found.system.b.items()), ZERO)
    assert emissions == gradient.score and gradient.score.significant(6) == total


@pytest.mark.parametrize("name", NAMES)
def test_the_drawing_holds_every_positive_contribution(name: str) -> None:
    held = record(name)
    drawing, credits = of_view(view_of(held, "en"))
    parts = [part["co2e"] for part in held["sections"]["result"]["contributions"]]
    values = [Exact.from_published(part if isinstance(part, str) else part["low"] or "0") for part in parts]
    positive = sum((value for value in values if value > 0), ZERO)
    for column in (0, 1, 2):
        ids = {node.id for node in drawing.nodes if node.column == column}
        assert sum((link.value for link in drawing.links if link.source in ids), ZERO) == positive
    assert credits == sum((value for value in values if value < 0), ZERO)


def test_widths_are_to_scale() -> None:
    """3 and 1 kg through one box: bands 3/4 and 1/4 of the height, boxes at their columns' edges."""
    drawing = Drawing(
        [Node("a", 0, "A", "3"), Node("b", 0, "B", "1"), Node("c", 1, "C", "4"), Node("none", 1, "nothing")],
        [Link("a", "c", Exact(3)), Link("b", "c", ONE)],
    )
    made = sankey(drawing, "title", "words", alone=True)
    assert made is not None
    root = ElementTree.fromstring(str(made))
    bands = [path.attrib["stroke-width"] for path in root.iter(f"{SVG}path")]
    assert bands == [f"{HEIGHT * 3 / 4:.2f}", f"{HEIGHT / 4:.2f}"]
    boxes = [(float(box.attrib["x"]), float(box.attrib["height"])) for box in root.iter(f"{SVG}rect")]
    assert boxes == [(0.0, 270.0), (0.0, 90.0), (float(WIDTH - BOX), 360.0)]
    assert [text.text for text in root.iter(f"{SVG}text")] == ["A  3", "B  1", "C  4"]
    assert sankey(Drawing([Node("a", 0, "A")], []), "t", "w") is None


def test_labels_cannot_break_out_and_long_ones_are_cut() -> None:
    drawing = Drawing([Node("a", 0, "<script>" + "长" * 20, "1"), Node("b", 1, "B")], [Link("a", "b", ONE)])
    made = str(sankey(drawing, "t", "w"))
    assert "<script>" not in made and "&lt;script&gt;" in made and "…" in made


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_shows_the_drawing(language: str) -> None:
    page = render_report(record("steel_works_2024-HRC"), "zh" if language == "zh" else "en")
    assert 'class="sankey"' in page and ("What flows where" if language == "en" else "排放流向") in page
    assert ("low end" if language == "en" else "下限") in page


def test_the_command_prints_and_writes(tmp_path: Path) -> None:
    path = str(RECORDS / "cement_works_2024-P.O-42.5.json")
    assert "clinker_pool" in run(path, "--view", "tree", "--depth", "2", "--lang", "en")
    assert "去向" in run(path, "--view", "flows", "--lang", "zh")
    assert "d total" in run(path, "--view", "gradient", "--lang", "en")
    rows = json.loads(run(path, "--view", "gradient", "--format", "json"))
    assert rows[0]["elasticity"] == "-1.00000"
    assert json.loads(run(path, "--view", "tree", "--format", "json"))[0]["total"] == "735.893"
    run(path, "--view", "flows", "-o", str(tmp_path / "f.svg"))
    assert ElementTree.parse(tmp_path / "f.svg").getroot().tag == f"{SVG}svg"
    run(path, "--view", "flows", "-o", str(tmp_path / "f.json"))
    assert json.loads((tmp_path / "f.json").read_text("utf-8"))["unit"] == "kg CO2e"
    for words in (["--view", "pie"], ["-o", str(tmp_path / "x.svg")], ["--view", "flows", "-o", "x.png"]):
        assert CliRunner().invoke(app, ["contributions", path, *words]).exit_code == 2


def test_a_copy_without_its_system_says_so() -> None:
    held = record("cement_works_2024-P.O-42.5")
    held["sections"]["derivation/system"] = {"digest": held["digests"]["derivation/system"]}
    from lca.faults import Refused

    with pytest.raises(Refused) as refused:
        explained(held)
    assert [fault.code for fault in refused.value.faults] == ["section_left_out"]
