"""A verdict on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from lca.messages import lines
from service.records.verify import Verdict
from service.records.withdrawn import Withdrawn
from service.text.signing import print_signatures, said
from service.text.words import Language, word


def print_verdict(console: Console, verdict: Verdict, language: Language, gone: Withdrawn | None = None) -> None:
    """Integrity, signature, recomputation; the first step that differs with both values; what is lacking. ``gone``: the
    withdrawal, which no verdict sees."""
    good = verdict.exit_code(strict=True) == 0
    heads = [
        f"{word('integrity', language)}: {word(verdict.integrity, language)}",
        f"{word('signature', language)}: {said(verdict.signature, language)}",
        f"{word('recomputation', language)}: {word(verdict.recomputation, language)}",
    ]
    console.print(Text(" · ".join(heads), style="bold green" if good else "bold red"), f"[{plain(verdict.name[:16])}]")
    if gone is not None:
        why = plain(f"{gone.at[:10]} · {gone.reason}")
        console.print(Text(f"{word('withdrawn_record', language)} {why}", style="bold red"))
    print_signatures(console, verdict.signatures, verdict.unproven, language)
    if verdict.step:
        console.print(f"  {word('first_step', language)}: {plain(f'{verdict.step} {verdict.where}')}", highlight=False)
    if verdict.recorded or verdict.found:
        console.print(f"  {word('recorded', language)}: {plain(verdict.recorded)}", highlight=False)
        console.print(f"  {word('found', language)}: {plain(verdict.found)}", highlight=False)
    for name in verdict.unseen:
        console.print(f"  {said('unseen', language)}: {plain(name)}", highlight=False)
    for note in verdict.notes:
        console.print(f"  {plain(note)}", highlight=False)
    for fault in verdict.reason:
        for line in lines(fault, language):
            console.print(Text(f"  {plain(line)}"))


def plain(text: str) -> str:
    """A text of somebody else's record on this terminal: what would move the cursor is shown, not obeyed."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)
