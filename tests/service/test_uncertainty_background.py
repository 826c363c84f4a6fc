"""A product on the draws of a published background: one factor one draw, one world per draw, named by its hash."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from typer.testing import CliRunner

from factordb.publish import publish
from factordb.release import Release, content_of
from factordb.store import open_store
from lca.faults import Fault
from lca.large.artefact import Artefact, opened
from service.background import solve
from service.background_publish import Asked as Publish
from service.background_publish import publish_background
from service.calculate import Asked
from service.cli import app
from service.desk import prepare
from service.intake import Sent
from service.text.uncertainty_json import as_json, schema
from service.uncertainty import Annex, Wanted, uncertainty
from tests.factordb._made import content
from tests.pcr._help import EU, GB, activity, faults, plug
from tests.pcr._help import release as shipped
from tests.service.test_background import frees, process, takes

Data = dict[str, Any]
SPREAD = {"distribution": "lognormal", "gsd": "1.3"}
STEEL = process("steel", "kg", replace(frees("CO2|fossil", "2"), uncertainty=SPREAD))
PLATE = process("plate", "kg", takes("steel", "2", "kg"))
DEAR = process("dear", "kg", takes("steel", "2", "kg"), frees("CO2|fossil", "0.001"))
STONE = process("stone", "kg", frees("CO2|fossil", "1"))
MADE = [replace(item, source="meters") for item in (STEEL, PLATE, DEAR, STONE)]
OWN = Release(content(*solve(MADE, {}), name="own-1", processes=tuple(MADE)))


def releases(name: str) -> Release:
    return OWN if name == "own-1" else shipped(name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("background") / "own-1"
    publish_background(OWN, {}, path, Publish(draws=1024))
    return path


@pytest.fixture
def world(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Artefact:
    plug(monkeypatch, "tests.plugins.two_materials")
    return opened(folder)


def steel(world: Artefact) -> Any:
    drawn = world.indicators["AR6_total"].draws
    assert drawn is not None
    return np.asarray(drawn[:, world.place("steel")], dtype=float)


def works(**products: dict[str, str]) -> Data:
    """One piece of each product, made of so many kg of each factor."""
    rows: list[Data] = []
    for product, bought in products.items():
        rows.append({"input": "made", "amount": "1", "unit": "piece", "product": product})
        for name, amount in bought.items():
            rows.append({
                "id": f"{product}-{name}", "input": "bought", "amount": amount, "unit": "kg",
                "product": product, "material": name, "factor": name,
            })  # fmt: skip
    return activity("two_materials", rows, products=[{"id": name, "name": name} for name in products])


def of(data: Data, world: Artefact | None, side: Any = None, *, regime: str = GB, **wanted: Any) -> Annex:
    asked = Asked(regime=regime, release="own-1,cn-2026.1")
    sent = Sent(data, b"", "application/yaml", "test")
    given = Wanted(**{"draws": 0, **wanted})
    return uncertainty(sent, side or {}, asked, given, releases=releases, backgrounds=[world] if world else [])


def test_the_draws_of_a_factor_are_those_of_the_release(world: Artefact) -> None:
    """3 kg of steel: three times each draw of steel, so three times their mean; the total stays 6."""
    found = of(works(P={"steel": "3"}), world)
    assert found.total == pytest.approx(6, rel=1e-12)
    assert (found.summary.draws, len(found.varied)) == (1024, 1)
    assert found.summary.mean.value == pytest.approx(3 * steel(world).mean(), rel=1e-6)
    assert found.summary.percentiles["95"].value == pytest.approx(3 * np.quantile(steel(world), 0.95), rel=1e-6)
    (part,) = found.varied
    assert (part.quantity.name, part.quantity.origin, part.variance_share) == ("steel", "background", 1)
    assert found.backgrounds[0].sha256 == world.sha256 and found.backgrounds[0].release_sha256 == OWN.sha256
    few = of(works(P={"steel": "3"}), world, draws=300)
    assert few.summary.mean.value == pytest.approx(3 * steel(world)[:300].mean(), rel=1e-6)


def test_two_factors_of_one_background_move_together(world: Artefact) -> None:
    """1 kg of steel and 1 kg of plate, which is 2 kg of steel: 3 steel in each draw, not two independent parts."""
    found = of(works(P={"steel": "1", "plate": "1"}), world)
    assert found.summary.mean.value == pytest.approx(3 * steel(world).mean(), rel=1e-6)
    spread = steel(world).std(ddof=1) / steel(world).mean()
    assert found.summary.mean.error * math.sqrt(1024) == pytest.approx(3 * steel(world).std(ddof=1), rel=1e-6)
    # first order: the whole spread, where apart it would be sqrt(1/9 + 4/9) of it; a third and two thirds of variance
    assert math.log(found.screening_gsd) == pytest.approx(spread, rel=1e-5)
    shares = {part.quantity.name: part.variance_share for part in found.varied}
    assert shares == pytest.approx({"steel": 1 / 3, "plate": 2 / 3}, rel=1e-5)


def test_a_pair_on_one_background_is_compared_world_by_world(world: Artefact) -> None:
    """2 kg of steel against 1 kg of what takes 2 kg and sets a gram more free: lower in every draw; drawn apart it
    would be a coin."""
    data = works(P={"steel": "2"}, Q={"dear": "1"})
    found = of(data, world, against="Q").rival
    assert found is not None and (found.comparison.probability, found.comparison.ties) == (1, 0)
    assert of(works(P={"steel": "2"}, Q={"plate": "1"}), world, against="Q").rival is not None
    alone = of(data, None, {"default": {"factors": SPREAD}}, against="Q").rival
    assert alone is not None and alone.comparison.verdict == "not decided"
    other = uncertainty(
        Sent(works(P={"steel": "2"}), b"", "", "a"), {}, Asked(regime=GB, release="own-1,cn-2026.1"), Wanted(draws=0),
        other=Sent(works(P={"dear": "1"}), b"", "", "b"), releases=releases, backgrounds=[world],
    )  # fmt: skip
    assert other.rival is not None and other.rival.comparison.probability == 1


def test_the_file_comes_first_and_silence_is_named(world: Artefact) -> None:
    data = works(P={"steel": "1", "stone": "1"})
    found = of(data, world)
    assert {p.quantity.name: p.quantity.reason for p in found.fixed if p.quantity.kind == "factor"} == {
        "stone": "background_silent"
    }
    told = of(data, world, {"factors": {"steel": {"distribution": "fixed"}, "stone": SPREAD}})
    assert [(p.quantity.name, p.quantity.origin) for p in told.varied] == [("stone", "file")]
    assert {p.quantity.name: p.quantity.reason for p in told.fixed}["steel"] == "stated"
    rest = of(data, world, {"default": {"factors": SPREAD}})
    assert {p.quantity.name: p.quantity.origin for p in rest.varied} == {"steel": "background", "stone": "default"}


def test_workers_move_no_byte(world: Artefact) -> None:
    data = works(P={"steel": "1", "plate": "1"})
    side = {"rows": {"P-steel": {"distribution": "normal", "sd_percent": "5"}}}
    assert as_json(of(data, world, side)) == as_json(of(data, world, side, workers=2))


def one(call: Callable[[], object]) -> Fault:
    (fault,) = faults(call)
    return fault


def test_what_does_not_belong_is_refused(world: Artefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = works(P={"steel": "1"})
    assert one(lambda: of(data, world, draws=2000)).expected == "at most 1,024, the draws of the background"
    assert one(lambda: of(data, world, regime=EU)).code == "background_no_indicator"
    stranger = replace(world, about={**world.about, "release": {"id": "other", "sha256": ""}})
    assert one(lambda: of(data, stranger)).code == "background_unused"
    older = replace(world, about={**world.about, "release": {"id": "own-1", "sha256": "0"}})
    assert one(lambda: of(data, older)).code == "background_other_release"
    publish_background(OWN, {}, tmp_path / "still", Publish(draws=0))
    assert one(lambda: of(data, opened(tmp_path / "still"))).code == "background_no_draws"


def test_the_command_names_the_hash_and_finds_the_folder_by_the_store(
    world: Artefact, folder: Path, tmp_path: Path
) -> None:
    place = tmp_path / "pcf.db"
    engine = open_store(str(place))
    prepare(engine)
    publish(engine, content_of(OWN))
    engine.dispose()
    (tmp_path / "works.json").write_text(json.dumps(works(P={"steel": "3"})), "utf-8")
    (tmp_path / "none.yaml").write_text("rows: {}\n", "utf-8")
    words = ["uncertainty", str(tmp_path / "works.json"), "--uncertainty", str(tmp_path / "none.yaml"), "--regime", GB]
    words += ["--release", "own-1,cn-2026.1", "--store", str(place)]

    def told(*more: str) -> str:
        found = CliRunner().invoke(app, [*words, *more])
        assert found.exit_code == 0, found.output
        return found.output

    given = json.loads(told("--background", str(folder), "--format", "json"))
    jsonschema.validate(given, schema())
    assert given["backgrounds"] == [
        {
            "release": "own-1", "release_sha256": OWN.sha256, "sha256": world.sha256, "draws": 1024, "seed": "1",
        }
    ]  # fmt: skip
    assert json.loads(told("--format", "json"))["backgrounds"] == []
    (tmp_path / "backgrounds").mkdir()
    (tmp_path / "backgrounds" / "own-1").symlink_to(folder)
    assert json.loads(told("--format", "json")) == given
    for lang, word in (("en", "draw k is one world"), ("zh", "背景数据库 own-1 的抽样")):
        output = told("--lang", lang)
        assert word in output and world.sha256 in output.replace("\n", "")
    (tmp_path / "backgrounds" / "own-1").unlink()
    (tmp_path / "backgrounds" / "own-1").mkdir()
    broken = CliRunner().invoke(app, [*words, "--lang", "en"])
    assert broken.exit_code == 1 and "artefact_unreadable" in broken.output
