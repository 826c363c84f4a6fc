"""Balances (物料平衡) of metal, alumina, bauxite and anodes: a shortage refuses, a remainder is named."""

from collections.abc import Iterator

from pcr.api import ZERO, ActivityData, Exact, Fault, Notice, load_rule
from pcr.classes.aluminium.v1_0_0.casting import ingots

RULE = load_rule(__package__)
CHINESE = {"liquid_metal": "铝液", "alumina": "氧化铝", "anodes": "阳极", "bauxite": "铝土矿"}


def _pools(data: ActivityData) -> dict[str, tuple[Exact, Exact]]:
    """What there was and where it went, in t."""
    liquid = [data.one("metal_delivered", p.id) for p in data.given.products if p.id not in ingots(data)]

    def total(*names: str) -> Exact:
        return sum((data.total(name) for name in names), ZERO)

    pools = {
        "liquid_metal": (
            total("liquid_metal_produced"),
            total("liquid_metal_to_casting", "liquid_metal_stock_change") + sum(liquid, ZERO),
        ),
        "alumina": (
            total("alumina_produced", "alumina_bought"),
            total("alumina_used", "alumina_sold", "alumina_stock_change"),
        ),
        "anodes": (
            total("baked_anodes_produced", "anodes_bought"), total("anodes_used", "anodes_sold", "anode_stock_change")
        ),
    }  # fmt: skip
    if data.rows("bauxite_mined"):
        pools["bauxite"] = (total("bauxite_mined"), total("bauxite_to_refinery"))
    return pools


def _net_anode(data: ActivityData) -> tuple[Exact, Exact]:
    """t of anode set in less the butts, and t consumed net."""
    net = data.share("net_anode_consumption") * data.one("liquid_metal_produced") / 1000
    return data.one("anodes_used") - data.one("anode_butts"), net


def balance_faults(data: ActivityData) -> Iterator[Fault]:
    """Nothing leaves that was neither made, bought nor in stock."""
    tolerance, clause = data.number("balance_tolerance"), RULE.clause("balance")
    for name, (supply, use) in _pools(data).items():
        if not supply:
            yield Fault("source_missing", name, f"{use} t used", "own or bought", clause)
        elif use > supply * (1 + tolerance):
            yield Fault("pool_short", name, f"{use} t", f"at most {supply} t", clause)
    supply, net = _net_anode(data)
    if net > supply * (1 + tolerance):
        yield Fault("anode_carbon_short", "/rows (net_anode_consumption)", f"{net} t", f"at most {supply} t", clause)
    if data.rows("baked_anodes_produced") and data.rows("green_anodes"):
        green = data.one("green_anodes")
        least = green * (1 - data.number("hydrogen_share") - data.number("tar_share"))
        baked = data.one("baked_anodes_produced")
        if baked > least:
            found, expected = f"{baked} t baked", f"at most {least} t"
            yield Fault("anode_mass_negative", "/rows (green_anodes)", found, expected, RULE.clause("anode"))


def left_over(data: ActivityData) -> Iterator[Notice]:
    """What was made or bought and went nowhere: named, because its burden stays with no product."""
    tolerance = data.number("balance_tolerance")
    for name, (supply, use) in _pools(data).items():
        if use < supply:
            values = {"amount": (supply - use).significant(6), "pool": name.replace("_", " "), "pool_zh": CHINESE[name]}
            yield Notice("pool_left", name, values)
    supply, net = _net_anode(data)
    if supply - net > supply * tolerance:
        yield Notice("anode_carbon_left", "anode_butts", {"amount": (supply - net).significant(6)})
