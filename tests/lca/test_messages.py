"""lca.messages: a fault in at most five lines, in Chinese and English (architecture §8).

Whether every code has its sentences is asked in ``tests/house/test_messages.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lca import messages
from lca.faults import Fault, Notice
from lca.messages import LABELS, LANGUAGES, lines, sentence

OWN = {
    "what": {"en": "{name} makes nothing", "zh": "{name} 没有产出"},
    "fix": {"en": "Give {name} an output above {least}.", "zh": "请填写 {name} 的产量。"},
}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A catalogue of our own, so that a better translation breaks no test."""
    monkeypatch.setattr(
        messages, "_catalogue", {"zero_output": OWN, "stale": {"what": {"en": "{factor} is of {year}"}}}
    )
    monkeypatch.setattr(messages, "_loaded", set(messages._rooms))
    yield


FULL = Fault("zero_output", "/processes/2", "0 t", "above zero", "GB/T 24067 5.3", {"name": "kiln"})


@pytest.mark.usefixtures("written")
def test_a_fault_is_five_lines_in_english() -> None:
    assert lines(FULL, "en") == [
        "[zero_output] kiln makes nothing (at /processes/2)",
        "  found: 0 t",
        "  expected: above zero",
        "  rule: GB/T 24067 5.3",
        "  do: Give kiln an output above <least>.",
    ]


@pytest.mark.usefixtures("written")
def test_a_fault_is_five_lines_in_chinese() -> None:
    assert lines(FULL, "zh") == [
        "[zero_output] kiln 没有产出 (位置 /processes/2)",
        "  发现: 0 t",
        "  应为: above zero",
        "  依据: GB/T 24067 5.3",
        "  处理: 请填写 kiln 的产量。",
    ]


def test_a_notice_may_have_values_of_the_names_a_fault_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    """``found`` of a notice is its own value; of a fault it is what was found."""
    monkeypatch.setattr(messages, "_catalogue", {"high": {"what": {"en": "{found} is above {expected} ({where})"}}})
    monkeypatch.setattr(messages, "_loaded", set(messages._rooms))
    assert sentence(Notice("high", "row", {"found": "7", "expected": "5"}), "en") == "7 is above 5 (row)"
    assert sentence(Fault("high", "row", "9", "5", values={"found": "7"}), "en") == "9 is above 5 (row)"


@pytest.mark.usefixtures("written")
def test_lines_without_content_are_left_out() -> None:
    assert lines(Fault("zero_output", values={"name": "kiln", "least": "0"}), "en") == [
        "[zero_output] kiln makes nothing",
        "  do: Give kiln an output above 0.",
    ]


@pytest.mark.usefixtures("written")
def test_a_code_without_a_sentence_shows_itself() -> None:
    assert sentence(Notice("never_written"), "zh") == "never_written"
    assert sentence(Fault("never_written"), "zh", "fix") == ""
    assert lines(Fault("never_written"), "en") == ["[never_written] never_written"]


@pytest.mark.usefixtures("written")
def test_a_lacking_translation_falls_back_to_english() -> None:
    assert sentence(Notice("stale", values={"factor": "coal", "year": "2019"}), "zh") == "coal is of 2019"


@pytest.mark.usefixtures("written")
def test_a_rule_brings_its_own_sentences() -> None:
    fault = Fault("zero_output", what={"en": "own {found}", "zh": "自有"}, found="5", fix={"en": "own fix"})
    assert (sentence(fault, "en"), sentence(fault, "zh"), sentence(fault, "en", "fix")) == ("own 5", "自有", "own fix")


@pytest.mark.usefixtures("written")
def test_braces_typed_by_a_user_are_shown_as_typed() -> None:
    fault = Fault("x", found="{0} {name!r} {", what={"en": "read {found}"})
    assert sentence(fault, "en") == "read {0} {name!r} {"


def test_both_languages_have_all_labels() -> None:
    assert set(LABELS) == set(LANGUAGES) == {"en", "zh"}
    assert set(LABELS["en"]) == set(LABELS["zh"])


def test_a_room_registers_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    room = tmp_path / "annex"
    (room / "data").mkdir(parents=True)
    (room / "__init__.py").write_text("", encoding="utf-8")
    text = "annex_only:\n  what: {en: 'in the annex: {found}', zh: 附楼}\n  fix: {en: go, zh: 去}\n"
    (room / "data" / "messages.yaml").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(messages, "_rooms", [])
    monkeypatch.setattr(messages, "_catalogue", {})
    monkeypatch.setattr(messages, "_loaded", set())
    messages.register("annex")
    messages.register("annex")
    assert messages._rooms == ["annex"]
    assert lines(Fault("annex_only", found="dust"), "en")[0] == "[annex_only] in the annex: dust"
    assert lines(Fault("annex_only"), "zh") == ["[annex_only] 附楼", "  处理: 去"]
