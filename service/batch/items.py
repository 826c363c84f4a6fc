"""The items of a batch: one activity-data document each, from a folder, lines of JSON or a table."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lca.doors import MAX_TEXT, read_json
from lca.faults import Fault, Refused
from pcr.intake import rule_and_regime
from service.intake import MEDIA, Sent, read_plain, summed
from service.series import in_folder, sent_along

REFERENCE: Final = "batch:"
JSON: Final = ".json"
EXPECTED: Final = "a folder, .jsonl, .csv or .xlsx"


@dataclass(frozen=True, slots=True)
class Item:
    """One document as it came; read again when it is calculated, so that a large batch is not held as objects."""

    id: str
    content: bytes = b""
    media_type: str = MEDIA[JSON]
    folder: Path | None = None
    """Where the series lie that it names; None: it came without a folder."""
    name: str = ""
    faults: tuple[Fault, ...] = ()
    """Why there is no document: an unreadable line, a pointer that leads nowhere, an id that stands twice."""
    series: tuple[tuple[str, bytes], ...] = ()
    """Name and content of the series that came with it, where it came without a folder."""

    def sent(self) -> Sent:
        """The document as activity data.

        Raises:
            Refused: ``faults``, and what the doors and the series refuse.
        """
        if self.faults:
            raise Refused(self.faults)
        sent = read_plain(self.content, self.media_type, self.name or self.id)
        if self.folder is not None:
            return summed(sent, in_folder(self.folder))
        return summed(sent, *sent_along(sent.data, self.series))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the graph must know of an item before anything is calculated."""

    sha256: str
    """Of the data as read and its series: the way it was written does not count."""
    rule: tuple[str, str, str]
    """Id, version or empty, regime or empty."""
    products: tuple[str, ...]
    wanted: tuple[tuple[str, str], ...]
    """(place, reference) of every row that names a product of the batch."""


def facts_of(item: Item) -> Facts:
    """Read an item once.

    Raises:
        Refused: what reading refuses; ``missing_key`` without a rule.
    """
    sent = item.sent()
    data = sent.data
    try:
        rule = rule_and_regime(data)
    except Refused as refused:
        raise Refused(sent.placed(refused.faults)) from None
    text = json.dumps([data, [hashlib.sha256(file.content).hexdigest() for file in sent.attachments]], sort_keys=True)
    products = data.get("products")
    made = [str(entry.get("id", "")) for entry in products if isinstance(entry, dict)] if _list(products) else []
    return Facts(hashlib.sha256(text.encode()).hexdigest(), rule, tuple(made), tuple(references(data)))


def references(data: Any) -> Iterator[tuple[str, str]]:
    """(place, reference) of the rows of activity data that name a product of the batch."""
    rows = data.get("rows") if isinstance(data, dict) else None
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict) and str(row.get("factor", "")).startswith(REFERENCE):
            yield f"/rows/{number}/factor", row["factor"]


def read_items(path: Path, out: Path) -> list[Item]:
    """The items of a folder (what lies in ``out`` is left out), of lines of JSON or of a table, sorted by id.

    Raises:
        Refused: ``file_missing``, ``file_kind``, ``file_too_large``, ``batch_empty``, and what the table refuses.
    """
    if path.is_dir():
        items = list(_of_folder(path, out))
    elif not path.is_file():
        raise Refused([Fault("file_missing", str(path), found="no such file", expected=EXPECTED)])
    elif path.suffix.lower() == ".jsonl":
        items = list(_of_lines(path))
    elif path.suffix.lower() in (".csv", ".xlsx"):
        from service.batch.table import items_of_table  # openpyxl is slow to import

        items = list(items_of_table(path))
    else:
        raise Refused([Fault("file_kind", str(path), found=path.suffix or "no ending", expected=EXPECTED)])
    if not items:
        raise Refused(
            [Fault("batch_empty", str(path), found="no item", expected="at least one activity-data document")]
        )
    return sorted(_once(items), key=lambda item: item.id)


def _once(items: list[Item]) -> Iterator[Item]:
    """An id that stands twice names nothing: one item with the fault takes the place of all that bear it."""
    unfit = [item for item in items if not item.id.isprintable()]
    for number, item in enumerate(unfit, 1):  # half a surrogate pair or a control character: no column takes it
        shown = item.id.encode("unicode_escape").decode()
        fault = Fault("batch_form", item.name, found=f"id {shown}", expected="an id of printable characters")
        yield Item(f"{shown} ({number})", name=item.name, faults=(fault,))
    items = [item for item in items if item.id.isprintable()]
    times = Counter(item.id for item in items)
    for name in sorted(name for name in times if times[name] > 1):
        bearers = ", ".join(sorted(item.name for item in items if item.id == name))
        yield Item(name, faults=(Fault("batch_id_twice", name, found=bearers, expected="each id once"),))
    yield from (item for item in items if times[item.id] == 1)


def _of_folder(folder: Path, out: Path) -> Iterator[Item]:
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        hidden = any(part.startswith((".", "~$")) for part in inner.parts)
        if path.suffix.lower() in MEDIA and path.is_file() and not hidden and not _inside(path, out):
            yield of_file(inner.with_suffix("").as_posix(), path, inner.as_posix())


def of_file(name: str, path: Path, shown: str) -> Item:
    """The item of one activity-data file; a file too large to read is an item with that fault."""
    if path.stat().st_size > 4 * MAX_TEXT:
        fault = Fault("file_too_large", shown, f"{path.stat().st_size:,} bytes", f"{4 * MAX_TEXT:,}")
        return Item(name, name=shown, faults=(fault,))
    return Item(name, path.read_bytes(), MEDIA[path.suffix.lower()], path.parent, shown)


def _of_lines(path: Path) -> Iterator[Item]:
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, 1):
            line = raw.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else raw.strip()
            if line:
                yield _of_line(line, number, path)


def _of_line(line: bytes, number: int, path: Path) -> Item:
    where = f"{path.name} line {number}"
    try:
        document = read_json(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        fault = Fault("file_encoding", where, found=f"byte {error.start}: {error.reason}", expected="UTF-8 text")
        return Item(str(number), name=where, faults=(fault,))
    except Refused as refused:
        return Item(str(number), name=where, faults=tuple(fault.at(where) for fault in refused.faults))
    if not isinstance(document, dict):
        fault = Fault("batch_form", where, found=type(document).__name__, expected="an object of pcf-activity/1")
        return Item(str(number), name=where, faults=(fault,))
    name = str(document.pop("id", "") or number)
    return Item(name, plain_bytes(document), MEDIA[JSON], path.parent, where)


def of_documents(documents: Iterable[Mapping[str, Any]]) -> list[Item]:
    """Items that came in one request, ``{id, data, series}`` each with an id of its own, sorted by id."""
    return sorted((_of_document(one) for one in documents), key=lambda item: item.id)


def _of_document(one: Mapping[str, Any]) -> Item:
    series = tuple((name, text.encode()) for name, text in one.get("series", {}).items())
    return Item(one["id"], plain_bytes(one["data"]), MEDIA[JSON], name=one["id"], series=series)


def plain_bytes(document: Any) -> bytes:
    """A document as JSON bytes; half a surrogate pair, which JSON text can hold, stays escaped."""
    return json.dumps(document, sort_keys=True).encode()


def _inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _list(value: Any) -> bool:
    return isinstance(value, list)
