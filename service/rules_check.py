"""The use-case *check a rule*: its form, its worked examples, its six uniformities (六个统一).

``cases/*.yaml``: ``title``, ``source`` (where the expected numbers come from), ``regime``, ``data`` (activity data) and
either ``expect`` or ``refused`` (the fault codes).  A case without a source does not count.  Interval series stand
beside the case: ``supply.series: {file: wind.csv}`` names a CSV of the folder ``cases``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from lca.doors import read_yaml
from lca.exact import Exact
from lca.faults import Refused
from lca.publish import publish
from pcr.registry import InstalledRule
from service.calculate import Asked, derive
from service.intake import Sent, composed
from service.series import in_folder, with_series


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A worked example and what did not agree; empty ``problems``: it agrees."""

    rule: str
    case: str
    title: str
    source: str
    problems: tuple[str, ...]


def cases(installed: InstalledRule) -> Iterator[tuple[str, dict[str, Any]]]:
    """(file name, content) of a rule's worked examples, by name."""
    folder: Traversable = installed.folder.joinpath("cases")
    if not folder.is_dir():
        return
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.name.endswith(".yaml"):
            yield item.name, read_yaml(item.read_text(encoding="utf-8"))


def check_rule(installed: InstalledRule) -> list[CaseResult]:
    """Run every worked example of a rule."""
    return [_check(installed, name, case) for name, case in cases(installed)]


def uniformities(installed: InstalledRule) -> dict[str, str]:
    """The six uniformities of the GB/T series and where the rule answers each."""
    return dict(installed.rule.uniformities.model_dump())


def _check(installed: InstalledRule, name: str, case: Mapping[str, Any]) -> CaseResult:
    rule = installed.rule.ref
    source, title = str(case.get("source", "")), str(case.get("title", name))
    problems = [] if source else ["no source of the expected numbers"]
    asked = Asked(regime=str(case.get("regime", "")), draft=case.get("draft") == "true")
    wanted_codes = sorted(case.get("refused", []))
    try:
        beside = in_folder(Path(str(installed.folder / "cases")))
        data, _, faults = with_series(composed({**case["data"], "rule": rule}), beside)
        if faults:
            raise Refused(faults)
        derived = derive(Sent(data, b"", "application/yaml", name), asked, bits=0)
    except Refused as refused:
        codes = sorted({fault.code for fault in refused.faults})
        if codes != wanted_codes:
            problems.append(f"refused with {codes}, expected {wanted_codes or 'a result'}")
        return CaseResult(rule, name, title, source, tuple(problems))
    if wanted_codes:
        problems.append(f"not refused, expected {wanted_codes}")
    for product, expected in case.get("expect", {}).items():
        result = publish(derived.works, product, 40)
        problems += [f"{product}: {text}" for text in _differences(expected, result)]
    return CaseResult(rule, name, title, source, tuple(problems))


def _differences(expected: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[str]:
    """Compare only what the case states. A number ``{value, digits}`` is compared at its own digits."""
    for key, wanted in expected.items():
        if key == "notices":
            missing = sorted(set(wanted) - {item["code"] for item in result["notices"]})
            if missing:
                yield f"notices {missing} are absent"
        elif key not in result:
            yield f"{key} is not in the result"
        else:
            yield from _compare(key, wanted, result[key])


def _compare(where: str, wanted: Any, found: Any) -> Iterator[str]:
    if isinstance(wanted, dict) and "digits" in wanted:
        digits = int(wanted["digits"])
        value = found if isinstance(found, str) else (found or {}).get("value", "")
        shown = Exact.from_published(value).significant(digits) if isinstance(value, str) and value else "nothing"
        target = Exact.from_record(wanted["value"]).significant(digits)
        if shown != target:
            yield f"{where}: {shown}, expected {target} ({wanted['value']})"
    elif isinstance(wanted, dict):
        for key, inner in wanted.items():
            part = found.get(key) if isinstance(found, dict) else None
            if part is None and inner not in (None, "null"):
                yield f"{where}/{key} is not in the result"
            elif inner not in (None, "null"):
                yield from _compare(f"{where}/{key}", inner, part)
            elif part is not None:
                yield f"{where}/{key}: {part}, expected none"
    elif wanted != found:
        yield f"{where}: {found}, expected {wanted}"
