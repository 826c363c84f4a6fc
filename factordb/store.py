"""The database of releases and, through the same chain of migrations, of everything the service keeps.

SQLite in one file by default, made on first use: WAL, foreign keys, waiting instead of failing when busy, and
``BEGIN IMMEDIATE`` so that two writers queue up rather than fail half-way. PostgreSQL by URL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url

from factordb.models import LOCAL

BUSY_SECONDS: Final = 30
READ_ONLY: Final = "pcf_read_only"
"""Execution option of a connection that only reads: SQLite then takes no write lock."""
TENANT: Final = "pcf_tenant"
"""Execution option: the company whose rows a connection sees. PostgreSQL's row-level security goes by it."""
EVERY_TENANT: Final = "*"
"""Rows of all companies: answered to the owner of the tables only, for migrations and backups."""


def migrations_path() -> Path:
    """The Alembic folder: ``service/_migrations`` in a wheel, ``migrations`` beside the packages in a checkout.

    Raises:
        FileNotFoundError: neither is there; the installation is broken.
    """
    beside = Path(__file__).resolve().parent.parent / "migrations"
    candidates = [beside]
    with suppress(ModuleNotFoundError):  # factordb can be used without the desk
        candidates.insert(0, Path(str(files("service").joinpath("_migrations"))))
    for candidate in candidates:
        if candidate.joinpath("env.py").is_file():
            return candidate
    raise FileNotFoundError(f"no migrations at {' or '.join(map(str, candidates))}: reinstall pcf-engine")


def open_store(url_or_path: str | Path) -> Engine:
    """An engine for a database URL, or for a SQLite file at a path; the file and its folder are made on first use.

    The tables are not: call :func:`upgrade`.
    """
    given = str(url_or_path)
    if "://" not in given:
        path = Path(given).expanduser()
        path.parent.mkdir(parents=True, exist_ok=True)
        given = f"sqlite:///{path}"
    url, options = make_url(given), {TENANT: LOCAL}
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True, execution_options=options)
        event.listen(engine, "begin", _begin_postgres)
        return engine
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, execution_options=options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def of_tenant(engine: Engine, tenant: str) -> Engine:
    """The same pool of connections for the rows of one company, or of :data:`EVERY_TENANT`."""
    return engine.execution_options(**{TENANT: tenant})


def sees_every_tenant(engine: Engine) -> bool:
    """Whether :data:`EVERY_TENANT` is answered: on SQLite, and to the owner of the tables on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        return True
    query = "SELECT pg_get_userbyid(relowner) = current_user FROM pg_class WHERE oid = to_regclass('release')"
    with engine.connect() as connection:
        return bool(connection.execute(text(query)).scalar())


def unwalled(engine: Engine) -> list[str]:
    """Tables of PostgreSQL with a company in their key and no forced row-level security, sorted. SQLite: none."""
    if engine.dialect.name == "sqlite":
        return []
    query = (
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname <> 'alembic_version'"
        " AND NOT (c.relrowsecurity AND c.relforcerowsecurity"
        " AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'own_rows'))"
        " ORDER BY c.relname"
    )
    with engine.connect() as connection:
        return list(connection.execute(text(query)).scalars())


def bypasses_walls(engine: Engine) -> str:
    """The role the engine logs in as, if row-level security does not hold it back; else empty. SQLite: empty."""
    if engine.dialect.name == "sqlite":
        return ""
    query = "SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)"
    with engine.connect() as connection:
        return str(connection.execute(text(query)).scalar() or "")


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not open transactions by itself: _begin_sqlite says how they begin.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_postgres(connection: Connection) -> None:
    # Local to the transaction: a pooled connection cannot carry one company's name into another's request.
    tenant = connection.get_execution_options().get(TENANT, "")
    connection.exec_driver_sql("SELECT set_config('pcf.tenant', %s, true)", (tenant,))


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to ``revision``, all steps in one transaction."""
    _migrate(engine, "upgrade", revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to ``revision``; ``base`` is empty. Data of the removed tables are lost."""
    _migrate(engine, "downgrade", revision)


def current_revision(engine: Engine) -> str | None:
    """The revision the database is at; None when it holds nothing of ours."""
    with engine.connect().execution_options(**{READ_ONLY: True}) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def guards(engine: Engine) -> list[str]:
    """Names of the triggers in the database, sorted: a migration that loses one is found by comparing this."""
    if engine.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    else:
        query = (
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE NOT t.tgisinternal AND n.nspname = current_schema() ORDER BY t.tgname"
        )
    with engine.connect().execution_options(**{READ_ONLY: True}) as connection:
        return sorted(connection.execute(text(query)).scalars())


def _migrate(engine: Engine, verb: str, revision: str) -> None:
    from alembic import command  # a fifth of a second that only a migration needs
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_path()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.connect() as connection, _without_foreign_keys(connection), connection.begin():
        config.attributes["connection"] = connection
        getattr(command, verb)(config, revision)
        if engine.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise sqlite3.IntegrityError(f"the migration breaks foreign keys: {broken[:3]}")


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite rebuilds a table to alter it; with foreign keys on, that would delete rows that point at it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute("PRAGMA foreign_keys=OFF").close()  # has no effect inside a transaction, so before it
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON").close()
