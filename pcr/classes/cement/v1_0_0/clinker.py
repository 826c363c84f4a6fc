"""Clinker (熟料): raw meal, kiln and process CO2, and the pool the mills draw from."""

from pcr.api import ActivityData, Exact, Notice, Process, RuleError, load_rule
from pcr.methods.carbonates.v1 import calcination, kiln_dust, organic_carbon
from pcr.methods.combustion.v1 import burn
from pcr.methods.electricity.v1 import power

RULE = load_rule(__package__)
CALCINATION = {"en": "Calcination of carbonates", "zh": "碳酸盐分解"}
DUST = {"en": "CO2 of kiln dust", "zh": "窑灰CO2"}
ORGANIC = {"en": "Organic carbon of raw meal", "zh": "生料有机碳"}


def raw_meal(data: ActivityData) -> Process:
    """Raw meal (生料): quarried and bought raw materials, quarry vehicles, water."""
    meal = Process(
        "raw_meal", stage="raw_material", product="raw_meal", amount=data.one("raw_meal"), unit="t", data=data
    )
    meal.buy(data.rows("raw_material"))
    meal.buy(data.rows("water"))
    burn(meal, data.rows("site_fuel"), oxidation=data.setting("other_oxidation"))
    return meal


def clinker_kiln(data: ActivityData, factor: Exact) -> Process:
    """Clinker (熟料): raw meal and fuel in, clinker and process CO2 out."""
    clinker = data.one("clinker_produced")
    kiln = Process("kiln", stage="clinker", product="clinker", amount=clinker, unit="t", data=data)
    kiln.take("raw_meal", data.one("raw_meal"), "t", input_name="raw_meal")
    burn(kiln, data.rows("kiln_fuel"), oxidation=data.setting("kiln_oxidation"))
    power(kiln, data.rows("kiln_electricity"))
    oxides = data.basis("clinker_produced", "clinker_cao", "clinker_mgo")
    process_co2 = clinker * factor * 1000
    kiln.emit(
        "CO2|fossil", process_co2, "cement.calcination", input_name="calcination", basis=oxides, label=CALCINATION
    )
    dust = data.one("kiln_dust")
    if dust:
        if not data.rows("kiln_dust_degree"):
            raise RuleError(
                "", code="dust_degree_missing", found="no row", expected="kiln_dust_degree", clause=RULE.clause("dust")
            )
        from_dust = dust * kiln_dust(factor, data.share("kiln_dust_degree")) * 1000
        kiln.emit("CO2|fossil", from_dust, "cement.kiln_dust", input_name="kiln_dust", basis=oxides, label=DUST)
    organic = organic_carbon(data.one("raw_meal"), data.share("raw_meal_toc"), data.regime.ratio("CO2/C"))
    meal = data.basis("raw_meal", "raw_meal_toc")
    kiln.emit(
        "CO2|fossil", organic * 1000, "cement.organic_carbon", input_name="organic_carbon", basis=meal, label=ORGANIC
    )
    return kiln


def calcination_factor(data: ActivityData) -> Exact:
    """t CO2 per t clinker, from the oxides the carbonates left behind."""
    cao, mgo = data.share("clinker_cao"), data.share("clinker_mgo")
    cao_other, mgo_other = data.share("clinker_cao_non_carbonate"), data.share("clinker_mgo_non_carbonate")
    if cao < cao_other or mgo < mgo_other:
        raise RuleError(
            "",
            code="clinker_oxide_negative",
            where="/rows (clinker_cao, clinker_mgo)",
            found=f"CaO {cao - cao_other}, MgO {mgo - mgo_other} after subtraction",
            expected="each remainder zero or more",
            clause=RULE.clause("calcination"),
        )
    per_cao, per_mgo = data.regime.ratio("CO2/CaO"), data.regime.ratio("CO2/MgO")
    return calcination(cao, mgo, cao_other, mgo_other, per_cao, per_mgo)


def clinker_pool(data: ActivityData) -> Process:
    """What the mills draw from: own clinker and bought clinker, mixed."""
    made, bought = data.one("clinker_produced"), data.total("clinker_bought")
    pool = Process("clinker_pool", stage="clinker", product="clinker_mixed", amount=made + bought, unit="t", data=data)
    pool.take("clinker", made, "t", input_name="clinker_produced")
    pool.buy(data.rows("clinker_bought"))
    return pool


def clinker_left(data: ActivityData) -> list[Notice]:
    """Clinker in against clinker out; a shortage refuses, a remainder is named."""
    supply = data.one("clinker_produced") + data.total("clinker_bought")
    use = data.total("clinker_to_mill") + data.total("clinker_sold") + data.total("clinker_stock_change")
    if use - supply > supply * data.number("clinker_balance_tolerance"):
        raise RuleError(
            "",
            code="clinker_unbalanced",
            found=f"{use} t used",
            expected=f"at most {supply} t",
            clause=RULE.clause("clinker_balance"),
        )
    return [Notice("clinker_left", "clinker", {"amount": (supply - use).significant(6)})] if use < supply else []
