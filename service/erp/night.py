"""The night: every product of a period, each once, what changed and nothing else; failing products stop nobody.

What was done before answers by the same key as in a batch (:mod:`service.jobs.memory`): the document of the product,
its rule, regime, releases and code, and the factors that its own components and suppliers became. A changed factor
moves exactly what is made with it, tier by tier, and nothing is written where nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from factordb.layers import open_layers
from lca.exact import Exact
from lca.faults import Fault, Refused
from service.batch.bench import Bench
from service.batch.graph import parts
from service.batch.turn import Done, Run, take_turn
from service.calculate import Asked
from service.desk import DEFAULT_RELEASE, Desk
from service.erp import footprints
from service.erp.network import Network, Releases, company_of, network, split
from service.erp.period import Period, period_of
from service.jobs.memory import Memory
from service.receive import latest
from service.totals import of_column

CALLER: Final = "pcf erp"
MODES: Final = ("changed", "all")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be calculated. ``release``: names with commas; empty: suppliers' footprints and the public release."""

    period: str
    mode: str = "changed"
    release: str = ""
    regime: str = ""
    workers: int = 1

    def checked(self) -> Wanted:
        """The same, if it can be done.

        Raises:
            Refused: ``erp_period``, ``erp_mode``.
        """
        period_of(self.period)
        if self.mode not in MODES:
            raise Refused([Fault("erp_mode", "/mode", found=self.mode, expected=", ".join(MODES))])
        return self


@dataclass(frozen=True, slots=True)
class Night:
    """What a night came to."""

    period: str
    materials: str
    """Newest version of the materials that it knew."""
    done: Done
    footprints: int
    """Footprints that changed: new ones in force and stale ones."""
    products: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Item to (plant, product)."""

    def plain(self) -> dict[str, Any]:
        """Counts, for a job and a terminal."""
        done = self.done
        return {
            "ok": not done.failed,
            "period": self.period,
            "materials": self.materials,
            "items": done.items,
            "calculated": len(done.calculated),
            "unchanged": sum(line["unchanged"] for line in done.lines),
            "new_records": done.sealed + done.sealed_before,
            "not_sealed": sum(not line["record"] for line in done.lines),
            "footprints_changed": self.footprints,
            "failed": len(done.failed),
        }


class Remembers(Protocol):
    """What a run asks of its memory (:class:`service.jobs.memory.Memory`)."""

    def find(self, item: str, key: str) -> dict[str, Any] | None: ...
    def is_own(self, item: str) -> bool: ...
    def keep(self, item: str, key: str, body: Mapping[str, Any], session: Any = None) -> None: ...
    def fail(self, failed: Mapping[str, Iterable[Fault]]) -> None: ...


def series_of(period: Period) -> str:
    """Under which what was done of a period is remembered."""
    return f"erp {period.key}"


def opened(desk: Desk, names: str) -> Releases:
    """The releases to calculate with: those named, or the newest of the suppliers and the public one.

    Raises:
        Refused: see :func:`factordb.layers.open_layers`.
    """
    if names:
        return split(tuple(open_layers(names, desk.release).releases))
    suppliers = latest(desk, "suppliers")
    return split((*([suppliers] if suppliers else ()), desk.release(DEFAULT_RELEASE)))


def calculate(desk: Desk, wanted: Wanted, run_id: str, *, progress: Progress = lambda done, total: None) -> Night:
    """Calculate a period and bring its footprints up to date. ``run_id``: the job; its earlier attempt is gone on with.

    Raises:
        Refused: what concerns all products: the period, the releases, no product at all.
    """
    period = period_of(wanted.checked().period)
    releases = opened(desk, wanted.release)
    bench = bench_of(desk, wanted, releases)
    memory = Memory(desk.engine, series_of(period), run_id, tenant=desk.tenant, again=wanted.mode == "all")
    company = company_of(desk, period, releases)
    made = network(company, releases, wanted.regime)
    run = run_of(bench, memory, made)
    memory.fail(made.failed)
    turns(run, progress, wanted.workers)
    memory.forget_others(made.products)
    version = company.materials.version
    changed = footprints.settle(desk, period.key, run.done.lines, run.done.failed, made.products, version)
    return Night(period.key, version, run.done, changed, made.products)


def bench_of(desk: Desk, wanted: Wanted, releases: Releases, *, seals: bool = True) -> Bench:
    """What all products are calculated with; only the pinned releases enter every record."""
    asked = Asked(regime=wanted.regime, release=",".join(release.id for release in releases.pinned))
    mode = wanted.mode if seals else "none"
    return Bench(asked, mode, releases.pinned, desk.records if seals else None, CALLER)


def run_of(bench: Bench, memory: Remembers, made: Network) -> Run:
    """A run over the graph, before its first turn.

    Raises:
        Refused: ``erp_nothing`` where no plant made anything in the period.
    """
    if not made.products:
        expected = "plants with outputs in the period: pcf erp plants import, pcf erp months import"
        raise Refused([Fault("erp_nothing", found="no product", expected=expected)])
    run = Run(bench, memory, made.items, made.facts, made.graph)  # type: ignore[arg-type]
    run.supplies.update(made.supplies)
    run.done.items = len(made.products)
    run.done.failed.update(made.failed)
    return run


def turns(run: Run, progress: Progress, workers: int) -> None:
    """Give every product its turn, components before what is made of them."""
    total, counted = run.done.items, len(run.done.failed)
    ordered = parts(run.graph)
    progress(0, total)
    if workers > 1:
        from service.batch.parallel import turns as of_many  # a pool of processes only where one is asked for

        for part in of_many(run, ordered, workers):
            counted += len(part.items)
            progress(counted, total)
        return
    for part in ordered:
        take_turn(run, part)
        counted += len(part.items)
        progress(counted, total)


class Nothing:
    """The memory of a run that leaves no trace."""

    def find(self, item: str, key: str) -> dict[str, Any] | None:
        """Nothing was done before."""
        return None

    def is_own(self, item: str) -> bool:
        """Nothing is."""
        return False

    def keep(self, item: str, key: str, body: Mapping[str, Any], session: Any = None) -> None:
        """Nothing is kept."""

    def fail(self, failed: Mapping[str, Iterable[Fault]]) -> None:
        """Nothing is kept."""


def what_moves(
    desk: Desk, wanted: Wanted, *, threshold: Exact, progress: Progress = lambda done, total: None
) -> dict[str, Any]:
    """Calculate a period with other releases and store nothing: footprints in force that move by more than
    ``threshold`` per cent, the largest first, products that are new, and those that then fail.

    Raises:
        Refused: as :func:`calculate`.
    """
    period = period_of(wanted.checked().period)
    releases = opened(desk, wanted.release)
    company = company_of(desk, period, releases)
    made = network(company, releases, wanted.regime)
    run = run_of(bench_of(desk, wanted, releases, seals=False), Nothing(), made)
    turns(run, progress, wanted.workers)
    before = footprints.in_force(desk, period.key)
    moves, fresh = [], []
    for line in run.done.lines:
        plant, product = made.products[line["item"]]
        row = before.get((product, plant))
        if row is None:
            fresh.append({"number": product, "plant": plant, "after": line["total"]})
            continue
        moved = footprints.moved(row["total"], line["total"])
        if moved is None or abs(moved) > threshold:
            shown = "" if moved is None else moved.significant(4)
            told = {
                "before": of_column(row["total"]),
                "after": line["total"],
                "per_cent": shown,
                "record": row["record"],
            }
            moves.append(({"number": product, "plant": plant, **told}, moved))
    moves.sort(key=lambda pair: (pair[1] is not None, -abs(pair[1] or Exact(0)), pair[0]["number"], pair[0]["plant"]))
    pinned = [release.id for release in (*releases.picked, *releases.pinned)]
    return {
        "period": period.key, "releases": pinned, "threshold_per_cent": threshold.text(), "items": run.done.items,
        "compared": len(run.done.lines) - len(fresh), "moves": [told for told, _ in moves], "new": fresh,
        "failed": {item: faults for item, faults in sorted(run.done.failed.items())},
    }  # fmt: skip
