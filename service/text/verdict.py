"""A verdict on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from lca.messages import lines
from service.records.verify import Verdict
from service.text.words import Language, word


def print_verdict(console: Console, verdict: Verdict, language: Language) -> None:
    """Integrity, signature, recomputation; the first step that differs with both values; what is lacking."""
    good = verdict.exit_code(strict=True) == 0
    said = [
        f"{word('integrity', language)}: {word(verdict.integrity, language)}",
        f"{word('signature', language)}: {word(verdict.signature, language)}",
        f"{word('recomputation', language)}: {word(verdict.recomputation, language)}",
    ]
    console.print(Text(" · ".join(said), style="bold green" if good else "bold red"), f"[{verdict.name[:16]}]")
    if verdict.step:
        console.print(f"  {word('first_step', language)}: {verdict.step} {verdict.where}", highlight=False)
    if verdict.recorded or verdict.found:
        console.print(f"  {word('recorded', language)}: {verdict.recorded}", highlight=False)
        console.print(f"  {word('found', language)}: {verdict.found}", highlight=False)
    for note in verdict.notes:
        console.print(f"  {note}", highlight=False)
    for fault in verdict.reason:
        for line in lines(fault, language):
            console.print(Text(f"  {line}"))
