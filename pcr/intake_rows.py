"""One row of activity data: amount, months, properties, supply and evidence."""

from __future__ import annotations

import re
from typing import Any, Final, get_args

from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault, Refused
from lca.inventory import Basis
from lca.units import unit as known_unit
from pcr.activity import Evidence, Instrument, Row, Supply
from pcr.intake_tools import Reader
from pcr.intervals import MINUTES, Series
from pcr.rulebook import Input, Property, Rule

_ROW: Final = (
    "id", "input", "product", "material", "name", "amount", "months", "unit", "properties", "factor", "proxy_for",
    "supply", "evidence", "exclude",
)  # fmt: skip
_EVIDENCE: Final = ("document", "meter", "calibration_valid_to", "basis", "responsible", "note", "source")
_SUPPLY: Final = (
    "type", "topology", "technology", "claim", "interval", "generation", "export", "line_loss", "declared_factor",
    "evidence", "attributes_sold", "credits_sold", "add_transmission", "instruments", "series", "charge",
)  # fmt: skip
_SERIES: Final = ("sha256", "interval", "rows", "generation", "load", "matched", "export")
_READ: Final = re.compile(r"[0-9a-f]{64} \w+ [1-9][0-9]{0,8}", re.ASCII)
_INSTRUMENT: Final = (
    "id", "mwh", "plant", "market", "generated_from", "generated_to", "retired_on", "retired_for",
    "sold_to_third_party", "holds", "criteria",
)  # fmt: skip
_NOTHING_SAID: Final = Evidence()
_CHOICES: Final = {
    "type": ("onsite", "direct_line", "grid", "storage"),
    "topology": ("offgrid", "grid_parallel"),
    "technology": (
        "coal", "gas", "hydro", "nuclear", "wind", "pv", "csp", "biomass", "chp", "waste_heat",
    ),
    "claim": ("none", "gec_bundled", "gec_unbundled", "ppa", "supplier_product", "go_rec"),
    "interval": ("15min", "hour", "month", "year"),
}  # fmt: skip


def read_row(reader: Reader, value: Any, where: str, rule: Rule, months: int, products: set[str]) -> Row | None:
    """A row, or None where it is too faulty to go on with; the faults are in the reader."""
    part = reader.mapping(value, where, _ROW, required=("input",))
    name = str(part.get("input", ""))
    if name not in rule.inputs:
        reader.unknown_input(name, f"{where}/input", rule)
        return None
    item = rule.inputs[name]
    product = str(part.get("product", ""))
    if product and product not in products:
        reader.faults.add(Fault("unknown_product", f"{where}/product", product, ", ".join(sorted(products)), rule.ref))
    if item.per == "product" and not product and len(products) == 1:
        (product,) = products
    elif item.per == "product" and not product:
        reader.faults.add(Fault("missing_key", f"{where}/product", "nothing", ", ".join(sorted(products)), rule.ref))
    reader.attempted.add((name, product))
    unit = str(part.get("unit", ""))
    properties = _properties(reader, part.get("properties", {}), f"{where}/properties", item, unit)
    wanted = _unit(reader, unit, item, f"{where}/unit")
    average = item.kind in ("share", "parameter")
    amount, monthly = reader.amount(
        part, where, wanted, months, monthly=item.monthly, density=properties.get("density"), average=average
    )
    material = str(part.get("material", ""))
    if material and item.materials:
        _material(reader, material, str(part.get("factor", "")), item, where)
    evidence = _evidence(reader, part["evidence"], f"{where}/evidence") if "evidence" in part else _NOTHING_SAID
    supply = _supply(reader, part["supply"], f"{where}/supply", wanted) if "supply" in part else None
    if amount is None:
        return None
    if monthly and not evidence.note:
        _jumps(reader, monthly, wanted, f"{where}/months")
    if item.kind in ("output", "parameter") and amount == 0:
        reader.faults.add(Fault("zero_output", where, "0", "an output above zero", rule.ref, {"name": name}))
    if part.get("exclude") and rule.cut_off is None:
        expected = "no exclusion: this rule states no cut-off"
        reader.faults.add(Fault("exclude_not_allowed", f"{where}/exclude", str(part["exclude"]), expected, rule.ref))
    _bounds(reader, (amount, *monthly), wanted, item, where)
    return Row(
        id=str(part.get("id", "")),
        input=name,
        amount=amount,
        unit=wanted,
        months=monthly,
        product=product,
        material=material,
        label=reader.words(part.get("name"), f"{where}/name") if "name" in part else {},
        properties=properties,
        factor=str(part.get("factor", "")),
        proxy_for=str(part.get("proxy_for", "")),
        supply=supply,
        evidence=evidence,
        excluded=str(part.get("exclude", "")),
    )


def _bounds(reader: Reader, numbers: tuple[Exact, ...], unit: str, item: Input, where: str) -> None:
    """The amount first, then its months, against what the input admits."""
    if not item.may_be_negative:
        for number in numbers:
            if number < ZERO:
                reader.faults.add(Fault("negative_amount", where, f"{number} {unit}", "zero or more", reader.rule))
                break
    most = item.most if item.most is not None else ONE if item.kind == "share" else None
    if most is not None and any(number > most for number in numbers):
        found, expected = f"{numbers[0]} {unit}", f"at most {most} {unit}"
        reader.faults.add(Fault("above_most", where, found, expected, reader.rule))


JUMP: Final = 10
"""A month of so many times both its neighbours is a slip of the comma until somebody explains it."""


def _jumps(reader: Reader, months: tuple[Exact, ...], unit: str, where: str) -> None:
    for number, month in enumerate(months):
        beside = max(months[max(number - 1, 0) : number] + months[number + 1 : number + 2], default=ZERO)
        if month >= beside * JUMP and beside > ZERO:
            expected = f"less than {JUMP} x {beside} {unit} of the months beside it, or evidence.note saying why"
            reader.faults.add(Fault("month_jump", f"{where}/{number}", f"{month} {unit}", expected, reader.rule))


def _unit(reader: Reader, given: str, item: Input, where: str) -> str:
    """The input's unit of the same dimension as what was typed; the first where none fits (the amount then refuses)."""
    if not given or given == item.units[0]:
        return item.units[0]
    try:
        dimension = known_unit(given, where).dimension
    except Refused as refused:
        reader.faults.take(refused, where)
        return item.units[0]
    for wanted in item.units:
        if known_unit(wanted).dimension == dimension:
            return wanted
    return item.units[0]


def _material(reader: Reader, material: str, factor: str, item: Input, where: str) -> None:
    if material not in item.materials and not factor:
        from difflib import get_close_matches

        near = ", ".join(get_close_matches(material, item.materials, n=3, cutoff=0.4)) or ", ".join(item.materials)
        reader.faults.add(Fault("unknown_material", f"{where}/material", material, near, reader.rule))


def _properties(reader: Reader, value: Any, where: str, item: Input, row_unit: str) -> dict[str, Exact]:
    if not item.properties:
        for name in value if isinstance(value, dict) else ():
            reader.faults.add(Fault("unknown_key", f"{where}/{name}", str(name), "no properties here", reader.rule))
        return {}
    given = reader.mapping(value, where, tuple(item.properties))
    found: dict[str, Exact] = {}
    for name, text in given.items():
        known = item.properties[name]
        wanted = _property_unit(known, row_unit)
        bare = {"amount": text, "unit": known.unit} if wanted == known.unit else {"amount": text}
        part = text if isinstance(text, dict) else bare
        part = reader.mapping(part, f"{where}/{name}", ("amount", "unit"), required=("amount", "unit"))
        number = reader.converted(part.get("amount"), str(part.get("unit") or wanted), wanted, f"{where}/{name}")
        if number is None:
            continue
        if number < 0 or (known.most is not None and number > known.most):
            expected = f"0 to {known.most} {known.unit}" if known.most is not None else "zero or more"
            reader.faults.add(Fault("above_most", f"{where}/{name}", f"{number} {known.unit}", expected, reader.rule))
        found[name] = number
    for name, known in item.properties.items():
        if known.required and name not in found:
            reader.faults.add(
                Fault("missing_key", f"{where}/{name}", "nothing", f"{name} in {known.unit}", reader.rule)
            )
    return found


def _property_unit(known: Property, row_unit: str) -> str:
    """The unit of a property per the row's own dimension: GJ/Nm3 on a row in Nm3."""
    for unit in known.also:
        try:
            if known_unit(unit.partition("/")[2]).dimension == known_unit(row_unit).dimension:
                return unit
        except Refused:
            break  # the row's unit is unknown; that is a fault of its own
    return known.unit


def _evidence(reader: Reader, value: Any, where: str) -> Evidence:
    part = reader.mapping(value, where, _EVIDENCE)
    basis = str(part.pop("basis", "measured"))
    if basis not in get_args(Basis):
        reader.faults.add(Fault("choice_unknown", f"{where}/basis", basis, ", ".join(get_args(Basis)), reader.rule))
        basis = "estimated"
    return Evidence(basis=basis, **{key: str(text) for key, text in part.items()})  # type: ignore[arg-type]


def _supply(reader: Reader, value: Any, where: str, unit: str) -> Supply:
    part = reader.mapping(value, where, _SUPPLY, required=("type",))
    for name, choices in _CHOICES.items():
        if name in part and part[name] not in choices:
            reader.faults.add(
                Fault("choice_unknown", f"{where}/{name}", str(part[name]), ", ".join(choices), reader.rule)
            )
    numbers: dict[str, Exact | None] = {}
    for name in ("generation", "export"):
        if name in part:
            numbers[name] = reader.converted(part[name], unit, unit, f"{where}/{name}")
    if "line_loss" in part:
        numbers["line_loss"] = reader.number(part["line_loss"], f"{where}/line_loss")
    for name, number in numbers.items():
        if number is not None and number < 0:
            reader.faults.add(Fault("negative_amount", f"{where}/{name}", f"{number}", "zero or more", reader.rule))
        elif name == "line_loss" and number is not None and number >= 1:
            reader.faults.add(Fault("above_most", f"{where}/{name}", f"{number}", "a share below 1", reader.rule))
    instruments = tuple(
        _instrument(reader, item, f"{where}/instruments/{number}")
        for number, item in enumerate(reader.sequence(part.get("instruments", []), f"{where}/instruments"))
    )
    evidence = reader.mapping(part.get("evidence", {}), f"{where}/evidence")
    words: dict[str, Any] = {name: str(part[name]) for name in (*_CHOICES, "declared_factor") if name in part}
    return Supply(
        **words,
        **numbers,  # type: ignore[arg-type]
        evidence={str(key): str(text) for key, text in evidence.items()},
        attributes_sold=_yes(reader, part, "attributes_sold", where),
        credits_sold=_yes(reader, part, "credits_sold", where),
        add_transmission=_yes(reader, part, "add_transmission", where),
        charge=_charge(reader, part.get("charge", {}), unit, f"{where}/charge"),
        instruments=instruments,
        series=_series(reader, part["series"], f"{where}/series") if "series" in part else None,
    )


def _charge(reader: Reader, value: Any, unit: str, where: str) -> dict[str, Exact]:
    """Row id to kWh put into a storage; a workbook's cell says ``pv: 120; grid: 30``."""
    if isinstance(value, str):
        parts = [part.partition(":") for part in value.replace("；", ";").replace("：", ":").split(";") if part.strip()]
        value = {name.strip(): amount.strip() for name, _, amount in parts}
    charge = {}
    for name, text in reader.mapping(value, where).items():
        number = reader.converted(text, unit, unit, f"{where}/{name}")
        if number is not None and number < 0:
            reader.faults.add(Fault("negative_amount", f"{where}/{name}", f"{number}", "zero or more", reader.rule))
        elif number is not None:
            charge[str(name)] = number
    return charge


def _series(reader: Reader, value: Any, where: str) -> Series | None:
    """The sums of a series that the service has read from its file; a file nobody read is a fault."""
    part = reader.mapping(value, where, _SERIES, required=_SERIES[:-1])
    if any(name not in part for name in _SERIES[:-1]):
        return None
    numbers = {name: reader.number(part[name], f"{where}/{name}") for name in _SERIES[3:] if name in part}
    if any(number is None for number in numbers.values()):
        return None
    kept = {name: number for name, number in numbers.items() if number is not None}
    sha256, interval, rows = (str(part[name]) for name in _SERIES[:3])
    if not _READ.fullmatch(f"{sha256} {interval} {rows}") or interval not in MINUTES:
        found = f"{sha256[:20]}, {interval[:20]}, {rows[:20]}"
        expected = "a digest, an interval, the number of its rows, as read from a file"
        reader.faults.add(Fault("series_form", where, found, expected, reader.rule))
        return None
    return Series(sha256, interval, int(rows), **kept)


def _instrument(reader: Reader, value: Any, where: str) -> Instrument:
    part = reader.mapping(value, where, _INSTRUMENT, required=("id", "mwh"))
    mwh = reader.number(part.get("mwh"), f"{where}/mwh")
    if mwh is not None and mwh <= 0:
        reader.faults.add(Fault("negative_amount", f"{where}/mwh", f"{mwh}", "above zero", reader.rule))
    for name in ("generated_from", "generated_to", "retired_on"):
        if name in part:
            reader.day(part[name], f"{where}/{name}")
    holds = reader.number(part["holds"], f"{where}/holds") if "holds" in part else None
    if holds is not None and mwh is not None and holds < mwh:
        reader.faults.add(
            Fault("above_most", f"{where}/mwh", f"{mwh} MWh", f"at most the {holds} it holds", reader.rule)
        )
    texts = ("plant", "market", "generated_from", "generated_to", "retired_on", "retired_for")
    criteria = reader.mapping(part.get("criteria", {}), f"{where}/criteria")
    return Instrument(
        id=str(part.get("id", "")),
        mwh=mwh if mwh is not None else Exact(0),
        sold_to_third_party=_yes(reader, part, "sold_to_third_party", where),
        criteria={str(key): str(text) for key, text in criteria.items()},
        holds=holds,
        **{name: str(part[name]) for name in texts if name in part},
    )


def _yes(reader: Reader, part: dict[str, Any], name: str, where: str) -> bool:
    """Yes or no in either language; YAML's many other spellings are refused, not guessed."""
    value = part.get(name, False)
    if isinstance(value, bool):
        return value
    known = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}
    if str(value).lower() not in known:
        reader.faults.add(Fault("choice_unknown", f"{where}/{name}", str(value), "true, false", reader.rule))
    return known.get(str(value).lower(), False)
