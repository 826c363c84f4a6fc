"""What every test of the room needs: rules of `tests/plugins` behind the real entry-point door, and short inputs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, EntryPoints
from importlib.metadata import entry_points as installed
from typing import Any

import pytest

from factordb.release import Release, open_release
from lca.faults import Fault, Refused
from lca.publish import publish
from service.calculate import Asked, derive
from service.intake import Sent
from service.records.statement import Derived

GB = "gbt24067"
EU = "eu_battery_cfb/draft-2024-04"
GROUP = "pcr.rules"
Data = dict[str, Any]


@cache
def release(release_id: str) -> Release:
    """Releases are opened and hashed once."""
    return open_release(release_id)


def plug(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """Add entry points to the group, as installed packages would."""
    more = [EntryPoint(name.rpartition(".")[2], name, GROUP) for name in packages]

    def found(*, group: str) -> EntryPoints:
        return EntryPoints([*installed(group=group), *more])

    monkeypatch.setattr("pcr.registry.entry_points", found)


def run(data: Data, *, regime: str = "", draft: bool = False, strict: bool = True) -> Derived:
    """The use-case, short of records."""
    sent = Sent(data, b"", "application/yaml", "test")
    return derive(sent, Asked(regime=regime, draft=draft, strict=strict), release)


def shown(derived: Derived, product: str = "P", digits: int = 30) -> dict[str, Any]:
    return publish(derived.works, product, digits)


def faults(call: Callable[[], object]) -> tuple[Fault, ...]:
    """The faults a call is refused with."""
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.faults


def codes(items: Iterable[Fault]) -> set[str]:
    return {item.code for item in items}


def activity(rule: str, rows: list[Data], **more: Any) -> Data:
    """A file as the doors hand it over: every number is text."""
    data = {
        "rule": rule,
        "works": {"name": "Works", "country": "CN"},
        "period": {"start": "2024-01-01", "end": "2024-12-31"},
        "products": [{"id": "P", "name": "Product"}],
        "rows": copy.deepcopy(rows),
    }
    return data | more


def quarter(**change: Data | None) -> Data:
    """The cement works of docs/worked/cement.md, section 2; ``change``: row id to new keys, None leaves the row out."""
    rows: dict[str, Data] = {
        "clinker": {"input": "clinker_produced", "months": ["100", "300", "600"], "unit": "t"},
        "cao": {"input": "clinker_cao", "months": ["66", "65", "64"], "unit": "%"},
        "mgo": {"input": "clinker_mgo", "amount": "2", "unit": "%"},
        "cao_nc": {"input": "clinker_cao_non_carbonate", "amount": "0", "unit": "%"},
        "mgo_nc": {"input": "clinker_mgo_non_carbonate", "amount": "0", "unit": "1"},
        "meal": {"input": "raw_meal", "amount": "1550", "unit": "t"},
        "toc": {"input": "raw_meal_toc", "amount": "0", "unit": "1"},
        "dust": {"input": "kiln_dust", "amount": "0", "unit": "t"},
        "limestone": {"input": "raw_material", "material": "limestone", "amount": "1550", "unit": "t"},
        "diesel": {
            "input": "site_fuel",
            "material": "diesel",
            "amount": "1.5",
            "unit": "t",
            "properties": {"ncv": "43"},
        },
        "coal": {
            "input": "kiln_fuel",
            "material": "bituminous",
            "amount": "120",
            "unit": "t",
            "properties": {"ncv": "24", "carbon_content": "0.0263"},
        },
        "kiln_power": {"input": "kiln_electricity", "amount": "60000", "unit": "kWh"},
        "mill_power": {"input": "mill_electricity", "amount": "40000", "unit": "kWh"},
        "gypsum": {"input": "addition", "material": "gypsum", "amount": "50", "unit": "t", "product": "P"},
        "cement": {"input": "cement_produced", "amount": "1050", "unit": "t", "product": "P"},
        "ground": {"input": "clinker_to_mill", "amount": "1000", "unit": "t", "product": "P"},
    }
    for name, new in change.items():
        if new is None:
            del rows[name]
        else:
            rows[name] = rows.get(name, {}) | new
    kept = [{"id": name} | {key: item for key, item in row.items() if item is not None} for name, row in rows.items()]
    return activity("cement", kept, period={"start": "2024-01-01", "end": "2024-03-31"})


QUARTER_TOTAL = "16179924563/18375000"
"""kg CO2e per t, by hand: docs/worked/cement.md, section 2."""


def one_meter(*rows: Data, **more: Any) -> Data:
    """One piece made with these rows of electricity: the total is kWh x factor."""
    made = {"input": "made", "amount": "1", "unit": "piece", "product": "P"}
    return activity("one_meter", [made, *({"input": "power", "unit": "kWh", **row} for row in rows)], **more)


def changed(data: Data, where: Mapping[str, Any], **new: Any) -> Data:
    """The data with the rows that hold ``where`` changed; ``None`` drops a key, ``gone=True`` the row."""
    data, hits, kept = copy.deepcopy(data), 0, []
    for row in data["rows"]:
        if all(row.get(key) == value for key, value in where.items()):
            hits += 1
            if new == {"gone": True}:
                continue
            row = {key: item for key, item in (row | new).items() if item is not None}
        kept.append(row)
    assert hits, where
    return data | {"rows": kept}
