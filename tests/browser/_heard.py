"""What a screen reader is given: Chromium's accessibility tree of a page, in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tests.browser._pages import settled

if TYPE_CHECKING:
    from playwright.sync_api import Page

CONTROLS: Final = frozenset(
    {
        "button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "slider", "spinbutton", "Date",
        "DisclosureTriangle",
    }
)  # fmt: skip
LANDMARKS: Final = frozenset({"banner", "navigation", "main", "contentinfo"})


@dataclass(frozen=True, slots=True)
class Heard:
    """One node: its role, name and description, and what is said of its state."""

    role: str
    name: str
    description: str
    value: str
    state: dict[str, Any]

    @property
    def said(self) -> tuple[str, str]:
        return self.role, self.name


def heard(page: Page) -> list[Heard]:
    """All nodes that are not passed over, in the order of reading."""
    settled(page)
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {node["nodeId"]: node for node in nodes}

    def walk(node: dict[str, Any]) -> Iterator[Heard]:
        if not node.get("ignored"):
            yield _heard(node)
        for child in node.get("childIds", ()):
            if child in by_id:
                yield from walk(by_id[child])

    return list(walk(nodes[0]))


def _heard(node: dict[str, Any]) -> Heard:
    def text(key: str) -> str:
        return " ".join(str(node.get(key, {}).get("value", "")).split())

    state = {item["name"]: item["value"].get("value") for item in node.get("properties", ())}
    return Heard(node["role"]["value"], text("name"), text("description"), text("value"), state)


def levels(nodes: list[Heard]) -> list[int]:
    """Levels of the headings, in their order."""
    return [int(node.state["level"]) for node in nodes if node.role == "heading"]
