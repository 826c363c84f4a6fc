"""Words of exports and of the factor template, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.text.words import Language, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "withheld": (
        "{factors} factors and {processes} unit processes are references without a number: their licence does not "
        "allow passing them on. The export is a release of its own, {id}.",
        "{factors} 个因子和 {processes} 个单元过程仅作索引、不含数值：其许可不允许转发。导出内容为独立版本 {id}。",
    ),
    "not_held": (
        "What this format does not hold stands in NOT_HELD.txt and LEFT_OUT.csv inside.",
        "该格式无法容纳的内容见文件内的 NOT_HELD.txt 和 LEFT_OUT.csv。",
    ),
    "next": (
        "Fill in the sheet factors, then: pcf factors publish {file}",
        "请填写 factors 工作表，然后运行：pcf factors publish {file}",
    ),
}


def said(key: str, language: Language) -> str:
    """One of the words."""
    return pick(WORDS, key, language)
