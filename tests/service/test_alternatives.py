"""Ways of sharing side by side: what is shared stays whole, each way is the works as it would be entered, and a way
that cannot be is told with its reason."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

import service.alternatives as module
from lca.doors import read_yaml
from pcr.registry import find_rule, installed_rules
from pcr.rulebook import Rule
from service.alternatives import Alternatives, alternatives
from service.calculate import Asked, derive
from service.cli import app
from service.intake import Sent, read_file

ROOT = Path(__file__).resolve().parents[2]
STEEL = ROOT / "examples" / "steel_works_2024.yaml"
DRAFT = Asked("", "", True)


@pytest.fixture(scope="module")
def sent() -> Sent:
    return read_file(STEEL)


@pytest.fixture(scope="module")
def found(sent: Sent) -> Alternatives:
    return alternatives(sent, DRAFT)


def test_every_choice_but_the_own_is_a_way(found: Alternatives) -> None:
    """Read off rule.yaml by hand: 1 + 1 + 1 + 1 + 1 + 2."""
    assert [choice.setting for choice in found.choices] == [
        "sold_gas_carbon", "sold_gas_burden", "sold_gas_credit", "chp_share", "coke_byproducts", "slag_burden",
    ]  # fmt: skip
    assert len(found.ways) == 7
    assert not any(
        way.settings[c.setting] == c.own for c in found.choices for way in found.ways if c.setting in way.settings
    )


def test_sharing_moves_nothing_out_of_the_works(found: Alternatives) -> None:
    """ISO 14044, 4.3.4.1: allocated equals unallocated. Where carbon is counted is no sharing and may move it."""
    shared = {"sold_gas_burden", "chp_share", "coke_byproducts", "slag_burden"}
    ways = [way for way in found.ways if shared & set(way.settings) and way.works]
    assert len(ways) == 4
    for way in ways:
        assert way.works is not None and way.works.total == found.own.total
    moved = [way for way in ways if way.works and way.works.products_total != found.own.products_total]
    assert {next(iter(way.settings)) for way in moved} >= {"sold_gas_burden", "coke_byproducts", "slag_burden"}


def test_what_by_products_take_lowers_every_product(found: Alternatives) -> None:
    for name in ("sold_gas_burden", "coke_byproducts", "slag_burden"):
        way = next(way for way in found.ways if name in way.settings and way.works)
        assert way.works is not None
        for product, made in way.works.footprints.items():
            own = found.own.footprints[product].total.low
            assert made.total.low is not None and own is not None and made.total.low < own


def test_a_way_is_the_works_with_that_setting_entered(sent: Sent, found: Alternatives) -> None:
    data = {**sent.data, "settings": {**sent.data.get("settings", {}), "slag_burden": "mass"}}
    typed = derive(replace(sent, data=data), DRAFT, bits=0).works
    way = next(way for way in found.ways if way.settings == {"slag_burden": "mass"})
    assert way.works is not None
    assert {name: made.total for name, made in way.works.footprints.items()} == {
        name: made.total for name, made in typed.footprints.items()
    }


def test_a_way_that_cannot_be_says_why_and_stops_nothing(found: Alternatives) -> None:
    refused = {
        next(iter(way.settings.items())): [fault.code for fault in way.faults] for way in found.ways if not way.works
    }
    assert refused == {
        ("sold_gas_credit", "substitution"): ["gas_credited_twice"],
        ("slag_burden", "economic"): ["slag_price_missing"],
    }


def test_prices_open_the_economic_way(sent: Sent) -> None:
    """Mass is the economic way at a price ratio of one."""
    data = {**sent.data, "settings": {**sent.data.get("settings", {}), "slag_price_ratio": "1"}}
    found = alternatives(replace(sent, data=data), DRAFT)
    ways = {next(iter(way.settings.items())): way.works for way in found.ways}
    mass, economic = ways["slag_burden", "mass"], ways["slag_burden", "economic"]
    assert mass is not None and economic is not None
    for name, made in mass.footprints.items():
        assert made.total == economic.footprints[name].total


def test_together_holds_every_single_way(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    aluminium = read_file(ROOT / "examples" / "aluminium_works_2024.yaml")
    found = alternatives(aluminium, DRAFT, together=True)
    assert found.together is not None and found.together.count == 2
    for name, extremes in found.together.extremes.items():
        lows = [found.own.footprints[name].total.low]
        lows += [way.works.footprints[name].total.low for way in found.ways if way.works]
        known = [low for low in lows if low is not None]
        assert (extremes.least, extremes.most) == (min(known), max(known))
    monkeypatch.setattr(module, "MOST", 95)
    many = alternatives(sent, DRAFT, together=True).together
    assert many is not None and (many.count, many.extremes) == (96, {})


def test_a_setting_that_the_regime_states_is_no_way(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    real = derive

    def stated(*args: Any, **named: Any) -> Any:
        made = real(*args, **named)
        regime = made.data.regime.model_copy(update={"parameters": {"slag_burden": "mass"}})
        return replace(made, data=replace(made.data, regime=regime))

    monkeypatch.setattr(module, "derive", stated)
    found = alternatives(sent, DRAFT)
    slag = next(choice for choice in found.choices if choice.setting == "slag_burden")
    assert (slag.own, bool(slag.fixed_by)) == ("mass", True)
    assert not any("slag_burden" in way.settings for way in found.ways)


def test_a_rule_may_only_name_settings_with_choices() -> None:
    steel = find_rule("steel_bf_bof", "1.0.0")
    data = read_yaml(steel.folder.joinpath("rule.yaml").read_text("utf-8"))
    for wrong in ("no_such", "slag_price_ratio"):
        item = {**data["allocation"][0], "settings": [wrong]}
        with pytest.raises(ValidationError, match=wrong):
            Rule.model_validate({**data, "allocation": [item]})


def test_every_class_that_says_setting_names_it() -> None:
    """A scheme whose words point at a setting can be run the other way."""
    for item in installed_rules():
        for part in item.rule.allocation:
            assert "setting" not in part.scheme or part.settings, f"{item.rule.id}: {part.what}"


def test_the_command_speaks_both_languages() -> None:
    run = CliRunner().invoke
    english = run(app, ["alternatives", str(STEEL), "--draft", "--lang", "en", "--product", "HRC"])
    assert english.exit_code == 0, english.output
    assert "Sold slag" in english.output and "low ends of bands" in english.output and "REBAR" not in english.output
    chinese = run(app, ["alternatives", str(STEEL), "--draft", "--lang", "zh"])
    assert "外售炉渣" in chinese.output and "不封存" in chinese.output
    data = json.loads(run(app, ["alternatives", str(STEEL), "--draft", "--format", "json"]).output)
    assert [item["setting"] for item in data["choices"]][-1] == "slag_burden"
    cement = run(app, ["alternatives", str(ROOT / "examples" / "cement_works_2024.yaml"), "--lang", "en"])
    assert "no choice of sharing" in cement.output
    refused = run(app, ["alternatives", str(STEEL), "--lang", "en"])
    assert refused.exit_code == 1 and "factor_gap" in refused.output
