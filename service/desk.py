"""The desk: one store opened for one caller, with its releases. Commands and routes stand on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from factordb.models import LOCAL
from factordb.publish import open_stored, published
from factordb.publish import publish as publish_release
from factordb.release import Release, open_release, shipped
from factordb.store import bypasses_walls, current_revision, of_tenant, open_store, upgrade
from lca.faults import Fault, Refused
from service.batch.kept import PREFIX, open_kept
from service.records.store import RecordStore

DEFAULT_RELEASE: Final = "cn-2026.1"
DEFAULT_STORE: Final = "pcf.db"
HEAD: Final = "0008"


@dataclass(frozen=True, slots=True)
class Desk:
    """An open store, for one company."""

    engine: Engine
    records: RecordStore

    @property
    def tenant(self) -> str:
        return self.records.tenant

    def of(self, tenant: str) -> Desk:
        """The same store for another company."""
        return self if tenant == self.tenant else Desk(of_tenant(self.engine, tenant), RecordStore(self.engine, tenant))

    def release(self, release_id: str) -> Release:
        """A release by id, shipped, published into this store or kept of a graph; its hash is checked again.

        Raises:
            Refused: ``release_unknown``, ``release_tampered``.
        """
        if release_id in shipped():
            return open_release(release_id)
        kept = open_kept(self.engine, release_id, self.tenant) if release_id.startswith(PREFIX) else None
        return kept or open_stored(self.engine, release_id, self.tenant)


def store_place(given: str = "") -> str:
    """Where the store is: what was given, ``PCF_STORE``, or ``pcf.db`` in the current folder."""
    return given or os.environ.get("PCF_STORE", "") or DEFAULT_STORE


def prepare(engine: Engine) -> None:
    """Bring the tables up to date and publish the release that calculations use by default.

    The other shipped releases (CBAM, recalled values) open from the package and need no rows.
    """
    upgrade(engine)
    if DEFAULT_RELEASE not in published(engine):
        publish_shipped(engine, DEFAULT_RELEASE)


@contextmanager
def open_desk(given: str = "") -> Iterator[Desk]:
    """Open the store, making and migrating a SQLite file on first use; a PostgreSQL is migrated only when asked.

    Raises:
        Refused: ``store_not_ready`` for a PostgreSQL that wants ``pcf db upgrade``.
    """
    place = store_place(given)
    engine = open_store(place)
    try:
        found = current_revision(engine)
        if found != HEAD:
            if engine.dialect.name == "sqlite":
                prepare(engine)
            else:
                expected = f"revision {HEAD}"
                raise Refused([Fault("store_not_ready", found=f"revision {found}", expected=expected)])
        if role := bypasses_walls(engine):
            expected = "a role that is no superuser and has no BYPASSRLS, such as pcf_app"
            raise Refused([Fault("store_role_bypasses", found=role, expected=expected)])
        company = os.environ.get("PCF_COMPANY", "") or LOCAL
        yield Desk(of_tenant(engine, company), RecordStore(engine, company))
    finally:
        engine.dispose()


def release_opener(given: str = "") -> Callable[[str], Release]:
    """How a verb that needs no store opens releases: shipped ones from the package, others from the store if there.

    The function refuses with ``release_unknown`` where neither has it; no store is made by looking.
    """

    def opened(release_id: str) -> Release:
        place = store_place(given)
        if release_id in shipped() or ("://" not in place and not Path(place).is_file()):
            return open_release(release_id)
        with open_desk(given) as desk:
            return desk.release(release_id)

    return opened


def publish_shipped(engine: Engine, release_id: str) -> str:
    """Publish a shipped release into the store; returns its hash."""
    from importlib.resources import files

    from factordb.files import read

    folder = files("factordb").joinpath(f"data/releases/{release_id}")
    return publish_release(engine, read(folder))


def examples_path(name: str) -> Path:
    """An example file: in ``examples/`` of a checkout, inside the wheel otherwise."""
    beside = Path(__file__).resolve().parent
    for folder in (beside / "_examples", beside.parent / "examples"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(name)
