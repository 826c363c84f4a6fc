"""What an importer hands its rows to: accepted values, refused rows with their reasons, and a count of both."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from factordb.canonical import plain
from factordb.factor import Factor, Licence, Source
from factordb.files import ReleaseFiles
from factordb.kinds import NEVER_BOUGHT, SPEND
from factordb.unit_process import UnitProcess
from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.units import unit

REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "not_a_gas_factor": ("counts something else than greenhouse gases", "不是温室气体因子"),
    "unit_missing": ("no unit", "缺少单位"),
    "unit_unknown": ("a unit that the unit table does not know", "单位表中没有该单位"),
    "value_missing": ("no value: unknown, not zero", "缺少数值：未知，并非零"),
    "value_unreadable": ("not a number, or NaN or infinite", "不是数字，或为 NaN、无穷"),
    "negative": ("negative outside uptake of biogenic carbon", "非生物碳吸收的负值"),
    "reference_zero": ("the declared amount is zero or not believable", "声明数量为零或不可信"),
    "archived": ("withdrawn by its publisher", "已被发布方归档"),
    "part_of_another": ("a part of the row above, never added to it", "为上一行的组成部分，不得相加"),
    "licence": ("its origin has terms that forbid carrying it", "其来源条款不允许收录"),
    "name_missing": ("no name", "缺少名称"),
    "duplicate_id": ("an id that stands in the file already, with other content", "编号重复且内容不同"),
    "row_broken": ("the row does not have the columns of its table", "该行列数与表头不符"),
    "kind_unknown": ("a boundary that the list of kinds does not know", "系统边界不在类别清单中"),
    "flow_unknown": ("an exchange whose flow is not named or not in the file", "交换所指的流未命名或文件中不存在"),
    "no_reference_product": (
        "no reference product, or more than one without shares",
        "没有参照产品，或多产品而无分配份额",
    ),
    "needs_review": ("needs a person's decision first", "需要人工判断"),
}
"""Why a row is not taken, in one sentence each (en, zh). Closed: an importer uses these and no others."""


_MONEY: Final = re.compile(r"k?[A-Z]{3}[0-9]{4}")
"""A currency with its price year, single or by the thousand: ``USD2022``, ``kEUR2023``."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that was not taken."""

    where: str
    """Line, sheet and row, or the publisher's id."""
    reason: str
    found: str


@dataclass(slots=True)
class Intake:
    """Rows of one foreign file on their way into a release."""

    source: Source
    licence: Licence
    more_sources: dict[str, Source] = field(default_factory=dict)
    """Sources beside the file's own, by id: an element that quotes another publisher."""
    progress: Callable[[int, int], None] = lambda done, total: None
    """Told how much was read of how much, in bytes or rows."""
    read: int = 0
    factors: dict[str, Factor] = field(default_factory=dict)
    processes: dict[str, UnitProcess] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    """What was taken all the same and should be known: ``lognormal without spread``, with how often."""
    same: int = 0
    """Rows that repeat an accepted row word for word."""

    def accept(self, factor: Factor, where: str) -> bool:
        """Take a factor if it can be read and used; otherwise it is listed and False comes back."""
        self.read += 1
        reason, found = _wrong(factor)
        if not reason and factor.id in self.factors:
            if plain(self.factors[factor.id]) == plain(factor):
                self.same += 1
                return False
            reason, found = "duplicate_id", factor.id
        if reason:
            self.rejected.append(Rejected(where, reason, found))
            return False
        self.factors[factor.id] = factor
        return True

    def accept_process(self, process: UnitProcess, where: str) -> bool:
        """Take a unit process; an id that stands in the file with other content is listed."""
        self.read += 1
        if process.id in self.processes:
            if plain(self.processes[process.id]) == plain(process):
                self.same += 1
            else:
                self.rejected.append(Rejected(where, "duplicate_id", process.id))
            return False
        self.processes[process.id] = process
        return True

    def reject(self, where: str, reason: str, found: str = "") -> None:
        """A row that is read and not taken.

        Raises:
            KeyError: a reason that is not in the list: a mistake of the importer.
        """
        REASONS[reason]
        self.read += 1
        self.rejected.append(Rejected(where, reason, found[:200]))

    def reasons(self) -> dict[str, int]:
        """How many rows each reason refused, the most frequent first."""
        return dict(Counter(item.reason for item in self.rejected).most_common())

    def content(self, meta: Mapping[str, str]) -> ReleaseFiles:
        """The content of a release made of what was accepted.

        Raises:
            Refused: ``import_empty`` when nothing was accepted.
        """
        if not self.factors and not self.processes:
            found = "; ".join(f"{reason}: {count}" for reason, count in self.reasons().items()) or "no rows"
            raise Refused([Fault("import_empty", self.source.title, found=found, expected="at least one usable row")])
        used = {item.source for item in self.factors.values()} | {item.source for item in self.processes.values()}
        sources = {self.source.id: self.source, **self.more_sources}
        return ReleaseFiles(
            meta=dict(meta),
            factors=tuple(self.factors.values()),
            sources=tuple(sources[name] for name in sorted(used)),
            licences=(self.licence,),
            left_out={},
            same_year={},
            unit_processes=tuple(self.processes.values()),
        )

    def named(self, factor: Factor) -> Factor:
        """The factor with this file's source where it names none."""
        return factor if factor.source else replace(factor, source=self.source.id)


def _wrong(factor: Factor) -> tuple[str, str]:
    """Reason and what was found, empty where the row is good."""
    if not (factor.name_en or factor.name_zh):
        return "name_missing", factor.id
    if not factor.value:
        return "value_missing", factor.id
    if not factor.unit:
        return "unit_missing", factor.id
    try:
        amount = Exact.parse(factor.value)
    except Refused:
        return "value_unreadable", factor.value
    if amount < 0 and factor.kind != "cradle_to_gate_with_uptake":
        return "negative", f"{factor.value} {factor.unit}"
    if factor.kind == SPEND:
        # Money without its price year cannot be turned into any other money.
        return ("", "") if _MONEY.fullmatch(factor.denominator) else ("unit_unknown", factor.unit)
    if factor.kind not in NEVER_BOUGHT:
        try:
            unit(factor.denominator)
        except Refused:
            return "unit_unknown", factor.unit
    return "", ""
