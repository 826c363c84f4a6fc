"""``pcf batch``: many works in one run, which may use each other's products."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing

MODES = ("changed", "all", "none")


def batch(
    file: Annotated[Path, typer.Argument(help="A folder of activity data, or .jsonl, .csv or .xlsx.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the results; a restart goes on there.")],
    seal: Annotated[str, typer.Option(help="changed: what is new; all: calculate all again; none: store nothing.")] = (
        "changed"
    ),
    regime: Annotated[str, typer.Option(help="Regime id; default: the item's, then the rule's first.")] = "",
    release: Annotated[
        str, typer.Option(help="Factor releases with commas, e.g. mine,cn-2026.1; default: cn-2026.1.")
    ] = "",
    draft: Annotated[bool, typer.Option("--draft", help="Answer gaps with their sourced ranges, as a band.")] = False,
    parquet: Annotated[bool, typer.Option("--parquet", help="Write results.parquet too; needs the extra.")] = False,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that calculate; the results are the same.")
    ] = 1,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Calculate many works that may use each other's products. 批量核算，产品之间可相互引用。"""
    check_format(format_)
    if seal not in MODES:
        raise typer.BadParameter(", ".join(MODES), param_hint="--seal")
    from service.batch.bench import make_bench
    from service.batch.run import batch as run
    from service.calculate import Asked
    from service.desk import open_desk, release_opener
    from service.text.batch import as_json, print_done

    start, words = time.monotonic(), language(lang)
    asked = Asked(regime=regime, release=release, draft=draft)
    with (
        refusing(lang, as_json=format_ == "json"),
        nullcontext() if seal == "none" else open_desk(store) as desk,
        progress_bar(format_ == "text", words) as told,
    ):
        opener = release_opener(store) if desk is None else desk.release
        bench = make_bench(asked, seal, opener, None if desk is None else desk.records)
        done = run(file, output, bench, parquet=parquet, language=words, workers=workers, progress=told)
    if format_ == "json":
        print_json(as_json(done))
    else:
        print_done(console(), done, output, time.monotonic() - start, words)
    raise typer.Exit(1 if done.failed else 0)


@contextmanager
def progress_bar(shown: bool, words: Any) -> Iterator[Callable[[int, int], None]]:
    """Items done, rate and time left on standard error: a bar on a terminal, else a line now and then."""
    from service.text.batch import lines_of_progress, pace

    out: Any = console(error=True)
    if not shown:
        yield lambda done, total: None
        return
    if not out.is_terminal:
        yield lines_of_progress(out.print, words)
        return
    from rich.progress import BarColumn, Progress, TextColumn

    start = time.monotonic()
    with Progress(BarColumn(), TextColumn("{task.description}"), console=out, transient=True) as bar:
        task = bar.add_task("", total=None)

        def told(done: int, total: int) -> None:
            shown = pace(done, total, time.monotonic() - start, words)
            bar.update(task, completed=done, total=total, description=shown)

        yield told
