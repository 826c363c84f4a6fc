"""Clinker (熟料): raw meal, kiln and process CO2, and the pool the mills draw from."""

from pcr.api import ZERO, ActivityData, Process, Row
from pcr.classes.cement.v1_0_0.carbonates import denox_urea
from pcr.classes.cement.v1_0_0.checks import burns
from pcr.classes.cement.v1_0_0.kilns import Dust, Kiln
from pcr.methods.carbonates.v1 import organic_carbon
from pcr.methods.combustion.v1 import burn
from pcr.methods.electricity.v1 import power

CALCINATION = {"en": "Calcination of carbonates", "zh": "碳酸盐分解"}
DUST = {"en": "CO2 of kiln and bypass dust", "zh": "窑灰和旁路粉尘CO2"}
ORGANIC = {"en": "Organic carbon of raw meal", "zh": "生料有机碳"}


def raw_meal(data: ActivityData) -> Process:
    """Raw meal (生料): quarried and bought raw materials, quarry vehicles, water."""
    meal = Process(
        "raw_meal", stage="raw_material", product="raw_meal", amount=data.one("raw_meal"), unit="t", data=data
    )
    meal.buy(data.rows("raw_material"))
    _site(meal)
    return meal


def clinker_kiln(data: ActivityData, made: list[Kiln], dust: list[Dust]) -> Process:
    """Clinker (熟料): raw meal and fuel in, clinker and process CO2 out; several kilns as one."""
    clinker = data.one("clinker_produced")
    kiln = Process("kiln", stage="clinker", product="clinker", amount=clinker, unit="t", data=data)
    kiln.take("raw_meal", data.one("raw_meal"), "t", input_name="raw_meal")
    burn(kiln, data.rows("kiln_fuel"), oxidation=data.setting("kiln_oxidation"))
    power(kiln, data.rows("kiln_electricity"))
    oxides = data.basis("clinker_produced", "clinker_cao", "clinker_mgo")
    process_co2 = sum((item.clinker * item.factor for item in made), ZERO) * 1000
    kiln.emit(
        "CO2|fossil", process_co2, "cement.calcination", input_name="calcination", basis=oxides, label=CALCINATION
    )
    from_dust = sum((part.co2 for part in dust), ZERO) * 1000
    if from_dust:
        kiln.emit("CO2|fossil", from_dust, "cement.kiln_dust", input_name="kiln_dust", basis=oxides, label=DUST)
    organic = organic_carbon(data.one("raw_meal"), data.share("raw_meal_toc"), data.regime.ratio("CO2/C"))
    meal = data.basis("raw_meal", "raw_meal_toc")
    kiln.emit(
        "CO2|fossil", organic * 1000, "cement.organic_carbon", input_name="organic_carbon", basis=meal, label=ORGANIC
    )
    for row in data.rows("denox"):
        _denox(kiln, row)
    return kiln


def _denox(kiln: Process, row: Row) -> None:
    """What is sprayed is a solution: the substance in it is bought, and urea burns."""
    kiln.buy([row.part(row.properties["concentration"])])
    if row.material == "urea":
        factor = kiln.data.number("urea_co2")
        co2 = denox_urea(row.amount, row.properties["concentration"], factor) * 1000
        kiln.emit("CO2|fossil", co2, "cement.denox_urea", row=row)


def _site(process: Process) -> None:
    """Vehicles, water, explosives and refractory: what serves no single mill."""
    data = process.data
    process.buy(data.rows("water"))
    process.buy(data.rows("consumable", ""))
    burn(process, data.rows("site_fuel"), oxidation=data.setting("other_oxidation"))


def clinker_pool(data: ActivityData) -> Process:
    """What the mills draw from: own clinker and bought clinker, mixed. A grinding works begins here."""
    made, bought = data.total("clinker_produced"), data.total("clinker_bought")
    pool = Process("clinker_pool", stage="clinker", product="clinker_mixed", amount=made + bought, unit="t", data=data)
    pool.buy(data.rows("clinker_bought"))
    if burns(data):
        pool.take("clinker", made, "t", input_name="clinker_produced")
    else:
        _site(pool)
    return pool
