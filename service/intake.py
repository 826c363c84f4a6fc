"""Files that people send: YAML, JSON or a workbook, read into the one plain form that rules understand."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lca.doors import MAX_TEXT, read_json, read_yaml
from lca.faults import Fault, Refused
from service.series import NOWHERE, Attachment, Source, in_folder, with_series

if TYPE_CHECKING:
    from service.workbook import Reading

_HALF: Final = re.compile("[\ud800-\udfff]")
MEDIA: Final = {
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """An input as it came and as it was read."""

    data: Any
    content: bytes
    media_type: str
    name: str = ""
    attachments: tuple[Attachment, ...] = ()
    reading: Reading | None = None
    """How a workbook was read: its faulty cells, and where each path of the data stands. None for text files."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def placed(self, faults: Iterable[Fault]) -> list[Fault]:
        """Faults of a later step with cells in place of paths, after those of the cells themselves."""
        return list(faults) if self.reading is None else list(self.reading.with_intake(faults))


def read_file(path: Path) -> Sent:
    """Read a file by its ending.

    Raises:
        Refused: ``file_missing``, ``file_kind``, ``file_encoding``, and what the doors refuse.
    """
    if not path.is_file():
        raise Refused([Fault("file_missing", str(path), found="no such file", expected="a file")])
    media = MEDIA.get(path.suffix.lower())
    if media is None:
        expected = ", ".join(MEDIA)
        raise Refused([Fault("file_kind", str(path), found=path.suffix or "no ending", expected=expected)])
    if path.stat().st_size > 4 * MAX_TEXT:
        raise Refused([Fault("file_too_large", str(path), f"{path.stat().st_size:,} bytes", f"{4 * MAX_TEXT:,}")])
    return read_bytes(path.read_bytes(), media, path.name, in_folder(path.parent))


def read_bytes(content: bytes, media_type: str, name: str = "", source: Source = NOWHERE) -> Sent:
    """Read data by their media type, and the interval series they name from ``source``.

    Raises:
        Refused: what the doors refuse; else all faults of the series.
    """
    return summed(read_plain(content, media_type, name), source)


def summed(sent: Sent, source: Source, misnamed: Iterable[Fault] = ()) -> Sent:
    """Data with the sums of the series they name; ``misnamed``: what is already known to be wrong with these.

    Raises:
        Refused: all faults of the series.
    """
    data, attachments, faults = with_series(sent.data, source)
    faults = [*misnamed, *faults]
    if faults:
        raise Refused(sent.placed(faults))
    return replace(sent, data=data, attachments=attachments)


def read_plain(content: bytes, media_type: str, name: str = "") -> Sent:
    """Read data by their media type; the series they name stay names, which no rule takes.

    Raises:
        Refused: what the doors refuse.
    """
    if media_type == MEDIA[".xlsx"]:
        from service.workbook import scan_workbook  # waits until a workbook comes: openpyxl is slow to import

        reading = scan_workbook(content)
        return Sent(composed(reading.data), content, media_type, name, reading=reading)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {error.start}: {error.reason}"
        raise Refused([Fault("file_encoding", name, found=found, expected="UTF-8 text")]) from None
    data = read_json(text) if media_type == MEDIA[".json"] else read_yaml(text)
    # Every part of a text in this form is in it too (UAX #15), but for what an escape makes.
    plain = "\\" not in text and unicodedata.is_normalized("NFC", text)
    return Sent(data if plain else composed(data), content, media_type, name)


def composed(value: Any) -> Any:
    """All text in Unicode normalisation form C, so that two ways to type an accent give one record.

    Raises:
        Refused: ``not_text`` for half a surrogate pair: JSON can escape one, and no file can hold it.
    """
    if isinstance(value, str):
        if value.isascii():
            return value
        if found := _HALF.search(value):
            raise Refused([Fault("not_text", found=f"U+{ord(found.group()):04X}", expected="Unicode text")])
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {composed(key): composed(item) for key, item in value.items()}
    return [composed(item) for item in value] if isinstance(value, list) else value
