"""What is settled after the solve: the ledger of excluded lines, and sensitivity cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lca.deferred import Alternative, CutOff
from lca.exact import ZERO, Exact
from lca.faults import Fault, Refused
from lca.inventory import Line, ResolvedInventory
from lca.weigh import Band, Weigher, summed


@dataclass(frozen=True, slots=True)
class CutOffShare:
    """An excluded line: its estimated share of the total including all excluded lines."""

    line: str
    input: str
    reason: str
    co2e: Exact
    share: Exact


def cut_off_ledger(
    resolved: ResolvedInventory, levels: Mapping[str, Exact], total: Band, weigh: Weigher
) -> tuple[CutOffShare, ...]:
    """The ledger of excluded lines, estimated with the same factors, and its check against the rule's limits.

    Raises:
        Refused: ``cut_off_exceeded``, ``cut_off_unknown`` when an excluded line has no factor to estimate it with.
    """
    left_out = [line for line in resolved.inventory.lines if line.excluded and not line.case]
    faults: list[Fault] = []
    estimated: list[tuple[Line, Exact]] = []
    for line in left_out:
        # an own intake weighs nothing by itself: its burden stands at its maker and cannot be estimated here
        point = None if line.kind == "own" else weigh.band(line, levels[line.process]).point
        if point is None:
            found, expected = "no factor to estimate it with", "a factor, as a proxy if need be"
            faults.append(Fault("cut_off_unknown", line.id, found=found, expected=expected))
        else:
            estimated.append((line, abs(point)))
    base = total.high if total.high is not None else total.low
    whole = (base or ZERO) + sum((value for _, value in estimated), ZERO)
    ledger = tuple(
        CutOffShare(line.id, line.input, line.excluded, value, value / whole if whole else ZERO)
        for line, value in estimated
    )
    for term in resolved.inventory.deferred:
        if isinstance(term, CutOff):
            faults += _over(ledger, term)
    if faults:
        raise Refused(faults)
    return ledger


def _over(ledger: tuple[CutOffShare, ...], term: CutOff) -> list[Fault]:
    faults = [
        Fault("cut_off_exceeded", item.line, _percent(item.share), f"at most {_percent(term.single)}", term.because)
        for item in ledger
        if item.share > term.single
    ]
    together = sum((item.share for item in ledger), ZERO)
    if together > term.together:
        limit = f"together at most {_percent(term.together)}"
        faults.append(Fault("cut_off_exceeded", "all excluded", _percent(together), limit, term.because))
    return faults


def _percent(share: Exact) -> str:
    return f"{(share * 100).significant(3)} %"


def sensitivity_cases(
    resolved: ResolvedInventory, levels: Mapping[str, Exact], lines: list[Line], weigh: Weigher
) -> dict[str, Band]:
    """Total with other factors for some lines, without those dropped, and with the lines of that case only.

    The levels stay: factors are leaves of the system. Every line is weighed anew, as a difference of bands would widen.
    """
    cases: dict[str, Band] = {}
    for term in resolved.inventory.deferred:
        if not isinstance(term, Alternative) or term.id not in resolved.alternatives:
            continue
        answers = resolved.alternatives[term.id]
        own = [line for line in resolved.inventory.lines if line.case == term.id and not line.excluded]
        kept = [line for line in (*lines, *own) if line.id not in term.dropped and levels[line.process]]
        cases[term.id] = summed(weigh.band(line, levels[line.process], answers.get(line.id)) for line in kept)
    return cases
