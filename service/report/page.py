"""The report: one record as one HTML page that asks nothing of the network and runs nothing.

The order is a person's: what product, how much, from where, how sure, what is not confirmed, and last the hashes that
prove it. The page is made from the record and what is told
of it, so that the same record gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from lca.faults import Fault, Refused
from service.records.sections import integrity_faults
from service.report.bars import PATTERN
from service.report.breakdown import contributors, lines, stages
from service.report.electricity import electricity
from service.report.embed import embedded
from service.report.flows import flows
from service.report.markup import Html, tag
from service.report.notices import unconfirmed, warnings
from service.report.proof import proof
from service.report.quality import classes, cut_off, gaps, proxies, sensitivities
from service.report.top import banners, masthead, product_name, units
from service.report.view import HTML_LANG, Language, View, view_of
from service.report.works import balance, indicators, settings

if TYPE_CHECKING:
    from service.records.verify import Verdict
    from service.records.withdrawn import Withdrawn

PARTS: Final = (
    units, stages, flows, contributors, lines, electricity, classes, gaps, proxies, cut_off, sensitivities, balance,
    indicators, settings, unconfirmed, warnings,
)  # fmt: skip


def render_report(
    record: Mapping[str, Any], language: Language, verdict: Verdict | None = None, gone: Withdrawn | None = None
) -> str:
    """The record as one self-contained page in ``zh`` or ``en``; ``verdict`` is what a re-run found, if there was one,
    ``gone`` its withdrawal, which stands beside a record and not in it.

    Raises:
        Refused: ``section_left_out`` when the copy holds no result; ``record_form`` when it cannot be read.
    """
    try:
        return _page(record, language, verdict, gone)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        found = f"{type(error).__name__}: {error}"
        raise Refused([Fault("record_form", found=found, expected="a record of schema 1")]) from error


def _page(record: Mapping[str, Any], language: Language, verdict: Verdict | None, gone: Withdrawn | None) -> str:
    view = view_of(record, language)
    faults = integrity_faults(record)
    shown = [banners(view, faults, gone), masthead(view), *(part(view) for part in PARTS), proof(view, faults, verdict)]
    kind = " ".join(["report", *(["is-draft"] if view.draft else [])])
    body = tag("body", PATTERN, tag("main", shown), embedded(record), class_=kind)
    return f"<!doctype html>\n{tag('html', _head(view), body, lang=HTML_LANG[language])}\n"


def _head(view: View) -> Html:
    title = f"{product_name(view)} · {view.word('kind')} · {str(view.record['name'])[:12]}"
    if view.draft:
        title = f"{view.word('draft_mark')} · {title}"
    css, policy = style()
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", css),
    )


@cache
def style() -> tuple[Html, str]:
    """The style sheet, and a policy under which it alone is obeyed."""
    text = files("service.report").joinpath("data/report.css").read_text(encoding="utf-8").replace("\r\n", "\n")
    if "</" in text:
        raise ValueError("report.css would end its own style element")
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return Html(text), policy
