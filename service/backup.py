"""Back up a store and restore it, from and into either database: a zip of tables as JSON lines with their digests.

A backup holds everything, the store's secret too: whoever has it can make records that pass for this store's. Keep it
as the database itself is kept.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, LargeBinary, Table, func, insert, inspect, select, update

import service.batch.models
import service.companies.models
import service.erp.models
import service.jobs.models
import service.models
import service.pact.models  # noqa: F401  (their tables are part of the metadata)
from factordb.models import Base, ReleaseRow
from factordb.store import EVERY_TENANT, READ_ONLY, current_revision, of_tenant, sees_every_tenant, upgrade
from lca.faults import Collector, Fault, Refused

FORMAT: Final = "pcf-backup/1"
BATCH: Final = 2_000
SEAL: Final = ("sealed_at", "status", "sha256")
"""Columns of a release that are set last: rows cannot be added to a release that is sealed."""


def backup(engine: Engine, path: Path) -> dict[str, int]:
    """Write every table of the store into a zip at ``path``, all of one moment; returns rows by table.

    The file appears under its name only when it is whole.

    Raises:
        Refused: ``store_not_ready`` for a database without our tables; ``backup_role`` for one that sees one company.
    """
    engine = of_tenant(engine, EVERY_TENANT)
    revision = current_revision(engine)
    if revision is None:
        raise Refused([Fault("store_not_ready", found="revision None", expected="a store made by pcf db upgrade")])
    if not sees_every_tenant(engine):
        raise Refused([Fault("backup_role", found="a role that sees one company", expected="the owner of the tables")])
    counts, digests = {}, {}
    unfinished = path.with_name(path.name + ".part")
    with _reading(engine) as connection, zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in _there(connection):
            digest, count = hashlib.sha256(), 0
            with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as file:
                for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings():
                    line = (json.dumps(_plain(row), ensure_ascii=False, sort_keys=True) + "\n").encode()
                    file.write(line)
                    digest.update(line)
                    count += 1
            counts[table.name], digests[table.name] = count, digest.hexdigest()
        tables = {name: {"rows": str(counts[name]), "sha256": digests[name]} for name in counts}
        head = {"format": FORMAT, "revision": revision, "tables": tables}
        archive.writestr("manifest.json", json.dumps(head, indent=1, sort_keys=True))
    unfinished.replace(path)
    return counts


def restore(engine: Engine, path: Path) -> dict[str, int]:
    """Fill an empty store from a backup, all or nothing; returns rows by table.

    Raises:
        Refused: ``backup_broken`` (not a backup, or its digests do not hold: every table is checked before anything is
            written), ``store_not_empty``, ``backup_newer`` (made by a later version of pcf-engine).
    """
    engine = of_tenant(engine, EVERY_TENANT)
    with zipfile.ZipFile(_zip(path)) as archive:
        head = _manifest(archive, path)
        if current_revision(engine) is None:
            upgrade(engine, _known(head["revision"], engine))
        found = current_revision(engine)
        if found != head["revision"]:
            expected = f"a store at revision {head['revision']}"
            raise Refused([Fault("store_not_empty", found=f"a store at revision {found}", expected=expected)])
        with engine.begin() as connection:
            _empty(connection)
            kept = [table for table in _there(connection) if table.name in head["tables"]]
            counts = {table.name: _fill(connection, table, archive) for table in kept}
            _seal(connection, archive)
    upgrade(engine)
    return counts


def _reading(engine: Engine) -> Connection:
    """One moment of the database, whoever writes meanwhile."""
    options: dict[str, Any] = {READ_ONLY: True}
    if engine.dialect.name != "sqlite":
        options["isolation_level"] = "REPEATABLE READ"
    return engine.connect().execution_options(**options)


def _there(connection: Connection) -> list[Table]:
    """Our tables that this database has: one of an earlier revision has fewer."""
    names = set(inspect(connection).get_table_names())
    return [table for table in Base.metadata.sorted_tables if table.name in names]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Text as it is, bytes in base64, floats by their shortest digits: each comes back the same."""
    return {
        name: {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
        for name, value in row.items()
    }


def _zip(path: Path) -> Path:
    if not zipfile.is_zipfile(path):
        raise Refused([Fault("backup_broken", str(path), found="not a zip", expected="a file of pcf db backup")])
    return path


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    """The head, after every table was held against its digest."""
    faults = Collector()
    try:
        head: dict[str, Any] = json.loads(archive.read("manifest.json"))
        tables = head["tables"]
        wanted = {table.name for table in Base.metadata.sorted_tables}
        if head["format"] != FORMAT or set(tables) - wanted:
            raise KeyError("format")
    except (KeyError, ValueError) as error:
        expected = f"a manifest of {FORMAT}"
        raise Refused([Fault("backup_broken", str(path), found=str(error), expected=expected)]) from None
    for name, told in sorted(tables.items()):
        digest = hashlib.sha256()
        try:
            with archive.open(f"{name}.jsonl") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
            found = digest.hexdigest()
        except (KeyError, zipfile.BadZipFile) as error:
            found = str(error)
        if found != told["sha256"]:
            faults.add(Fault("backup_broken", f"{path}: {name}", found=found, expected=told["sha256"]))
    faults.raise_if_any()
    return head


def _known(revision: str, engine: Engine) -> str:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from factordb.store import migrations_path

    config = Config()
    config.set_main_option("script_location", str(migrations_path()).replace("%", "%%"))
    if revision not in {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}:
        raise Refused([Fault("backup_newer", found=f"revision {revision}", expected="a revision of this version")])
    return revision


def _empty(connection: Connection) -> None:
    full = [
        table.name
        for table in _there(connection)
        if table.name != "tenant" and connection.execute(select(func.count()).select_from(table)).scalar()
    ]
    if full:
        expected = "a store without rows: restore into a new one"
        raise Refused([Fault("store_not_empty", found=", ".join(full), expected=expected)])


def _rows(archive: zipfile.ZipFile, table: Table) -> Iterator[dict[str, Any]]:
    blobs = {column.name for column in table.columns if isinstance(column.type, LargeBinary)}
    with archive.open(f"{table.name}.jsonl") as file:
        for line in file:
            row: dict[str, Any] = json.loads(line)
            for name in blobs & set(row):
                row[name] = base64.b64decode(row[name]["base64"])
            yield row


def _fill(connection: Connection, table: Table, archive: zipfile.ZipFile) -> int:
    count, batch = 0, []
    there = set(connection.execute(select(table.c.id)).scalars()) if table.name == "tenant" else set()
    for row in _rows(archive, table):
        count += 1
        if table.name == "tenant" and row["id"] in there:
            continue
        if table.name == "release":
            row |= {"sealed_at": None, "status": "open", "sha256": ""}
        batch.append(row)
        if len(batch) == BATCH:
            connection.execute(insert(table), batch)
            batch = []
    if batch:
        connection.execute(insert(table), batch)
    return count


def _seal(connection: Connection, archive: zipfile.ZipFile) -> None:
    table = Base.metadata.tables[ReleaseRow.__tablename__]
    for row in _rows(archive, table):
        key = (table.c.tenant_id == row["tenant_id"]) & (table.c.id == row["id"])
        connection.execute(update(table).where(key).values({name: row[name] for name in SEAL}))
