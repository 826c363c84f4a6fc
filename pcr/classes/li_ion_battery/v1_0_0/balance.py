"""Mass balance of cells and packs (质量平衡): what went in stays in the product, leaves as scrap, or is missing."""

from collections.abc import Iterator
from dataclasses import dataclass

from pcr.api import ONE, ZERO, ActivityData, Deferred, Exact, Fault, Indicator, Notice, Process, Row, TopUp, load_rule
from pcr.classes.li_ion_battery.v1_0_0.capacity import capacity_faults, capacity_notices
from pcr.classes.li_ion_battery.v1_0_0.presets import listed

RULE = load_rule(__package__)
LEVELS = {"pack": ("part", "电池包"), "cell": ("cell_part", "电芯")}
"""What is put together: the input of its parts, its name in Chinese."""

WHOLE_PACK = "_pack_materials"
"""Materials that stand for all parts of a pack, cells included."""


@dataclass(frozen=True, slots=True)
class Balance:
    """kg of one level over the period."""

    into: Exact
    out: Exact
    waste: Exact

    @property
    def missing(self) -> Exact:
        return self.out + self.waste - self.into

    @property
    def share(self) -> Exact:
        return self.missing / self.out


def makes_cells(data: ActivityData, product: str) -> bool:
    """Whether the works makes the cells of this model itself."""
    return bool(data.rows("cell_part", product))


def stays(data: ActivityData, row: Row) -> Exact:
    """Share of a row's mass that ends up in the product; nothing of a solvent or a service, unless the row says so."""
    never = row.material in listed(data, "never_in_product", "")
    return row.properties.get("in_product", ZERO if never else ONE)


def balance(data: ActivityData, product: str, level: str) -> Balance | None:
    """The balance of a level; None where a part has no mass, or where no cells are made."""
    if level == "cell" and not (makes_cells(data, product) and data.rows("cells_mass", product)):
        return None
    rows = data.rows(LEVELS[level][0], product)
    known = [row for row in rows if row.unit == "kg" or "mass" in row.properties or not stays(data, row)]
    if len(known) < len(rows):
        return None
    masses = [row.amount if row.unit == "kg" else row.properties.get("mass", ZERO) for row in rows]
    into = sum((mass * stays(data, row) for mass, row in zip(masses, rows, strict=True)), ZERO)
    packs = data.one("packs_produced", product)
    cells = packs * data.total("cells_mass", product)
    scrap = [row.amount for row in data.rows("production_waste", product) if row.material.startswith(f"{level}_")]
    whole = cells if level == "cell" else packs * data.one("pack_mass", product)
    return Balance(into + (ZERO if level == "cell" else cells), whole, sum(scrap, ZERO))


def top_ups(data: ActivityData, product: str, level: str, parts: Process) -> list[Deferred]:
    """Mass that the parts lack is topped up at the most intensive part that stays in the product."""
    found, names = balance(data, product, level), kilograms(data, product, level)
    if found is None or found.missing <= 0 or not names:
        return []
    among = tuple(f"{parts.id}/{name}" for name in names)
    return [TopUp(parts.id, found.missing, "kg", among, RULE.clause("missing_mass"))]


def kilograms(data: ActivityData, product: str, level: str) -> list[str]:
    """Rows in kg that stay in the product: only these can be topped up."""
    rows = data.rows(LEVELS[level][0], product)
    return [row.id for row in rows if row.unit == "kg" and row.amount and stays(data, row)]


def balance_faults(data: ActivityData, product: str) -> Iterator[Fault]:
    """Mass that does not close within the limit; packs that hold more than was bought for them."""
    limit, clause = data.number("missing_mass_limit"), RULE.clause("missing_mass")
    percent = f"{(limit * 100).significant(2)} %"
    for level, (name, zh) in LEVELS.items():
        found = balance(data, product, level)
        if found is not None and abs(found.share) > limit:
            values = {"limit": percent, "level": level, "level_zh": zh}
            shown = f"{(found.share * 100).significant(3)} % of the {level} missing"
            where = f"/rows ({name}, {product})"
            yield Fault("mass_does_not_close", where, shown, f"at most {percent}", clause, values)
    yield from capacity_faults(data, product)


def balance_notices(data: ActivityData, product: str) -> Iterator[Notice]:
    """A balance that could not be drawn; capacity bought and not made."""
    for level in LEVELS:
        found, where = balance(data, product, level), product if level == "pack" else f"{product} ({level})"
        if found is None and (level == "pack" or makes_cells(data, product)):
            yield Notice("mass_not_checked", where)
        elif found is not None and found.missing > 0 and not kilograms(data, product, level):
            yield Notice("mass_not_filled", where, {"mass": found.missing.significant(6)})
    yield from capacity_notices(data, product)
    whole = [row.id for row in data.rows("part", product) if row.material.endswith(WHOLE_PACK)]
    beside = [row for row in (*data.rows("part", product), *data.rows("cell_part", product)) if row.id not in whole]
    if whole and any(stays(data, row) for row in beside):
        rows = ", ".join(row.id for row in beside if stays(data, row))
        yield Notice("parts_twice", product, {"whole": ", ".join(whole), "rows": rows})


def balance_figures(data: ActivityData, product: str) -> Iterator[Indicator]:
    """The imbalance of each level as a share of what is made."""
    for level, (_, zh) in LEVELS.items():
        if (found := balance(data, product, level)) is not None:
            label = {"en": f"Mass missing in the {level}, share", "zh": f"{zh}缺失质量比例"}
            yield Indicator(f"mass_imbalance_{level}", found.share, "1", label, product)
