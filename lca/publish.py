"""The published result: a footprint cut to its regime's digits, as plain JSON with numbers as text.

This is the ``result`` part of a record.  Each figure is rounded from the exact value on its own (ties to even); what
the rounded stages miss of the rounded total stands in a line of its own, ``rounding``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lca.deferred import Alternative
from lca.enclosed import BITS, NotDecided, precision
from lca.exact import ZERO, Exact
from lca.faults import Notice
from lca.footprint import Contribution, Footprint, Works, calculate, primary_share, sharper
from lca.inventory import Gap, ResolvedFactor, ResolvedInventory
from lca.weigh import Band, scaled


def publish(works: Works, product: str, digits: int) -> dict[str, Any]:
    """The result section for one product.

    ``digits``: significant digits of the regime. Bands are ``{"low", "high"}`` with None for an open end; a point is
    text. An enclosure that a rounding edge lies in is made again with more bits.
    """
    while True:
        again = works.again
        try:
            with precision(again.bits or BITS):
                return _published(works, product, digits)
        except NotDecided:
            works = calculate(again.resolved, again.gwp_set, again.biogenic_co2, sharper(again.bits))


def _published(works: Works, product: str, digits: int) -> dict[str, Any]:
    footprint = works.footprints[product]
    reference, resolved = footprint.reference, works.resolved
    show = _Shower(digits)
    return {
        "product": product,
        "label": dict(reference.label),
        "status": footprint.status,
        "unit": {
            "kind": reference.unit_kind,
            "amount": reference.amount.text(),
            "unit": reference.unit,
            "text": dict(reference.unit_text),
        },
        "total": show.band(footprint.total),
        "total_unit": "kg CO2e",
        "also": {unit: show.band(scaled(footprint.total, times)) for unit, times in sorted(reference.also.items())},
        "lines": {
            name: {"state": line.state, "value": show.number(line.value)}
            | ({"statement": line.statement} if line.statement else {})
            for name, line in footprint.lines.items()
        },
        "stages": {stage: show.band(band) for stage, band in footprint.stages.items()},
        "rounding": show.rounding(footprint),
        "processes": {name: show.band(band) for name, band in footprint.processes.items()},
        "gases": {
            flow: {"kg": show.number(kg), "co2e": show.number(co2e)} for flow, (kg, co2e) in footprint.gases.items()
        },
        "inputs": {name: show.band(band) for name, band in footprint.inputs.items()},
        "contributions": [show.contribution(part) for part in footprint.contributions],
        "classes": {name: None if share is None else show.number(share) for name, share in footprint.classes.items()},
        "primary_share": None if (share := primary_share(footprint)) is None else show.number(share),
        "quality": _quality(footprint, show),
        "gaps": [_gap(line, resolved) for line in footprint.gaps],
        "proxies": [item for item in (_proxy(line, resolved) for line in footprint.proxies) if item],
        "cut_off": [
            {"line": item.line, "reason": item.reason, "co2e": show.number(item.co2e), "share": show.number(item.share)}
            for item in footprint.cut_off
        ],
        "sensitivities": {name: show.band(band) for name, band in footprint.sensitivities.items()},
        "sensitivity_labels": _case_labels(footprint, resolved),
        "electricity": _electricity(footprint, resolved, show),
        "indicators": {
            item.id: {"value": show.number(item.value), "unit": item.unit, "label": dict(item.label)}
            for item in resolved.inventory.indicators
            if item.product in ("", product)
        },
        "works": {
            "total": show.band(works.total),
            "products": show.band(works.products_total),
            "difference": show.band(_minus(works.total, works.products_total)),
        },
        "settings": dict(sorted(resolved.inventory.settings.items())),
        "notices": _notices(footprint.notices),
    }


class _Shower:
    def __init__(self, digits: int) -> None:
        self.digits = digits

    def number(self, value: Exact) -> str:
        return value.significant(self.digits)

    def band(self, band: Band) -> str | dict[str, str | None]:
        point = band.point
        if point is not None:
            return self.number(point)
        ends = (band.low, band.high)
        low, high = (None if end is None else self.number(end) for end in ends)
        return {"low": low, "high": high}

    def rounding(self, footprint: Footprint) -> str | None:
        """Rounded total less the sum of rounded stages; None where the result is a band."""
        points = [band.point for band in (footprint.total, *footprint.stages.values())]
        if any(point is None for point in points):
            return None
        shown = [Exact.from_published(self.number(point)) for point in points if point is not None]
        return (shown[0] - sum(shown[1:], ZERO)).text()

    def contribution(self, part: Contribution) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "line": part.line,
            "process": part.process,
            "stage": part.stage,
            "input": part.input,
            "source": part.source,
            "class": part.data_class,
            "amount": self.number(part.amount),
            "unit": part.unit,
            "co2e": self.band(part.co2e),
        }
        if part.label:
            shown["label"] = dict(part.label)
        return shown


def _electricity(footprint: Footprint, resolved: ResolvedInventory, show: _Shower) -> list[dict[str, Any]]:
    """The electricity table of this product: kWh per unit by source, factor, row, refusals."""
    levels = {part.line: part for part in footprint.contributions}
    runs = {name: level for name, level in footprint.levels.items() if level}
    shown = []
    for item in resolved.inventory.electricity:
        if item.process not in runs:
            continue
        part = levels.get(item.line)
        factor = resolved.factors.get(item.line)
        shown.append(
            {
                "row": item.row,
                "process": item.process,
                "supply": item.supply,
                "kwh": show.number(item.kwh * runs[item.process]),
                "table_row": item.table_row,
                "factor_id": factor.id if isinstance(factor, ResolvedFactor) else "",
                "factor": factor.key if isinstance(factor, ResolvedFactor) else item.factor,
                "factor_value": factor.value if isinstance(factor, ResolvedFactor) else "",
                "co2e": show.band(part.co2e) if part else "0",
                "codes": list(item.codes),
                "worth": item.worth,
                "evidence": list(item.evidence),
            }
        )
    return shown


def _case_labels(footprint: Footprint, resolved: ResolvedInventory) -> dict[str, dict[str, str]]:
    """Names of the cases that the rule states itself."""
    terms = (term for term in resolved.inventory.deferred if isinstance(term, Alternative))
    return {term.id: dict(term.label) for term in terms if term.label and term.id in footprint.sensitivities}


def _quality(footprint: Footprint, show: _Shower) -> dict[str, Any] | None:
    """The data-quality rating; ``score`` None where it is not known."""
    rating = footprint.rating
    if rating is None:
        return None
    return {
        "scheme": rating.scheme,
        "score": None if rating.score is None else show.number(rating.score),
        "level": rating.level,
        "because": dict(rating.because),
        "criteria": {name: show.number(value) for name, value in rating.criteria.items()},
    }


def _gap(line_id: str, resolved: ResolvedInventory) -> dict[str, Any]:
    gap = resolved.factors[line_id]
    line = next(item for item in resolved.inventory.lines if item.id == line_id)
    if not isinstance(gap, Gap):
        return {"line": line_id, "input": line.input, "row": line.row}
    span = gap.range
    shown: dict[str, Any] = {
        "line": line_id,
        "input": line.input,
        "row": line.row,
        "why": gap.why,
        "nearest": gap.nearest,
    }
    if line.label:
        shown["label"] = dict(line.label)
    shown["range"] = None
    if span is not None:
        high = span.high.text() if span.high is not None else None
        shown["range"] = {"low": span.low.text(), "high": high, "unit": span.unit, "source": span.source}
    return shown


def _proxy(line_id: str, resolved: ResolvedInventory) -> dict[str, Any] | None:
    factor = resolved.factors.get(line_id)
    if not isinstance(factor, ResolvedFactor) or factor.data_class != "proxy":
        return None
    return {"line": line_id, "factor": factor.key, "label": dict(factor.label), "distance": dict(factor.distance)}


def _notices(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    shown = [{"code": n.code, "where": n.where, "values": dict(sorted(n.values.items()))} for n in notices]
    return sorted(shown, key=lambda item: (str(item["code"]), str(item["where"]), str(item["values"])))


def _minus(first: Band, second: Band) -> Band:
    """Difference of two bands that move together: ends against like ends; of two points a point, made once: an
    enclosure that is computed twice is not known to be the same number."""
    if first.point is not None and second.point is not None:
        value = first.point - second.point
        return Band(value, value)
    low = None if first.low is None or second.low is None else first.low - second.low
    high = None if first.high is None or second.high is None else first.high - second.high
    return Band(low, high)
