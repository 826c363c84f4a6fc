"""The figures of a record as PACT has them: kg CO2e per declared unit, on the lines of its identity.

Both totals come from the record's own, to its last digit. The fossil line is what the identity leaves, and is checked
against the fossil and unsplit gases of the record: they may differ by what rounding each figure can move, no more.
Biogenic CO2 stands outside the total without uptake; what is taken up less what is given off again is the carbon that
leaves in the product.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from lca.exact import ONE, ZERO, Exact
from lca.faults import Collector, Fault, Refused
from lca.gases import Flow
from lca.units import convert
from service.received.pact import UNITS as OURS

UNIT_OF: Final = {ours: pact for pact, ours in OURS.items()}
WEIGHTLESS: Final = ("kilowatt hour", "megajoule", "ton kilometer", "hour")
"""Energy, transport and services have no mass: 0 by the text."""
BULK: Final = "kilogram"
CARBON: Final = Exact(12, 44)
"""kg C in a kg of CO2 (molar masses 12 and 44)."""
ROUNDED: Final = Exact(1, 100_000)
"""How far a figure of six significant digits lies from the exact one, at most half of this; two of each sum."""
PARTS: Final = (
    "fossilGhgEmissions", "landUseChangeGhgEmissions", "landManagementBiogenicCO2Emissions",
    "landManagementBiogenicCO2Removals", "technologicalCO2Removals", "ccsTechnologicalCO2Capture",
    "biogenicNonCO2Emissions",
)  # fmt: skip
"""What ``pcfExcludingBiogenicUptake`` adds up from (notes of the API file)."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one declared unit."""

    unit: str
    excluding: Exact
    including: Exact
    fossil: Exact
    unsplit: Exact
    """Inside ``fossil``: what factors brought without a split."""
    land_use: Exact | None
    non_co2: Exact | None
    uptake: Exact | None
    """Zero or less; None where the record has no biogenic CO2."""
    aircraft: Exact | None
    scale: Exact
    """Declared units in what the record's figures are per."""


def figures_of(result: Mapping[str, Any], biogenic_co2: str, *, unsplit_is_fossil: bool) -> Figures:
    """The figures of a record's result section.

    ``biogenic_co2``: ``one`` or ``zero``, how the regime counts biogenic CO2 in the record's total.

    Raises:
        Refused: ``pact_unit``, ``pact_unsplit``, ``pact_biogenic``, ``pact_negative``, ``pact_rounding``; all at once.
    """
    faults = Collector()
    known = unit_of(result["unit"])
    if known is None:
        found, expected = f"{result['unit']['amount']} {result['unit']['unit']}", ", ".join(UNIT_OF)
        faults.add(Fault("pact_unit", "result/unit", found=found, expected=expected))
    unit, scale = known or ("", ONE)
    parts = _Parts(result["gases"])
    if parts.unsplit and not unsplit_is_fossil:
        found = f"{parts.unsplit.significant(6)} of {result['total']} kg CO2e"
        faults.add(Fault("pact_unsplit", "unsplit", found=found, expected="fossil, stated by the publisher"))
    if parts.uptake is not None and parts.uptake > ZERO:
        found = f"{parts.uptake.significant(6)} kg CO2 more given off than taken up"
        faults.add(Fault("pact_biogenic", "result/gases", found=found, expected="an uptake for what is given off"))
    total = Exact.from_published(result["total"])
    excluding = total - parts.biogenic_counted
    others = (parts.land_use or ZERO) + (parts.non_co2 or ZERO)
    fossil = excluding - others
    missed = abs(fossil - parts.fossil - parts.unsplit)
    if missed > ROUNDED * parts.weight:
        expected = f"{(parts.fossil + parts.unsplit).significant(6)}, the sum of its gases"
        faults.add(Fault("pact_rounding", "result/gases", found=fossil.significant(6), expected=expected))
    for name, value in (("fossilGhgEmissions", fossil), ("landUseChangeGhgEmissions", parts.land_use or ZERO)):
        if value < ZERO:
            faults.add(Fault("pact_negative", name, found=value.significant(6), expected="zero or more"))
    faults.raise_if_any()

    def per(value: Exact) -> Exact:
        return Exact.parse(written(value / scale))

    # Where the unit does not divide evenly each figure is cut to twelve digits; the sums are those of the cut ones.
    land_use, non_co2 = _stated(result, "dluc", parts.land_use, per), _stated(result, "biogenic", parts.non_co2, per)
    whole, uptake = per(excluding), None if parts.uptake is None else per(parts.uptake)
    return Figures(
        unit=unit,
        excluding=whole,
        including=whole + (uptake or ZERO),
        fossil=whole - (land_use or ZERO) - (non_co2 or ZERO),
        unsplit=per(parts.unsplit),
        land_use=land_use,
        non_co2=non_co2,
        uptake=uptake,
        aircraft=_stated(result, "aircraft", parts.aircraft, per),
        scale=scale,
    )


def unit_of(given: Mapping[str, str]) -> tuple[str, Exact] | None:
    """PACT's unit of a record's ``unit``, and how many of it the figures are per; None where it has no such unit.

    A functional unit (kWh delivered over a life) is another dimension and has none.
    """
    amount, ours = Exact.parse(given["amount"]), given["unit"]
    for known in sorted(UNIT_OF, key=lambda name: name != ours):  # its own unit first: MJ stays megajoule
        with suppress(Refused):
            return UNIT_OF[known], convert(amount, ours, known)
    return None


def written(number: Exact) -> str:
    """A plain decimal: all its digits where they end, else twelve; never an exponent.

    Raises:
        Refused: ``pact_digits`` for a number that has no such form of reasonable length.
    """
    text = number.text()
    shown = number.significant(12) if "/" in text else text
    if "E" in shown or len(shown) > 60:
        raise Refused([Fault("pact_digits", found=shown[:60], expected="at most 60 characters without an exponent")])
    return shown


def identity_faults(pcf: Mapping[str, Any]) -> list[Fault]:
    """Whether both totals are the sums of their parts, exactly: ``pact_identity`` for each that is not."""
    found = []
    total, told = ZERO, Exact.parse(pcf["pcfExcludingBiogenicUptake"])
    for name in PARTS:
        total += Exact.parse(pcf[name]) if name in pcf else ZERO
    if total != told:
        found.append(Fault("pact_identity", "/pcf/pcfExcludingBiogenicUptake", told.text(), total.text()))
    whole = told + (Exact.parse(pcf["biogenicCO2Uptake"]) if "biogenicCO2Uptake" in pcf else ZERO)
    if whole != Exact.parse(pcf["pcfIncludingBiogenicUptake"]):
        stated = pcf["pcfIncludingBiogenicUptake"]
        found.append(Fault("pact_identity", "/pcf/pcfIncludingBiogenicUptake", stated, whole.text()))
    return found


class _Parts:
    """Sums of a record's gases, kg CO2e; None where no flow of a line is there."""

    def __init__(self, gases: Mapping[str, Mapping[str, str]]) -> None:
        self.fossil = self.unsplit = self.biogenic_counted = self.weight = ZERO
        self.land_use: Exact | None = None
        self.non_co2: Exact | None = None
        self.uptake: Exact | None = None
        self.aircraft: Exact | None = None
        for text, item in gases.items():
            flow = Flow.read(text)
            kg, co2e = Exact.from_published(item["kg"]), Exact.from_published(item["co2e"])
            self.weight += abs(co2e) * 2
            if flow.line == "unsplit":
                self.unsplit += co2e
            elif flow.line == "dluc":
                self.land_use = (self.land_use or ZERO) + co2e
            elif flow.line == "biogenic uptake" or (flow.line == "biogenic" and flow.gas == "CO2"):
                self.biogenic_counted += co2e
                self.uptake = (self.uptake or ZERO) + (-kg if flow.line == "biogenic uptake" else kg)
            elif flow.line == "biogenic":
                self.non_co2 = (self.non_co2 or ZERO) + co2e
            else:
                self.fossil += co2e
                if flow.line == "aircraft":
                    self.aircraft = (self.aircraft or ZERO) + co2e


def _stated(result: Mapping[str, Any], line: str, there: Exact | None, per: Callable[[Exact], Exact]) -> Exact | None:
    """A line's figure: what is there, zero by statement, or nothing where it is not known."""
    if there is not None:
        return per(there)
    return ZERO if result["lines"][line]["state"] == "zero_by_statement" else None
