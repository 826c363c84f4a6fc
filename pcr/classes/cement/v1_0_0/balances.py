"""Mass (物料平衡): raw materials to raw meal to clinker, clinker to the mills, cement of what was ground."""

from collections.abc import Iterator

from pcr.api import ZERO, ActivityData, Exact, Fault, Notice, equation, load_rule
from pcr.classes.cement.v1_0_0.kilns import Dust, Kiln

RULE = load_rule(__package__)


@equation(
    "cement.meal_balance",
    text="rest = (M - K - D - CO2) / M",
    source="conservation of mass; water of clay on the plus side, fuel ash on the minus side",
    confidence="derived",
    clause="share of the raw meal that is found neither in clinker, nor in dust, nor as CO2 of carbonates",
    inputs={"meal": "t", "clinker": "t", "dust": "t", "co2": "t"},
    results={"rest": "1"},
)
def meal_balance(meal: Exact, clinker: Exact, dust: Exact, co2: Exact) -> Exact:
    """Share of the raw meal that the balance does not find again."""
    return (meal - clinker - dust - co2) / meal


def meal_rest(data: ActivityData, made: list[Kiln], dust: list[Dust]) -> Exact:
    """The rest of this works; raw meal above zero."""
    clinker = sum((kiln.clinker for kiln in made), ZERO)
    co2 = sum((kiln.clinker * kiln.factor for kiln in made), ZERO) + sum((part.co2 for part in dust), ZERO)
    return meal_balance(data.one("raw_meal"), clinker, sum((part.amount for part in dust), ZERO), co2)


def clinker_flows(data: ActivityData) -> tuple[Exact, Exact]:
    """Clinker made and bought, and where it went, in t."""
    supply = data.total("clinker_produced") + data.total("clinker_bought")
    return supply, sum((data.total(f"clinker_{name}") for name in ("to_mill", "sold", "stock_change")), ZERO)


def mill_rest(data: ActivityData, product: str) -> Exact:
    """Share of what went into a mill that is not found as cement."""
    fed = data.total("clinker_to_mill", product) + data.total("addition", product)
    return (fed - data.total("cement_produced", product)) / fed if fed else -Exact(1)


def balance_faults(data: ActivityData, made: list[Kiln], dust: list[Dust]) -> Iterator[Fault]:
    """Nothing is made of nothing."""
    slack, clause = data.number("mass_tolerance"), RULE.clause("mass")
    supply, use = clinker_flows(data)
    if not supply:
        where = "/rows (clinker_produced, clinker_bought)"
        yield Fault("clinker_missing", where, "0 t", "made or bought", RULE.clause("clinker_balance"))
    elif use - supply > supply * data.number("clinker_balance_tolerance"):
        found, expected = f"{use} t used", f"at most {supply} t"
        yield Fault("clinker_unbalanced", "/rows (clinker_to_mill)", found, expected, RULE.clause("clinker_balance"))
    meal, materials = data.total("raw_meal"), data.total("raw_material")
    if meal > materials * (1 + slack):
        yield Fault("meal_gain", "/rows (raw_material)", f"{meal} t of meal", f"at most {materials} t", clause)
    if made and meal and (rest := meal_rest(data, made, dust)) < -data.number("meal_short"):
        needed = (meal - meal * rest).significant(6)
        yield Fault("meal_unbalanced", "/rows (raw_meal)", f"{meal} t", f"about {needed} t", clause)
    for product in data.given.products:
        if (rest := mill_rest(data, product.id)) < -slack:
            fed = data.total("clinker_to_mill", product.id) + data.total("addition", product.id)
            found = f"{data.total('cement_produced', product.id)} t of cement"
            where = f"/rows (cement_produced, {product.id})"
            yield Fault("mill_gain", where, found, f"about {fed} t", clause, {"product": product.id})


def balance_notices(data: ActivityData, made: list[Kiln], dust: list[Dust]) -> Iterator[Notice]:
    """What is more than the step needed: named, because its burden is in the result or stays with the works."""
    supply, use = clinker_flows(data)
    if use < supply:
        yield Notice("clinker_left", "clinker", {"amount": (supply - use).significant(6)})
    if made:
        meal, limit = data.one("raw_meal"), data.number("meal_surplus")
        if (rest := meal_rest(data, made, dust)) > limit:
            yield Notice("meal_surplus", "raw_meal", {"share": rest.significant(3), "high": limit.text()})
        more, limit = data.one("raw_material") / meal - 1, data.number("material_surplus")
        if more > limit:
            yield Notice("material_surplus", "raw_material", {"share": more.significant(3), "high": limit.text()})
        out, limit = data.total("kiln_dust") + data.total("bypass_dust"), data.number("dust_high")
        if (each := out / sum((kiln.clinker for kiln in made), ZERO)) > limit:
            yield Notice("dust_unusual", "kiln_dust", {"found": each.significant(3), "high": limit.text()})
    limit = data.number("mass_tolerance")
    for product in data.given.products:
        if (rest := mill_rest(data, product.id)) > limit:
            values = {"product": product.id, "share": rest.significant(3), "high": limit.text()}
            yield Notice("mill_loss", f"addition, {product.id}", values)
