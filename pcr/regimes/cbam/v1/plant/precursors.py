"""Bought precursors: verified, on a default value, by a supplier's package, or from where none is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from lca.exact import ONE, ZERO, Exact
from lca.faults import Collector, Fault, Notice, Refused
from pcr.regimes.cbam.goods import category_of, find
from pcr.regimes.cbam.v1 import dated
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.defaults import Benchmark, benchmark, choose, colour_of
from pcr.regimes.cbam.v1.defaults import Row as DefaultRow
from pcr.regimes.cbam.v1.installation import Precursor
from pcr.regimes.cbam.v1.obligation import free_allocation, marked_up
from pcr.regimes.cbam.v1.plant.form import Form, Row
from pcr.regimes.cbam.v1.plant.units import content_of, unit_of

PACKAGE: Final = "cbam-communication/1"


class Held(Protocol):
    """Default values and benchmarks in force, as a factor release holds them."""

    def rows(self, country: str, code: str) -> Sequence[DefaultRow]: ...
    def benchmarks(self, cn: str, column: str) -> list[Benchmark]: ...


@dataclass(frozen=True, slots=True)
class Lot:
    """What one supplier delivered, per tonne of the precursor; ``sefa`` None where it could not be found."""

    precursor: str
    supplier: str
    country: str
    mass: Exact
    basis: str
    """``actual``, ``default``, ``communication`` or ``exempt``."""
    direct: Exact
    indirect: Exact
    electricity: Exact
    on_default: tuple[Exact, Exact]
    sefa: Exact | None
    default_id: str
    verification: str
    row: Row
    total_default: Exact | None = None
    """The table's value before the mark-up."""


class Buying:
    """The lots of a form, with what a day's tables say."""

    def __init__(
        self, form: Form, held: Held, known: str, packages: Mapping[str, Any], faults: Collector, notices: list[Notice]
    ) -> None:
        self.form, self.held, self.known, self.packages = form, held, known, packages
        self.faults, self.notices = faults, notices
        self.day = f"{form.year}-12-31"

    def lots(self) -> tuple[Lot, ...]:
        """Every lot that could be read."""
        bought = {row.text("id"): row for row in self.form.tables["precursors"]}
        made = []
        for row in self.form.tables["lots"]:
            name = row.text("precursor")
            if name not in bought:
                expected = ", ".join(bought) or "a row of precursors"
                self.faults.add(Fault("cbam_name_unknown", f"{row.where}/precursor", name, expected, RULE))
                continue
            before = len(self.faults.faults)
            with self.faults.catching(row.where):
                lot = self._lot(row, bought[name])
                if len(self.faults.faults) == before:
                    made.append(lot)
        without = [name for name in bought if name not in {row.text("precursor") for row in self.form.tables["lots"]}]
        for name in without:
            expected = "a row of lots: from whom, how much, on which basis"
            self.faults.add(Fault("cbam_no_lot", bought[name].where, name, expected, RULE))
        return tuple(made)

    def _lot(self, row: Row, bought: Row) -> Lot:
        country, basis = row.text("country") or dated.UNKNOWN, row.text("basis")
        if not row.number("mass_t"):
            self.faults.add(Fault("cbam_level", f"{row.where}/mass_t", "0", "above zero", RULE))
        kind = dated.origin(country, f"{self.form.year}-12-31")
        if kind in ("eu", "excluded"):
            values = {"cn": bought.text("cn"), "country": country}
            self.notices.append(Notice("cbam_precursor_outside", row.where, values))
            return self._made(row, country, "exempt", ZERO, ZERO, ZERO, (ZERO, ZERO), ZERO)
        if basis == "default":
            return self._on_default(row, bought, country)
        if basis == "communication":
            return self._by_package(row, bought)
        return self._actual(row, bought, country)

    def _on_default(self, row: Row, bought: Row, country: str) -> Lot:
        """The default with its mark-up. The split of the table is for information: what it leaves is direct."""
        cn = bought.text("cn")
        found = choose(self.held.rows, cn, country, bought.text("colour"), row.where)
        self.notices.extend(found.trace)
        good = find(cn).good
        sector = good.sector if good is not None else ""
        see = marked_up(Exact(found.row.value), dated.markup(sector, self.day, self.known).value)
        content = self._content(row, cn) if unit_of(cn, "definitive") == "clinker" else ONE
        counted = good is None or good.indirect
        indirect = Exact(found.row.indirect) if counted and found.row.indirect else ZERO
        parts = ((see - indirect) * content, indirect * content)
        sefa = self._default_sefa(row, bought, found.row.route)
        return self._made(
            row, country, "default", *parts, ZERO, parts, None if sefa is None else sefa * content,
            default_id=found.row.id, total=Exact(found.row.value),
        )  # fmt: skip

    def _default_sefa(self, row: Row, bought: Row, letters: str) -> Exact | None:
        """Column B of the default's own letter (eq. 6); not known where no one benchmark is meant."""
        cn = bought.text("cn")
        shade = colour_of(cn, bought.text("colour"), row.where)
        letters = dated.tables()["colours"]["letters"].get(shade, "") or letters
        try:
            marks = self.held.benchmarks(cn, "B")
            mark = benchmark(marks, self.form.year, letters, row.text("route_letter"), row.where)
            factor, cscf = dated.cbam_factor(self.day, self.known), dated.cscf(self.day, self.known)
        except Refused as refused:
            values = {"good": row.text("precursor"), "why": refused.faults[0].code}
            self.notices.append(Notice("cbam_sefa_unknown", row.where, values))
            return None
        return free_allocation(factor.value, cscf.value, mark.number)

    def _actual(self, row: Row, bought: Row, country: str) -> Lot:
        for key in ("see_direct", "see_indirect"):
            if key not in row:
                self.faults.add(Fault("missing_key", f"{row.where}/{key}", "nothing", key, RULE))
        if not row.text("verification"):
            expected = "the number of the verification report, or basis default"
            self.faults.add(Fault("cbam_actual_unverified", f"{row.where}/verification", "nothing", expected, RULE))
        self._period(row, row.text("from"), row.text("to"))
        content = self._content(row, bought.text("cn"))
        direct, indirect = row.or_zero("see_direct") * content, row.or_zero("see_indirect") * content
        sefa = row.number("sefa")
        if sefa is None:
            self.notices.append(Notice("cbam_sefa_unknown", row.where, {"good": row.text("precursor"), "why": "sefa"}))
        return self._made(
            row, country, "actual", direct, indirect, row.or_zero("MWh_per_t") * content,
            (direct * row.or_zero("share_default"), ZERO), None if sefa is None else sefa * content,
        )  # fmt: skip

    def _by_package(self, row: Row, bought: Row) -> Lot:
        """A supplier's communication package: its verified values, per functional unit."""
        package = self.packages.get(row.text("package"))
        if not isinstance(package, dict) or package.get("schema") != PACKAGE:
            expected = f"a file of the form {PACKAGE}, as pcf cbam report writes it"
            found = row.text("package") or "nothing"
            raise Refused([Fault("cbam_package", f"{row.where}/package", found, expected, RULE)])
        goods = {item["id"]: item for item in package["goods"]}
        wanted = row.text("good") or (next(iter(goods)) if len(goods) == 1 else "")
        if wanted not in goods:
            expected = ", ".join(goods)
            raise Refused([Fault("cbam_name_unknown", f"{row.where}/good", wanted or "nothing", expected, RULE)])
        good = goods[wanted]
        if good["cn"][:8] != bought.text("cn")[:8]:
            raise Refused([Fault("cbam_package", f"{row.where}/good", good["cn"], bought.text("cn"), RULE)])
        report = package["verifier"].get("report") or row.text("verification")
        if not report:
            expected = "the number of the verification report, or basis default"
            found = "a package without verification"
            self.faults.add(Fault("cbam_actual_unverified", f"{row.where}/verification", found, expected, RULE))
        self._period(row, package["period"]["from"], package["period"]["to"])
        content = self._content(row, bought.text("cn"))
        told = {key: Exact.from_record(good[key]) * content for key in
                ("see_direct", "see_indirect", "electricity_MWh", "default_direct", "default_indirect")}  # fmt: skip
        sefa = Exact.from_record(good["sefa"]) * content if good.get("sefa") else None
        values = {"precursor": row.text("precursor"), "package": row.text("package"), "report": report}
        self.notices.append(Notice("cbam_package_taken", row.where, values))
        return self._made(
            row, package["installation"].get("country", ""), "communication", told["see_direct"],
            told["see_indirect"], told["electricity_MWh"], (told["default_direct"], told["default_indirect"]), sefa,
            verification=report,
        )  # fmt: skip

    def _content(self, row: Row, cn: str) -> Exact:
        return content_of(row, unit_of(cn, self.form.mode), self.faults)

    def _period(self, row: Row, start: str, end: str) -> None:
        """The precursor's own period; the year of the good is presumed, another is told."""
        if not start or not end:
            expected = "first and last day of the period the report covers"
            self.faults.add(Fault("missing_key", f"{row.where}/from", "nothing", expected, RULE))
        elif start > end or (self.form.mode == "definitive" and end[:4] < "2026"):
            found, expected = f"{start} to {end}", "a period from 2026 on, for actual values"
            self.faults.add(Fault("cbam_period", f"{row.where}/to", found, expected, RULE))
        elif end[:4] != str(self.form.year):
            values = {"precursor": row.text("precursor"), "from": start, "to": end}
            self.notices.append(Notice("cbam_other_period", row.where, values))

    def _made(
        self, row: Row, country: str, basis: str, direct: Exact, indirect: Exact, electricity: Exact,
        on_default: tuple[Exact, Exact], sefa: Exact | None, *, default_id: str = "", verification: str = "",
        total: Exact | None = None,
    ) -> Lot:  # fmt: skip
        report = verification or row.text("verification")
        return Lot(
            row.text("precursor"), row.text("supplier"), country, row.or_zero("mass_t") or ONE, basis, direct,
            indirect, electricity, on_default, sefa, default_id, report, row, total,
        )  # fmt: skip


def average(row: Row, lots: Sequence[Lot]) -> Precursor:
    """One precursor of several suppliers: the mean by mass (Art. 14), per tonne."""
    mass = sum((lot.mass for lot in lots), ZERO)

    def mean(of: Any) -> Exact:
        return sum((lot.mass * of(lot) for lot in lots), ZERO) / mass

    bases = {lot.basis for lot in lots}
    sefa = None if any(lot.sefa is None for lot in lots) else mean(lambda lot: lot.sefa)
    return Precursor(
        id=row.text("id"), name=row.text("name") or row.text("id"), category=category_of(row.text("cn")),
        country=", ".join(sorted({lot.country for lot in lots})), direct=mean(lambda lot: lot.direct),
        electricity=mean(lambda lot: lot.electricity), basis="default" if bases == {"default"} else "actual",
        cn=row.text("cn"), verification="; ".join(sorted({lot.verification for lot in lots if lot.verification})),
        stated_indirect=mean(lambda lot: lot.indirect),
        on_default=(mean(lambda lot: lot.on_default[0]), mean(lambda lot: lot.on_default[1])), sefa=sefa,
        exempt=bases == {"exempt"}, mixed=len(bases) > 1,
    )  # fmt: skip
