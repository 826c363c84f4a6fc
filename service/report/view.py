"""What every part of the page reads: the record's sections, the language, and words for ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from lca.doors import read_yaml
from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.messages import register, sentence
from pcr.regime import Regime
from pcr.rulebook import Rule
from service.records.disclose import result_of
from service.records.sections import value_of
from service.report.facts import regime_of, rule_of
from service.report.figures import Figure, largest, quieted
from service.report.markup import Html, escaped, name, tag

Language = Literal["zh", "en"]
HTML_LANG: Final = {"zh": "zh-Hans", "en": "en"}
register("factordb")  # its notices stand in results; the room itself is not needed here
_NOTHING: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("contributions", "electricity", "gaps", "proxies", "cut_off", "notices"), ()),
    **{key: {} for key in ("gases", "sensitivities", "sensitivity_labels", "indicators", "works", "settings", "also")},
}
"""Parts that an extract may leave out: the page then has no such table, and its head says that this is a copy."""
_CHINESE: Final = re.compile("[\u3400-\u9fff]")


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """The page's own words, ``{key: {en, zh}}``."""
    text = files("service.report").joinpath("data/words.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, str]] = read_yaml(text)
    return found


@dataclass(frozen=True, slots=True)
class View:
    """A record to be shown. ``works`` and ``inventory`` are empty where a disclosed copy leaves them out."""

    record: Mapping[str, Any]
    language: Language
    identity: Mapping[str, Any]
    result: Mapping[str, Any]
    works: Mapping[str, Any]
    inventory: Mapping[str, Any]
    rule: Rule | None
    regime: Regime | None
    most: Exact
    """The largest contribution: what is below 1e-12 of it is shown as 0."""
    level: str = ""
    """Of a disclosed copy that holds an extract of the result."""

    @property
    def draft(self) -> bool:
        return bool(self.result["status"] == "draft")

    def word(self, key: str, **values: object) -> str:
        """One of the page's own words."""
        return words()[key][self.language].format(**values)

    def known(self, group: str, key: str) -> str:
        """The word of a code from a closed list; the code itself where the list has grown."""
        entry = words().get(f"{group}_{key}".replace(" ", "_"))
        return entry[self.language] if entry else key

    def label(self, texts: Mapping[str, str] | None, fallback: str = "") -> str:
        """A label in this language, else in any, else the id."""
        texts = texts or {}
        return texts.get(self.language) or texts.get("en") or min(texts.values(), default="") or fallback

    def said(self, text: str) -> Html:
        """A text of the record, marked where it is in the other language."""
        other = "zh-Hans" if _CHINESE.search(text) else "en"
        return escaped(text) if other == HTML_LANG[self.language] else tag("span", text, lang=other)

    def sentence(self, notice: Mapping[str, Any]) -> str:
        """The sentence of a notice; a rule's own codes have theirs in the rule."""
        own = self.rule.messages.get(notice["code"], {}).get("what", {}) if self.rule else {}
        fault = Fault(notice["code"], notice.get("where", ""), values=notice.get("values", {}), what=own)
        return sentence(fault, self.language)

    def stages(self) -> dict[str, Figure]:
        """Stages in the order of the life cycle."""
        return ordered(self.result["stages"], self._stage_labels())

    def stage(self, stage_id: str) -> str:
        return self.label(self._stage_labels().get(stage_id), stage_id)

    def _stage_labels(self) -> dict[str, Mapping[str, str]]:
        held = dict(self.inventory.get("stages", ()))
        return held or ({stage.id: stage.label for stage in self.rule.stages} if self.rule else {})

    def process(self, process_id: str) -> str:
        labels = {item["id"]: item.get("label") for item in self.inventory.get("processes", ())}
        return self.label(labels.get(process_id), process_id)

    def input(self, input_id: str) -> str:
        known = self.rule.inputs.get(input_id) if self.rule else None
        return self.label(known.label if known else None, input_id)

    def part(self, item: Mapping[str, Any]) -> Html:
        """What a contribution or gap is called: its row's label, or its input, with the line's id below."""
        called = self.label(item.get("label"), self.input(item["input"]) if item.get("input") else item["line"])
        return escaped([name(called), tag("code", item["line"], class_="under")])

    def figure(self, figure: Figure, show: Any = lambda text: text) -> str:
        """A figure in words: a number, ``low to high``, ``at least low (open above)``, or not known."""
        figure = quieted(figure, self.most)
        if figure is None:
            return self.word("not_known")
        if isinstance(figure, str):
            return str(show(figure))
        low, high = (None if figure.get(end) is None else show(figure[end]) for end in ("low", "high"))
        if low is None:
            return self.word("not_known") if high is None else self.word("open_below", high=high)
        return self.word("open_above", low=low) if high is None else self.word("band", low=low, high=high)


def ordered(items: Mapping[str, Any], order: Iterable[str]) -> dict[str, Any]:
    """Items in a stated order, the rest by name: the order of keys in a file says nothing."""
    known = [key for key in order if key in items]
    return {key: items[key] for key in [*known, *sorted(set(items) - set(known))]}


def view_of(record: Mapping[str, Any], language: Language) -> View:
    """Read a record for showing.

    Raises:
        Refused: ``section_left_out`` where even the result is not in this copy.
    """
    identity = value_of(record, "derivation/identity")
    shown, level = result_of(record)
    result = {**_NOTHING, **shown}
    for key in ("contributions", "electricity") if level else ():  # lines whose figure would tell a withheld factor
        result[key] = [part for part in result[key] if "co2e" in part]
    most = largest(part["co2e"] for part in result["contributions"])
    inventory = _if_held(record, "derivation/inventory").get("inventory", {})
    works = _if_held(record, "given/works")
    return View(
        record, language, identity, result, works, inventory, rule_of(identity), regime_of(identity), most, level
    )  # fmt: skip


def _if_held(record: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = value_of(record, section)
    except Refused:
        return {}
    return found
