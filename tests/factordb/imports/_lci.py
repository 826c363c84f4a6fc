"""Tiny files of each unit-process format, written here, and what a test asks of an import."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from factordb.factor import Licence, Source
from factordb.imports.intake import Intake

SOURCE = Source("own", "Own file", "Works", "2026", "", "own")
LICENCE = Licence("own", "Own data", True, True, True, False, "")
Read = Callable[[Path, Intake], None]


def take(read: Read, path: Path) -> Intake:
    """One path through one importer."""
    intake = Intake(SOURCE, LICENCE)
    read(path, intake)
    assert intake.read == len(intake.processes) + len(intake.rejected) + intake.same
    return intake


def why(intake: Intake) -> list[tuple[str, str]]:
    """Reasons and what was found."""
    return [(item.reason, item.found) for item in intake.rejected]


def packed(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def spold1(*exchanges: str, number: str = "1", name: str = "steel", place: str = "CN", allocation: str = "") -> str:
    """A data set of EcoSpold 1; exchanges as ``group|name|amount|unit|more``, group ``i5`` or ``o0``."""
    rows = ""
    for count, text in enumerate(exchanges, 1):
        group, flow, amount, unit, *more = text.split("|")
        kind = "inputGroup" if group[0] == "i" else "outputGroup"
        extra = more[0] if more else ""
        rows += (
            f'<exchange number="{count}" name="{flow}" meanValue="{amount}" unit="{unit}" {extra}>'
            f"<{kind}>{group[1]}</{kind}></exchange>"
        )
    return (
        f'<dataset number="{number}"><metaInformation><processInformation>'
        f'<referenceFunction name="{name}" unit="kg" amount="1" category="metals"/><geography location="{place}"/>'
        "<timePeriod><startYear>2020</startYear><endYear>2021</endYear></timePeriod>"
        '<dataSetInformation type="1"/></processInformation></metaInformation>'
        f"<flowData>{rows}{allocation}</flowData></dataset>"
    )


def spold1_file(path: Path, *sets: str, head: str = '<?xml version="1.0"?>', encoding: str = "utf-8") -> Path:
    body = f'{head}<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold01">{"".join(sets)}</ecoSpold>'
    path.write_bytes(body.encode(encoding))
    return path


AIR = 'category="air" subCategory="unspecified"'
STEEL = ("o0|steel|1|kg|location='CN'", "i5|power|2|kWh|location='CN'", f"o4|Carbon dioxide, fossil|1.50|kg|{AIR}")
POWER = ("o0|power|10|kWh|location='CN'", "i5|steel|0.5|kg|location='CN'", f"o4|Methane, fossil|20|g|{AIR}")


def spold2(amount: str = "1.50", link: str = "22222222", more: str = "") -> str:
    """An activity of EcoSpold 2 that makes steel from power."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold02"><activityDataset><activityDescription>
<activity id="11111111"><activityName xml:lang="en">steel making</activityName>
<activityName xml:lang="zh">炼钢</activityName></activity>
<geography><shortname xml:lang="en">CN</shortname></geography><timePeriod startDate="2020-01-01" endDate="2021-12-31"/>
</activityDescription><flowData>
<intermediateExchange id="a" amount="1" intermediateExchangeId="aaaa"><name xml:lang="en">steel</name>
<unitName xml:lang="en">kg</unitName><outputGroup>0</outputGroup></intermediateExchange>
<intermediateExchange id="b" amount="2" intermediateExchangeId="bbbb" activityLinkId="{link}">
<name xml:lang="en">power</name><unitName xml:lang="en">kWh</unitName><inputGroup>5</inputGroup></intermediateExchange>
<intermediateExchange id="c" amount="0" intermediateExchangeId="cccc"><name xml:lang="en">slag</name>
<unitName xml:lang="en">kg</unitName><outputGroup>2</outputGroup></intermediateExchange>
<elementaryExchange id="d" amount="{amount}" elementaryExchangeId="dddd" casNumber="000124-38-9">
<name xml:lang="en">Carbon dioxide, fossil</name><unitName xml:lang="en">kg</unitName>
<compartment><compartment xml:lang="en">air</compartment><subcompartment xml:lang="en">unspecified</subcompartment>
</compartment><uncertainty><lognormal meanValue="1" mu="0" variance="0" varianceWithPedigreeUncertainty="0"/>
</uncertainty><outputGroup>4</outputGroup></elementaryExchange>{more}
</flowData></activityDataset></ecoSpold>"""


def spold2_power() -> str:
    text = spold2().replace("11111111", "22222222").replace("steel making", "power plant")
    rows = text.index("<intermediateExchange"), text.index("<elementaryExchange")
    made = (
        '<intermediateExchange id="b" amount="1" intermediateExchangeId="bbbb"><name xml:lang="en">power</name>'
        '<unitName xml:lang="en">kWh</unitName><outputGroup>0</outputGroup></intermediateExchange>'
    )
    return text[: rows[0]] + made + text[rows[1] :]


def olca(amount: Any = 1.50, version: int = 2, **steel: Any) -> dict[str, str]:
    """Members of an openLCA package: steel from power, and power."""
    given, reference = ("isInput", "isQuantitativeReference") if version == 2 else ("input", "quantitativeReference")

    def exchange(number: int, flow: str, value: Any, unit: str, inside: bool, **more: Any) -> dict[str, Any]:
        names = {"internalId": number, "amount": value, given: inside}
        return {**names, "flow": {"@id": flow, "name": flow}, "unit": {"name": unit}, **more}

    process: dict[str, Any] = {
        "@id": "p-steel",
        "name": "steel making",
        "processType": "UNIT_PROCESS",
        "location": {"@id": "cn"},
        "category": "metals/iron" if version == 2 else {"name": "iron", "categoryPath": ["metals"]},
        "exchanges": [
            exchange(1, "steel", 1.0, "kg", False, **{reference: True}),
            exchange(2, "power", 2.0, "kWh", True),
            exchange(3, "co2", amount, "kg", False, uncertainty={"distributionType": "LOG_NORMAL_DISTRIBUTION"}),
        ],
    }
    power = {"@id": "p-power", "name": "power plant", "location": {"@id": "cn"}, "exchanges": []}
    power["exchanges"] = [
        exchange(1, "power", 1.0, "kWh", False, **{reference: True}),
        exchange(2, "co2", 0.9, "kg", False),
    ]
    category: Any = "Elementary flows/emission/air"
    if version == 1:
        category = {"name": "air", "categoryPath": ["Elementary flows", "emission"]}
    flows = {
        "steel": {"flowType": "PRODUCT_FLOW"},
        "power": {"flowType": "PRODUCT_FLOW"},
        "slag": {"flowType": "PRODUCT_FLOW"},
        "co2": {"flowType": "ELEMENTARY_FLOW", "name": "Carbon dioxide, fossil", "category": category},
    }
    members = {f"flows/{key}.json": json.dumps({"@id": key, "name": key, **item}) for key, item in flows.items()}
    members["locations/cn.json"] = json.dumps({"@id": "cn", "name": "China", "code": "CN"})
    members["processes/p-steel.json"] = json.dumps({**process, **steel})
    members["processes/p-power.json"] = json.dumps(power)
    return members


def _ilcd_flow(uuid: str, name: str, kind: str, unit: str, category: str = "") -> str:
    words = "".join(f'<category level="{k}">{word}</category>' for k, word in enumerate(category.split("|")) if word)
    return f"""<flowDataSet xmlns:common="c"><flowInformation><dataSetInformation><common:UUID>{uuid}</common:UUID>
<name><baseName xml:lang="zh">名称</baseName><baseName xml:lang="en">{name}</baseName></name>
<classificationInformation><common:elementaryFlowCategorization>{words}</common:elementaryFlowCategorization>
</classificationInformation></dataSetInformation>
<quantitativeReference><referenceToReferenceFlowProperty>0</referenceToReferenceFlowProperty></quantitativeReference>
</flowInformation><modellingAndValidation><LCIMethod><typeOfDataSet>{kind}</typeOfDataSet></LCIMethod>
</modellingAndValidation><flowProperties><flowProperty dataSetInternalID="0">
<referenceToFlowPropertyDataSet refObjectId="fp-{unit}"/><meanValue>1</meanValue></flowProperty></flowProperties>
</flowDataSet>"""


def ilcd(amount: str = "1.50", gone: str = "", more: str = "", share: str = "") -> dict[str, str]:
    """Members of an ILCD package: steel from power."""

    def exchange(number: int, flow: str, direction: str, value: str) -> str:
        part = f'<allocations><allocation internalReferenceToCoProduct="0" allocatedFraction="{share}"/></allocations>'
        return f"""<exchange dataSetInternalID="{number}"><referenceToFlowDataSet refObjectId="{flow}"/>
<exchangeDirection>{direction}</exchangeDirection><meanAmount>{value}</meanAmount>
<resultingAmount>{value}</resultingAmount>{part if share else ""}</exchange>"""

    def process(uuid: str, name: str, *rows: str) -> str:
        return f"""<processDataSet xmlns:common="c"><processInformation><dataSetInformation>
<common:UUID>{uuid}</common:UUID><name><baseName xml:lang="en">{name}</baseName>
<baseName xml:lang="zh">炼钢</baseName></name></dataSetInformation>
<quantitativeReference type="Reference flow(s)"><referenceToReferenceFlow>0</referenceToReferenceFlow>
</quantitativeReference><time><common:referenceYear>2021</common:referenceYear></time>
<geography><locationOfOperationSupplyOrProduction location="CN"/></geography></processInformation>
<exchanges>{"".join(rows)}</exchanges></processDataSet>"""

    members = {
        "ILCD/processes/steel.xml": process(
            "p-steel",
            "steel making",
            exchange(0, "f-steel", "Output", "1"),
            exchange(1, "f-power", "Input", "2"),
            exchange(2, "f-co2", "Output", amount),
            more,
        ),
        "ILCD/processes/power.xml": process(
            "p-power", "power plant", exchange(0, "f-power", "Output", "1"), exchange(1, "f-co2", "Output", "0.9")
        ),
        "ILCD/flows/steel.xml": _ilcd_flow("f-steel", "steel", "Product flow", "kg"),
        "ILCD/flows/power.xml": _ilcd_flow("f-power", "power", "Product flow", "kWh"),
        "ILCD/flows/co2.xml": _ilcd_flow(
            "f-co2",
            "carbon dioxide (fossil)",
            "Elementary flow",
            "kg",
            "Emissions|Emissions to air|Emissions to air, unspecified",
        ),
    }
    for unit in ("kg", "kWh"):
        members[f"ILCD/flowproperties/{unit}.xml"] = (
            f'<flowPropertyDataSet xmlns:common="c"><flowPropertiesInformation><dataSetInformation>'
            f"<common:UUID>fp-{unit}</common:UUID></dataSetInformation><quantitativeReference>"
            f'<referenceToReferenceUnitGroup refObjectId="ug-{unit}"/></quantitativeReference>'
            "</flowPropertiesInformation></flowPropertyDataSet>"
        )
        members[f"ILCD/unitgroups/{unit}.xml"] = (
            '<unitGroupDataSet xmlns:common="c"><unitGroupInformation><dataSetInformation>'
            f"<common:UUID>ug-{unit}</common:UUID></dataSetInformation><quantitativeReference>"
            "<referenceToReferenceUnit>7</referenceToReferenceUnit></quantitativeReference></unitGroupInformation>"
            f'<units><unit dataSetInternalID="7"><name>{unit}</name><meanValue>1</meanValue></unit></units>'
            "</unitGroupDataSet>"
        )
    members.pop(gone, None)
    return members


def tidas() -> dict[str, str]:
    """The same package as JSON: attributes with ``@``, text with ``#text``, prefixes kept."""
    from xml.etree.ElementTree import Element, fromstring

    def plain(element: Element) -> Any:
        inside: dict[str, Any] = {f"@{key.rpartition('}')[2]}": value for key, value in element.attrib.items()}
        for child in element:
            name = child.tag.replace("{c}", "common:")
            made = plain(child)
            held = inside.setdefault(name, made)
            if held is not made:
                inside[name] = [*(held if isinstance(held, list) else [held]), made]
        text = (element.text or "").strip()
        if not inside:
            return text
        return inside | ({"#text": text} if text else {})

    members = {}
    for name, text in ilcd().items():
        element = fromstring(text)
        members[name.replace("ILCD/", "").replace(".xml", ".json")] = json.dumps({element.tag: plain(element)})
    return members


SIMAPRO_HEAD = """{SimaPro 9.3.0.3}
{processes}
{CSV separator: Semicolon}
{Decimal separator: ,}
"""


def simapro(*rows: str, name: str = "steel making", code: str = "s1", products: str = "steel;kg;1;100;Steel;;") -> str:
    """A process of a SimaPro export, ``;`` and decimal comma."""
    return f"""
Process

Category type
material

Process identifier
{code}

Process name
{name}

Geography
Unspecified

Products
{products}

{chr(10).join(rows)}

End
"""


SIMAPRO_STEEL = ("Materials/fuels", "power;kWh;2;Undefined;0;0;0;", "", "Emissions to air",
                 "Carbon dioxide, fossil;high. pop.;kg;1,50;Lognormal;1;0;0;")  # fmt: skip
SIMAPRO_POWER = ("Emissions to air", "Carbon dioxide, fossil;;kg;0,9;Undefined;0;0;0;")


def brightway(amount: str = "1.50", formula: str = "", kind: str = "technosphere") -> list[list[str]]:
    """Rows of Brightway's table of activities."""
    columns = ["name", "amount", "unit", "categories", "location", "type", "formula", "uncertainty type", "scale"]
    return [
        ["Database", "own"],
        [],
        ["Activity", "steel making"],
        ["code", "s1"],
        ["location", "CN"],
        ["unit", "kilogram"],
        ["Exchanges"],
        columns,
        ["steel", "1", "kilogram", "", "CN", "production"],
        ["power", "2", "kilowatt hour", "", "CN", kind],
        ["Carbon dioxide, fossil", amount, "kilogram", "air::urban", "", "biosphere", formula, "2", "(Unknown)"],
        [],
        ["Activity", "power"],
        ["code", "s2"],
        ["location", "CN"],
        ["unit", "kilowatt hour"],
        ["Exchanges"],
        columns,
        ["Carbon dioxide, fossil", "0.9", "kilogram", "air", "", "biosphere"],
    ]
