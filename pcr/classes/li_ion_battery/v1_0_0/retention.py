"""Capacity retained (容量保持率) over a declared life: points of a curve, straight between them."""

from itertools import pairwise

from pcr.api import ONE, ZERO, ActivityData, Exact, Fault, equation, load_rule

RULE = load_rule(__package__)


@equation(
    "battery.retention_piece",
    text="piece = (to - from) x (start + end) / 2",
    source="design of this project: trapezium between two points of a declared retention curve",
    confidence="derived",
    clause="from and to as shares of the declared life; the pieces of a curve add up to its mean",
    inputs={"since": "1", "until": "1", "start": "1", "end": "1"},
    results={"piece": "1"},
)
def retention_piece(since: Exact, until: Exact, start: Exact, end: Exact) -> Exact:
    """Part of the mean retention that one stretch of the life brings."""
    return (until - since) * (start + end) / 2


def points(data: ActivityData, product: str) -> list[tuple[Exact, Exact]]:
    """(share of the declared life, capacity retained) in order, from the full new battery."""
    given = [(row.properties.get("at", ONE), row.amount) for row in data.rows("retention", product)]
    start = [] if any(at == ZERO for at, _ in given) else [(ZERO, ONE)]
    return sorted([*start, *given], key=lambda point: point[0])


def mean_retention(data: ActivityData, product: str) -> Exact:
    """Mean capacity over the declared life; one where the works gives no curve."""
    if not data.rows("retention", product):
        return ONE
    curve = points(data, product)
    pieces = (retention_piece(since, until, a, b) for (since, a), (until, b) in pairwise(curve))
    return sum(pieces, ZERO)


def retention_faults(data: ActivityData, product: str) -> list[Fault]:
    """Points that stand twice at one place, a curve that rises, or that stops before the end of the life."""
    if not data.rows("retention", product):
        return []
    curve = points(data, product)
    places = [at for at, _ in curve]
    falls = all(later <= earlier for (_, earlier), (_, later) in pairwise(curve))
    if len(set(places)) == len(places) and places[-1] == ONE and falls:
        return []
    found = ", ".join(f"{kept} at {at}" for at, kept in curve)
    where, clause = f"/rows (retention, {product})", RULE.clause("declared_life")
    return [Fault("retention_points", where, found, "different points, never rising, the last at 1", clause)]
