"""Kilns (窑): what each makes, the CO2 of the carbonates it burned, and the dust that leaves.

A works with several kilns names them in the material of a row; a row without a name holds for every kiln. Their
clinker is one mixture: no cement chooses its kiln.
"""

from dataclasses import dataclass

from pcr.api import ONE, ZERO, ActivityData, Collector, Exact, Fault, load_rule
from pcr.methods.carbonates.v1 import calcination, kiln_dust

RULE = load_rule(__package__)
OXIDES = ("clinker_cao", "clinker_mgo", "clinker_cao_non_carbonate", "clinker_mgo_non_carbonate")


@dataclass(frozen=True, slots=True)
class Kiln:
    """Clinker of one kiln. ``factor``: t CO2 per t; ``deducted``: what oxides that were no carbonate take off it."""

    name: str
    clinker: Exact
    cao: Exact
    mgo: Exact
    factor: Exact
    deducted: Exact


@dataclass(frozen=True, slots=True)
class Dust:
    """Dust that leaves a kiln: tonnes, factor of the clinker beside it, degree of calcination."""

    amount: Exact
    factor: Exact
    degree: Exact

    @property
    def co2(self) -> Exact:
        return self.amount * kiln_dust(self.factor, self.degree)


def names(data: ActivityData) -> list[str]:
    """Kilns that make clinker; one without a name where nobody named any."""
    return sorted({row.material for row in data.rows("clinker_produced")})


def share_of(data: ActivityData, name: str, kiln: str, faults: Collector) -> Exact | None:
    """A share of one kiln, months weighted by what the rule names; None where it is not given once."""
    rows = [row for row in data.rows(name) if row.material == kiln]
    rows = rows or [row for row in data.rows(name) if not row.material]
    where = f"/rows ({name}{', ' if kiln else ''}{kiln})"
    if len(rows) != 1:
        code = "share_twice" if rows else "missing_input"
        faults.add(Fault(code, where, f"{len(rows)} rows", "one row", RULE.ref, {"input": name}))
        return None
    (row,) = rows
    if not row.months:
        return row.amount
    weights = [ZERO] * len(row.months)
    for other in data.rows(RULE.inputs[name].weighted_by):
        for month, amount in enumerate(other.months if other.material == kiln else ()):
            weights[month] += amount
    whole = sum(weights, ZERO)
    if not whole:
        return sum(row.months, ZERO) / len(row.months)
    return sum((share * weight for share, weight in zip(row.months, weights, strict=True)), ZERO) / whole


def kilns(data: ActivityData, faults: Collector) -> list[Kiln]:
    """Every kiln with its calcination factor; what is wrong goes to the faults."""
    made, known = [], names(data)
    for name in (*OXIDES, "kiln_dust", "kiln_dust_degree", "bypass_dust"):
        for row in data.rows(name):
            if row.material and row.material not in known:
                expected = ", ".join(filter(None, known)) or "no material"
                faults.add(Fault("kiln_unknown", f"rows/{row.id}", row.material, expected, RULE.ref))
    for kiln in known:
        clinker = sum((row.amount for row in data.rows("clinker_produced") if row.material == kiln), ZERO)
        oxides = [share_of(data, name, kiln, faults) for name in OXIDES]
        if None in oxides or not clinker:
            continue
        cao, mgo, cao_other, mgo_other = (share or ZERO for share in oxides)
        if cao < cao_other or mgo < mgo_other:
            found = f"{kiln} CaO {cao - cao_other}, MgO {mgo - mgo_other} after subtraction".strip()
            where, expected = "/rows (clinker_cao, clinker_mgo)", "each remainder zero or more"
            faults.add(Fault("clinker_oxide_negative", where, found, expected, RULE.clause("calcination")))
            continue
        ratios = data.regime.ratio("CO2/CaO"), data.regime.ratio("CO2/MgO")
        factor = calcination(cao, mgo, cao_other, mgo_other, *ratios)
        deducted = calcination(cao_other, mgo_other, ZERO, ZERO, *ratios)
        made.append(Kiln(kiln, clinker, cao, mgo, factor, deducted))
    return made


def mean_factor(made: list[Kiln]) -> Exact:
    """t CO2 per t of clinker of the mixture; zero in a grinding works."""
    clinker = sum((kiln.clinker for kiln in made), ZERO)
    return sum((kiln.clinker * kiln.factor for kiln in made), ZERO) / clinker if clinker else ZERO


def dusts(data: ActivityData, made: list[Kiln], faults: Collector) -> list[Dust]:
    """Kiln dust by its own degree, bypass dust by the setting; unnamed dust beside the mean clinker."""
    factors = {kiln.name: kiln.factor for kiln in made}
    found = []
    for row in data.rows("kiln_dust"):
        if not row.amount:
            continue
        if not data.rows("kiln_dust_degree"):
            where, clause = "/rows (kiln_dust_degree)", RULE.clause("dust")
            faults.add(Fault("dust_degree_missing", where, "no row", "kiln_dust_degree", clause))
            break
        degree = share_of(data, "kiln_dust_degree", row.material, faults)
        if degree is not None:
            found.append(Dust(row.amount, factors.get(row.material, mean_factor(made)), degree))
    bypass = data.rows("bypass_dust")
    full = data.number("bypass_dust_degree") if bypass else ONE
    if not ZERO <= full <= ONE:
        where, clause = "settings/bypass_dust_degree", RULE.clause("dust")
        faults.add(Fault("degree_unreadable", where, full.text(), "0 to 1", clause))
    found += [Dust(row.amount, factors.get(row.material, mean_factor(made)), full) for row in bypass]
    return found
