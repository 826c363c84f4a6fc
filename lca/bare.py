"""A bare labelled system as JSON, for ``pcf solve``: textbook systems, a second opinion, a foreign matrix.

``{"products": [...], "processes": [...], "flows": [...], "A": [[...]], "B": [[...]], "methods": {name: [...]},
"demand": {product: amount}}``; rows are products or flows, columns are processes; A and B may also be written
sparse, ``{"i": [...], "j": [...], "v": [...]}``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from lca.diagnose import check_structure, loops_with_gain
from lca.exact import Exact
from lca.faults import Collector, Fault, Refused
from lca.solve import RATIONAL_LIMIT, binary64_levels, rational_levels
from lca.system import LinearSystem, Solution, characterised, make_system

_KEYS = ("products", "processes", "flows", "A", "B", "methods", "demand")


def read_bare(data: Any) -> tuple[LinearSystem, dict[str, Exact]]:
    """Read the JSON form; all faults at once.

    Raises:
        Refused: unknown keys, wrong shapes, unreadable numbers (``nan_coefficient`` names process and product).
    """
    faults = Collector()
    if not isinstance(data, dict):
        raise Refused([Fault("shape", found=type(data).__name__, expected="an object with " + ", ".join(_KEYS))])
    for key in sorted(set(data) - set(_KEYS)):
        faults.add(Fault("unknown_key", f"/{key}", found=key, expected=", ".join(_KEYS)))
    for key in ("products", "processes", "A", "demand"):
        if key not in data:
            faults.add(Fault("missing_key", f"/{key}", found="nothing", expected=key))
    faults.raise_if_any()
    labels = {key: _labels(data.get(key, []), key, faults) for key in ("products", "processes", "flows")}
    faults.raise_if_any()
    products, processes, flows = labels["products"], labels["processes"], labels["flows"]
    a = _entries(data["A"], "A", products, processes, faults)
    b = _entries(data.get("B", []), "B", flows, processes, faults)
    methods: dict[str, dict[str, Exact]] = {}
    for name, row in _items(data.get("methods", {}), "methods", faults):
        if not isinstance(row, list) or len(row) != len(flows):
            faults.add(Fault("shape", f"/methods/{name}", found=_size(row), expected=f"{len(flows)} numbers"))
            continue
        numbers = [_number(value, f"/methods/{name}/{k}", flows[k], faults) for k, value in enumerate(row)]
        methods[name] = dict(zip(flows, numbers, strict=True))
    demand = {
        product: _number(amount, f"/demand/{product}", product, faults)
        for product, amount in _items(data["demand"], "demand", faults)
    }
    faults.raise_if_any()
    system = make_system(a, b, methods, products=products, processes=processes, flows=flows)
    return system, demand


def solve_bare(data: Any, *, exact: bool = False) -> dict[str, Any]:
    """Solve the JSON form: ``scaling``, ``inventory``, ``scores``, ``contributions`` as decimal strings of 17
    significant digits (fractions with ``exact``), and ``warnings``.

    Raises:
        Refused: with the process named when there is no single answer.
    """
    system, demand = read_bare(data)
    check_structure(system, demand)
    notices = [
        {"code": notice.code, "where": notice.where, "gain": notice.values["gain"]}
        for notice in loops_with_gain(system)
    ]
    if len(system.processes) <= RATIONAL_LIMIT or exact:
        solution = characterised(system, rational_levels(system, demand))
    else:
        levels, residual = binary64_levels(system, demand)
        solution = characterised(system, {name: Exact.from_binary64(value) for name, value in levels.items()})
        where = f"{len(system.processes)} processes"
        notices.append({"code": "binary64", "where": where, "residual": f"{residual:.3g}"})
    write: Callable[[Exact], str] = Exact.text if exact else lambda value: value.significant(17)
    return _written(solution, write) | {"warnings": notices}


def _written(solution: Solution, write: Callable[[Exact], str]) -> dict[str, Any]:
    return {
        "scaling": {name: write(value) for name, value in solution.scaling.items()},
        "inventory": {name: write(value) for name, value in solution.inventory.items()},
        "scores": {name: write(value) for name, value in solution.scores.items()},
        "contributions": {
            method: {name: write(value) for name, value in shares.items()}
            for method, shares in solution.contributions.items()
        },
    }


def _labels(value: Any, key: str, faults: Collector) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        faults.add(Fault("shape", f"/{key}", found=_size(value), expected="a list of names"))
        return []
    for name in sorted(name for name, count in Counter(value).items() if count > 1):
        faults.add(Fault("label_twice", f"/{key}", found=name, expected="each name once"))
    return value


def _items(value: Any, key: str, faults: Collector) -> list[tuple[str, Any]]:
    if not isinstance(value, dict):
        faults.add(Fault("shape", f"/{key}", found=_size(value), expected="an object of names"))
        return []
    return list(value.items())


def _entries(
    value: Any, key: str, rows: list[str], columns: list[str], faults: Collector
) -> Mapping[tuple[str, str], Exact]:
    found: dict[tuple[str, str], Exact] = {}
    for i, j, cell in _triplets(value, key, len(rows), len(columns), faults):
        name = f"{columns[j]} / {rows[i]}"
        amount = _number(cell, f"/{key}/{i}/{j}", name, faults)
        place = (rows[i], columns[j])
        found[place] = found[place] + amount if place in found else amount
    return found


def _triplets(value: Any, key: str, rows: int, columns: int, faults: Collector) -> list[tuple[int, int, Any]]:
    if isinstance(value, list):
        if len(value) != rows:
            faults.add(Fault("shape", f"/{key}", found=f"{len(value)} rows", expected=f"{rows} rows"))
            return []
        bad = [i for i, row in enumerate(value) if not isinstance(row, list) or len(row) != columns]
        for i in bad:
            faults.add(Fault("shape", f"/{key}/{i}", found=_size(value[i]), expected=f"{columns} numbers"))
        return [(i, j, cell) for i, row in enumerate(value) if i not in bad for j, cell in enumerate(row)]
    for name in sorted(set(value) - set("ijv")) if isinstance(value, dict) else ():
        faults.add(Fault("unknown_key", f"/{key}/{name}", found=name, expected="i, j, v"))
    parts = [value.get(part) for part in "ijv"] if isinstance(value, dict) else [None]
    if not all(isinstance(part, list) for part in parts) or len({len(part) for part in parts if part is not None}) > 1:
        faults.add(Fault("shape", f"/{key}", found=_size(value), expected="rows, or i, j, v of one length"))
        return []
    kept = []
    for i_text, j_text, cell in zip(*parts, strict=True):
        i, j = (_index(text) for text in (i_text, j_text))
        if not (0 <= i < rows and 0 <= j < columns):
            faults.add(Fault("shape", f"/{key}", found=f"({i_text}, {j_text})", expected=f"within {rows} x {columns}"))
            continue
        kept.append((i, j, cell))
    return kept


def _index(text: Any) -> int:
    """A row or column number in plain ASCII digits; -1 for anything else."""
    plain = str(text)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else -1


def _number(value: Any, where: str, name: str, faults: Collector) -> Exact:
    if isinstance(value, int) and not isinstance(value, bool):
        return Exact(value)
    if isinstance(value, float):
        value = repr(value)
    try:
        return Exact.parse(value if isinstance(value, str) else "")
    except Refused as refused:
        nan = str(value).strip().lower().lstrip("+-") in ("nan", "inf", "infinity", "none")
        for fault in refused.faults:
            code = "nan_coefficient" if nan else fault.code
            found = "null" if value is None else str(value)[:60]
            faults.add(Fault(code, f"{where} ({name})", found=found, expected=fault.expected, values={"name": name}))
        return Exact()


def _size(value: Any) -> str:
    return f"{type(value).__name__} of {len(value)}" if isinstance(value, list | dict) else type(value).__name__
