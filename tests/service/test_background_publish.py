"""The published background: hand numbers by line and set, correlated draws, its two checks, refusals, the command."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from factordb.factor import Factor
from factordb.imports import ecospold1
from factordb.imports.intake import Intake
from factordb.publish import publish
from factordb.release import Release, content_of
from factordb.store import open_store
from factordb.unit_process import Exchange, UnitProcess
from lca.faults import Refused
from lca.large.artefact import opened
from service.background import released, solve, solved
from service.background_folder import check_background, indicator
from service.background_publish import Asked, Made, publish_background
from service.background_spread import distribution
from service.cli import app
from service.desk import prepare
from service.text.imported import print_outliers
from tests.factordb._made import release as made_release
from tests.factordb.imports._raw import META, raw
from tests.service.test_background import FILE, GRID, frees, process, takes

LOGNORMAL = {"distribution": "lognormal", "gsd": "1.2"}


def spread(exchange: Exchange, words: dict[str, str]) -> Exchange:
    return replace(exchange, uncertainty=words)


STEEL = process("steel", "kg", takes("power", "2", "kWh"), spread(frees("CO2|fossil", "1.5"), LOGNORMAL))
POWER = process(
    "power",
    "kWh",
    takes("steel", "0.5", "kg"),
    takes("grid", "1", "kWh"),
    frees("CO2|fossil", "6"),
    frees("CH4|fossil", "20", "g"),
    frees("CH4|biogenic", "1", "g"),
    Exchange("resource", "air", "0.003", "kg", flow="CO2|biogenic uptake"),
    amount="10",
)


def done(folder: Path, *processes: UnitProcess, asked: Asked | None = None) -> Made:
    sourced = [replace(item, source=GRID.source) for item in processes]
    content = content_of(made_release(*solve(sourced, {"grid": GRID})))
    release = Release(replace(content, unit_processes=tuple(sourced)))
    return publish_background(release, {"grid": GRID}, folder, asked or Asked())


def digits(value: Fraction) -> str:
    """Ten significant digits, half to even, by the standard library."""
    places = 9 - math.floor(math.log10(abs(value)))
    whole = round(value * Fraction(10) ** places)
    text = str(abs(whole)).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{text[:-places]}.{text[-places:]}"


def test_intensities_by_line_and_set_by_hand(tmp_path: Path) -> None:
    """docs/worked/background.md with 0.1 g of biogenic methane and 0.3 g of uptake per kWh more.

    s = (s0 + 2 p0) / 0.9 and p = p0 + 0.05 s for the own amounts s0, p0 of any line."""
    made = done(tmp_path / "b", STEEL, POWER, asked=Asked(gwp_sets=("AR6", "AR5")))
    artefact = opened(tmp_path / "b", made.artefact.sha256)
    own = {  # per kg steel, per kWh power; methane fossil 29.8 (AR6) and 30 (AR5), other 27 and 28
        "AR6_fossil": (Fraction("1.5"), Fraction("0.6") + Fraction("0.002") * Fraction("29.8")),
        "AR5_fossil": (Fraction("1.5"), Fraction("0.6") + Fraction("0.002") * 30),
        "AR6_biogenic": (Fraction(0), Fraction("0.0001") * 27),
        "AR5_biogenic": (Fraction(0), Fraction("0.0001") * 28),
        "AR6_biogenic_uptake": (Fraction(0), Fraction("-0.0003")),
        "AR6_unsplit": (Fraction(0), Fraction("0.1") * Fraction("0.5777")),
    }
    own["AR6_total_biogenic_zero"] = (
        own["AR6_fossil"][0],
        sum((own[name][1] for name in ("AR6_fossil", "AR6_biogenic", "AR6_unsplit")), Fraction(0)),
    )
    own["AR6_total"] = own["AR6_fossil"][0], own["AR6_total_biogenic_zero"][1] + own["AR6_biogenic_uptake"][1]
    for name, (steel, power) in own.items():
        s = (steel + 2 * power) / Fraction("0.9")
        assert artefact.text(name, "steel") == digits(s), name
        assert artefact.text(name, "power") == digits(power + Fraction("0.05") * s), name
    assert indicator(artefact, "AR6", "zero") == "AR6_total_biogenic_zero"
    with pytest.raises(Refused, match="background_no_indicator"):
        indicator(artefact, "AR4", "one")
    assert made.empty == tuple(f"{gwp}_{line}" for gwp in ("AR5", "AR6") for line in ("aircraft", "dluc"))
    assert made.unlinked == {} and made.loops == (1, 2)
    assert max(made.misses.values()) <= 1 and made.misses == check_background(tmp_path / "b").misses


def test_draw_k_is_one_world_for_all_products_and_lines(tmp_path: Path) -> None:
    """Only the 1.5 kg of steel vary: with m of draw k, steel moves by 1.5 (m - 1) / 0.9 and power by a twentieth."""
    made = done(tmp_path / "b", STEEL, POWER, asked=Asked(draws=1024))
    artefact = made.artefact
    total, fossil = artefact.indicators["AR6_total"], artefact.indicators["AR6_fossil"]
    assert total.draws is not None and fossil.draws is not None
    assert total.draws.dtype == np.float32 and total.draws.shape == (1024, 2)
    power, steel = (np.asarray(total.draws[:, k], dtype=float) - total.intensities[k] for k in (0, 1))
    assert np.abs(power - 0.05 * steel).max() < 1e-6
    assert np.abs(np.asarray(fossil.draws[:, 1]) - fossil.intensities[1] - steel).max() < 1e-6
    m = np.log(1 + steel * 0.9 / 1.5)
    assert abs(m.mean()) < 4 * math.log(1.2) / 32 and abs(m.std() / math.log(1.2) - 1) < 4 / math.sqrt(2048)
    unmoved = artefact.indicators["AR6_unsplit"]
    assert unmoved.draws is not None and np.abs(unmoved.draws / unmoved.intensities - 1).max() < 1e-6
    assert (made.read.used, made.read.silent, dict(made.read.fixed)) == (1, 7, {})
    again = done(tmp_path / "c", STEEL, POWER, asked=Asked(draws=300))
    assert np.asarray(again.artefact.indicators["AR6_total"].draws).tobytes() == total.draws[:300].tobytes()
    other = done(tmp_path / "d", STEEL, POWER, asked=Asked(draws=300, seed=2))
    assert np.asarray(other.artefact.indicators["AR6_total"].draws).tobytes() != total.draws[:300].tobytes()


def test_a_treatment_is_stored_per_unit_treated(tmp_path: Path) -> None:
    burn = process("burn", "kg", spread(frees("CO2|fossil", "2"), LOGNORMAL), amount="-1")
    works = process("works", "kg", takes("burn", "-0.25", "kg"), frees("CO2|fossil", "1"))
    artefact = done(tmp_path / "b", burn, works).artefact
    assert [artefact.text("AR6_total", name) for name in ("burn", "works")] == ["2.000000000", "1.500000000"]
    drawn = np.asarray(artefact.indicators["AR6_total"].draws, dtype=float)
    assert (drawn > 0).all() and np.abs(drawn[:, 1] - 1 - 0.25 * drawn[:, 0]).max() < 1e-6
    assert check_background(tmp_path / "b").misses["AR6_total"] <= 1


def test_nothing_stated_means_no_draws(tmp_path: Path) -> None:
    plain = replace(STEEL, exchanges=(takes("power", "2", "kWh"), frees("CO2|fossil", "1.5")))
    made = done(tmp_path / "b", plain, POWER)
    assert made.artefact.about["draws"] == 0 and made.artefact.indicators["AR6_total"].draws is None
    assert done(tmp_path / "c", STEEL, POWER, asked=Asked(draws=0)).artefact.about["draws"] == 0


@pytest.mark.parametrize(
    ("importer", "words", "expected"),
    [
        ("ecospold1", {"distribution": "lognormal", "spread": "1.44"}, ("gsd", 1.2)),
        ("simapro", {"distribution": "lognormal", "spread": "1.44"}, ("gsd", 1.2)),
        ("olca_jsonld", {"distribution": "lognormal", "spread": "1.2"}, ("gsd", 1.2)),
        ("brightway", {"distribution": "lognormal", "spread": "0.1"}, ("gsd", math.exp(0.1))),
        ("ecospold2", {"distribution": "lognormal", "variance": "0.01", "spread": "0.01"}, ("gsd", math.exp(0.1))),
        ("ecospold1", {"distribution": "normal", "spread": "0.4"}, ("sd", 0.1)),
        ("brightway", {"distribution": "normal", "spread": "0.3"}, ("sd", 0.15)),
        ("ecospold1", {"distribution": "triangular", "minimum": "1", "maximum": "3"}, ("high", 1.5)),
        ("ecospold1", {"distribution": "uniform", "minimum": "1", "maximum": "3"}, ("low", 0.5)),
        ("any", {"distribution": "lognormal", "gsd": "1.2"}, ("gsd", 1.2)),
    ],
)
def test_what_formats_mean_by_a_spread(importer: str, words: dict[str, str], expected: tuple[str, float]) -> None:
    """For an amount of 2 kg."""
    found = distribution(spread(frees("CO2|fossil", "2"), words), importer)
    assert not isinstance(found, str)
    assert float(getattr(found, expected[0])) == pytest.approx(expected[1], rel=1e-12)


@pytest.mark.parametrize(
    ("importer", "words", "reason"),
    [
        ("ilcd", {"distribution": "lognormal", "spread": "1.44"}, "unknown"),
        ("ecospold1", {"distribution": "lognormal"}, "no_spread"),
        ("ecospold1", {"distribution": "gamma", "spread": "2"}, "unknown"),
        ("ecospold1", {"distribution": "lognormal", "spread": "nan"}, "unknown"),
        ("ecospold1", {"distribution": "normal", "spread": "2"}, "ends"),  # half of the mean: it would turn negative
        ("ecospold1", {"distribution": "triangular", "minimum": "1.9", "maximum": "0.021"}, "ends"),  # as in USLCI
        ("ecospold1", {"distribution": "triangular", "minimum": "1.8", "maximum": "2200"}, "wide"),  # as in USLCI
        ("ecospold1", {"distribution": "uniform", "minimum": "1.8"}, "no_spread"),
    ],
)
def test_what_cannot_be_used_says_why(importer: str, words: dict[str, str], reason: str) -> None:
    assert distribution(spread(frees("CO2|fossil", "2"), words), importer) == reason


def test_figures_in_the_unit_of_an_allocated_amount_are_not_used() -> None:
    words = {"distribution": "triangular", "minimum": "1", "maximum": "3"}
    assert distribution(spread(frees("CO2|fossil", "2"), words), "ecospold1", allocated=True) == "allocated"


def codes(
    folder: Path, release: Release, asked: Asked, links: dict[str, Factor] | None = None
) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        publish_background(release, {"grid": GRID} if links is None else links, folder, asked)
    return [(fault.code, fault.where) for fault in caught.value.faults]


def test_what_is_not_published(tmp_path: Path) -> None:
    sourced = [replace(item, source=GRID.source) for item in (STEEL, POWER)]
    content = content_of(made_release(*solve(sourced, {"grid": GRID})))
    release = Release(replace(content, unit_processes=tuple(sourced)))
    asked = Asked(draws=10, gwp_sets=("AR6", "GWP"), seed=-1)
    assert codes(tmp_path / "b", release, asked) == [
        ("draws_seed", "--seed"), ("background_sets", "--gwp"), ("background_draws", "--draws"),
    ]  # fmt: skip
    assert codes(tmp_path / "b", Release(content), Asked()) == [("background_empty", release.id)]
    # linked to another grid than the release was
    dirtier = {"grid": replace(GRID, value="0.6")}
    found = codes(tmp_path / "b", release, Asked(), dirtier)
    assert found == [("background_not_of_release", "power"), ("background_not_of_release", "steel")]
    assert not (tmp_path / "b").exists()
    publish_background(release, {"grid": GRID}, tmp_path / "b", Asked(draws=0))
    assert codes(tmp_path / "b", release, Asked(draws=0)) == [("artefact_exists", str(tmp_path / "b"))]


def test_a_figure_changed_with_its_hash_is_found_by_its_residual(tmp_path: Path) -> None:
    done(tmp_path / "b", STEEL, POWER, asked=Asked(draws=0))
    path, name = tmp_path / "b", "AR6_total.npy"
    figures = np.load(path / name)
    figures[1] += 1e-8
    np.save(path / name, figures)
    with pytest.raises(Refused, match=f"artefact_changed at {name}"):
        check_background(path)
    manifest = json.loads((path / "manifest.json").read_text("utf-8"))
    manifest["sha256"][name] = hashlib.sha256((path / name).read_bytes()).hexdigest()
    (path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(Refused, match="background_misses at b: AR6_total"):
        check_background(path)


def test_the_command_publishes_a_release_of_the_store_and_checks_it(tmp_path: Path) -> None:
    place = str(tmp_path / "pcf.db")
    sourced = [replace(item, source=GRID.source) for item in (STEEL, POWER)]
    content = content_of(made_release(GRID, *solve(sourced, {"grid": GRID})))
    content = replace(content, meta={**content.meta, "id": "own-1"}, unit_processes=tuple(sourced))
    engine = open_store(place)
    prepare(engine)
    sealed = publish(engine, content)
    engine.dispose()
    folder = str(tmp_path / "out")
    words = ["background", "publish", "own-1", "-o", folder, "--link", "own-1", "--store", place]
    told = CliRunner().invoke(app, [*words, "--format", "json"])
    assert told.exit_code == 0, told.output
    row = json.loads(told.output)
    assert row["about"]["release"] == {"id": "own-1", "sha256": sealed, "layer": content.meta["layer"]}
    assert (row["processes"], row["about"]["draws"], row["about"]["exchanges"]["drawn"]) == (2, 256, 1)
    checked = ["background", "check", folder, "--sha256", row["sha256"], "--release", "own-1", "--store", place]
    for lang, word in (("en", "intact"), ("zh", "完好")):
        told = CliRunner().invoke(app, [*checked, "--lang", lang])
        assert told.exit_code == 0 and word in told.output and row["sha256"] in told.output.replace("\n", "")
    other = CliRunner().invoke(app, ["background", "check", folder, "--release", "cn-2026.1", "--lang", "en"])
    assert other.exit_code == 1 and "background_other_release" in other.output
    (tmp_path / "out" / "labels.txt").write_bytes(b'"power"\n"steal"\n')
    told = CliRunner().invoke(app, [*checked, "--lang", "en"])
    assert told.exit_code == 4 and "artefact_changed" in told.output
    assert CliRunner().invoke(app, ["background", "check", str(tmp_path), "--lang", "en"]).exit_code == 1
    for lang, word in (("en", "factorised with mmd"), ("zh", "分解次序 mmd")):
        more = [*words[:3], "-o", str(tmp_path / lang), *words[5:], "--order", "mmd", "--lang", lang]
        told = CliRunner().invoke(app, more)
        assert told.exit_code == 0 and word in told.output.replace("\n", " "), told.output


@pytest.fixture(scope="module")
def uslci() -> Release:
    intake = Intake(*ecospold1.about_uslci())
    ecospold1.read(raw(FILE), intake)
    return Release(released(intake, {**META, "id": "uslci", "importer": "uslci 1"}, {}))


def test_the_published_digits_of_uslci_do_not_depend_on_the_order(uslci: Release, tmp_path: Path) -> None:
    kinds = ["colamd", "mmd"]
    try:
        import pymetis  # noqa: F401

        kinds.append("metis")
    except ImportError:
        pass
    made = {kind: publish_background(uslci, {}, tmp_path / kind, Asked(order=kind)) for kind in kinds}
    assert {item.background.how for item in made.values()} == set(kinds)
    assert len({item.artefact.digits for item in made.values()}) == 1
    one = made["mmd"]
    assert one.read.used == 68 and dict(one.read.fixed) == {"ends": 11, "no_spread": 5, "wide": 1}
    assert len(one.unlinked) == 491 and max(one.misses.values()) <= 1
    total = one.artefact.indicators["AR6_total"]
    moved = np.asarray(total.draws, dtype=float).std(axis=0) > 1e-6 * np.abs(total.intensities)
    assert set(np.array(one.artefact.labels)[moved]) <= downstream(uslci) and moved.any()


def downstream(release: Release) -> set[str]:
    """Processes that state a spread of an exchange that acts, or take from one that does, over any number of steps."""
    made = release.unit_processes.values()
    found = {p.id for p in made for x in p.exchanges if x.uncertainty and (x.provider or x.flow)}
    while True:
        wider = found | {p.id for p in made for x in p.exchanges if x.provider in found}
        if wider == found:
            return found
        found = wider


def test_many_outliers_are_counted_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """21 of 48 far off, the others alike: twenty lines and one that says there is one more."""
    made = [process(f"p{k:02d}", "kg", frees("CO2|fossil", "5000" if k < 21 else "1")) for k in range(48)]
    found = solved(made, {}).outliers
    assert len(found) == 21
    for language, words in (("en", "1 more: --format json"), ("zh", "另有 1 个：见 --format json")):
        print_outliers(Console(width=200, highlight=False), found, language)  # type: ignore[arg-type]
        told = capsys.readouterr().out
        assert told.count("p0") + told.count("p1") + told.count("p2") == 20 and words in told
