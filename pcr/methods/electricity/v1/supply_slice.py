"""One supply slice (供电切片) on its way through the regime's electricity table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from lca.exact import ONE, Exact
from lca.faults import Collector, Fault, Notice
from lca.inventory import Electricity
from lca.naming import FactorName
from lca.units import convert
from pcr.activity import ActivityData, Row, Supply
from pcr.builder import Process
from pcr.methods.electricity.v1.claims import claim_faults, covered
from pcr.methods.electricity.v1.own_use import own_use_faults, ratio_codes
from pcr.methods.electricity.v1.regime_rows import (
    burns_nothing,
    claim_row,
    delivery_faults,
    doubt_codes,
    interval_faults,
    takes_zero,
)
from pcr.methods.electricity.v1.storage import stored_from
from pcr.regime import ElectricityPolicy, TableRow

FUELLED: Final = ("coal", "gas", "chp", "biomass")
"""Technologies of a plant that burns: on site, their fuel is the works' own."""
NOT_INSIDE: Final = "transmission_not_inside"


class Slice:
    """One row of electricity, or the part of a storage's charge that came from its supply."""

    def __init__(
        self, process: Process, row: Row, supply: Supply, share: Exact, *, captive: str = "", country: str = "",
        stored: tuple[Row, Exact] | None = None,
    ) -> None:  # fmt: skip
        self.process, self.checked, self.supply, self.share, self.captive = process, row, supply, share, captive
        self.row, self.suffix = row, ""
        if stored is not None:
            storage, kwh = stored
            self.row = replace(storage, amount=kwh, factor=row.factor, proxy_for=row.proxy_for)
            self.suffix = f"+{row.id}"
        self.data: ActivityData = process.data
        self.country = country or self.data.country
        self.policy: ElectricityPolicy = process.data.regime.electricity
        self.place = f"rows/{row.id}/supply"
        self.stored = stored is not None
        self.codes: list[str] = ["ELEC_STORAGE"] if self.stored else []
        self.claim = claim_row(self.data, supply)

    def allot(self, faults: Collector, doubled: list[Fault]) -> None:
        """Take the first row of the table whose condition and evidence hold; invalid claims go to ``faults``."""
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

    def take_average(self, codes: list[str]) -> None:
        """The whole slice at the grid's average, with the reasons."""
        self.codes += codes
        self._average(self.row.amount)

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
        if self.supply.type == "onsite" and self._is_captive() and self.row.factor:
            expected = "no factor: the fuel of the plant is counted where it is burned"
            found.append(Fault("ELEC_CAPTIVE_DOUBLE", f"rows/{self.row.id}", self.row.factor, expected, rule))
        if self.supply.credits_sold and (self.supply.type != "grid" or self.claim is not None):
            expected = "power whose plant sells no carbon credits for the period"
            found.append(Fault("ELEC_CCER_OVERLAP", self.place, "carbon credits sold", expected, rule))
        return found

    def _is_captive(self) -> bool:
        return bool(self.captive) and self.supply.type == "onsite" and self.supply.technology in FUELLED

    def _invalid(self) -> list[Fault]:
        rule = self.data.regime.ref
        if self.supply.type in ("onsite", "direct_line"):
            found = own_use_faults(self.checked, self.supply, rule, stored_from(self.data, self.checked))
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
            self.codes += ratio_codes(self.supply, self.data.country)
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
        if residual is not None and self.country in self.policy.residual:
            grid, factor = residual, self._name(self.policy.residual)
        elif residual is not None:
            self.codes.append("ELEC_RESIDUAL_MISSING")
        worth = ""
        if "ELEC_INSTRUMENT_NOT_ACCEPTED" in self.codes:
            worth = f"{self._technology_name().key()} + {self._transmission_name().key()}"
            values = {"row": self.row.id, "regime": self.data.regime.ref, "worth": worth}
            self.process.notices.append(Notice("ELEC_INSTRUMENT_NOT_ACCEPTED", f"rows/{self.row.id}", values))
        self._book(kwh, factor, grid.row, suffix=suffix, worth=worth)
        if self.policy.transmission_assumed and factor.series and self._transmission_name().series:
            # The average is taken to hold transmission: what it would be if it did not stands beside the total.
            self._buy(kwh, self._transmission_name(), f"{suffix}+transmission", case=NOT_INSIDE)

    def _direct(self, table: TableRow) -> None:
        if self.supply.technology == "waste_heat" and self.supply.type == "onsite":
            # The fuel is burned and counted in the process whose heat it is; counting it again would double it.
            self.codes.append("ELEC_CAPTIVE_ONCE")
            self._decide(self.row.amount, "", table.row, "")
            return
        if self._is_captive():
            self.codes.append("ELEC_CAPTIVE_ONCE")
            self._decide(self.row.amount, "", table.row, "")
            self.process.take(self.captive, self.row.amount * self.share, self.row.unit, input_name=self.row.input)
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

    def _buy(self, kwh: Exact, factor: FactorName, suffix: str, case: str = "") -> str:
        amount, name = kwh * self.share, f"{self.suffix}{suffix}"
        return self.process.bought(self.row, factor, amount=amount, unit=self.row.unit, suffix=name, case=case)

    def _decide(self, kwh: Exact, line: str, table_row: str, factor: str, worth: str = "") -> None:
        amount = convert(kwh * self.share, self.row.unit, "kWh")
        evidence = tuple(f"{name}: {proof}" for name, proof in sorted(self.supply.evidence.items()))
        kind = self.supply.type if self.supply.claim == "none" else f"grid, {self.supply.claim}"
        kind = f"storage, {kind}" if self.stored else kind
        self.process.electricity.append(
            Electricity(
                self.row.id, line, self.process.id, kind, amount, table_row, factor, tuple(self.codes), worth, evidence
            )
        )

    def _name(self, series: Mapping[str, str], suffix: str = "") -> FactorName:
        """A series of the country; a country whose series is not loaded is a gap, not a guess."""
        found = series.get(self.country, "")
        name = f"{found}{suffix}" if found else ""
        return FactorName(
            series=name, year=self.data.year, kinds=self.policy.kinds, named_by="policy", place=self.country
        )

    def _named_by_user(self) -> FactorName:
        return FactorName(
            id=self.row.factor, year=self.data.year, kinds=self.policy.kinds, named_by="user", place=self.country,
            proxy=True,
        )  # fmt: skip

    def _average_name(self) -> FactorName:
        if self.row.factor and self.supply.type == "grid" and self.policy.grid_factor_of_user == "by_kind":
            return self._named_by_user()
        return self._name(self.policy.average)

    def _plant_name(self, table: TableRow) -> FactorName:
        if self.row.factor and self.supply.type != "grid":
            return self._named_by_user()
        if table.factor == "actual":  # the plant's own factor or nothing: a technology's mean is no actual value
            return FactorName(kinds=self.policy.kinds, year=self.data.year, named_by="policy", place=self.country)
        return self._technology_name()

    def _technology_name(self) -> FactorName:
        return self._name(self.policy.generation, f".{self.supply.technology or 'unknown'}")

    def _transmission_name(self) -> FactorName:
        return self._name(self.policy.transmission)
