"""Small readers that collect faults instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from lca.exact import ZERO, Exact
from lca.faults import Collector, Fault, Refused
from lca.units import convert
from pcr.rulebook import Rule


@lru_cache(maxsize=512)
def _names(known: tuple[str, ...]) -> frozenset[str]:
    return frozenset(known)


class Reader:
    """Reads mappings, lists, words and amounts; keeps faults with their paths."""

    def __init__(self, faults: Collector, rule: str) -> None:
        self.faults, self.rule = faults, rule
        self.attempted: set[tuple[str, str]] = set()
        """(input, product) of every row that names a known input, faulty or not: it is not *missing* as well."""

    def mapping(
        self, value: Any, where: str, known: tuple[str, ...] = (), required: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """A mapping; unknown keys are faults with the nearest known name, keys with empty values count as not given."""
        if not isinstance(value, dict):
            if value is not None or required:
                found = "nothing" if value is None else type(value).__name__
                expected = ", ".join(required or known) or "named values"
                self.faults.add(Fault("shape", where or "/", found, expected, self.rule))
            return {}
        names = _names(known)
        for key in () if not known or names.issuperset(value) else value:
            if key not in names:
                near = ", ".join(get_close_matches(str(key), known, n=2, cutoff=0.5)) or ", ".join(known)
                self.faults.add(Fault("unknown_key", f"{where}/{key}", str(key), near, self.rule))
        kept = {key: item for key, item in value.items() if item not in ("", None) and (not known or key in names)}
        for key in required:
            if key not in kept:
                self.faults.add(Fault("missing_key", f"{where}/{key}", "nothing", key, self.rule))
        return kept

    def sequence(self, value: Any, where: str) -> list[Any]:
        if isinstance(value, list):
            return value
        found = "nothing" if value is None else type(value).__name__
        self.faults.add(Fault("shape", where, found, "a list", self.rule))
        return []

    def words(self, value: Any, where: str) -> dict[str, str]:
        """A name in one or two languages; one text serves both."""
        if isinstance(value, str):
            return {"en": value, "zh": value}
        given = self.mapping(value, where, ("en", "zh"))
        texts = {key: str(text) for key, text in given.items()}
        some = next(iter(texts.values()), "")
        return {"en": texts.get("en", some), "zh": texts.get("zh", some)} if some else {}

    def day(self, value: Any, where: str) -> None:
        """A full date, 2024-01-31: what is compared later as text must have one form."""
        try:
            good = date.fromisoformat(str(value)).isoformat() == value
        except ValueError:
            good = False
        if not good:
            self.faults.add(Fault("date_unreadable", where, str(value), "2024-01-31", self.rule))

    def number(self, value: Any, where: str) -> Exact | None:
        if not isinstance(value, str):
            found = "nothing" if value is None else type(value).__name__
            self.faults.add(Fault("number_unreadable", where, found, "12.5 or 1.25E+1", self.rule))
            return None
        try:
            return Exact.parse(value, where)
        except Refused as refused:
            self.faults.take(refused, where)
            return None

    def converted(self, value: Any, given: str, wanted: str, where: str, density: Exact | None = None) -> Exact | None:
        number = self.number(value, where)
        if number is None:
            return None
        try:
            return convert(number, given, wanted, where, density)
        except Refused as refused:
            self.faults.take(refused, where)
            return None

    def amount(
        self, part: Mapping[str, Any], where: str, wanted: str, months: int, *, monthly: bool,
        density: Exact | None = None, average: bool = False,
    ) -> tuple[Exact | None, tuple[Exact, ...]]:  # fmt: skip
        """``amount`` or ``months`` of a row in unit ``wanted``; both must agree exactly where both are given.

        ``average``: the months of a share are not summed but averaged.
        """
        unit = str(part.get("unit", "")) or wanted
        if "unit" not in part:
            self.faults.add(Fault("missing_key", f"{where}/unit", "nothing", wanted, self.rule))
        if unit != wanted and not self._fits(unit, wanted, f"{where}/unit", density):
            self._read_all(part, where)  # one fault for the unit, not one for each month; numbers are still read
            return None, ()
        whole = None
        if "amount" in part:
            whole = self.converted(part["amount"], unit, wanted, f"{where}/amount", density)
        if "months" not in part:
            if "amount" not in part:
                self.faults.add(Fault("missing_key", f"{where}/amount", "nothing", "amount or months", self.rule))
            return whole, ()
        given = self.sequence(part["months"], f"{where}/months")
        if len(given) != months:
            found, expected = f"{len(given)} months", f"{months} months"
            self.faults.add(Fault("month_missing", f"{where}/months", found, expected, self.rule))
            return whole, ()
        values = [self._month(item, unit, wanted, f"{where}/months/{k}", density) for k, item in enumerate(given)]
        if any(value is None for value in values):
            return whole, ()
        kept = tuple(value for value in values if value is not None)
        summed = sum(kept, ZERO)
        result = summed / len(kept) if average else summed
        if whole is not None and whole != result:
            found, expected = f"months give {result}", f"amount says {whole}"
            self.faults.add(Fault("sum_of_months", where, found, expected, self.rule))
        return result, kept

    def _read_all(self, part: Mapping[str, Any], where: str) -> None:
        """Read the numbers of a row whose unit is wrong, for their own faults."""
        if "amount" in part:
            self.number(part["amount"], f"{where}/amount")
        months = part.get("months")
        for k, item in enumerate(months if isinstance(months, list) else []):
            if item not in ("", None):
                self.number(item, f"{where}/months/{k}")

    def _fits(self, unit: str, wanted: str, where: str, density: Exact | None) -> bool:
        try:
            convert(ZERO, unit, wanted, where, density)
        except Refused as refused:
            self.faults.take(refused, where)
            return False
        return True

    def _month(self, item: Any, unit: str, wanted: str, where: str, density: Exact | None) -> Exact | None:
        if item in ("", None):
            self.faults.add(
                Fault("month_missing", where, "empty", "a number; write 0 where nothing was used", self.rule)
            )
            return None
        return self.converted(item, unit, wanted, where, density)

    def unknown_input(self, name: str, where: str, rule: Rule) -> None:
        near = ", ".join(get_close_matches(name, rule.inputs, n=3, cutoff=0.4)) or ", ".join(rule.inputs)
        self.faults.add(Fault("unknown_input", where, name or "nothing", near, rule.ref))
