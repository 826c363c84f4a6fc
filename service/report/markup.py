"""Markup that cannot be broken out of: text is escaped unless it is :class:`Html`, and only these functions make Html.

Joining Html with other text (``+``, f-strings) gives plain text again, which is then escaped: a slip shows on the
page and opens no door.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Final

VOID: Final = frozenset({"br", "input", "link", "meta"})
_CONTROLS: Final = (*range(9), 11, 12, *range(14, 32), *range(127, 160))
_DIRECTIONS: Final = (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SHOWN: Final = {code: f"[U+{code:04X}]" for code in (*_CONTROLS, *_DIRECTIONS, 0xFEFF)}
"""Control characters, and those that turn the reading direction of what follows: shown, never obeyed."""


class Html(str):
    """Markup that is already escaped."""

    __slots__ = ()


Content = str | Iterable["Content"] | None
"""What stands in an element: text, markup, or several of them; None is nothing."""


def escaped(content: Content) -> Html:
    """Content as markup: text escaped and its control characters made visible, Html as it is."""
    if content is None:
        return Html()
    if isinstance(content, Html):
        return content
    if isinstance(content, str):
        return Html(html.escape(content.translate(_SHOWN)))
    return Html("".join(escaped(part) for part in content))


def tag(element: str, /, *content: Content, **attributes: str | None) -> Html:
    """An element. ``class_`` is class, ``data_label`` is data-label; an attribute of None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{element}{written}>" if element in VOID else f"<{element}{written}>{escaped(content)}</{element}>")


def name(text: Content) -> Html:
    """A name somebody typed: whatever its reading direction, the text around it keeps its own."""
    return tag("bdi", text)


def code(text: Content) -> Html:
    """An identifier: same width for every figure, may break anywhere."""
    return tag("code", text)
