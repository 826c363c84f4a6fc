"""Alembic environment for SQLite and PostgreSQL. ``factordb.store.upgrade`` hands the connection over."""

from __future__ import annotations

from alembic import context

from factordb.models import Base

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("no connection: migrate with factordb.store.upgrade(engine)")
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # SQLite alters a table by rebuilding it
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
