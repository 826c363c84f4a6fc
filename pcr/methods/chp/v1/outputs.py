"""A plant with two outputs as an allocation that ``lca`` settles: each takes its share of every line of the plant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lca.deferred import Allocate, Share
from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault, Refused
from pcr.builder import Process
from pcr.methods.chp.v1.references import Reference, reference
from pcr.methods.chp.v1.split import carnot, efficiencies, efficiency_share, energy_share, exergy_share

GJ_PER_KWH: Final = Exact(36, 10000)


@dataclass(frozen=True, slots=True)
class By:
    """A way to share: its name as it stands in the record, and GJ of heat and of power to their shares."""

    name: str
    split: Callable[[Exact, Exact], tuple[Exact, Exact]]


def efficiency(fuel: str, first_year: int, *, condensate_returned: bool = True) -> By:
    """By the shipped reference efficiencies of a fuel class and first year of operation."""
    found = reference(fuel, first_year, condensate_returned=condensate_returned)
    return against(found, f"efficiency against {fuel}, from {first_year}")


def against(found: Reference, name: str = "efficiency") -> By:
    """By reference efficiencies of the rule's or the works' own."""
    if not (found.heat > ZERO and found.power > ZERO):
        raise Refused([_refused(name, f"{found.heat} and {found.power}", "reference efficiencies above zero")])
    # Fuel cancels: GJ of heat and power stand for their efficiencies.
    return By(name, lambda heat, power: efficiency_share(heat, power, found.heat, found.power))


def energy() -> By:
    """By energy."""
    return By("energy", energy_share)


def exergy(temperature: Exact, surroundings: Exact) -> By:
    """By exergy, heat at ``temperature`` and surroundings at ``surroundings``, both in kelvin."""
    if not ZERO < surroundings <= temperature:
        found = f"heat at {temperature} K, surroundings at {surroundings} K"
        raise Refused([_refused("exergy", found, "kelvin; heat at least as warm as the surroundings")])
    worth = carnot(temperature, surroundings)
    name = f"exergy, {temperature} K over {surroundings} K"
    return By(name, lambda heat, power: exergy_share(heat, power, worth))


def shares(power_kwh: Exact, heat_gj: Exact, *, by: By) -> tuple[Exact, Exact]:
    """Shares of heat and of power; an output that is zero has none, whatever the way.

    Raises:
        Refused: an output below zero, or both zero.
    """
    power = power_kwh * GJ_PER_KWH
    if power < 0 or heat_gj < 0 or not power + heat_gj:
        raise Refused([_refused(by.name, f"{power_kwh} kWh, {heat_gj} GJ", "outputs of zero or more, not both zero")])
    if not power or not heat_gj:
        return (ONE, ZERO) if heat_gj else (ZERO, ONE)
    return by.split(heat_gj, power)


def outputs(
    process: Process, power_kwh: Exact, heat_gj: Exact, *, by: By, fuel_gj: Exact | None = None, power: str = "",
    heat: str = "", because: str = "",
) -> Allocate:  # fmt: skip
    """The allocation of a CHP plant that was built like any process, with all its fuel.

    Args:
        process: the plant; what it burns, buys and emits is shared. It is replaced by one process per output.
        power_kwh, heat_gj: net power and net heat of the period (heat out less heat of returned condensate).
        by: :func:`efficiency`, :func:`against`, :func:`energy` or :func:`exergy`.
        fuel_gj: fuel by net calorific value, where known: more out than in is refused.
        power, heat: product ids that others ``take``, in kWh and GJ; blank: ``<process id>.power`` and ``.heat``.
        because: clause of the rule that says so.

    Raises:
        Refused: outputs that are negative or both zero; more energy out than fuel in.
    """
    if fuel_gj is not None:
        eta = efficiencies(heat_gj, power_kwh * GJ_PER_KWH, fuel_gj) if fuel_gj else (ONE, ONE)
        if eta[0] + eta[1] > ONE or not fuel_gj:
            found = f"{power_kwh} kWh and {heat_gj} GJ out of {fuel_gj} GJ of fuel"
            raise Refused([_refused(process.id, found, "no more energy out than fuel in", because)])
    of_heat, of_power = shares(power_kwh, heat_gj, by=by)
    made = (
        (power or f"{process.id}.power", power_kwh, "kWh", of_power),
        (heat or f"{process.id}.heat", heat_gj, "GJ", of_heat),
    )
    # An output of zero makes no process; the weight is per unit, so that amount x weight is the share.
    given = tuple(Share(name, amount, unit, share / amount) for name, amount, unit, share in made if amount)
    return Allocate(process.id, by.name, given, because)


def _refused(where: str, found: str, expected: str, rule: str = "chp v1") -> Fault:
    what = {
        "en": "Heat and power of the plant cannot be shared out like this.",
        "zh": "热电联产的热、电无法按此分摊。",
    }
    fix = {
        "en": "Correct net heat, net power, fuel, temperature or reference efficiency.",
        "zh": "请更正供热量、供电量、燃料量、温度或参考效率。",
    }
    return Fault("rule_refused", where, found, expected, rule, what=what, fix=fix)
