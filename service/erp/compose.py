"""One activity-data document for a product, a plant and a period: what ``pcf calculate`` would take, frozen and exact.

An own product among the components is named ``batch:<plant>/<number>/<number>`` as in a batch; a factor or a
supplier's footprint by its id. Each row says which version of the bill and of the materials it comes from.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lca.exact import Exact
from lca.faults import Collector, Fault, Refused
from lca.units import convert, same_dimension
from lca.units import unit as known_unit
from service.batch.items import REFERENCE
from service.erp.boms import Bills, Bom, BomLine
from service.erp.materials import Material, Materials, counted
from service.erp.period import Period
from service.erp.plant_year import UNITS, Known, PlantYear, Row

RULE: Final = "general_product 1.0.0"
FORMAT: Final = "pcf-activity/1"
COUNTED: Final = ("count", "area", "volume", "length", "norm_gas")
"""Dimensions of a component that the rule asks the mass of one unit of."""
MOST_SCALE: Final = 10**12
"""How far amounts such as 1/3 are scaled up with their bill until they end."""


@dataclass(frozen=True, slots=True)
class Company:
    """What all documents of a period are composed from."""

    period: Period
    known: Known
    years: Mapping[str, PlantYear]
    bills: Bills
    versions: Mapping[int, str]

    @property
    def materials(self) -> Materials:
        return self.known.materials

    def makes(self, plant: str, product: str) -> bool:
        """Whether the plant made the product in the period: it is then calculated, or fails with what is wrong."""
        return plant in self.years and product in self.years[plant].made

    def makers(self, product: str) -> list[str]:
        """Plants that made a product in the period, sorted."""
        return [plant for plant in sorted(self.years) if product in self.years[plant].made]

    def name(self, product: str) -> dict[str, str]:
        """Names of a product in both languages; its number where its material states none."""
        material = self.materials.at(product, self.period.end)
        return material.label if material else {"en": product, "zh": product}


def item_id(plant: str, product: str) -> str:
    """The id under which a product of a plant is calculated."""
    return f"{plant}/{product}"


def reference(plant: str, product: str) -> str:
    """How a document names another product of the company."""
    return f"{REFERENCE}{item_id(plant, product)}/{product}"


def document(company: Company, plant: str, product: str) -> dict[str, Any]:
    """The activity data of a product of a plant.

    Raises:
        Refused: everything that is wrong with the plant, the bill and its components, at once.
    """
    year = company.years[plant]
    faults = Collector()
    faults.faults += year.faults
    bom = company.bills.find(product, plant)
    if bom is None:
        expected = f"a bill of materials in force on {company.period.end}"
        faults.add(Fault("erp_no_bom", f"{product}, {plant}", "none", expected, values={"product": product}))
        raise Refused(faults.faults)
    rows = _of_bill(company, year, bom, faults)
    faults.raise_if_any()
    made = year.made[product]
    rows += [
        {
            "id": "output", "input": "output", "months": list(made.months), "unit": made.unit,
            "evidence": dict(made.evidence),
        },
        *({key: value for key, value in row.items() if key != "product"} | {"product": product}
          for row in year.own.get(product, ())),
        *year.shared,
        *_sharing(year, product),
    ]  # fmt: skip
    if not any(row["input"] == "electricity" for row in rows):
        expected = "a meter of electricity of the plant or of the product; write 0 where it uses none"
        raise Refused([Fault("erp_no_electricity", f"{product}, {plant}", "none", expected)])
    return _around(company, year, product) | {"rows": rows}


def _around(company: Company, year: PlantYear, product: str) -> dict[str, Any]:
    plant, period = year.plant, company.period
    works = {"name": plant.label, "country": plant.country, "province": plant.province, "operator": plant.operator}
    return {
        "format": FORMAT,
        "rule": RULE,
        **({"regime": plant.regime} if plant.regime else {}),
        "works": {key: value for key, value in works.items() if value},
        "period": {"start": period.start, "end": period.end},
        "settings": {"shared_by": plant.shared_by},
        "products": [{"id": product, "name": company.name(product)}],
        "about": {"plant": plant.plant},
    }


def _sharing(year: PlantYear, product: str) -> list[Row]:
    if not year.shared:
        return []
    by, evidence = year.plant.shared_by, {"basis": "calculated", "document": "outputs of the plant"}
    row = {"material": by, "unit": UNITS[by], "evidence": evidence}
    return [
        {"id": "driver", "input": "driver", "amount": year.drivers[product].text(), **row},
        {"id": "plant driver", "input": "plant_driver", "amount": year.driver_total.text(), **row},
    ]


def _of_bill(company: Company, year: PlantYear, bom: Bom, faults: Collector) -> list[Row]:
    """Rows of the bill: its quantity, its lines, the mass of the product where its material says it."""
    document_ = {"document": f"boms {company.versions[bom.serial]}", "basis": "calculated"}
    unit = year.made[bom.product].unit
    own = company.materials.at(bom.product, company.period.end)
    parts: list[tuple[Row, Exact]] = []
    times: Counter[str] = Counter()
    for line in bom.lines:
        name = f"{line.role} {line.component}"
        times[name] += 1
        row_id = name if times[name] == 1 else f"{name} ({times[name]})"
        with faults.catching(f"{bom.product}, {bom.plant}, {line.component}"):
            row, amount = _component(company, bom, line)
            parts.append(({"id": row_id, **row, "evidence": document_ | row.get("evidence", {})}, amount))
    with faults.catching(f"{bom.product}, {bom.plant}"):
        per, per_unit = _per(bom, own, unit)
        times_over = _scale([per, *(amount for _, amount in parts)])
        rows = [{**row, "amount": (amount * times_over).text()} for row, amount in parts]
        quantity = {"id": "bill", "input": "bom_quantity", "amount": (per * times_over).text(), "unit": per_unit}
        return [{**quantity, "evidence": document_}, *rows, *_unit_mass(company, own, unit)]
    return []


def _per(bom: Bom, own: Material | None, unit: str) -> tuple[Exact, str]:
    if same_dimension(bom.per_unit, unit):
        return bom.per, bom.per_unit
    if own is not None:
        return counted(own, bom.per, bom.per_unit, unit)
    found, expected = f"{bom.per} {bom.per_unit}", f"a quantity in {unit}, as the output"
    raise Refused([Fault("erp_unit_fit", found=found, expected=expected, values={"number": bom.product, "unit": unit})])


def _unit_mass(company: Company, own: Material | None, unit: str) -> list[Row]:
    if own is None or own.mass is None or same_dimension(unit, "kg"):
        return []
    try:
        mass, given = counted(own, Exact(1), unit, "kg")
    except Refused:
        return []  # its mass is in a unit that the output is not in: the result says that it was not checked
    if _scale([mass]) != 1:
        return []
    evidence = {"note": company.materials.version_of(own), "basis": "calculated"}
    return [{"id": "unit mass", "input": "unit_mass", "amount": mass.text(), "unit": given, "evidence": evidence}]


def _component(company: Company, bom: Bom, line: BomLine) -> tuple[Row, Exact]:
    """A row without its id, and its amount."""
    material = company.materials.at(line.component, company.period.end)
    row: Row = {"input": line.role, "material": line.component, "name": company.name(line.component)}
    target, plant = material.product if material else ("", "")
    if not target and (material is None or not material.maps_to):
        if not company.makers(line.component):
            expected = "a material that maps to a factor, a supplier's footprint or a product of yours"
            values = {"number": line.component}
            raise Refused([Fault("erp_unmapped", found=line.component, expected=expected, values=values)])
        target = line.component
    if target:
        plant = _maker(company, bom, target, plant)
        wanted = company.years[plant].made[target].unit
        amount, unit = _in_unit(material, line, wanted)
        row["factor"] = reference(plant, target)
    else:
        assert material is not None
        factor = company.known.factor(material.maps_to)
        if factor is None:
            values = {"number": line.component}
            fault = Fault(
                "erp_factor_unknown", found=material.maps_to, expected="a factor of the releases", values=values
            )
            raise Refused([fault])
        amount, unit = counted(material, line.amount, line.unit, factor.denominator)
        row["factor"] = factor.id
        if material.proxy_for:
            row["proxy_for"] = material.proxy_for
    row["unit"] = unit
    if material is not None:
        row["evidence"] = {"note": company.materials.version_of(material)}
    return row | _properties(material, line, amount, unit), amount


def _in_unit(material: Material | None, line: BomLine, wanted: str) -> tuple[Exact, str]:
    if material is not None:
        return counted(material, line.amount, line.unit, wanted)
    return convert(line.amount, line.unit, wanted), wanted


def _maker(company: Company, bom: Bom, product: str, plant: str) -> str:
    """The plant a component of the company comes from: the one named, else this one, else the only one."""
    makers = company.makers(product)
    if plant or bom.plant in makers or len(makers) == 1:
        found = plant or (bom.plant if bom.plant in makers else makers[0])
        if found in makers:
            return found
    values = {"product": product}
    told = ", ".join(makers) or "no plant made it in the period"
    expected = f"product:{product}@PLANT of a plant that made it, or the record of an earlier period"
    raise Refused([Fault("erp_product_plant", found=f"{plant or product}: {told}", expected=expected, values=values)])


def _properties(material: Material | None, line: BomLine, amount: Exact, unit: str) -> Row:
    """Scrap of a component, and the mass of what is counted in pieces or the like, for the rule's mass check."""
    if line.role != "component":
        if line.scrap_percent:
            found = f"scrap {line.scrap_percent} % on {line.role}"
            raise Refused([Fault("erp_range", found=found, expected="scrap on components only")])
        return {}
    made: Row = {}
    if line.scrap_percent:
        made["scrap"] = {"amount": line.scrap_percent.text(), "unit": "%"}
    if material is not None and material.mass is not None and amount and known_unit(unit).dimension in COUNTED:
        try:
            each = counted(material, line.amount, line.unit, "kg")[0] / amount
            if _scale([each]) == 1:
                made["mass"] = {"amount": each.text(), "unit": f"kg/{unit}"}
        except Refused:
            pass  # its mass is in a unit that leads nowhere: the result says that the mass was not checked
    return {"properties": made} if made else {}


def _scale(amounts: list[Exact]) -> int:
    """The least whole number that makes all amounts end as decimals: 3 for 1/3 and 1/6 (0.5), 1 for 0.125.

    Raises:
        Refused: ``erp_ratio`` where it is beyond reason.
    """
    whole = 1
    for amount in amounts:
        rest = amount.denominator
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        whole = math.lcm(whole, rest)
        if whole > MOST_SCALE:
            raise Refused([Fault("erp_ratio", found=f"1/{whole}", expected="ratios that a bill can be scaled to")])
    return whole
