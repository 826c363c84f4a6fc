"""The result of a calculation, as records hold it (lca/publish.py). Figures have the digits of the regime."""

from __future__ import annotations

from typing import Final

from service.http.answers.notation import (
    Schema,
    closed,
    decimal,
    either,
    exact,
    form,
    listed,
    mapped,
    names,
    none_here,
    of,
    optional,
    or_null,
    text,
    word,
)

BAND: Final = form(
    "Band", "A range that open gaps leave.",
    low=or_null(decimal("Low end; null where there is none.", "62447800")),
    high=or_null(decimal("High end; null where there is none.", "65000000")),
)  # fmt: skip
STATUS: Final = word("How sure the result is; a draft has gaps.", "complete_with_proxies", "complete", "draft")
LABEL: Final = names("Name by language.", "Ordinary Portland cement P.O 42.5", "普通硅酸盐水泥 P·O 42.5")


def figure(says: str, example: str) -> Schema:
    """A figure, or the band that gaps leave."""
    return either(says, decimal(says, example), BAND)


UNIT: Final = form(
    "ResultUnit", "A unit of analysis.",
    kind=text("declared or functional.", "declared"),
    amount=exact("How many of the unit.", "1"),
    unit=text("The unit.", "t"),
    text=names("The unit in words.", "1 t of cement at the works gate", "出厂水泥1吨"),
)  # fmt: skip
CONTRIBUTION: Final = form(
    "Contribution", "What one line adds to one unit of the product.",
    line=text("Id of the line.", "kiln/calcination>CO2|fossil"),
    process=text("Process that it belongs to.", "kiln"),
    stage=text("Life-cycle stage.", "clinker"),
    input=text("Input of the rule.", "calcination"),
    source=text("Factor that answers it, a flow, or gap.", "CO2|fossil"),
    **{"class": word("Class of the data.", "proxy", "measured", "supplier", "official", "gap")},
    amount=decimal("Amount per unit of the product, in `unit`.", "401.763"),
    unit=text("Unit of the amount.", "kg"),
    co2e=figure("kg CO2e per unit of the product.", "401.763"),
    label=optional(names("Name by language.", "Calcination of carbonates", "碳酸盐分解")),
)  # fmt: skip
ELECTRICITY: Final = form(
    "ElectricityRow", "Electricity of one row and process.",
    row=text("Row of the data.", "kiln-grid"),
    process=text("Process that uses it.", "kiln"),
    supply=text("How it is supplied: grid, onsite, direct, ...", "grid"),
    kwh=decimal("kWh per unit of the product.", "22.3811"),
    table_row=text("Row of the regime's table of electricity.", "5"),
    factor_id=text("Id of the factor; empty for the works' own.", "cn.cfp.national_avg.2024"),
    factor=text("Factor as it was asked for.", "cn.cfp.national_avg@2024"),
    factor_value=text("Value of the factor as published, kg CO2e per kWh.", "0.5777"),
    co2e=figure("kg CO2e per unit of the product.", "12.9296"),
    codes=listed({"type": "string"}, "Codes of what was refused or decided.", "ELEC_CAPTIVE_ONCE"),
    worth=text("What an instrument is worth under the regime; empty for none.", ""),
    evidence=listed({"type": "string"}, "Evidence that was named.", "export_meter: WHR-X"),
)  # fmt: skip
GAP: Final = form(
    "Gap", "A line that no factor answers.",
    line=text("Id of the line.", "materials:AC-2.5/board"),
    input=text("Input of the rule.", "electronics"),
    row=text("Row of the data.", "board"),
    why=optional(text("Why nothing answers, a code.", "factor_gap")),
    nearest=optional(text("Factors that lie nearest.", "gbt51366-d-035 (Expanded polystyrene board, CN)")),
    label=optional(names("Name by language.", "Control boards", "电控板")),
    range=optional(or_null(closed(
        "The sourced range that a draft answers it with; null for none.",
        low=exact("Low end, in `unit`.", "5.64794563"),
        high=or_null(exact("High end, in `unit`; null for none.", "24.86547556")),
        unit=text("Unit of the range.", "kgCO2e/kg"),
        source=text("Where the range is from.", "UK 2025 factors, small electrical items"),
    ))),
)  # fmt: skip
PROXY: Final = form(
    "Proxy", "A line that a factor of something else answers.",
    line=text("Id of the line.", "kiln/coal+upstream"),
    factor=text("Key of the factor.", "defra2025-11_102_1025_15_1"),
    label=names("Name of the factor.", "Coal, industrial - well-to-tank", "工业煤（上游WTT）"),
    distance=mapped({"type": "string"}, "What differs: asked and given, by aspect.", {"place": "CN -> GB"}),
)  # fmt: skip
NOTICE: Final = form(
    "Notice", "Something that whoever uses the result must know.",
    code=text("What, for programs.", "ELEC_TD_INSIDE"),
    where=text("Line, factor or regime that it concerns.", "gbt24067 1.0.0"),
    values=mapped({"type": "string"}, "What stands in its sentence.", {"known": "2026-11-20"}),
)  # fmt: skip
QUALITY: Final = closed(
    "Rating of the data's quality; null where the regime has none.",
    scheme=text("Scheme of the rating.", "ef_dqr"),
    score=or_null(decimal("Mean score, 1 is best; null where it is not known.", "2.31394")),
    level=text("The score in a word.", "good"),
    because=names("On what the scores rest.", "scores by distance", "按偏离程度评分"),
    criteria=mapped(decimal("Score, 1 is best.", "1.6"), "Score by criterion, 1 is best.", {"technology": "1.61868"}),
)  # fmt: skip

RESULT: Final = form(
    "Result", "A footprint: total, parts, how sure each is. Figures are kg CO2e per unit unless they say otherwise.",
    product=text("Id of the product in the data.", "P.O-42.5"),
    label=LABEL,
    status=STATUS,
    unit=of(UNIT, "What the figures are per."),
    total=figure("The footprint, kg CO2e per unit.", "735.893"),
    total_unit=word("Unit of the total.", "kg CO2e"),
    also=mapped(figure("kg CO2e.", "4.66362"), "The total per other units, kg CO2e.", {"kg": "0.735893"}),
    lines=mapped(
        closed(
            "A line.",
            state=word("A value, a zero by statement, or a part that is not wholly known.", "value",
                       "zero_by_statement", "not_known"),
            value=decimal("kg CO2e, of not_known the part that is known.", "636.660"),
            statement=optional(text("Why it is zero.", "no aircraft is used")),
        ),
        "The total by line: fossil, biogenic, dluc, aircraft, unsplit; kg CO2e.",
        {"fossil": {"state": "not_known", "value": "636.660"}, "unsplit": {"state": "value", "value": "99.2126"}},
    ),
    stages=mapped(
        figure("kg CO2e.", "689.677"), "The total by life-cycle stage, kg CO2e.",
        {"raw_material": "5.40758", "transport": "19.5262", "clinker": "689.677", "grinding": "21.2818"},
    ),
    rounding=or_null(decimal("Rounded total less rounded stages, kg CO2e; null for bands.", "0.00042")),
    processes=mapped(figure("kg CO2e.", "689.677"), "The total by process, kg CO2e.", {"kiln": "689.677"}),
    gases=mapped(
        closed("A gas.", kg=decimal("kg of the gas.", "634.987"), co2e=decimal("kg CO2e.", "634.987")),
        "The total by gas and origin.", {"CO2|fossil": {"kg": "634.987", "co2e": "634.987"}},
    ),
    inputs=mapped(figure("kg CO2e.", "266.460"), "The total by input of the rule, kg CO2e.", {"kiln_fuel": "266.460"}),
    contributions=listed(CONTRIBUTION, "What each line adds."),
    classes=mapped(
        or_null(decimal("Share, 0 to 1; null where it is not known.", "1.00000")),
        "Shares of the absolute contributions by class of data.", {"proxy": "1.00000", "measured": "0"},
    ),
    primary_share=or_null(decimal("Share of primary data, 0 to 1; null where it is not known.", "0")),
    quality=or_null(QUALITY),
    gaps=none_here(listed(GAP, "Lines that no factor answers; a result with gaps is a draft.")),
    proxies=listed(PROXY, "Lines that a factor of something else answers."),
    cut_off=none_here(listed(
        closed(
            "A row that was left out.",
            line=text("Id of the line.", "materials:AC-2.5/screws"),
            reason=text("Why it was left out.", "under 1 %"),
            co2e=decimal("kg CO2e per unit that it would add.", "0.41"),
            share=decimal("Share of the total, 0 to 1.", "0.0004"),
        ),
        "Rows that were left out, with what they would add.",
    )),
    sensitivities=mapped(
        figure("kg CO2e.", "737.737"), "The total if one choice were another, kg CO2e.",
        {"transmission_not_inside": "737.737"},
    ),
    sensitivity_labels=mapped(
        names("Name by language.", "If scrap is credited", "若计废钢抵减"), "Names of cases that the rule states.",
        {"scrap_credit": {"en": "If scrap is credited", "zh": "若计废钢抵减"}},
    ),
    electricity=listed(ELECTRICITY, "Electricity by row, with the factor that the regime's table gives it."),
    indicators=mapped(
        closed(
            "An indicator.",
            value=decimal("Its value, in `unit`.", "0.535684"),
            unit=text("Its unit.", "tCO2/t"),
            label=names("Its name.", "Calcination per t clinker", "熟料过程排放"),
        ),
        "Figures of the works that show whether its data fit together.",
        {"calcination_factor": {
            "value": "0.535684", "unit": "tCO2/t", "label": {"en": "Calcination per t clinker", "zh": "熟料过程排放"},
        }},
    ),
    works=closed(
        "What the works gives off in the period, kg CO2e.",
        total=figure("All of the works.", "1532240000"),
        products=figure("What its products carry together.", "1532240000"),
        difference=figure("What no product carries, such as credits.", "0"),
    ),
    settings=mapped({"type": "string"}, "Settings of the rule that counted.", {"co2_caco3": "0.43971"}),
    notices=listed(NOTICE, "What whoever uses the result must know."),
)  # fmt: skip
