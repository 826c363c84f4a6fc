"""The files a record was calculated from, as they were sent: kept by their digests, named in the run that brought them.

What is sealed is what was read from them. Whoever certifies wants the workbook itself, and the series behind a digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lca.faults import Fault, Refused
from service.intake import MEDIA
from service.models import AttachmentRow
from service.records.store import RecordStore


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a calculation."""

    name: str
    """As its sender named it; of a request without a name, what it was."""
    sha256: str
    media_type: str
    bytes: int
    series: str = ""
    """Of an interval series the digest that stands in the record: of its text in one form for all spellings."""

    @property
    def file_name(self) -> str:
        """A name to keep it under, with an ending also where what was sent had none."""
        ending = next((ending for ending, media in MEDIA.items() if media == self.media_type), "")
        return self.name if PurePath(self.name).suffix else f"{self.name or 'file'}{ending}"


def uploads(store: RecordStore, record: str) -> list[Upload]:
    """The files of all calculations of a record, the latest first, each once."""
    runs = [run for run in reversed(store.runs(record)) if run["kind"] == "calculation"]
    said = {item["sha256"]: item for run in runs for item in run.get("uploads", ())}
    with Session(store.engine) as session:
        query = select(AttachmentRow.sha256, func.length(AttachmentRow.content))
        mine = query.where(AttachmentRow.tenant_id == store.tenant, AttachmentRow.sha256.in_(said))
        sizes = {digest: size for digest, size in session.execute(mine)}
    return [Upload(**item, bytes=sizes[digest]) for digest, item in said.items() if digest in sizes]


def upload(store: RecordStore, record: str, sha256: str) -> tuple[Upload, bytes]:
    """One file of a record.

    Raises:
        Refused: ``upload_unknown``, also for a file of another record.
    """
    there = uploads(store, record)
    found = next((item for item in there if item.sha256 == sha256), None)
    if found is None:
        expected = ", ".join(item.sha256 for item in there)[:400] or "no file: it was not calculated in this store"
        raise Refused([Fault("upload_unknown", found=sha256[:64], expected=expected)])
    with Session(store.engine) as session:
        query = select(AttachmentRow.content).where(AttachmentRow.tenant_id == store.tenant)
        return found, session.scalars(query.where(AttachmentRow.sha256 == sha256)).one()
