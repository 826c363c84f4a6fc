"""Mass (物料): no metal comes from nothing; and the check of the rows before anything is counted."""

from pcr.api import ZERO, ActivityData, Collector, Exact, Fault, Notice, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.places import idle_places, missing

RULE = load_rule(__package__)


def check(data: ActivityData) -> None:
    """All faults of places, missing inputs and mass, at once."""
    faults = Collector()
    for fault in (*idle_places(data), *missing(data), *_mass(data)):
        faults.add(fault)
    faults.raise_if_any()


def _mass(data: ActivityData) -> list[Fault]:
    slack = Exact(1) + data.number("mass_tolerance")
    iron = data.one("hot_metal_produced")
    metal = (
        iron
        - data.total("pig_iron_sold")
        + sum((data.total(name) for name in ("scrap", "home_scrap", "ferroalloy", "pig_iron_bought")), ZERO)
    )
    ore = data.total("sinter_produced") + data.total("pellets_produced") + data.total("iron_burden")
    flux = sum((data.total(name) for name in ("iron_flux", "steel_flux", "lime_use")), ZERO)
    steps: list[tuple[str, Exact, Exact]] = [
        ("hot metal of ore", iron, ore),
        ("pig iron sold of hot metal", data.total("pig_iron_sold"), iron),
        ("sinter of ore and flux", data.total("sinter_produced"), _charged(data, "sinter")),
        ("pellets of ore and flux", data.total("pellets_produced"), _charged(data, "pellet")),
        ("slag of ore and flux", data.total("slag_sold"), ore + flux),
        ("liquid steel of metal", data.one("liquid_steel"), metal),
        ("crude steel of liquid steel", data.one("crude_steel"), data.one("liquid_steel")),
        ("crude steel used of made", data.total("crude_steel_used"), data.one("crude_steel")),
    ]
    for product in data.given.products:
        made, put = data.one("steel_produced", product.id), data.one("crude_steel_used", product.id)
        steps.append((f"{product.id} of crude steel", made, put + data.total("finishing_material", product.id)))
        steps.append((f"{product.id} rolled of crude steel", data.one("steel_rolled", product.id), put))
    return [
        Fault("mass_unbalanced", "/rows", f"{what}: {out} t", f"at most {into} t", RULE.clause("mass"), {"what": what})
        for what, out, into in steps
        if out > into * slack
    ]


def _charged(data: ActivityData, kind: str) -> Exact:
    return sum((data.total(f"{kind}_{name}") for name in ("ore", "flux", "coal")), ZERO) + data.total("lime_use")


def steel_left(data: ActivityData) -> list[Notice]:
    """Crude steel made and not used: its burden stays with no product, and that is said."""
    left = data.one("crude_steel") - data.total("crude_steel_used")
    return [Notice("steel_left", "crude_steel", {"amount": left.significant(6)})] if left > 0 else []
