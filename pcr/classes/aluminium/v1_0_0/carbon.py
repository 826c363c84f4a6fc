"""Carbon of the anode (阳极碳): consumed in the pots, driven off in baking, burned as packing coke."""

from pcr.api import Exact, equation

CO2_PER_C = Exact(44, 12)


@equation(
    "aluminium.anode_co2",
    text="CO2 = NAC x MP x (1 - S - Ash) x 44/12",
    source="IPCC 2006 Guidelines vol. 3 ch. 4, eq. 4.21; GHG Protocol aluminium workbook v2.0; 40 CFR 98.63",
    confidence="seen",
    clause="prebake cells: net anode consumption less sulphur and ash, all to CO2",
    inputs={"net_anode": "kg/t", "metal": "t", "sulphur": "1", "ash": "1", "molar": "1"},
    results={"co2": "tCO2"},
)
def anode_co2(net_anode: Exact, metal: Exact, sulphur: Exact, ash: Exact, molar: Exact = CO2_PER_C) -> Exact:
    """t CO2 from the anodes of prebake cells."""
    return net_anode / 1000 * metal * (1 - sulphur - ash) * molar


@equation(
    "aluminium.pitch_co2",
    text="CO2 = (GA - Hw - BA - WT) x 44/12",
    source="IPCC 2006 Guidelines vol. 3 ch. 4, eq. 4.22",
    confidence="seen",
    clause="baking furnace: volatiles of the pitch, less hydrogen and collected tar",
    inputs={"green": "t", "hydrogen": "t", "baked": "t", "tar": "t", "molar": "1"},
    results={"co2": "tCO2"},
)
def pitch_co2(green: Exact, hydrogen: Exact, baked: Exact, tar: Exact, molar: Exact = CO2_PER_C) -> Exact:
    """t CO2 from pitch volatiles."""
    return (green - hydrogen - baked - tar) * molar


@equation(
    "aluminium.packing_co2",
    text="CO2 = PCC x BA x (1 - S - Ash) x 44/12",
    source="IPCC 2006 Guidelines vol. 3 ch. 4, eq. 4.23",
    confidence="seen",
    clause="packing coke per t of baked anodes; 0.015 where nothing is measured",
    inputs={"coke_per_anode": "1", "baked": "t", "sulphur": "1", "ash": "1", "molar": "1"},
    results={"co2": "tCO2"},
)
def packing_co2(
    coke_per_anode: Exact, baked: Exact, sulphur: Exact, ash: Exact, molar: Exact = CO2_PER_C
) -> Exact:  # fmt: skip
    """t CO2 from packing coke."""
    return coke_per_anode * baked * (1 - sulphur - ash) * molar
