"""What a release holds, on a terminal and as plain values."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Console
from rich.text import Text

from factordb.kinds import sentence
from factordb.release import Release
from service.text.factor_words import said
from service.text.words import Language


def facts(release: Release) -> dict[str, Any]:
    """Head, hash and counts of a release that was just opened: its hash was checked again."""
    return {
        **release.meta,
        "sha256": release.sha256,
        "factors": len(release.factors),
        "unit_processes": len(release.unit_processes),
        "kinds": dict(Counter(item.kind for item in release.factors.values()).most_common()),
        "confidence": dict(Counter(item.confidence for item in release.factors.values()).most_common()),
        "licences": {
            code: {"title": item.title, "may_redistribute": item.may_redistribute, "attribution": item.attribution}
            for code, item in sorted(release.licences.items())
        },
        "sources": len(release.sources),
        "unlinked": sum(1 for item in release.factors.values() if item.unlinked),
        "left_out": len(release.left_out),
    }


def print_facts(console: Console, release: Release, language: Language) -> None:
    """Head and hash, kinds in a sentence each, licences with what they allow."""
    found = facts(release)
    title = found["title_zh" if language == "zh" else "title_en"]
    console.print(Text(f"{release.id} · {release.layer} · {title} · {found['published']}", style="bold"))
    console.print(f"sha256 {release.sha256}")
    for kind, count in found["kinds"].items():
        console.print(f"  {count:>6}  {kind}: {sentence(kind, language)}")
    if found["unit_processes"]:
        console.print(f"  {found['unit_processes']:>6}  {said('unit_processes', language)}", end="")
        console.print(f", {found['unlinked']} {said('unlinked', language)}" if found["unlinked"] else "")
    console.print(f"{said('sources', language)}: {found['sources']} · {said('licences', language)}:")
    for code, item in found["licences"].items():
        console.print(f"  {code}: {item['title']}{'' if item['may_redistribute'] else ' (!)'}")
