"""Allot every supply slice to a row of the regime's electricity table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lca.exact import ONE, Exact
from lca.faults import Collector, Fault, Notice
from lca.inventory import Electricity
from lca.naming import FactorName
from lca.units import convert
from pcr.activity import ActivityData, Row, Supply
from pcr.builder import Process
from pcr.methods.electricity.v1.claims import claim_faults, covered, ledger_faults
from pcr.methods.electricity.v1.own_use import own_use_faults
from pcr.methods.electricity.v1.regime_rows import (
    burns_nothing,
    claim_row,
    delivery_faults,
    doubt_codes,
    interval_faults,
    takes_zero,
)
from pcr.methods.electricity.v1.shares import cherry_pick_faults
from pcr.regime import ElectricityPolicy, TableRow


def power(process: Process, rows: Iterable[Row], share: Exact = ONE) -> None:
    """Buy the electricity of a process, slice by slice, as the regime's table says.

    ``share`` is the part of each row that this process uses (a mill's kWh by product).  Where the regime wants it, a
    line that rests on an instrument also enters the sensitivity case ``electricity_average``.

    Raises:
        Refused: every invalid claim of every row, with codes ``ELEC_*``, unless the data are read without strict.
    """
    faults = Collector()
    kept = list(rows)
    inputs = {row.input for row in kept}
    for fault in [*balance_faults(process.data, inputs), *cherry_pick_faults(process.data, inputs)]:
        faults.add(fault)
        if not process.data.strict:
            process.notices.append(Notice(fault.code, fault.where, {"found": fault.found, "expected": fault.expected}))
    doubled = ledger_faults(process.data)
    for fault, _ in doubled:
        faults.add(fault)
    for row in kept:
        slice_ = _Slice(process, row, row.supply or Supply(), share)
        slice_.allot(faults, [fault for fault, rows_ in doubled if row.id in rows_])
    if process.data.strict:
        faults.raise_if_any()


def balance_faults(data: ActivityData, inputs: set[str]) -> list[Fault]:
    """Slices of a metered input add up to the meter within the regime's tolerance."""
    faults = []
    for meter in data.given.meters:
        if meter.input not in inputs:
            continue
        whole = data.total(meter.input, meter.product or None)
        given = convert(meter.amount, meter.unit, data.rule.inputs[meter.input].units[0])
        if abs(whole - given) > given * data.regime.electricity.balance_tolerance:
            found, expected = f"{whole} in rows", f"{given} on meter {meter.id}"
            faults.append(Fault("ELEC_BALANCE", f"meters/{meter.id}", found, expected, data.regime.ref))
    return faults


class _Slice:
    """One row of electricity on its way through the table."""

    def __init__(self, process: Process, row: Row, supply: Supply, share: Exact) -> None:
        self.process, self.row, self.supply, self.share = process, row, supply, share
        self.data: ActivityData = process.data
        self.policy: ElectricityPolicy = process.data.regime.electricity
        self.place = f"rows/{row.id}/supply"
        self.codes: list[str] = []
        self.claim = claim_row(self.data, supply)

    def allot(self, faults: Collector, doubled: list[Fault]) -> None:
        invalid = self._declared() + self._invalid() + doubled
        for fault in invalid:
            faults.add(fault)
        self.codes += sorted({fault.code for fault in invalid})
        serious = [fault for fault in invalid if fault.code not in ("ELEC_CLAIM_EXCEEDS_USE", "ELEC_DOUBLE_TD")]
        row = None if serious else self._table_row()
        if row is None:
            self._average(self.row.amount)
        elif row.takes == "claim":
            self._claimed(row)
        elif row.takes == "grid":
            self._average(self.row.amount)
        else:
            self._direct(row)

    def _declared(self) -> list[Fault]:
        """A typed factor is no evidence; a zero is no life-cycle factor."""
        text, rule = self.supply.declared_factor, self.data.regime.ref
        found = []
        if text:
            zero = not Exact.parse(text, self.place)
            if zero and self.policy.zero_factors == "forbidden":
                expected = "the plant's life-cycle factor"
                found.append(Fault("ELEC_ZERO_FACTOR_FORBIDDEN", self.place, f"{text} kgCO2e/kWh", expected, rule))
            elif not (zero and takes_zero(self.policy, self.supply)):
                expected = "a factor of a release or supplier layer, by id"
                found.append(Fault("ELEC_FACTOR_TYPED", self.place, f"{text} kgCO2e/kWh", expected, rule))
        if self.supply.add_transmission and self.supply.type == "grid" and self.supply.claim == "none":
            expected = "nothing added: the average holds transmission"
            found.append(Fault("ELEC_DOUBLE_TD", self.place, "transmission added to the average", expected, rule))
        if self.row.factor and self.supply.type == "grid" and self.policy.grid_factor_of_user != "by_kind":
            if self.policy.grid_factor_of_user == "refused_source":
                expected = "the value the regime prescribes"
                found.append(Fault("ELEC_SOURCE_NOT_ALLOWED", self.place, self.row.factor, expected, rule))
            else:
                expected = "the country's average consumption mix"
                found.append(Fault("ELEC_SUBNATIONAL_NOT_ALLOWED", self.place, self.row.factor, expected, rule))
        return found

    def _invalid(self) -> list[Fault]:
        rule = self.data.regime.ref
        if self.supply.type in ("onsite", "direct_line"):
            found = own_use_faults(self.row, self.supply, rule)
            if self.supply.attributes_sold or any(item.sold_to_third_party for item in self.supply.instruments):
                if self.policy.sold_attributes == "flagged":
                    self.codes.append("ELEC_ATTRIBUTE_SOLD")
                else:
                    found.append(Fault("ELEC_ATTRIBUTE_SOLD", self.place, "attributes sold", "attributes kept", rule))
            table = next((row for row in self.policy.rows if row.takes == self.supply.type), None)
            found += interval_faults(table, self.supply, self.place, rule)
            wanted = table.evidence if table is not None else ()
            missing = [name for name in wanted if not self.supply.evidence.get(name)]
            if self.supply.type == "direct_line" and self.supply.line_loss is None:
                missing.append("line_loss")
            if not self.supply.technology:
                missing.append("technology")
            if missing:
                expected = ", ".join(missing)
                found.append(Fault("ELEC_DIRECT_EVIDENCE", self.place, "not given", expected, rule))
            return found
        if self.supply.claim != "none" and self.claim is not None:
            # A regime that does not look at a claim does not check it either: the row takes the average.
            found = claim_faults(self.row, self.supply, self.data, self.claim.criteria, rule)
            found += delivery_faults(self.claim, self.supply, self.place, rule)
            return found + interval_faults(self.claim, self.supply, self.place, rule)
        return []

    def _table_row(self) -> TableRow | None:
        wanted = self.supply.type
        if wanted == "grid" and self.supply.claim != "none":
            if self.claim is not None:
                return self.claim
            self.codes.append("ELEC_INSTRUMENT_NOT_ACCEPTED")
            self.codes += doubt_codes(self.policy)
        return next((row for row in self.policy.rows if row.takes == wanted), None)

    def _average(self, kwh: Exact, suffix: str = "") -> None:
        grid = next(row for row in self.policy.rows if row.takes == "grid")
        factor = self._average_name()
        residual = next((row for row in self.policy.rows if row.takes == "residual"), None)
        if residual is not None and self.data.country in self.policy.residual:
            grid, factor = residual, self._name(self.policy.residual)
        elif residual is not None:
            self.codes.append("ELEC_RESIDUAL_MISSING")
        worth = ""
        if "ELEC_INSTRUMENT_NOT_ACCEPTED" in self.codes:
            worth = f"{self._technology_name().key()} + {self._transmission_name().key()}"
            values = {"row": self.row.id, "regime": self.data.regime.ref, "worth": worth}
            self.process.notices.append(Notice("ELEC_INSTRUMENT_NOT_ACCEPTED", f"rows/{self.row.id}", values))
        self._book(kwh, factor, grid.row, suffix=suffix, worth=worth)

    def _direct(self, table: TableRow) -> None:
        if self.supply.technology == "waste_heat" and self.supply.type == "onsite":
            # The fuel is burned and counted in the process whose heat it is; counting it again would double it.
            self.codes.append("ELEC_CAPTIVE_ONCE")
            self._decide(self.row.amount, "", table.row, "")
            return
        if table.factor != "plant" and burns_nothing(self.supply):
            self.codes.append("ELEC_ZERO_NONFOSSIL")
            self._decide(self.row.amount, "", table.row, "")
            return
        if table.factor == "zero_nonfossil":
            self._average(self.row.amount)
            return
        loss = self.supply.line_loss if table.transmission == "line_loss" and self.supply.line_loss else Exact(0)
        self._book(self.row.amount / (ONE - loss), self._plant_name(table), table.row)

    def _claimed(self, table: TableRow) -> None:
        kwh = min(covered(self.row, self.supply), self.row.amount)
        rest = self.row.amount - kwh
        if table.factor != "plant" and burns_nothing(self.supply):
            self.codes.append("ELEC_ZERO_NONFOSSIL")
            self._decide(kwh, "", table.row, "")
            if rest:
                self._average(rest, "+rest")
            return
        line = self._book(kwh, self._plant_name(table), table.row)
        added = self._buy(kwh, self._transmission_name(), "+transmission") if table.transmission == "add" else ""
        self.process.notices.append(Notice("ELEC_RESIDUAL_MISSING", f"rows/{self.row.id}", {"row": self.row.id}))
        if rest:
            self._average(rest, "+rest")
        if self.policy.average_sensitivity:
            self.process.averages[line] = self._average_name()
            if added:
                self.process.dropped.append(added)

    def _book(self, kwh: Exact, factor: FactorName, table_row: str, *, suffix: str = "", worth: str = "") -> str:
        line = self._buy(kwh, factor, suffix)
        self._decide(kwh, line, table_row, factor.key(), worth)
        return line

    def _buy(self, kwh: Exact, factor: FactorName, suffix: str) -> str:
        return self.process.bought(self.row, factor, amount=kwh * self.share, unit=self.row.unit, suffix=suffix)

    def _decide(self, kwh: Exact, line: str, table_row: str, factor: str, worth: str = "") -> None:
        amount = convert(kwh * self.share, self.row.unit, "kWh")
        evidence = tuple(f"{name}: {proof}" for name, proof in sorted(self.supply.evidence.items()))
        kind = self.supply.type if self.supply.claim == "none" else f"grid, {self.supply.claim}"
        self.process.electricity.append(
            Electricity(
                self.row.id, line, self.process.id, kind, amount, table_row, factor, tuple(self.codes), worth, evidence
            )
        )

    def _name(self, series: Mapping[str, str], suffix: str = "") -> FactorName:
        """A series of the country; a country whose series is not loaded is a gap, not a guess."""
        found = series.get(self.data.country, "")
        name = f"{found}{suffix}" if found else ""
        kinds, place = self.policy.kinds, self.data.country
        return FactorName(series=name, year=self.data.year, kinds=kinds, named_by="policy", place=place)

    def _average_name(self) -> FactorName:
        if self.row.factor and self.supply.type == "grid" and self.policy.grid_factor_of_user == "by_kind":
            return FactorName(
                id=self.row.factor, year=self.data.year, kinds=self.policy.kinds, named_by="user",
                place=self.data.country, proxy=True,
            )  # fmt: skip
        return self._name(self.policy.average)

    def _plant_name(self, table: TableRow) -> FactorName:
        if self.row.factor and self.supply.type != "grid":
            return FactorName(
                id=self.row.factor, year=self.data.year, kinds=self.policy.kinds, named_by="user",
                place=self.data.country, proxy=True,
            )  # fmt: skip
        if table.factor == "actual":  # the plant's own factor or nothing: a technology's mean is no actual value
            return FactorName(kinds=self.policy.kinds, year=self.data.year, named_by="policy", place=self.data.country)
        return self._technology_name()

    def _technology_name(self) -> FactorName:
        return self._name(self.policy.generation, f".{self.supply.technology or 'unknown'}")

    def _transmission_name(self) -> FactorName:
        return self._name(self.policy.transmission)
