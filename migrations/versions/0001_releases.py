"""Releases of factors: tenant, release, licence, source, factor_value, and the triggers that keep them sealed.

Revision ID: 0001
Revises:

The SQL of the triggers stands here in full and is never edited: a later change is a later migration. SQLite drops a
table's triggers when a batch migration rebuilds it; whoever does that makes them again (tests list them).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APP_ROLE = "pcf_app"
PARTS = ("licence", "source", "factor_value")
TABLES = ("tenant", "release", *PARTS)


def upgrade() -> None:
    op.create_table(
        "tenant",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tenant"),
    )
    op.execute("INSERT INTO tenant (id, title, created_at) VALUES ('local', '', '')")
    texts = ("layer", "title_en", "title_zh", "published", "importer", "meta", "status", "sha256")
    op.create_table(
        "release",
        _tenant(),
        sa.Column("id", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("sealed_at", sa.Text),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_release"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_release_tenant"),
    )
    _part("licence", "code", "item")
    _part("source", "id", "licence", "item")
    texts = ("kind", "series", "place", "year", "value", "unit", "source", "confidence", "item")
    _part("factor_value", "id", *texts, last=sa.Column("value_sort", sa.Double))
    columns = ["tenant_id", "series", "year"]
    op.create_index("ix_factor_value_tenant_id_series_year", "factor_value", columns)
    if op.get_context().dialect.name == "sqlite":
        for statement in _sqlite_guards():
            op.execute(statement)
    else:
        for statement in _postgres_guards():
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)  # its triggers go with it
    if op.get_context().dialect.name != "sqlite":
        op.execute("DROP FUNCTION pcf_release_guard()")
        op.execute("DROP FUNCTION pcf_release_part_guard()")
        op.execute("DROP FUNCTION pcf_no_truncate()")


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant_id", sa.Text, nullable=False, server_default="local")


def _part(table: str, key: str, *texts: str, last: sa.Column[float] | None = None) -> None:
    op.create_table(
        table,
        _tenant(),
        sa.Column("release_id", sa.Text, nullable=False),
        sa.Column(key, sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        *([] if last is None else [last]),
        sa.PrimaryKeyConstraint("tenant_id", "release_id", key, name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "release_id"], ["release.tenant_id", "release.id"], name=f"fk_{table}_release"
        ),
    )


def _sqlite_guards() -> list[str]:
    """INSERT is guarded too: INSERT OR REPLACE deletes a row without calling a delete trigger."""
    made = []
    refuse = "SELECT RAISE(ABORT, 'release_sealed: rows of a sealed release cannot be changed');"
    for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        clash = f"AND EXISTS (SELECT 1 FROM release r WHERE r.tenant_id = {row}.tenant_id AND r.id = {row}.id"
        own = f"{clash} AND r.sealed_at IS NOT NULL)" if verb == "INSERT" else "AND OLD.sealed_at IS NOT NULL"
        made.append(
            f"CREATE TRIGGER release_{verb.lower()}_guard BEFORE {verb} ON release FOR EACH ROW"
            f" WHEN 1 {own} BEGIN {refuse} END"
        )
        for table in PARTS:
            rows = ("NEW", "OLD") if verb == "UPDATE" else (row,)
            sealed = " OR ".join(f"(r.tenant_id = {one}.tenant_id AND r.id = {one}.release_id)" for one in rows)
            made.append(
                f"CREATE TRIGGER {table}_{verb.lower()}_guard BEFORE {verb} ON {table} FOR EACH ROW WHEN"
                f" EXISTS (SELECT 1 FROM release r WHERE r.sealed_at IS NOT NULL AND ({sealed}))"
                f" BEGIN {refuse} END"
            )
    return made


def _postgres_guards() -> list[str]:
    raised = "RAISE EXCEPTION 'release_sealed: rows of a sealed release cannot be changed'"
    made = [
        f"""CREATE FUNCTION pcf_release_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.sealed_at IS NOT NULL THEN {raised}; END IF;
          IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
          RETURN NEW;
        END $$""",
        # The release row is locked: sealing waits for rows being added, and rows wait for a sealing under way.
        f"""CREATE FUNCTION pcf_release_part_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path FROM CURRENT AS $$
        DECLARE at text;
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            SELECT sealed_at INTO at FROM release
              WHERE tenant_id = OLD.tenant_id AND id = OLD.release_id FOR SHARE;
            IF at IS NOT NULL THEN {raised}; END IF;
          END IF;
          IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
          SELECT sealed_at INTO at FROM release
            WHERE tenant_id = NEW.tenant_id AND id = NEW.release_id FOR SHARE;
          IF at IS NOT NULL THEN {raised}; END IF;
          RETURN NEW;
        END $$""",
        """CREATE FUNCTION pcf_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'release_sealed: % cannot be truncated', TG_TABLE_NAME;
        END $$""",
    ]
    for verb in ("UPDATE", "DELETE"):
        made.append(
            f"CREATE TRIGGER release_{verb.lower()}_guard BEFORE {verb} ON release"
            " FOR EACH ROW EXECUTE FUNCTION pcf_release_guard()"
        )
    for table in PARTS:
        for verb in ("INSERT", "UPDATE", "DELETE"):
            made.append(
                f"CREATE TRIGGER {table}_{verb.lower()}_guard BEFORE {verb} ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION pcf_release_part_guard()"
            )
    for table in ("release", *PARTS):
        made.append(
            f"CREATE TRIGGER {table}_truncate_guard BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION pcf_no_truncate()"
        )
    # The application writes releases and seals them; it owns nothing and can switch no trigger off.
    tables = ", ".join(TABLES)
    made.append(
        f"""DO $$ BEGIN
          IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
            GRANT SELECT, INSERT ON {tables} TO {APP_ROLE};
            GRANT UPDATE (sealed_at, status, sha256) ON release TO {APP_ROLE};
            GRANT SELECT ON alembic_version TO {APP_ROLE};
          END IF;
        END $$"""
    )
    return made
