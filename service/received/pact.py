"""A PACT 3 product footprint (Technical Specifications 3.0.3) as a factor. Numbers are decimal strings on the wire.

What was not stated stays not known: without a land-use figure the factor has no such flow, and what a publisher's own
sum leaves unexplained enters undivided. The identity of sums is enforced on our own footprints and only told of others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from factordb.factor import Factor, Source
from lca.exact import ONE, ZERO, Exact
from lca.faults import Collector, Fault, Notice, Refused
from lca.gases import SETS
from service.received.form import OWN_USE, Received

UNITS: Final = {
    "liter": "l",
    "kilogram": "kg",
    "cubic meter": "m3",
    "kilowatt hour": "kWh",
    "megajoule": "MJ",
    "ton kilometer": "t*km",
    "square meter": "m2",
    "piece": "piece",
    "hour": "h",
}
"""``megabit second`` has no unit here."""
_DECIMAL: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_YEARS: Final = 3
"""Validity where none is stated, from the end of the reference period."""
_PARTS: Final = (
    "fossilGhgEmissions", "landUseChangeGhgEmissions", "landManagementBiogenicCO2Emissions",
    "landManagementBiogenicCO2Removals", "technologicalCO2Removals", "ccsTechnologicalCO2Capture",
    "biogenicNonCO2Emissions",
)  # fmt: skip
"""What pcfExcludingBiogenicUptake adds up from."""
_MOST_EXEMPTED: Final = Exact(5)
"""Per cent; the cap of version 2, gone from the schema of 3."""


def from_pact(document: Mapping[str, Any], supplier: str = "") -> Received:
    """A footprint as a factor per unit of the product, ``pact:<id>``.

    Raises:
        Refused: ``received_form`` for each missing or unreadable property, ``received_status``, ``received_unit``,
            ``received_amount``, ``received_negative``; all at once.
    """
    reading = _Reading(document)
    factor_id = f"pact:{reading.text('id')}"
    if reading.text("status") != "Active":
        reading.faults.add(Fault("received_status", "/status", found=reading.text("status"), expected="Active"))
    given = reading.text("declaredUnitOfMeasurement", reading.pcf)
    unit = UNITS.get(given, "")
    if given and not unit:
        where, expected = "/pcf/declaredUnitOfMeasurement", ", ".join(UNITS)
        reading.faults.add(Fault("received_unit", where, found=given, expected=expected))
    per = reading.per(given)
    excluding = reading.number("pcfExcludingBiogenicUptake")
    including = reading.number("pcfIncludingBiogenicUptake")
    flows = reading.flows(excluding)
    start, end = reading.day("referencePeriodStart"), reading.day("referencePeriodEnd")
    company = supplier or reading.text("companyName")
    share = reading.maybe("primaryDataShare")
    reading.faults.raise_if_any()
    last = _before(end)
    source = Source(
        factor_id.replace(":", "-")[:40], f"{company}: {reading.text('productNameCompany')}", company,
        reading.text("created")[:10], "", OWN_USE.code,
    )  # fmt: skip
    uptake = "CO2|biogenic uptake" in flows
    verification = reading.pcf.get("verification")
    quality = {key: str(value) for key, value in (reading.pcf.get("dqi") or {}).items()}
    if quality or verification:
        quality |= {"scheme": "pact", "evidence": "verified" if verification else "stated by the supplier"}
    factor = Factor(
        id=factor_id,
        name_en=reading.text("productNameCompany"),
        name_zh="",
        category="supplier",
        kind="cradle_to_gate",
        place=reading.place(),
        year=last[:4],
        value=_decimal((including if uptake else excluding) / per),
        unit=f"kgCO2e/{unit}",
        source=source.id,
        confidence="derived",
        gwp_set=reading.gwp_set(),
        boundary=str(reading.pcf.get("boundaryProcessesDescription", ""))[:500],
        flows={flow: _decimal(kg / per) for flow, kg in flows.items() if kg},
        locator=f"PACT footprint {reading.text('id')}",
        published=reading.text("created")[:10],
        valid_from=start,
        valid_to=reading.valid_to(last),
        primary_share="" if share is None else _decimal(share / 100),
        quality=quality,
        admissible={"cbam": "a life-cycle footprint is no embedded emission"},
        properties={"pact": reading.text("id")},
    )
    return Received(factor, source, company, start, last, "unsigned", document, tuple(reading.notices))


class _Reading:
    """One document; its faults and notices so far."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        pcf = document.get("pcf")
        self.pcf: Mapping[str, Any] = pcf if isinstance(pcf, Mapping) else {}
        self.faults = Collector()
        self.notices: list[Notice] = []

    def text(self, name: str, part: Mapping[str, Any] | None = None) -> str:
        holder = self.document if part is None else part
        value = holder.get(name)
        if not isinstance(value, str) or not value:
            where = f"{'/pcf' if part is self.pcf else ''}/{name}"
            self.faults.add(Fault("received_form", where, found=str(value), expected="a text"))
            return ""
        return value

    def number(self, name: str) -> Exact:
        """A number that must be there; zero where it cannot be read, and a fault then stands."""
        found = self.maybe(name, needed=True)
        return ZERO if found is None else found

    def maybe(self, name: str, *, needed: bool = False) -> Exact | None:
        value = self.pcf.get(name)
        if value is None and not needed:
            return None
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            expected = 'a decimal in quotes, "12.5"'
            self.faults.add(Fault("received_form", f"/pcf/{name}", found=str(value), expected=expected))
            return None
        try:
            return Exact.parse(value, name)
        except Refused as refused:
            self.faults.take(refused, f"/pcf/{name}")
            return None

    def per(self, given: str) -> Exact:
        """What the figures are per: for masses the mass itself, else an amount of one, or nobody knows."""
        amount = self.number("declaredUnitAmount")
        if given == "kilogram":
            mass = self.number("productMassPerDeclaredUnit")
            if mass > ZERO:
                return mass
        if amount == ONE:
            return ONE
        where, expected = "/pcf/declaredUnitAmount", "1, or kilogram with productMassPerDeclaredUnit"
        self.faults.add(Fault("received_amount", where, found=f"{amount} {given}", expected=expected))
        return ONE

    def flows(self, excluding: Exact) -> dict[str, Exact]:
        """Flows per declared unit. Land use, uptake and aircraft only where stated; a rest enters undivided."""
        known = {name: self.maybe(name) for name in _PARTS}
        uptake, aircraft = self.maybe("biogenicCO2Uptake"), self.maybe("aircraftGhgEmissions")
        given = self.gwp_set() or "unknown"
        fossil = known["fossilGhgEmissions"] or ZERO
        rest = excluding - fossil - (known["landUseChangeGhgEmissions"] or ZERO)
        told = sum((part for part in known.values() if part is not None), ZERO)
        if told != excluding:
            values = {"told": excluding.text(), "sum": told.text()}
            self.notices.append(Notice("received_identity", "/pcf", values))
        for name, value in (("fossilGhgEmissions", fossil), ("pcfExcludingBiogenicUptake", excluding)):
            if value < ZERO:
                self.faults.add(Fault("received_negative", f"/pcf/{name}", value.text(), "zero or more"))
        flows = {f"CO2e|fossil|{given}": fossil - (aircraft or ZERO), f"CO2e|unsplit|{given}": rest}
        if aircraft is not None:
            flows[f"CO2e|aircraft|{given}"] = aircraft
        if known["landUseChangeGhgEmissions"] is not None:
            flows[f"CO2e|dluc|{given}"] = known["landUseChangeGhgEmissions"]
        if uptake is not None:
            flows["CO2|biogenic uptake"] = -uptake
        return {flow: kg for flow, kg in flows.items() if kg}

    def gwp_set(self) -> str:
        """The one assessment report the footprint names; several or an unknown one: empty."""
        named = self.pcf.get("ipccCharacterizationFactors")
        if isinstance(named, list) and len(named) == 1 and named[0] in SETS:
            return str(named[0])
        return ""

    def day(self, name: str) -> str:
        text = str(self.pcf.get(name, ""))[:10]
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            self.faults.add(Fault("received_form", f"/pcf/{name}", found=text, expected="a date, 2025-01-01T00:00:00Z"))
            return "1900-01-01"

    def place(self) -> str:
        for name in ("geographyCountrySubdivision", "geographyCountry"):
            if self.pcf.get(name):
                return str(self.pcf[name])
        region = self.pcf.get("geographyRegionOrSubregion")
        if region:
            self.notices.append(Notice("received_region", "/pcf", {"region": str(region)}))
        return "GLO"

    def valid_to(self, last: str) -> str:
        """Last day of validity: the stated end is exclusive by the text; without one three years."""
        given = str(self.document.get("validityPeriodEnd", ""))[:10]
        if given:
            return _before(given)
        day = date.fromisoformat(last)
        return date(day.year + _YEARS, day.month, min(day.day, 28)).isoformat()


def _decimal(number: Exact) -> str:
    """All its digits where they end, else twelve."""
    text = number.text()
    return number.significant(12) if "/" in text else text


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
