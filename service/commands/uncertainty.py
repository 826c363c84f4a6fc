"""``pcf uncertainty``: how far the total may lie from the record's; an annex, nothing is sealed."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing

if TYPE_CHECKING:
    from service.calculate import Asked
    from service.intake import Sent


def uncertainty(
    file: Annotated[Path, typer.Argument(help="Activity data: .yaml, .json or .xlsx.")],
    side: Annotated[Path, typer.Option("--uncertainty", help="YAML or JSON: rows and factors with distributions.")],
    draws: Annotated[
        int, typer.Option(help="Number of draws, 100 to 1,000,000; default: 1024, or those of the background.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the draws; the same seed gives the same draws.")] = 1,
    product: Annotated[str, typer.Option(help="Product id; default: the first.")] = "",
    against: Annotated[str, typer.Option(help="Compare with a product of the file, or with another file.")] = "",
    background: Annotated[
        str,
        typer.Option(help="Folders of pcf background publish with commas; else backgrounds/<release> by the store."),
    ] = "",
    workers: Annotated[int, typer.Option(help="Worker processes; they move no digit.")] = 1,
    cluster: Annotated[str, typer.Option(help="Address of a Dask scheduler: tls://host:port.")] = "",
    cluster_ca: Annotated[str, typer.Option(help="PEM of its certificate authority.")] = "",
    cluster_cert: Annotated[str, typer.Option(help="PEM of this client's certificate.")] = "",
    cluster_key: Annotated[str, typer.Option(help="PEM of this client's key.")] = "",
    regime: Annotated[str, typer.Option(help="Regime id; default: the file's, then the rule's first.")] = "",
    release: Annotated[
        str, typer.Option(help="Factor releases with commas, e.g. mine,cn-2026.1; default: cn-2026.1.")
    ] = "",
    keep: Annotated[bool, typer.Option("--keep", help="Keep the annex with the record, which must be stored.")] = False,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Monte Carlo annex of a run: spread, percentiles, paired comparison. 不确定度附件：离散、分位数、成对比较。"""
    check_format(format_)
    from service.background_folder import beside
    from service.calculate import Asked
    from service.cluster import Tls
    from service.cluster import cluster as scheduler
    from service.desk import DEFAULT_RELEASE, release_opener, store_place
    from service.intake import read_file
    from service.text.uncertainty import print_uncertainty
    from service.text.uncertainty_json import as_json
    from service.uncertainty import Wanted
    from service.uncertainty import uncertainty as run
    from service.uncertainty_background import open_backgrounds

    with refusing(lang, as_json=format_ == "json"):
        other = read_file(Path(against)) if Path(against).suffix and Path(against).is_file() else None
        wanted = Wanted(product, draws, seed, workers, "" if other else against)
        asked = Asked(regime=regime, release=release)
        sent, listed, opener = read_file(file), read_file(side).data, release_opener(store)
        tls = Tls(cluster_ca, cluster_cert, cluster_key)
        names = [name.strip() for name in (release or DEFAULT_RELEASE).split(",")]
        given = [Path(name.strip()) for name in background.split(",") if name.strip()]
        worlds = open_backgrounds(given or beside(store_place(store), names))
        with scheduler(cluster, tls) if cluster else nullcontext() as mapped:
            found = run(sent, listed, asked, wanted, other=other, releases=opener, mapped=mapped, backgrounds=worlds)
        annex = as_json(found)
        kept = _kept(store, sent, listed, asked, annex) if keep else ""
        if format_ == "json":
            print_json(annex)
            return
        print_uncertainty(console(), found, language(lang))
        if kept:
            console().print(f"-> {kept}")


def _kept(store: str, sent: Sent, listed: Any, asked: Asked, annex: dict[str, Any]) -> str:
    from service.desk import open_desk
    from service.uncertainty_kept import keep

    with open_desk(store) as desk:
        return keep(desk, sent, listed, asked, annex, "pcf uncertainty")
