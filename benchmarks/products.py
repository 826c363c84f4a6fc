"""Row (a): one new product of 20 processes on a release that holds the intensities of a whole background.

Both sides take the same product (:func:`chain`): 20 processes in a chain with feedback, each taking six inputs of the
background and emitting. Ours comes as a JSON document, goes through the rule of :mod:`benchmarks.chain` and is answered
by factors; the release's factors are the certified 10 digits of each intensity.
"""

from __future__ import annotations

import gc
import itertools
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.synthetic import Synthetic
from benchmarks.table import Row, clock, median

if TYPE_CHECKING:
    from benchmarks.engine_peer import Peer

ROOT: Final = Path(__file__).resolve().parents[1]
SIZE: Final = 20
INPUTS: Final = 6
RELEASE: Final = "benchmark-background"


@dataclass(frozen=True)
class Chain:
    """A new product: ``passed`` (maker, taker, amount), ``bought`` (background product, step, amount), ``emitted``."""

    passed: tuple[tuple[int, int, float], ...]
    bought: tuple[tuple[int, int, float], ...]
    emitted: tuple[float, ...]


def chain(made: Synthetic, seed: int, barred: frozenset[int] = frozenset(), size: int = SIZE) -> Chain:
    """A chain of ``size`` steps: each takes 0.7 of the next one's product, every fifth gives 0.1 back to four earlier,
    each takes six goods (no wastes, none that is ``barred``) of the background and emits 0.1 to 2 kg."""
    pick = np.random.default_rng(seed)
    largest = np.asarray(abs(made.a).max(axis=1).todense()).ravel()
    goods = np.array([i for i in np.flatnonzero(made.a.diagonal() > 0).tolist() if i not in barred])
    passed = [(j, j - 1, 0.7) for j in range(1, size)] + [(j - 4, j, 0.1) for j in range(4, size, 5)]
    bought = [
        (int(i), j, 0.05 / max(float(largest[i]), 1.0))
        for j in range(size)
        for i in pick.choice(goods, INPUTS, replace=False)
    ]
    return Chain(tuple(passed), tuple(bought), tuple(np.linspace(0.1, 2.0, size).tolist()))


def document(made: Chain) -> bytes:
    """The chain as activity data, JSON: amounts as the shortest decimals that are those binary numbers."""
    rows = [_row("made", j, _step(j), 1.0) for j in range(len(made.emitted))]
    rows += [_row("passed", k, f"{_step(i)} {_step(j)}", amount) for k, (i, j, amount) in enumerate(made.passed)]
    rows += [
        {**_row("bought", k, _step(j), amount), "factor": factor_id(i)} for k, (i, j, amount) in enumerate(made.bought)
    ]
    rows += [_row("emitted", j, _step(j), amount) for j, amount in enumerate(made.emitted)]
    data = {
        "format": "pcf-activity/1", "rule": "benchmark_chain 1.0.0", "regime": "gbt24067",
        "works": {"name": "Works", "country": "CN"}, "period": {"start": "2024-01-01", "end": "2024-12-31"},
        "products": [{"id": _step(0), "name": "First product"}], "rows": rows,
    }  # fmt: skip
    return json.dumps(data).encode()


def _row(name: str, number: int, step: str, amount: float) -> dict[str, str]:
    return {"id": f"{name}-{number:03}", "input": name, "material": step, "amount": repr(amount), "unit": "kg"}


def _step(j: int) -> str:
    return f"step-{j:02}"


def factor_id(i: int) -> str:
    """Of a background product."""
    return f"bg-{i:06}"


def content(made: Synthetic, texts: tuple[str, ...]) -> Any:
    """A release of these intensities, those below zero left out; of a waste what treating one unit sets free."""
    from factordb.factor import Factor, Licence, Source
    from factordb.files import ReleaseFiles

    sign = made.a.diagonal()
    common = {"category": "background", "kind": "cradle_to_gate", "place": "CN", "year": "2024", "unit": "kgCO2e/kg",
              "source": "made", "confidence": "derived", "boundary": "cradle to gate"}  # fmt: skip
    names, values = made.labels, [text.removeprefix("-") if sign[i] < 0 else text for i, text in enumerate(texts)]
    factors = tuple(
        Factor(id=factor_id(i), name_en=names[i], name_zh=names[i], value=value, **common)
        for i, value in enumerate(values)
        if not value.startswith("-")
    )
    source = Source("made", "Made-up background", "benchmarks/synthetic.py", "2024", "", "own", official_in="CN")
    licence = Licence("own", "Made for measuring", True, True, True, False, "")
    meta = {
        "id": RELEASE, "layer": "public", "title_en": "Made-up background", "title_zh": "人造背景",
        "published": "2024-12-31", "importer": "benchmarks",
    }  # fmt: skip
    return ReleaseFiles(meta, factors, (source,), (licence,), {}, {})


@dataclass(frozen=True)
class Prepared:
    """A store with the release, and the work that is timed."""

    opened: Callable[[], Any]
    """Opens the release from the store, its hash checked."""
    product: Callable[..., list[dict[str, Any]]]
    """``(release, document, digits)``: activity data to published contributions; nothing is stored."""


def prepared(made: Synthetic, texts: tuple[str, ...], folder: Path) -> Prepared:
    """Publish the release into an SQLite store of its own."""
    from benchmarks.chain.v1_0_0.rule import RULE
    from factordb.publish import open_stored, publish
    from factordb.store import open_store, upgrade
    from lca.publish import publish as shown
    from pcr.regime import load_regime
    from pcr.registry import InstalledRule
    from service.calculate import Asked, derive
    from service.intake import MEDIA, read_bytes

    engine = open_store(folder / "benchmark.db")
    upgrade(engine)
    publish(engine, content(made, texts))
    installed, regime = InstalledRule(RULE, "benchmarks.chain.v1_0_0"), load_regime("gbt24067")

    def product(release: Any, sent: bytes, digits: int = regime.digits) -> list[dict[str, Any]]:
        read = read_bytes(sent, MEDIA[".json"])
        derived = derive(read, Asked(release=RELEASE), lambda name: release, under=regime, installed=installed)
        return [shown(derived.works, name, digits) for name in derived.works.footprints]

    return Prepared(lambda: open_stored(engine, RELEASE), product)


def negative(made: Synthetic, texts: tuple[str, ...]) -> frozenset[int]:
    """Goods whose intensity is below zero: no cradle-to-gate factor of a release is."""
    sign = made.a.diagonal()
    return frozenset(i for i, text in enumerate(texts) if text.startswith("-") and sign[i] > 0)


def rows(made: Synthetic, peer: Peer, texts: tuple[str, ...], times: int, *, works: bool = True) -> list[Row]:
    """The product on an open release, another product each time; the opening; with ``works`` the shipped works too."""
    barred = negative(made, texts)
    with tempfile.TemporaryDirectory(prefix="pcf-benchmark-") as folder:
        ready = prepared(made, texts, Path(folder))
        start = clock()
        release = ready.opened()
        cold = clock() - start
        gc.collect()
        gc.freeze()  # as service.http.shelf does with a release that it keeps
        opening = min(cold, median(ready.opened, 3, warm=False))
        documents = [document(chain(made, seed, barred)) for seed in range(2, 42)]
        turn = itertools.cycle(documents)
        # the peer's own product, then: both scores agree to the ten digits that the release holds
        (ours,), theirs = ready.product(release, document(peer.own), 10), peer.new_product()
        apart = abs(float(ours["total"]) / theirs - 1)
        lines = len(ours["contributions"])
        print(f"the new product: ours {ours['total']}, bw2calc {theirs:.10g}, apart {apart:.1e}, {lines} contributions")
        mine = median(lambda: ready.product(release, next(turn)), max(times, 40))
    their = median(peer.new_product, times)
    job = f"(a) new product of {SIZE} processes and {SIZE * INPUTS} inputs: data, rule, resolve, solve, contributions"
    found = [
        Row(job, their, mine, 200, "release open, not sealed"),
        Row(f"    opening that release of {len(texts):,} factors from its store, hash checked", None, opening),
    ]
    if works:
        known, fresh = _shipped()
        job = "    cement_works_2024.yaml on cn-2026.1: 8 processes, 30 rows by month, two products"
        found.append(Row(job, their, known, 200))
        found.append(Row("    the same, the release opened and its hashes checked each time", their, fresh))
    return found


def _shipped() -> tuple[float, float]:
    """Median seconds of the shipped cement works, read from its file each time."""
    from factordb.release import open_release
    from lca.publish import publish as shown
    from service.calculate import Asked, derive
    from service.intake import read_file

    example, known = ROOT / "examples" / "cement_works_2024.yaml", open_release("cn-2026.1")

    def work(releases: Callable[[str], Any]) -> Any:
        derived = derive(read_file(example), Asked(), releases)
        return [shown(derived.works, product, 6) for product in derived.works.footprints]

    return median(lambda: work(lambda name: known), 40), median(lambda: work(open_release), 15)
