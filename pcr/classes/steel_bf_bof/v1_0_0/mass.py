"""Mass (物料): no metal comes from nothing, and what is not found again is printed step by step."""

from collections.abc import Iterator

from pcr.api import ONE, ZERO, ActivityData, Exact, Fault, Notice, load_rule

RULE = load_rule(__package__)
Step = tuple[str, str, str, Exact, Exact]
"""Name, en, zh, t out, t in."""


def steps(data: ActivityData) -> Iterator[Step]:
    """What comes out of a step and what could be in it at most."""

    def total(*names: str) -> Exact:
        return sum((data.total(name) for name in names), ZERO)

    iron = total("hot_metal_produced")
    metal = iron - total("pig_iron_sold") + total("scrap", "home_scrap", "ferroalloy", "pig_iron_bought")
    ore = total("sinter_produced", "pellets_produced", "iron_burden")
    flux, lime = total("iron_flux", "steel_flux"), total("lime_use")
    charged = {kind: total(*(f"{kind}_{name}" for name in ("ore", "flux", "coal"))) for kind in ("sinter", "pellet")}
    crude = total("crude_steel")
    yield "hot_metal", "hot metal of ore", "矿石到铁水", iron, ore
    yield "pig_iron", "pig iron sold of hot metal", "铁水到外售生铁", total("pig_iron_sold"), iron
    yield "sinter", "sinter of ore and flux", "原料到烧结矿", total("sinter_produced"), charged["sinter"] + lime
    yield "pellets", "pellets of ore and flux", "原料到球团矿", total("pellets_produced"), charged["pellet"] + lime
    yield "slag", "slag of ore and flux", "矿石熔剂到炉渣", total("slag_sold"), ore + flux + lime
    yield "liquid_steel", "liquid steel of metal", "金属料到钢水", total("liquid_steel"), metal
    yield "crude_steel", "crude steel of liquid steel", "钢水到粗钢", crude, total("liquid_steel")
    yield "crude_used", "crude steel used of made", "粗钢到产品用坯", total("crude_steel_used"), crude
    for product in (item.id for item in data.given.products):
        made, put = data.one("steel_produced", product), data.one("crude_steel_used", product)
        coated = put + data.total("finishing_material", product)
        yield product, f"{product} of crude steel", f"钢坯到{product}", made, coated
        rolled = data.one("steel_rolled", product)
        yield f"{product}_rolled", f"{product} rolled of crude steel", f"钢坯到{product}轧制量", rolled, put


def mass_faults(data: ActivityData) -> Iterator[Fault]:
    """More out than in."""
    slack = ONE + data.number("mass_tolerance")
    for _, en, zh, out, into in steps(data):
        if out > into * slack:
            values = {"what": en, "what_zh": zh}
            yield Fault("mass_unbalanced", "/rows", f"{en}: {out} t", f"at most {into} t", RULE.clause("mass"), values)


def steel_left(data: ActivityData) -> Iterator[Notice]:
    """Crude steel made and not used: its burden stays with no product, and that is said."""
    left = data.one("crude_steel") - data.total("crude_steel_used")
    if left > 0:
        yield Notice("steel_left", "crude_steel", {"amount": left.significant(6)})
