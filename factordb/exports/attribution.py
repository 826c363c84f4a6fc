"""The words a licence asks for: who made the values, and on which terms they go on."""

from __future__ import annotations

from collections.abc import Iterator

from factordb.exports.passable import withheld
from factordb.files import ReleaseFiles

HEAD = (
    "Sources and licences of the factor release {id}. Keep this text with the data.",
    "因子版本 {id} 的来源与许可。请随数据一并保留本说明。",
)
SHARE_ALIKE = (
    "Share alike: what you make from these values and pass on must carry the same licence.",
    "相同方式共享：由这些数值形成并对外提供的成果，须采用相同许可。",
)
NOT_COMMERCIAL = ("Not for commercial use.", "不得用于商业用途。")
CLOSED = (
    "May not be passed on: rows of these sources are references without any number.",
    "不得转发：来自这些来源的行仅作索引，不含任何数值。",
)
LEFT = (
    "{factors} factors and {processes} unit processes are references without a number.",
    "{factors} 个因子和 {processes} 个单元过程仅作索引，不含数值。",
)


def attribution(content: ReleaseFiles) -> str:
    """The whole text, English and Chinese line by line; the same for every format."""
    return "\n".join(_lines(content)) + "\n"


def _lines(content: ReleaseFiles) -> Iterator[str]:
    yield from (text.format(id=content.meta["id"]) for text in HEAD)
    missing = withheld(content)
    if missing.factors or missing.unit_processes:
        numbers = {"factors": len(missing.factors), "processes": len(missing.unit_processes)}
        yield from (text.format(**numbers) for text in LEFT)
    for licence in sorted(content.licences, key=lambda item: item.code):
        yield ""
        yield f"[{licence.code}] {licence.title}"
        if licence.attribution:
            yield licence.attribution
        if licence.share_alike:
            yield from SHARE_ALIKE
        if not licence.may_use_commercially:
            yield from NOT_COMMERCIAL
        if not licence.may_redistribute:
            yield from CLOSED
        for source in sorted(content.sources, key=lambda item: item.id):
            if source.licence == licence.code:
                parts = (source.id, source.title, source.publisher, source.date, source.address)
                yield "- " + "; ".join(" ".join(part.split()) for part in parts if part)
