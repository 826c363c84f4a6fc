"""Which inputs move the total most: a hand case, a law of homogeneous functions, and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lca.doors import read_yaml
from lca.exact import Exact
from service.calculate import Asked
from service.cli import app
from service.intake import Sent, read_file
from service.tornado import Tornado, tornado
from tests.pcr._help import GB, faults, one_meter, plug, release

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
EXTENSIVE = ("output", "material", "fuel", "electricity", "service", "mass")


def of(data: Any, **more: Any) -> Tornado:
    return tornado(Sent(data, b"", "application/yaml", "test"), Asked(regime=GB, **more), releases=release)


def test_elasticities_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """400 kWh PV (0.0520) and 600 kWh grid (0.5777) for one piece: shares of 367.42, and -1 for the output.

    The output enters as 1/x: the mean of both sides is -1/(1 - 10^-6). PV at the edge of its own use moves one way.
    """
    plug(monkeypatch, "tests.plugins.one_meter")
    proof = dict.fromkeys(("generator_meter", "load_meter", "export_meter", "attribute_ledger"), "X")
    roof = {"type": "onsite", "technology": "pv", "generation": "700", "export": "300", "evidence": proof}
    rows = [{"id": "pv", "amount": "400", "supply": roof}, {"id": "grid", "amount": "600"}]
    data = one_meter(*rows)
    data["rows"][0]["id"] = "made"
    found = of(data)
    moved = {bar.where: bar.elasticity for bar in found.bars}
    assert moved["rows/grid"] == Exact.parse("346.62") / Exact.parse("367.42")
    assert moved["rows/pv"] == Exact.parse("20.8") / Exact.parse("367.42")
    assert moved["rows/made"] == Exact(-1000000, 999999)
    assert [bar.where for bar in found.bars] == ["rows/made", "rows/grid", "rows/pv"]


@pytest.mark.parametrize("name", ["cement_works_2024.yaml", "steel_works_2024.yaml"])
def test_a_works_twice_as_large_has_the_same_footprint(name: str) -> None:
    """Euler: a figure per tonne is homogeneous of degree 0 in all amounts, so their elasticities sum to zero."""
    data = read_yaml((EXAMPLES / name).read_text("utf-8"))
    found = of(data, draft=True)
    from pcr.registry import find_rule

    inputs = find_rule(data["rule"].partition(" ")[0]).rule.inputs
    amounts = [
        bar for bar in found.bars if bar.where.count("/") == 1 and bar.input in inputs
        and inputs[bar.input].kind in EXTENSIVE
    ]  # fmt: skip
    assert len(amounts) > 10
    assert all(bar.elasticity is not None for bar in amounts)
    whole = sum((bar.elasticity for bar in amounts if bar.elasticity is not None), Exact(0))
    assert abs(whole) < Exact(1, 10**5)


def test_an_unknown_product_is_named() -> None:
    sent = read_file(EXAMPLES / "cement_works_2024.yaml")
    (fault,) = faults(lambda: tornado(sent, Asked(), product="nothing", releases=release))
    assert (fault.code, fault.found) == ("unknown_product", "nothing")


@pytest.mark.parametrize(("lang", "word"), [("en", "what moves the total most"), ("zh", "影响最大的输入")])
def test_the_command(lang: str, word: str) -> None:
    done = CliRunner().invoke(app, ["tornado", str(EXAMPLES / "cement_works_2024.yaml"), "--lang", lang])
    assert done.exit_code == 0, done.output
    assert word in done.output
    assert "█" in done.output
    as_json = CliRunner().invoke(app, ["tornado", str(EXAMPLES / "cement_works_2024.yaml"), "--format", "json"])
    sizes = [abs(float(bar["elasticity"])) for bar in json.loads(as_json.output)["inputs"] if bar["elasticity"]]
    assert sizes == sorted(sizes, reverse=True)
