"""Pot room (电解车间): alumina, anodes, fluoride and power in; liquid metal, CO2 and PFC out."""

from pcr.api import ONE, ZERO, ActivityData, Indicator, Process
from pcr.classes.aluminium.v1_0_0.anode_effect import METHODS, Pfc
from pcr.classes.aluminium.v1_0_0.carbon import anode_co2
from pcr.classes.aluminium.v1_0_0.energy import draw, fire
from pcr.methods.carbonates.v1 import flux

ANODE = {"en": "Anode consumed", "zh": "阳极消耗"}
CF4 = {"en": "CF4 of anode effects", "zh": "阳极效应CF4"}
C2F6 = {"en": "C2F6 of anode effects", "zh": "阳极效应C2F6"}


def potroom(data: ActivityData, gases: Pfc) -> Process:
    """Electrolysis of the whole works: one pot room, one mix of power."""
    metal = data.one("liquid_metal_produced")
    room = Process("potroom", stage="electrolysis", product="liquid_metal", amount=metal, unit="t", data=data)
    room.take("alumina_mixed", data.one("alumina_used"), "t", input_name="alumina_used")
    room.take("anode_mixed", data.one("anodes_used"), "t", input_name="anodes_used")
    room.buy(data.rows("potroom_material"))
    fire(room, data.rows("potroom_fuel"))
    draw(room, (*data.rows("potline_electricity"), *data.rows("auxiliary_electricity")))
    sulphur, ash, molar = data.share("anode_sulphur"), data.share("anode_ash"), data.regime.ratio("CO2/C")
    co2 = anode_co2(data.share("net_anode_consumption"), metal, sulphur, ash, molar)
    basis = data.basis("net_anode_consumption", "anode_sulphur", "anode_ash", "liquid_metal_produced")
    room.emit("CO2|fossil", co2 * 1000, "aluminium.anode_co2", input_name="anode_carbon", basis=basis, label=ANODE)
    told = data.basis(*METHODS[gases.method], "liquid_metal_produced")
    for flow, kg, label in (("CF4|fossil", gases.cf4, CF4), ("C2F6|fossil", gases.c2f6, C2F6)):
        room.emit(
            flow, kg, gases.because, input_name="anode_effect", data_class=gases.data_class, basis=told, label=label
        )
    for row in data.rows("potroom_material"):
        if row.material == "soda_ash" and row.amount:
            soda = flux(row.amount, ONE, data.number("soda_ash_factor"))
            room.emit("CO2|fossil", soda * 1000, "carbonate.flux", row=row, data_class="proxy")
    return room


def transport(data: ActivityData, room: Process) -> list[Process]:
    """Transport of what the pot room takes in."""
    rows = data.rows("transport_in")
    whole = sum((row.amount for row in rows), ZERO)
    if not whole:
        return []
    legs = Process("transport", stage="transport", product="transport", amount=whole, unit="t*km", data=data)
    legs.buy(rows, kinds=data.regime.transport_kinds)
    room.take("transport", whole, "t*km", input_name="transport_in")
    return [legs]


def indicators(data: ActivityData, gases: Pfc) -> list[Indicator]:
    """What a smelter is judged by, per t of liquid metal."""
    metal, ac = data.one("liquid_metal_produced"), data.one("potline_electricity")
    shown = [
        Indicator("ac_per_t", ac / metal, "kWh/t", {"en": "AC electricity of the potline", "zh": "铝液交流电耗"}),
        Indicator("alumina_per_t", data.one("alumina_used") / metal, "1", {"en": "Alumina per t", "zh": "氧化铝单耗"}),
        Indicator(
            "net_anode", data.share("net_anode_consumption"), "kg/t", {"en": "Net anode consumption", "zh": "阳极净耗"}
        ),
        Indicator("cf4_per_t", gases.cf4 / metal, "kg/t", {"en": "CF4 per t", "zh": "吨铝CF4"}),
        Indicator("c2f6_per_t", gases.c2f6 / metal, "kg/t", {"en": "C2F6 per t", "zh": "吨铝C2F6"}),
    ]
    if gases.coefficient is not None:
        label = {"en": "PFC coefficient used", "zh": "所用全氟化碳系数"}
        shown.append(Indicator("pfc_coefficient", gases.coefficient, "kg/t", label))
    if data.rows("dc_energy") and ac:
        share = data.share("dc_energy") * metal / ac
        shown.append(Indicator("rectifier_efficiency", share, "1", {"en": "Rectifier efficiency", "zh": "整流效率"}))
    return shown
