"""The use-case *calculate*: pin rule, regime and release; read, build, resolve, solve; seal one record per product."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from factordb.layers import open_layers
from factordb.release import Release, open_release
from lca.enclosed import BITS
from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.footprint import calculate as footprints
from lca.solve import binary64_levels
from lca.system import characterised
from lca.units import convert
from pcr.intake import read_activity, rule_and_regime
from pcr.regime import Regime, load_regime
from pcr.registry import InstalledRule, find_rule
from service.desk import DEFAULT_RELEASE
from service.intake import Sent
from service.records.instruments import Draw, draws, study_of
from service.records.sections import make_records
from service.records.statement import Derived, all_section_values
from service.records.store import Beside, RecordStore
from service.series import Attachment

Records = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller wants beside the data: empty means what the data or the rule say.

    ``release`` may name several with commas, see :mod:`factordb.layers`.
    """

    regime: str = ""
    release: str = ""
    draft: bool = False
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Calculated:
    """Records of a works, one per product, sealed or (above the rational limit) not."""

    records: tuple[Mapping[str, Any], ...]
    derived: Derived
    seconds: float
    new: tuple[bool, ...] = ()


def derive(
    sent: Sent, asked: Asked, releases: Callable[[str], Release] = open_release, *, under: Regime | None = None,
    bits: int = BITS, installed: InstalledRule | None = None,
) -> Derived:  # fmt: skip
    """Everything up to the unrounded footprints; nothing is stored. ``under``: a regime given instead of named;
    with it ``installed``, the rule, for who has looked both up.

    ``bits``: of the enclosures of a large works; 0 for who compares unrounded figures, which need rational numbers.

    Raises:
        Refused: all faults of reading, or of the rule, or of resolving, or of solving, placed at their cells.
    """
    try:
        installed, regime = (installed, under) if installed and under else rule_of(sent.data, asked, under)
        layers = open_layers(asked.release or DEFAULT_RELEASE, releases)
        data = read_activity(sent.data, installed.rule, regime, strict=asked.strict)
        if sent.reading is not None and sent.reading.faults:
            raise Refused([])  # the cells' own faults are added below
        resolved = layers.resolve(installed.build(data), draft=asked.draft, regime=regime.id)
        works = footprints(resolved, regime.gwp_set, regime.biogenic_co2, bits)
    except Refused as refused:
        raise Refused(sent.placed(refused.faults)) from None
    return Derived(data, installed, resolved, works, layers)


def rule_of(data: Any, asked: Asked, under: Regime | None = None) -> tuple[InstalledRule, Regime]:
    """The rule that data name, and the regime: ``under``, else what was asked, else what the data name.

    Raises:
        Refused: ``missing_key``, ``rule_unknown``, ``rule_version_missing``, and see :func:`regime_for`.
    """
    rule_id, rule_version, regime_id = rule_and_regime(data)
    installed = find_rule(rule_id, rule_version)
    return installed, under or regime_for(installed, asked.regime or regime_id)


def regime_for(installed: InstalledRule, regime_id: str, *, electricity_only: bool = False) -> Regime:
    """The regime a rule is calculated under; ``electricity_only`` admits one without an accounting of its own.

    Raises:
        Refused: ``regime_unknown``, ``regime_has_no_method``, ``regime_no_accounting``, ``regime_not_for_rule``.
    """
    rule = installed.rule
    regime = load_regime(regime_id or rule.regimes[0])
    if regime.method == "none":
        found, expected = regime.ref, regime.basis
        raise Refused([Fault("regime_has_no_method", "/regime", found, expected, regime.ref)])
    if regime.method == "accounting_elsewhere" and not electricity_only:
        expected = "pcf compare: electricity, scope and admissibility"
        raise Refused([Fault("regime_no_accounting", "/regime", regime.ref, expected, regime.ref)])
    if regime.id not in rule.regimes:
        expected = ", ".join(rule.regimes)
        raise Refused([Fault("regime_not_for_rule", "/regime", regime.id, expected, rule.ref)])
    return regime


def calculate(
    sent: Sent, asked: Asked, store: RecordStore, *, caller: str, releases: Callable[[str], Release] = open_release,
    beside: Callable[[Records], Beside] | None = None,
) -> Calculated:  # fmt: skip
    """Calculate and seal. A refused input stores nothing; equal input finds the record that is there.

    ``beside``: the records to what is written in the transaction that seals them.

    Raises:
        Refused: see :func:`derive`.
    """
    start = time.perf_counter()
    derived = derive(sent, asked, releases)
    records = records_of(derived, store.secret())
    also = beside(records) if beside else None
    new = seal(sent, derived, records, store, caller=caller, start=start, beside=also)
    return Calculated(records, derived, time.perf_counter() - start, new)


def records_of(derived: Derived, secret: bytes) -> tuple[Mapping[str, Any], ...]:
    """The record of each product, by product id; nothing is stored."""
    wanted = draws(derived.data.given, derived.resolved.inventory)
    return tuple(make_records(all_section_values(derived, sorted(derived.works.footprints), wanted), secret))


@dataclass(frozen=True, slots=True)
class Sealing:
    """What the sealing of a works writes: all that is left to do where the store is."""

    sealed: tuple[tuple[Mapping[str, Any], Mapping[str, Any]], ...]
    """(record, run) of each product whose digits are proven."""
    uploads: tuple[Attachment, ...]
    study: str
    wanted: tuple[Draw, ...]

    def into(self, store: RecordStore, beside: Beside | None = None) -> tuple[bool, ...]:
        """Seal; whether each record is new, empty where there is none.

        Raises:
            Refused: ``ELEC_DUPLICATE_INSTRUMENT``.
        """
        return store.seal(self.sealed, self.uploads, self.study, self.wanted, beside) if self.sealed else ()


def sealing(
    sent: Sent, derived: Derived, records: Sequence[Mapping[str, Any]], *, caller: str, start: float
) -> Sealing:
    """Make ready what is sealed; a product whose digits are not proven is left out. Nothing is stored."""
    given, sealed = derived.data.given, []
    for product, record in zip(sorted(derived.works.footprints), records, strict=True):
        if derived.works.footprints[product].exact:
            sealed.append((record, _run(sent, derived, product, caller, time.perf_counter() - start)))
    uploads = (Attachment(sent.content, sent.media_type, sent.name), *sent.attachments)
    return Sealing(tuple(sealed), uploads, study_of(given), tuple(draws(given, derived.resolved.inventory)))


def seal(
    sent: Sent, derived: Derived, records: Records, store: RecordStore, *, caller: str, start: float,
    beside: Beside | None = None,
) -> tuple[bool, ...]:  # fmt: skip
    """Seal the records of a works; whether each is new, empty where its digits are not proven and nothing is stored.

    Raises:
        Refused: ``ELEC_DUPLICATE_INSTRUMENT``.
    """
    return sealing(sent, derived, records, caller=caller, start=start).into(store, beside)


def environment() -> dict[str, str]:
    """The machine and versions a run happened on; never part of a statement."""
    return dict(_environment())


@cache
def _environment() -> Mapping[str, str]:
    packages = ("pcf-engine", "numpy", "scipy", "python-flint")
    found = {"python": platform.python_version(), "system": platform.platform(), "machine": platform.machine()}
    return found | {name: version(name) for name in packages}


def _run(sent: Sent, derived: Derived, product: str, caller: str, seconds: float) -> dict[str, Any]:
    system = derived.works.system
    reference = derived.works.footprints[product].reference
    unit = next(item.unit for item in derived.works.resolved.inventory.processes if item.product == product)
    levels, residual = binary64_levels(system, {product: convert(reference.amount, reference.unit, unit)})
    floats = characterised(system, {name: Exact.from_binary64(value) for name, value in levels.items()})
    return {
        "caller": caller,
        "file": sent.name,
        "typed": sent.data,
        "environment": environment(),
        "seconds": f"{seconds:.3f}",
        "binary64": {name: float(score).hex() for name, score in floats.scores.items()},
        "residual": f"{residual:.3g}",
    }
