"""Combined heat and power (热电联产), version 1: one fuel, two outputs, three ways to share it.

``efficiency``: heat and power over the efficiencies of making each alone (CBAM methodology); ``energy``: by GJ;
``exergy``: heat counts by its Carnot factor at a stated temperature.  A rule hands its plant to :func:`outputs`::

    plant = Process("captive_plant", stage="captive_power", product="captive_plant", amount=kwh, unit="kWh", data=data)
    burn(plant, data.rows("captive_fuel"), oxidation=...)
    deferred.append(outputs(plant, kwh, gj, by=efficiency("hard_coal", 2010)))
    potline.take("captive_plant.power", kwh_used, "kWh")
    refinery.take("captive_plant.heat", gj_used, "GJ")
"""

from pcr.methods.chp.v1.outputs import GJ_PER_KWH, By, against, efficiency, energy, exergy, outputs, shares
from pcr.methods.chp.v1.references import Reference, fallback, reference
from pcr.methods.chp.v1.split import carnot, efficiencies, efficiency_share, energy_share, exergy_share

__all__ = [
    "GJ_PER_KWH",
    "By",
    "Reference",
    "against",
    "carnot",
    "efficiencies",
    "efficiency",
    "efficiency_share",
    "energy",
    "energy_share",
    "exergy",
    "exergy_share",
    "fallback",
    "outputs",
    "reference",
    "shares",
]
