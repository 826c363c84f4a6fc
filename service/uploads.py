"""A data file that came together with the interval series it names; nothing of this machine is opened for a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath
from typing import Any, Final

from lca.faults import Fault, Refused
from pcr.intake import read_activity
from service.calculate import Asked, rule_of
from service.intake import MEDIA, Sent, read_plain
from service.series import MOST, sent_along, with_series

SERIES: Final = ".csv"
Files = Iterable[tuple[str, bytes]]
"""Name as it was sent, and content."""


def read_upload(name: str, content: bytes, series: Files, asked: Asked) -> Sent:
    """A data file and its series as one input.

    A name in the data matches a file of ``series`` by every letter, or none: it is never looked for anywhere else.

    Raises:
        Refused: ``file_kind``, ``series_many``, what the doors refuse; where a series is faulty all faults of the
            series, of the cells and of the data at once.
    """
    ending = PurePath(name).suffix.lower()
    if ending not in MEDIA:
        raise Refused([Fault("file_kind", name, found=ending or "no ending", expected=", ".join(MEDIA))])
    # A name typed on one machine and a file named on another may spell one accent in two ways.
    files = [(unicodedata.normalize("NFC", called), held) for called, held in series]
    if len(files) > MOST:
        raise Refused([Fault("series_many", "series", found=str(len(files)), expected=f"at most {MOST}")])
    sent = read_plain(content, MEDIA[ending], name)
    source, misnamed = sent_along(sent.data, files)
    data, attachments, wrong = with_series(sent.data, source)
    faults = [*(_no_series(called) for called, _ in files if not called.lower().endswith(SERIES)), *misnamed, *wrong]
    if faults:
        raise Refused(sent.placed([*faults, *_others(data, asked)]))
    return replace(sent, data=data, attachments=attachments)


def _no_series(name: str) -> Fault:
    return Fault("file_kind", name, found=PurePath(name).suffix.lower() or "no ending", expected=SERIES)


def _others(data: Any, asked: Asked) -> tuple[Fault, ...]:
    """What is wrong with the data beside their series, as far as it can be said without them."""
    try:
        installed, regime = rule_of(data, asked)
        read_activity(data, installed.rule, regime, strict=asked.strict)
    except Refused as refused:
        return refused.faults
    return ()
