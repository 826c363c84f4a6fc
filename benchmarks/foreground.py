"""Row (e): 1,000 draws of a product of 20 processes on stored intensities, set-up included on both sides."""

from __future__ import annotations

from typing import Any

from benchmarks.engine_peer import Peer
from benchmarks.products import Chain
from benchmarks.table import Row, median, shown

DRAWS = 1000


def model(own: Chain, texts: tuple[str, ...]) -> tuple[Any, dict[str, Any]]:
    """The terms of the peer's own product, every exchange but the outputs log-normal with gsd 1.1; what is bought at
    its stored intensity, one variable for each exchange."""
    from lca.exact import ONE, Exact
    from lca.uncertain.distributions import Lognormal
    from lca.uncertain.foreground import Foreground, Response, Term

    terms, names = [], []

    def moving(matrix: Any, row: str, column: str, value: Exact) -> None:
        names.append(f"x{len(names):03}")
        terms.append(Term(matrix, row, column, value, (Response(names[-1], Exact(0), ONE),)))

    terms += [Term("A", f"p{j:02}", f"q{j:02}", ONE) for j in range(len(own.emitted))]
    for maker, taker, amount in own.passed:
        moving("A", f"p{maker:02}", f"q{taker:02}", -Exact.parse(repr(amount)))
    for i, step, amount in own.bought:
        moving("B", "CO2|fossil", f"q{step:02}", Exact.parse(repr(amount)) * Exact.from_published(texts[i]))
    for j, amount in enumerate(own.emitted):
        moving("B", "CO2|fossil", f"q{j:02}", Exact.parse(repr(amount)))
    terms.append(Term("f", "p00", "p00", ONE))
    weights = {"gwp": {"CO2|fossil": ONE}}
    return Foreground(tuple(terms), ("p00",), weights), {name: Lognormal(ONE, Exact(11, 10)) for name in names}


def rows(peer: Peer, texts: tuple[str, ...], times: int) -> list[Row]:
    """The peer's best class, and with its set-up left out of both."""
    from lca.uncertain.propagate import propagate

    def ours() -> Any:
        foreground, spread = model(peer.own, texts)
        return propagate(foreground, spread, DRAWS, 1)

    foreground, spread = model(peer.own, texts)
    plain = median(lambda: propagate(foreground, spread, DRAWS, 1), max(times, 7))
    name, setup, each = peer.partitioned(20)
    job = (
        f"(e) {DRAWS:,} draws, foreground of 20 uncertain ({len(spread)} variables), set-up on both sides; peer {name}"
    )
    return [
        Row(job, setup + DRAWS * each, median(ours, max(times, 7)), 500,
            f"peer {shown(setup)} + {DRAWS:,} x {shown(each)}"),
        Row("    the same, without the set-up of either", DRAWS * each, plain),
    ]  # fmt: skip
