"""End of life (报废回收): the circular footprint formula, material by material, as bought and credited lines."""

from collections.abc import Iterable

from pcr.api import ONE, ZERO, ActivityData, Exact, FactorName, Process, Row, RuleError, load_rule
from pcr.methods.recycling.v1 import CffShares, coefficients

RULE = load_rule(__package__)


def end_of_life(data: ActivityData, product: str, packs: Exact) -> Process:
    """EOL: recycling, avoided primary material and disposal of each material of the packs."""
    spent = Process(
        f"spent:{product}", stage="end_of_life", product=f"spent:{product}", amount=packs, unit="piece", data=data
    )
    for row in data.rows("end_of_life_material", product):
        part = coefficients(_shares(row))
        for role, name in (("recycling", "recycling"), ("avoided", "virgin"), ("disposal", "disposal")):
            _line(spent, row, role, name, part[role])
    return spent


def recycled_content(parts: Process, rows: Iterable[Row]) -> None:
    """RAW: where the input holds recycled material, primary is replaced by the formula's share of secondary."""
    for row in rows:
        part = coefficients(_shares(row))
        _line(parts, row, "primary replaced", "virgin", part["virgin"] - ONE)
        _line(parts, row, "recycled content", "recycled", part["recycled"])


def _shares(row: Row) -> CffShares:
    values = row.properties
    if values["r2"] + values["r3"] > 1:
        raise RuleError(
            "",
            code="cff_shares",
            where=f"/rows ({row.id})",
            found=f"R2 {values['r2']}, R3 {values['r3']}",
            expected="R2 + R3 at most 1",
            clause=RULE.clause("cff"),
        )
    q_in, q_out = values.get("q_in", ONE), values.get("q_out", ONE)
    return CffShares(values["a"], values["r1"], values["r2"], values["r3"], q_in, q_out)


def _line(process: Process, row: Row, role: str, name: str, share: Exact) -> None:
    """A line of the formula; a blank factor of a part that is needed is a gap, not a zero."""
    if share == ZERO:
        return
    data = process.data
    choice = data.rule.inputs[row.input].materials.get(row.material)
    factor_id = choice.names.get(name, "") if choice else ""
    kinds = (*data.regime.material_kinds, "treatment_service", "waste_disposal")
    factor = FactorName(
        id=factor_id, year=data.year, kinds=kinds, place=data.country, proxy=True, proxy_for=f"{row.material}: {name}"
    )
    because = f"cff: {role}, {share.significant(3)} kg per kg"
    process.bought(row, factor, amount=row.amount * share, unit=row.unit, suffix=f"+{role}", because=because)
