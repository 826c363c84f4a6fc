"""Iron (铁): sinter, pellets and the blast furnace; and slag, of furnace and converter."""

from collections.abc import Iterator

from pcr.api import ONE, ZERO, ActivityData, Exact, FactorName, Fault, Process, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.works import Works, placed

RULE = load_rule(__package__)
CREDIT = "slag_credit"


def agglomerate(works: Works) -> None:
    """Sinter (烧结矿) and pellets (球团矿): ore, flux, coal and coke breeze; all their carbon is CO2."""
    data = works.data
    for kind, product, stage in (("sinter", "sinter", "sintering"), ("pellet", "pellets", "pelletising")):
        made = data.total(f"{product}_produced")
        if not made:
            continue
        plant = works.begin(f"{kind}_plant", stage, product, made)
        names = (f"{kind}_ore", f"{kind}_flux", f"{kind}_coal")
        works.supply(plant, names[:2], names[2:])
        breeze = data.total("sinter_coke") if kind == "sinter" else ZERO
        if breeze:
            plant.take("coke_mixed", breeze, "t", input_name="sinter_coke")
        works.serve(plant, stage)
        works.emit_rest(plant, plant.id, *names, "sinter_coke")


def blast_furnace(works: Works) -> None:
    """Hot metal (铁水): the carbon of coke and coal leaves in iron and in blast furnace gas."""
    data = works.data
    furnace = works.begin("blast_furnace", "iron", "hot_metal", data.one("hot_metal_produced"))
    works.supply(furnace, ("iron_burden", "iron_flux"), ("injected_coal",))
    furnace.take("coke_mixed", data.one("iron_coke"), "t", input_name="iron_coke")
    for product in ("sinter", "pellets"):
        if data.total(f"{product}_produced"):
            furnace.take(product, data.total(f"{product}_produced"), "t", input_name=f"{product}_produced")
    works.serve(furnace, "iron")
    works.make_gas(furnace)
    names = ("iron_coke", "injected_coal", "hot_metal_produced", "blast_furnace_gas_made")
    works.emit_rest(furnace, "blast_furnace", *names)
    works.divide(furnace, slag(furnace, "blast_furnace_slag"))


def slag(process: Process, material: str) -> list[tuple[str, Exact, Exact]]:
    """Sold slag (炉渣) as a co-product: by mass or price; burden free, with the clinker it displaces as a case beside.

    Never both: slag that carries a share of the burden is credited with nothing.
    """
    data = process.data
    rows, scheme = placed(data, "slag_sold", material, None), data.setting("slag_burden")
    amount = sum((row.amount for row in rows), ZERO)
    if scheme != "burden_free":
        return [(material, amount, ONE if scheme == "mass" else data.number("slag_price_ratio"))]
    displaced = RULE.inputs["slag_sold"].materials[material].names.get("displaced", "")
    factor = FactorName(
        id=displaced, kinds=("process_emission",), named_by="rule", place=data.country, proxy=True,
        proxy_for="clinker displaced, its process CO2 alone / 被替代的熟料，仅其过程CO2",
    )  # fmt: skip
    for row in rows if displaced else ():
        clinker = row.amount * data.number("slag_displaced")
        process.bought(row, factor, amount=-clinker, unit="t", suffix="+credit", because="substitution", case=CREDIT)
    return []


def slag_faults(data: ActivityData) -> Iterator[Fault]:
    """An economic share needs a price."""
    ratio = data.number("slag_price_ratio")
    if data.setting("slag_burden") == "economic" and data.total("slag_sold") and not ZERO < ratio <= ONE:
        where, expected = "settings/slag_price_ratio", "above 0, at most 1"
        yield Fault("slag_price_missing", where, f"{ratio}", expected, RULE.clause("allocation"))
