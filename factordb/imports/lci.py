"""What the importers of unit processes share: data sets as read, allocated by given shares, linked, accepted.

A reader hands over :class:`DataSet` values; :func:`settle` checks every amount, divides co-products, names gases,
links inputs inside the file and gives the rest to the intake. An amount that is no number refuses its whole process:
leaving one row out would make a footprint smaller.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from factordb.factor import Licence, Source
from factordb.imports.flow_names import flow_of, unit_of
from factordb.imports.intake import Intake
from factordb.unit_process import Exchange, UnitProcess
from lca.exact import ONE, ZERO, Exact
from lca.faults import Refused
from lca.units import same_dimension

PRODUCT: Final = "product"
AVOIDED: Final = "avoided"
NO_SPREAD: Final = "lognormal without spread"
NO_PLACE: Final = "place not stated, shown as GLO"
NO_EXCHANGE: Final = "no exchange: as a supplier it would count as zero"
ALL: Final = "*"
"""Of shares: every row that no share names."""
_SLACK: Final = Exact("0.0001")
"""Shares printed with few digits may miss one by this much."""


@dataclass(frozen=True, slots=True)
class Row:
    """One exchange as the file has it; the amount is the file's own text."""

    kind: str
    """``input``, ``emission``, ``resource``, ``product`` or ``avoided``."""
    name: str
    amount: str
    unit: str
    location: str = ""
    compartment: str = ""
    cas: str = ""
    key: str = ""
    """Number or id inside its data set; shares refer to it."""
    flow: str = ""
    """The file's id of the flow, where it has one."""
    provider: str = ""
    """The file's id of the data set that supplies it, where it names one."""
    uncertainty: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class DataSet:
    """One process of a file, before allocation."""

    id: str
    name: str
    rows: tuple[Row, ...]
    place: str = ""
    year: str = ""
    category: str = ""
    name_zh: str = ""
    locator: str = ""
    technology: str = ""
    note: str = ""
    shares: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Key of a product to shares by key of a row (or ``*``), as printed, parts of 1 or of 100."""
    basis: str = ""
    """How the publisher allocates: ``physical``, ``by the file's own shares``."""
    source: str = ""
    """Id of the document it stands in, where that is not the source of the whole file."""
    quality: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    """Reason of :data:`factordb.imports.intake.REASONS`, parted by ``|`` from what was found: cannot be used at all."""


@dataclass(frozen=True, slots=True)
class _Drafted:
    process: UnitProcess
    rows: tuple[Row, ...]
    """The rows behind the exchanges, in their order."""
    origin: DataSet
    product: Row


def unstated(name: str) -> tuple[Source, Licence]:
    """Source and licence of a file that is the user's own business: kept, calculated with, never passed on."""
    source = Source(f"own-{name}", f"A file of the user, {name}", "not stated", "", "", "not-stated")
    return source, Licence("not-stated", "Licence not stated: own use only", True, False, False, False, "")


def settle(sets: Iterable[DataSet], intake: Intake, outside: Container[str] = ()) -> None:
    """Every data set into the intake: accepted with its links, or refused with a reason.

    ``outside``: ids of factors of a lower layer that a row may name as its provider.
    """
    drafts: list[_Drafted] = []
    refused: dict[tuple[str, str, str], str] = {}
    for item in sets:
        try:
            drafts += _drafted(item, intake)
        except _No as no:
            intake.reject(f"{item.locator or item.id}: {item.name}", no.reason, no.found)
            for row in item.rows:
                if row.kind == PRODUCT:
                    refused[_key(row.name, item.place, row.unit)] = no.reason
    links = _Links(drafts, refused, outside)
    for draft in drafts:
        process = links.linked(draft, intake.notes)
        intake.accept_process(process, f"{draft.origin.locator or draft.origin.id}: {draft.origin.name}")


class _No(Exception):
    def __init__(self, reason: str, found: str) -> None:
        super().__init__(reason)
        self.reason, self.found = reason, found


def _drafted(item: DataSet, intake: Intake) -> list[_Drafted]:
    """One process per product; all checks that need no other data set."""
    if item.refused:
        reason, _, found = item.refused.partition("|")
        raise _No(reason, found)
    if not item.name:
        raise _No("name_missing", item.id)
    for row in item.rows:
        if not row.name:
            raise _No("flow_unknown", f"exchange {row.key or row.flow}")
        _number(row)
    products = [row for row in item.rows if row.kind == PRODUCT]
    others = [row for row in item.rows if row.kind != PRODUCT]
    if products and not others:
        raise _No("needs_review", NO_EXCHANGE)
    shares = _shares(item, products, others)
    _refuse_eaten(item, products, others)
    exchanges = [_exchange(row, intake.notes) for row in others]
    drafts = []
    if not item.place:
        intake.notes[NO_PLACE] += 1
    for product in products:
        if not _number(product):
            raise _No("reference_zero", f"{product.name}: {product.amount} {product.unit}")
        symbol = unit_of(product.unit)
        if not symbol:
            reason = "unit_unknown" if product.unit.strip() else "unit_missing"
            raise _No(reason, f"{product.unit} of {product.name}".strip())
        made, kept = [], []
        for row, exchange in zip(others, exchanges, strict=True):
            share = _part(shares[product.key], row)
            if share:
                made.append(exchange if share == ONE else replace(exchange, amount=_text(_number(row) * share)))
                kept.append(row)
        name = intake.source.id + "-" + item.id
        process = UnitProcess(
            id=name if len(products) == 1 else f"{name}:{product.key}",
            name_en=item.name
            if len(products) == 1
            else f"{product.name}, {item.name}".removesuffix(f", {product.name}"),
            name_zh=item.name_zh,
            category=item.category or "unit process",
            place=item.place or "GLO",
            year=item.year,
            unit=symbol,
            amount=product.amount,
            source=item.source or intake.source.id,
            exchanges=tuple(made),
            product=product.name if product.name != item.name else "",
            allocation=_allocation(item, products, others, shares[product.key]),
            technology=item.technology,
            locator=item.locator or item.id,
            note=item.note,
            quality=dict(item.quality),
        )
        drafts.append(_Drafted(process, tuple(kept), item, product))
    return drafts


def _refuse_eaten(item: DataSet, products: list[Row], others: list[Row]) -> None:
    """A single product whose own process takes as much of it as it makes: nothing leaves, no footprint exists."""
    for product in products if len(products) == 1 and _number(products[0]) > 0 else ():
        own = _key(product.name, item.place, product.unit)
        taken = [row for row in others if row.kind == "input" and _key(row.name, row.location, row.unit) == own]
        total = sum((_number(row) for row in taken), ZERO)
        if total >= _number(product):
            found = f"takes {total.significant(10)} of its own product per {product.amount} {product.unit}"
            raise _No("reference_zero", found)


def _number(row: Row) -> Exact:
    try:
        return Exact.parse(row.amount, row.name)
    except Refused:
        raise _No("value_unreadable", f"{row.name}: {row.amount or 'blank'} {row.unit}") from None


def _shares(item: DataSet, products: list[Row], others: list[Row]) -> dict[str, dict[str, Exact]]:
    """Shares of each product by row, as parts of 1; a row's shares must add up to the whole."""
    if not products:
        raise _No("no_reference_product", "no product")
    if len(products) == 1:
        return {products[0].key: {ALL: ONE}}
    found = f"{len(products)} products ({'; '.join(row.name for row in products)[:120]})"
    if len({row.key for row in products}) != len(products) or any(row.key not in item.shares for row in products):
        raise _No("no_reference_product", f"{found} without shares")
    given = {key: {row: _share(item, text) for row, text in rows.items()} for key, rows in item.shares.items()}
    for row in others:
        total = sum((_part(given[product.key], row) for product in products), ZERO)
        whole = next((whole for whole in (ONE, Exact(100)) if abs(total / whole - 1) <= _SLACK), None)
        if whole is None:
            raise _No("no_reference_product", f"shares of {row.name} add up to {total.significant(6)}")
        if whole != ONE:
            for product in products:
                mine = given[product.key]
                mine[row.key] = _part(mine, row) / whole
    return given


def _share(item: DataSet, text: str) -> Exact:
    try:
        return Exact.parse(text, item.name)
    except Refused:
        raise _No("value_unreadable", f"share {text}") from None


def _part(shares: Mapping[str, Exact], row: Row) -> Exact:
    """A row's share: its own, else that of all rows; a row that no share names is none of the product's."""
    return shares.get(row.key, shares.get(ALL, ZERO))


def _allocation(item: DataSet, products: list[Row], others: list[Row], shares: Mapping[str, Exact]) -> str:
    if len(products) == 1:
        return ""
    used = sorted({_part(shares, row) for row in others})
    text = " to ".join(dict.fromkeys((_text(used[0]), _text(used[-1])))) if used else "1"
    return f"{text} of {item.name}, {item.basis or 'shares of the file'}"


def _exchange(row: Row, notes: Counter[str]) -> Exchange:
    kind = "input" if row.kind == AVOIDED else row.kind
    flow = note = ""
    if kind != "input":
        flow, note = flow_of(kind, row.name, row.compartment, row.cas)
        if note:
            notes[note] += 1
    symbol = unit_of(row.unit)
    if flow and not (symbol and same_dimension(symbol, "kg")):
        raise _No("unit_unknown", f"{row.unit} of {row.name}")
    if kind == "input" and not symbol:
        notes[f"input in a unit that the table does not know: {row.unit or 'blank'}"] += 1
    if row.uncertainty.get("distribution") == "lognormal" and not row.uncertainty.get("spread"):
        notes[NO_SPREAD] += 1
    amount = row.amount.strip() if row.kind != AVOIDED else _text(-_number(row))
    note = row.note if row.kind != AVOIDED else "; ".join(part for part in ("avoided product", row.note) if part)
    return Exchange(
        kind=kind,
        name=row.name,
        amount=amount,
        unit=symbol or row.unit,
        flow=flow,
        compartment=row.compartment,
        uncertainty=dict(row.uncertainty),
        note=note,
    )


def _text(value: Exact) -> str:
    """A product of two printed numbers; 34 digits where it is longer than a number may be."""
    text = value.text()
    return text if len(text) <= 34 and "/" not in text else value.significant(34)


def _key(name: str, place: str, unit: str) -> tuple[str, str, str]:
    return " ".join(name.split()), place, unit_of(unit) or unit


class _Links:
    """Who supplies what inside one file: by the file's own id, else by name, place and unit together."""

    def __init__(
        self, drafts: list[_Drafted], refused: Mapping[tuple[str, str, str], str], outside: Container[str]
    ) -> None:
        self._refused, self._outside = refused, outside
        self._by_key: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
        self._by_id: defaultdict[str, list[_Drafted]] = defaultdict(list)
        self._by_flow: defaultdict[str, list[_Drafted]] = defaultdict(list)
        seen: set[str] = set()
        for draft in drafts:
            if draft.process.id in seen:
                continue
            seen.add(draft.process.id)
            self._by_id[draft.origin.id].append(draft)
            if draft.product.flow:
                self._by_flow[draft.product.flow].append(draft)
            for name in (
                {draft.product.name, draft.origin.name} if not draft.process.allocation else {draft.product.name}
            ):
                self._by_key[_key(name, draft.origin.place, draft.product.unit)].append(draft.process.id)

    def linked(self, draft: _Drafted, notes: Counter[str]) -> UnitProcess:
        """The process with the provider of each input, and with what stays open in ``cut_off``."""
        exchanges, still = [], set()
        for row, exchange in zip(draft.rows, draft.process.exchanges, strict=True):
            if exchange.kind == "input":
                provider, why = self._provider(row)
                if not provider:
                    still.add(exchange.name)
                    notes["input that nothing in the file answers" + (f": {why}" if why else "")] += 1
                    exchange = replace(exchange, note="; ".join(part for part in (exchange.note, why) if part))
                else:
                    exchange = replace(exchange, provider=provider)
            exchanges.append(exchange)
        cut = f"not linked: {'; '.join(sorted(still))}" if still else ""
        return replace(draft.process, exchanges=tuple(exchanges), cut_off=cut)

    def _provider(self, row: Row) -> tuple[str, str]:
        """Id of the process that supplies a row; empty with the reason where none or more than one does."""
        if row.provider and row.provider in self._outside:
            return row.provider, ""
        if row.provider:
            named = self._by_id.get(row.provider, [])
            fits = [item for item in named if len(named) == 1 or _same(row, item.product)]
            if len(fits) == 1 and _fits(row.unit, fits[0].product.unit):
                return fits[0].process.id, ""
            return "", "the data set that it names is not in the file"
        if row.flow:
            # A location of the exchange narrows the choice; without one the flow must have one maker.
            makers = [item for item in self._by_flow.get(row.flow, []) if row.location in ("", item.origin.place)]
            names = [item.process.id for item in makers if _fits(row.unit, item.product.unit)]
        else:
            names = self._by_key.get(_key(row.name, row.location, row.unit), [])
        if len(names) == 1:
            return names[0], ""
        if names:
            return "", "several data sets have this name, place and unit"
        return "", "its data set was refused" if _key(row.name, row.location, row.unit) in self._refused else ""


def _same(row: Row, product: Row) -> bool:
    return bool(row.flow and row.flow == product.flow) or row.name == product.name


def _fits(given: str, wanted: str) -> bool:
    first, second = unit_of(given), unit_of(wanted)
    return bool(first and second and same_dimension(first, second)) or given == wanted
