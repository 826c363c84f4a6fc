"""What somebody typed into a form that could not be done now: kept in the page until it can be sent again.

Nothing of it is stored here: it goes back to the browser that sent it, in a field nobody sees, and is done only when a
person presses the button again. Files cannot be kept, since no page may fill a field for files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from lca.doors import read_json
from lca.faults import Refused
from service.http.pages import shell
from service.http.pages.forms import Form, sent_form
from service.http.pages.visit import TOKEN, Visit
from service.report.markup import Content, Html, tag

MOST: Final = 1_000_000
"""Characters that are kept: the long form of a rule has some ten thousand."""
NEVER: Final = frozenset({TOKEN, "password", "again", "link", "secret", "kept", "kept_to"})
"""Fields that are never written into a page."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was not done: where it went, its fields, and whether files or too much of it are lost."""

    action: str
    fields: tuple[tuple[str, str], ...] = ()
    lost: str = ""
    """``files`` or ``long``; empty where nothing is lost."""

    def hidden(self) -> dict[str, str]:
        """Fields by which another form carries it."""
        return {"kept_to": self.action, "kept": json.dumps(self.fields, ensure_ascii=False)} if self.fields else {}


def local(where: str) -> str:
    """A path of this service, or the first page: nobody is sent to another site.

    A browser takes ``//host`` and ``/\\host`` for another site and drops tabs and line ends before it looks; a path is
    therefore taken only where nothing of the kind is in it.
    """
    good = (
        where.startswith("/")
        and not where.startswith("//")
        and "\\" not in where
        and where.isprintable()
        and len(where) < 2_000
    )
    parts = urlsplit(where) if good else None
    return where if parts and not parts.scheme and not parts.netloc else "/"


def came_from(visit: Visit) -> str:
    """The page of ours on which a form or a piece of a page was asked for, as the browser says."""
    parts = urlsplit(visit.request.headers.get("referer", ""))
    if parts.netloc != visit.request.headers.get("host", ""):
        return "/"
    return local(parts.path + (f"?{parts.query}" if parts.query else ""))


async def kept(visit: Visit) -> Kept | None:
    """The form of this request, where a browser says that one of our own pages sent it; None otherwise.

    A stranger's page may put words into a form, and nobody should be offered to send these.
    """
    if urlsplit(visit.request.headers.get("origin", "")).netloc != visit.request.headers.get("host", ""):
        return None
    try:
        form = await sent_form(visit)
    except Refused:
        return None
    fields = tuple((name, value) for name, value in form if name not in NEVER)
    action = local(visit.request.url.path)
    if sum(len(name) + len(value) for name, value in fields) > MOST:
        return Kept(action, lost="long")
    return Kept(action, fields, "files" if form.uploads else "")


def carried(form: Form) -> Kept | None:
    """What a form of signing in carries."""
    try:
        pairs = read_json(form.get("kept") or "[]")
    except Refused:
        return None
    if not isinstance(pairs, list) or not pairs:
        return None
    fields = tuple((str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, list) and len(pair) == 2)
    return Kept(local(form.get("kept_to")), tuple((name, value) for name, value in fields if name not in NEVER))


def told(visit: Visit, what: Kept | None) -> Html | None:
    """Whether what was typed is kept; nothing where nothing was typed."""
    if what is None:
        return None
    say: list[Content] = []
    if what.fields:
        say.append(tag("p", visit.say("kept_says")))
    if what.lost:
        say.append(tag("p", visit.say(f"lost_{what.lost}")))
    return tag("div", say, class_="kept") if say else None


def again(visit: Visit, what: Kept) -> Html:
    """A button that sends it once more."""
    fields = [tag("input", type="hidden", name=name, value=value) for name, value in what.fields]
    token = tag("input", type="hidden", name=TOKEN, value=visit.token())
    send = shell.button(visit.say("send_now"), "main")
    return tag("form", token, fields, send, method="post", action=what.action, class_="kept-form")
