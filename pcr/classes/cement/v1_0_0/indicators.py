"""Figures beside the footprint (指标): both ways to the CO2 of carbonates, balances, heat, power, composition."""

from collections.abc import Iterator

from pcr.api import ZERO, ActivityData, Exact, Indicator
from pcr.classes.cement.v1_0_0.balances import clinker_flows, meal_rest, mill_rest
from pcr.classes.cement.v1_0_0.carbonates import deducted_co2, deduction_sources, input_co2, output_co2
from pcr.classes.cement.v1_0_0.checks import haul
from pcr.classes.cement.v1_0_0.composition import clinker_and_gypsum, ground, is_clinker
from pcr.classes.cement.v1_0_0.energy import kiln_account, least_heat, waste_fuel_heat, waste_heat_power
from pcr.classes.cement.v1_0_0.kilns import Dust, Kiln, mean_factor

Figure = tuple[str, Exact, str, str, str]


def indicators(data: ActivityData, made: list[Kiln], dust: list[Dust]) -> list[Indicator]:
    """Every figure of the works and of its cements."""
    figures = [*_carbonates(data, made, dust), *_kiln(data, made, dust)] if made else []
    figures += _works(data)
    shown = [Indicator(name, value, unit, {"en": en, "zh": zh}) for name, value, unit, en, zh in figures]
    for product in (item.id for item in data.given.products):
        for name, value, unit, en, zh in _cement(data, product):
            shown.append(Indicator(name, value, unit, {"en": en, "zh": zh}, product))
    return shown


def _carbonates(data: ActivityData, made: list[Kiln], dust: list[Dust]) -> Iterator[Figure]:
    yield "calcination_factor", mean_factor(made), "tCO2/t", "Calcination per t clinker", "熟料过程排放"
    for kiln in made if len(made) > 1 else ():
        en, zh = f"Calcination per t clinker, {kiln.name}", f"熟料过程排放，{kiln.name}"
        yield f"calcination_factor:{kiln.name}", kiln.factor, "tCO2/t", en, zh
    clinker = sum((kiln.clinker for kiln in made), ZERO)
    by_output, by_input = output_co2(made, dust), input_co2(data, dust)
    en, zh = "CO2 of carbonates by oxides left (output method), with dust", "碳酸盐CO2（产出法，含粉尘）"
    yield "carbonates_by_output", by_output / clinker, "tCO2/t", en, zh
    if by_input is not None:
        en, zh = "CO2 of carbonates by what went in (input method)", "碳酸盐CO2（投入法）"
        yield "carbonates_by_input", by_input / clinker, "tCO2/t", en, zh
        if by_output:
            apart = by_input / by_output - 1
            yield "method_difference", apart, "1", "Input method against output method", "投入法与产出法差异"
    claimed, sources = deducted_co2(made), deduction_sources(data)
    if claimed or sources:
        yield "deduction", claimed, "tCO2", "Deducted for non-carbonate oxides", "非碳酸盐氧化物扣减量"
        yield "deduction_sources", sources, "tCO2", "What the raw materials can account for", "原料可解释的扣减量"


def _kiln(data: ActivityData, made: list[Kiln], dust: list[Dust]) -> Iterator[Figure]:
    clinker, meal = sum((kiln.clinker for kiln in made), ZERO), data.one("raw_meal")
    yield "raw_meal_per_clinker", meal / clinker, "t/t", "Raw meal per t clinker", "料耗（生料/熟料）"
    rest = meal_rest(data, made, dust)
    yield "meal_balance", rest, "1", "Raw meal not found again (imbalance)", "生料物料不平衡率"
    out = sum((part.amount for part in dust), ZERO)
    yield "dust_per_clinker", out / clinker, "t/t", "Dust leaving per t clinker", "吨熟料排出粉尘"
    power = data.total("kiln_electricity") / clinker
    yield "power_per_clinker", power, "kWh/t", "Power to clinker", "熟料综合电耗"
    recovered = waste_heat_power(data) / clinker
    yield "waste_heat_per_clinker", recovered, "kWh/t", "Waste-heat power used per t clinker", "吨熟料余热发电自用量"
    account = kiln_account(data, made)
    if account is not None:
        heat = sum(account.into.values(), ZERO)
        yield "heat_per_clinker", heat / clinker, "GJ/t", "Kiln heat per t clinker", "熟料热耗"
        least = least_heat(data, made) / heat
        yield "heat_used", least, "1", "Heat that clinker formation takes at least, share", "熟料形成最低热耗占比"
        en = "Heat neither in clinker formation nor in waste-heat power (imbalance)"
        yield "heat_imbalance", account.imbalance, "1", en, "未计入熟料形成和余热发电的热量占比（不平衡率）"
        wastes = waste_fuel_heat(data) / heat
        yield "waste_fuel_share", wastes, "1", "Heat from wastes (substitution rate)", "替代燃料热值替代率"


def _works(data: ActivityData) -> Iterator[Figure]:
    supply, use = clinker_flows(data)
    yield "clinker_balance", (supply - use) / supply, "1", "Clinker not accounted for (imbalance)", "熟料不平衡率"
    bought = data.total("clinker_bought") / supply
    yield "clinker_bought_share", bought, "1", "Bought clinker in the mixture", "外购熟料占比"
    if whole := ground(data):
        each = data.total("mill_electricity") / whole
        yield "power_per_cement", each, "kWh/t", "Power of grinding and packing", "水泥粉磨和包装电耗"
    if far := haul(data):
        yield "mean_haul", far, "km", "Mean haul of raw materials and fuels", "原燃料平均运距"


def _cement(data: ActivityData, product: str) -> Iterator[Figure]:
    ratio = data.one("clinker_to_mill", product) / data.one("cement_produced", product)
    yield "clinker_ratio", ratio, "1", "Clinker ratio", "熟料系数"
    if not is_clinker(data, product):
        both = clinker_and_gypsum(data, product)
        yield "clinker_and_gypsum", both, "1", "Clinker and gypsum", "熟料加石膏"
        yield "mill_balance", mill_rest(data, product), "1", "Fed and not found as cement", "粉磨物料不平衡率"
