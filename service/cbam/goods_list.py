"""The second form of ``pcf cbam whatif``: what an importer brings in during a year, good by good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from lca.exact import ONE, ZERO, Exact
from lca.faults import Collector, Fault, Notice, Refused
from pcr.intake_tools import Reader
from pcr.regimes.cbam.goods import Good, find
from pcr.regimes.cbam.v1.dated import RULE, origin, tables
from pcr.regimes.cbam.v1.obligation import functional_units
from service.cbam.paid import paid_of, paid_per_tonne
from service.cbam.stated import Installations, Stated

TOP: Final = ("title", "source", "note", "year", "on", "known", "importer", "months", "cscf", "goods")
BOTH: Final = (
    "id",
    "cn",
    "country",
    "mass_t",
    "clinker_content",
    "colour",
    "route",
    "basis",
    "verification",
    "precursors",
)
OWN: Final = ("installation", "good", "set")
"""Where actual values come from an installation file, with some of its cells changed."""
KEYS: Final = (*BOTH, *OWN, "importer", "see_direct", "see_indirect", "sefa", "variants", "carbon_price")
VARIANT: Final = ("id", *OWN, "see_direct", "see_indirect", "sefa", "precursors", "verification", "route")
MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """A good brought in, or a precursor of one; masses in t, ``units`` in the functional unit."""

    id: str
    code: str
    good: Good
    country: str
    origin: str
    mass: Exact
    units: Exact
    colour: str
    route: str
    basis: str
    verification: str
    importer: str
    direct: Exact | None
    indirect: Exact | None
    precursors: tuple[Entry, ...]
    where: str
    sefa: Exact | None = None
    """Free allocation where the installation states it; None: by column A and the precursors listed."""
    variants: tuple[tuple[str, Entry], ...] = ()
    """The same good made another way: own instead of bought precursor, a direct line instead of the grid."""
    paid: Exact | None = None
    """Carbon price paid abroad, EUR per t of good, net of rebates; None where none is stated."""
    notices: tuple[Notice, ...] = ()
    """What the installation file says of itself; of a variant, what only it says."""


@dataclass(frozen=True, slots=True)
class Imports:
    """A year of an importer, or the part of it that is known."""

    year: int
    on: str
    known: str
    months: tuple[int, ...]
    cscf: Exact | None
    entries: tuple[Entry, ...] = field(default_factory=tuple)

    @property
    def missing(self) -> tuple[int, ...]:
        """Months of the year that are not in; none where nobody names months: the year is taken as whole."""
        return tuple(month for month in range(1, MONTHS + 1) if self.months and month not in self.months)


def is_list(data: Any) -> bool:
    """Whether this is the form of this page and not the bare one."""
    return isinstance(data, dict) and "goods" in data


def read_imports(data: Any, installations: Installations | None = None) -> Imports:
    """A list of goods; ``installations``: how to calculate the files it names.

    Raises:
        Refused: all at once: form faults, ``cbam_cn_unknown``, ``cbam_electricity``, ``cbam_basis``, ``cbam_country``,
            ``cbam_actual_unverified``, ``cbam_share``, ``cbam_id_twice``, ``cbam_month``.
    """
    faults = Collector()
    reader = Reader(faults, RULE)
    given = reader.mapping(data, "", TOP, ("year", "goods"))
    text = str(given.get("year", ""))
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    if text and not year:
        faults.add(Fault("number_unreadable", "/year", text, "2026", RULE))
    on = str(given.get("on", f"{year}-12-31"))
    known = str(given.get("known", datetime.now(UTC).date().isoformat()))
    for key in ("on", "known"):
        if key in given:
            reader.day(given[key], f"/{key}")
    months = _months(reader, given)
    cscf = reader.number(given["cscf"], "/cscf") if "cscf" in given else None
    importer = str(given.get("importer", ""))
    items = reader.sequence(given["goods"], "/goods") if "goods" in given else []
    if "goods" in given and not items:
        faults.add(Fault("shape", "/goods", "an empty list", "at least one good", RULE))
    form = _Form(reader, on, year, installations)
    read = [form.whole(item, f"/goods/{k}", importer) for k, item in enumerate(items)]
    ids = [item.id for item in read if item is not None]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        faults.add(Fault("cbam_id_twice", "/goods", name, "an id of its own", RULE))
    faults.raise_if_any()
    return Imports(year, on, known, months, cscf, tuple(item for item in read if item is not None))


def _months(reader: Reader, given: dict[str, Any]) -> tuple[int, ...]:
    if "months" not in given:
        return ()
    found = set()
    for k, item in enumerate(reader.sequence(given["months"], "/months")):
        text = str(item)
        if text.isascii() and text.isdigit() and 1 <= int(text) <= MONTHS and int(text) not in found:
            found.add(int(text))
        else:
            reader.faults.add(Fault("cbam_month", f"/months/{k}", text, "1 to 12, each once", RULE))
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class _Form:
    """Reads the entries of one list."""

    reader: Reader
    on: str
    year: int
    installations: Installations | None

    def whole(self, item: Any, where: str, importer: str) -> Entry | None:
        """A good with its variants and the carbon price paid for it."""
        if not isinstance(item, dict):
            return self.entry(item, where, importer)
        inner = {key: value for key, value in item.items() if key not in ("variants", "carbon_price")}
        entry = self.entry(inner, where, importer)
        made = []
        listed = self.reader.sequence(item["variants"], f"{where}/variants") if "variants" in item else []
        for k, other in enumerate(listed):
            at = f"{where}/variants/{k}"
            part = self.reader.mapping(other, at, VARIANT, ("id",))
            typed = {key: value for key, value in inner.items() if key not in OWN} if "see_direct" in part else inner
            variant = self.entry({**typed, **part, "basis": "actual"}, at, importer)
            if variant is not None:
                own = tuple(item for item in variant.notices if entry is None or item not in entry.notices)
                made.append((str(part.get("id", "")), replace(variant, notices=own)))
        paid = None
        if "carbon_price" in item:
            paid = paid_per_tonne(self.reader, item["carbon_price"], f"{where}/carbon_price")
        if entry is None:
            return None
        return replace(entry, variants=tuple(made), paid=entry.paid if paid is None else paid)

    def entry(self, item: Any, where: str, importer: str, *, inside: bool = False) -> Entry | None:
        reader = self.reader
        before = len(reader.faults.faults)
        part = reader.mapping(item, where, BOTH if inside else KEYS, ("mass_t",) if _named(item) else REQUIRED)
        stated = self.stated(part, where)
        if stated is not None:
            part = {"cn": stated.cn, "country": stated.country, "verification": stated.verification, **part,
                    "basis": "actual"}  # fmt: skip
        if _named(item) and stated is None:
            return None
        good, code = _good(reader, part, where)
        kind = "third"
        with reader.faults.catching(where):
            kind = origin(str(part.get("country", "XX")), self.on)
        mass = _positive(reader, part, "mass_t", where) or ONE
        content = ONE if stated is None else stated.content
        if stated is None and good is not None and _by_clinker(good.cn, kind):
            content = _positive(reader, part, "clinker_content", where, required=True) or ONE
            if content > ONE:
                reader.faults.add(Fault("cbam_share", f"{where}/clinker_content", content.text(), "0 to 1", RULE))
        basis = str(part.get("basis", "default"))
        if basis not in ("actual", "default"):
            reader.faults.add(Fault("cbam_basis", f"{where}/basis", basis, "actual, default", RULE))
        direct = indirect = sefa = None
        if stated is not None:
            direct, indirect, sefa = stated.direct, stated.indirect, stated.sefa
        elif not inside:
            direct = _positive(reader, part, "see_direct", where, required=basis == "actual")
            indirect = _positive(reader, part, "see_indirect", where, required=basis == "actual")
            sefa = _positive(reader, part, "sefa", where)
        if basis == "actual" and not part.get("verification") and kind in ("third", "unknown"):
            expected = "the number of the verification report"
            reader.faults.add(Fault("cbam_actual_unverified", f"{where}/verification", "nothing", expected, RULE))
        listed = reader.sequence(part["precursors"], f"{where}/precursors") if "precursors" in part else []
        inner = [self.entry(one, f"{where}/precursors/{k}", "", inside=True) for k, one in enumerate(listed)]
        paid = None
        if stated is not None and stated.paid:
            paid = sum((paid_of(reader, row, stated.mass) for row in stated.paid), ZERO)
        if good is None or len(reader.faults.faults) > before:
            return None
        return Entry(
            str(part.get("id", where.strip("/"))), code, good, str(part["country"]), kind, mass,
            functional_units(mass, content), str(part.get("colour", "")), str(part.get("route", "")), basis,
            str(part.get("verification", "")), str(part.get("importer", importer)), direct, indirect,
            tuple(one for one in inner if one is not None), where, sefa, (), paid,
            () if stated is None else stated.notices,
        )  # fmt: skip

    def stated(self, part: Mapping[str, Any], where: str) -> Stated | None:
        """What the installation file of an entry gives; None where it names none, or with its faults."""
        if "installation" not in part or self.installations is None:
            return None
        changes = self.reader.mapping(part["set"], f"{where}/set") if "set" in part else {}
        with self.reader.faults.catching(where):
            found = self.installations.good(
                str(part["installation"]),
                str(part.get("good", "")),
                {key: str(value) for key, value in changes.items()},
                where,
            )
            if found.year != self.year:
                expected = f"the year of the goods, {self.year}"
                raise Refused([Fault("cbam_period", f"{where}/installation", str(found.year), expected, RULE)])
            return found
        return None


REQUIRED: Final = ("cn", "country", "mass_t")


def _named(item: Any) -> bool:
    return isinstance(item, dict) and "installation" in item


def _by_clinker(cn: str, kind: str) -> bool:
    return cn.startswith(tuple(tables()["by_clinker"])) and kind in ("third", "unknown")


def _good(reader: Reader, part: dict[str, Any], where: str) -> tuple[Good | None, str]:
    """The one good of a code; a heading is not enough, and a ten-digit code of which only another is a good is none."""
    if "cn" not in part:
        return None, ""
    with reader.faults.catching(f"{where}/cn"):
        found = find(str(part["cn"]))
        only = tables()["taric_only"].get(found.code[:8])
        if found.good is None or (only and found.code not in (only, only[:8])):
            expected = only or ", ".join(good.cn for good in found.goods[:4]) or "a code of the list of goods"
            reader.faults.add(Fault("cbam_cn_unknown", f"{where}/cn", str(part["cn"]), expected, RULE))
        elif found.good.sector == "electricity":
            reader.faults.add(Fault("cbam_electricity", f"{where}/cn", found.code, "a good by its mass", RULE))
        else:
            return found.good, found.code
    return None, ""


def _positive(reader: Reader, part: dict[str, Any], key: str, where: str, *, required: bool = False) -> Exact | None:
    if key not in part:
        if required:
            reader.faults.add(Fault("missing_key", f"{where}/{key}", "nothing", key, RULE))
        return None
    found = reader.number(part[key], f"{where}/{key}")
    if found is not None and (found < ZERO or (found == ZERO and not key.startswith("see"))):
        expected = "zero or more" if key.startswith("see") else "more than zero"
        reader.faults.add(Fault("cbam_share", f"{where}/{key}", found.text(), expected, RULE))
    return found
