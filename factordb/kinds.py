"""The closed list of kinds of factor: what a value covers, and what it may stand for.

A look-up never crosses a kind: life-cycle, combustion, well-to-tank and well-to-wheel are never exchanged for one
another (``shared`` domain notes: electricity §0, factor sources §3). One list, here; ``en15804_module:<m>`` is the
only entry with a parameter.
"""

from __future__ import annotations

from typing import Final

MODULE: Final = "en15804_module:"

KINDS: Final[dict[str, tuple[str, str]]] = {
    "lifecycle_co2e": (
        "Electricity, whole life cycle of supply, kg CO2e: for products.",
        "电力全生命周期碳足迹因子（kgCO2e），用于产品。",
    ),
    "combustion_co2": (
        "Electricity, CO2 of generation only: for corporate and ETS accounts, never for a product.",
        "发电二氧化碳排放因子，用于组织或碳市场核算，不用于产品碳足迹。",
    ),
    "combustion_co2e": (
        "Electricity, direct greenhouse gases of generation only: for corporate accounts.",
        "发电直接温室气体排放因子，用于组织核算。",
    ),
    "heat_combustion_co2": (
        "Bought heat, CO2 of combustion only: for corporate accounts.",
        "外购热力二氧化碳排放因子（仅燃烧），用于组织核算。",
    ),
    "cradle_to_gate": (
        "From the resource to the maker's gate (EN 15804 A1-A3).",
        "从资源开采到生产企业大门（A1-A3）。",
    ),
    "cradle_to_gate_with_uptake": (
        "Cradle to gate with biogenic uptake counted and its release left out: no factor without the end of life.",
        "从摇篮到大门，已计生物碳吸收而未计释放：没有寿命终止阶段不得单独使用。",
    ),
    "as_sold_incl_forming": (
        "As bought: cradle to gate with transport to the point of purchase, forming where the name says so.",
        "以销售状态计：从摇篮到大门，含到销售点的运输，名称注明时含成型加工。",
    ),
    "gate_to_gate": ("One process step only, nothing before it.", "仅一个工序，不含上游。"),
    "wtt": ("Well to tank: supply of a fuel, its combustion left out.", "燃料上游（井到箱），不含燃烧。"),
    "ttw": (
        "Tank to wheel: combustion of a fuel in a vehicle, its supply left out.",
        "车辆燃料燃烧（箱到轮），不含上游。",
    ),
    "wtw": ("Well to wheel: supply and combustion of the fuel of a transport.", "运输燃料上游与燃烧（井到轮）。"),
    "wtw_plus_vehicle": ("Well to wheel and the making of the vehicle.", "井到轮，并含车辆制造。"),
    "transport_unstated": (
        "Operation of a transport; the publisher does not state whether the supply of the fuel is inside.",
        "运输运行因子，发布者未说明是否含燃料上游。",
    ),
    "transport_service": (
        "Total of a transport service as published; its split into fuel supply, operation and vehicle is not given.",
        "运输服务合计值，发布者未给出燃料上游、运行与车辆的拆分。",
    ),
    "delivered_energy": (
        "Energy delivered to the user, supply and combustion (EN 15804 B6).",
        "交付给用户的能源，含供应与燃烧（B6）。",
    ),
    "treatment_service": ("Treatment or supply of water by a utility.", "公用事业的水供应或水处理服务。"),
    "waste_disposal": ("Disposal of waste with its transport.", "废物处置，含运输。"),
    "waste_transport_only": (
        "Transport of waste only; combustion or recycling is left out.",
        "仅废物运输，不含焚烧或再生。",
    ),
    "cbam_direct": (
        "CBAM default, direct emissions only: for filings, never a footprint.",
        "CBAM 默认值，仅直接排放，只用于申报。",
    ),
    "cbam_direct_indirect": (
        "CBAM default, direct and indirect emissions: for filings, never a footprint.",
        "CBAM 默认值，直接与间接排放，只用于申报。",
    ),
    "fuel_properties": (
        "Calorific value, carbon content, oxidation, CH4 and N2O of a fuel by one guideline; bought as nothing.",
        "某一指南给出的燃料特性（热值、含碳量、氧化率、CH4、N2O），不是可购买的因子。",
    ),
    "process_emission": (
        "Gas set free per unit of a material or product of a process.",
        "工艺过程中每单位物料或产品的排放。",
    ),
    "process_deduction": ("CO2 to be taken off for a raw material without carbonates.", "非碳酸盐替代原料的扣减系数。"),
    "carbon_in_product": ("CO2 that stays bound in a product sold.", "外销产品固碳对应的二氧化碳。"),
    "process_parameter": ("A constant of an equation; it sets no gas free by itself.", "公式常数，本身不产生排放。"),
    "spend_based": (
        "Per money spent, whole supply chain of a sector: for screening, never evidence for a product.",
        "按支出金额计的行业供应链排放，用于筛查，不作为产品碳足迹的依据。",
    ),
    "plausibility_only": ("Quoted for comparison; not a value to calculate with.", "仅供合理性比较，不用于计算。"),
}

SPEND: Final = "spend_based"
"""Its denominator is money of a price year (``USD2022``), which the unit table has not: nothing converts into it."""

FUEL_OFFERS: Final = ("fuel_combustion", "fuel_ch4_n2o")
"""What a row of kind ``fuel_properties`` can be asked for; each is computed from the row, see ``factordb.fuel``."""

COMBUSTION_ELECTRICITY: Final = ("combustion_co2", "combustion_co2e")
LIFE_CYCLE: Final = ("lifecycle_co2e", "cradle_to_gate", "wtw", "delivered_energy")
"""Kinds a product footprint asks for; electricity of a combustion kind offered to one of them is a known trap."""

NEVER_BOUGHT: Final = (
    "cradle_to_gate_with_uptake",
    "cbam_direct",
    "cbam_direct_indirect",
    "fuel_properties",
    "process_parameter",
    "plausibility_only",
)
"""Kinds that no request is answered with, whatever it lists."""


def is_kind(kind: str) -> bool:
    """Whether ``kind`` is in the list; ``en15804_module:C3`` is, for any module."""
    return kind in KINDS or (kind.startswith(MODULE) and len(kind) > len(MODULE))


def sentence(kind: str, language: str) -> str:
    """The kind in one sentence, ``en`` or ``zh``."""
    if kind.startswith(MODULE):
        module = kind.removeprefix(MODULE)
        return f"EN 15804 module {module} only." if language == "en" else f"仅 EN 15804 模块 {module}。"
    return KINDS[kind][0 if language == "en" else 1]
