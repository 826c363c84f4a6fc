"""The product graph of a batch: which item refers to which, in what order they are calculated, which go in a loop."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from lca.faults import Fault
from service.batch.items import REFERENCE, Facts

Product = tuple[str, str]
"""(item, product)."""


@dataclass(frozen=True, slots=True)
class Graph:
    """What every row that names a product of the batch refers to, and the faults of those that refer to nothing."""

    answers: Mapping[str, Mapping[str, Product]]
    """Item to (reference to product)."""
    faults: Mapping[str, tuple[Fault, ...]]

    def suppliers(self, item: str) -> list[str]:
        """The items an item refers to, sorted, each once."""
        return sorted({supplier for supplier, _ in self.answers[item].values()})


@dataclass(frozen=True, slots=True)
class Part:
    """Items that are calculated together: one, or all items of a loop."""

    items: tuple[str, ...]
    loop: bool


def make_graph(facts: Mapping[str, Facts], failed: Iterable[str]) -> Graph:
    """Resolve all references. A reference into an item that failed to be read is one: the failure is passed on."""
    known = {f"{REFERENCE}{item}/{product}": (item, product) for item, it in facts.items() for product in it.products}
    gone = sorted(failed, key=len, reverse=True)
    answers: dict[str, dict[str, Product]] = {}
    faults: dict[str, tuple[Fault, ...]] = {}
    for item, told in facts.items():
        answers[item], wrong = {}, []
        for where, reference in told.wanted:
            found = known.get(reference) or _of_failed(reference, gone)
            if found is None:
                wrong.append(_unknown(where, reference, known))
            else:
                answers[item][reference] = found
        if wrong:
            faults[item] = tuple(wrong)
    return Graph(answers, faults)


def _of_failed(reference: str, gone: Sequence[str]) -> Product | None:
    name = reference.removeprefix(REFERENCE)
    return next(((item, name[len(item) + 1 :]) for item in gone if name.startswith(f"{item}/")), None)


def _unknown(where: str, reference: str, known: Mapping[str, Product]) -> Fault:
    near = get_close_matches(reference, known, n=3, cutoff=0.5)
    expected = ", ".join(near) or f"{REFERENCE}<item>/<product> of this batch"
    return Fault("batch_reference_unknown", where, reference, expected, values={"reference": reference})


def parts(graph: Graph) -> list[Part]:
    """All items, suppliers before those who refer to them; equal ones by id, so that no order of files matters."""
    names = sorted(graph.answers)
    inside = {item: [name for name in graph.suppliers(item) if name in graph.answers] for item in names}
    groups = _loops(names, inside)
    of = {item: number for number, group in enumerate(groups) for item in group}
    waits: list[set[int]] = [
        {of[name] for item in group for name in inside[item]} - {number} for number, group in enumerate(groups)
    ]
    feeds: defaultdict[int, list[int]] = defaultdict(list)
    for number, needed in enumerate(waits):
        for supplier in needed:
            feeds[supplier].append(number)
    ready = [(groups[number][0], number) for number, needed in enumerate(waits) if not needed]
    heapq.heapify(ready)
    made = []
    while ready:
        _, number = heapq.heappop(ready)
        group = groups[number]
        made.append(Part(group, len(group) > 1 or group[0] in inside[group[0]]))
        for other in feeds[number]:
            waits[other].discard(number)
            if not waits[other]:
                heapq.heappush(ready, (groups[other][0], other))
    return made


def _loops(names: Sequence[str], uses: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Strongly connected groups, each sorted."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    number = {name: place for place, name in enumerate(names)}
    ends = [(number[item], number[supplier]) for item in names for supplier in uses[item]]
    if not ends:
        return [(name,) for name in names]
    rows, columns = zip(*ends, strict=True)
    edges = csr_array(([1.0] * len(ends), (rows, columns)), shape=(len(names), len(names)))
    _, label = connected_components(edges, directed=True, connection="strong")
    groups: defaultdict[int, list[str]] = defaultdict(list)
    for name in names:
        groups[int(label[number[name]])].append(name)
    return [tuple(group) for group in groups.values()]


def rewritten(data: Mapping[str, object], ids: Mapping[str, str]) -> dict[str, object]:
    """Activity data with the ids of factors in place of references to products of the batch."""
    return {**data, "rows": list(_rows(data["rows"], ids))}


def _rows(rows: object, ids: Mapping[str, str]) -> Iterator[object]:
    for row in rows if isinstance(rows, list) else ():
        named = row.get("factor") if isinstance(row, dict) else None
        yield {**row, "factor": ids[named]} if isinstance(named, str) and named in ids else row
