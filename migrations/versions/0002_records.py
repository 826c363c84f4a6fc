"""Records, runs, attachments and the store's secret; triggers keep what is sealed.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APP_ROLE = "pcf_app"
TABLES = ("store_secret", "record", "run", "attachment")
KEYS = {"store_secret": "tenant_id", "record": "name", "run": "id", "attachment": "sha256"}


def upgrade() -> None:
    to_tenant = ["tenant_id"], ["tenant.id"]
    op.create_table(
        "store_secret",
        _tenant(),
        sa.Column("secret", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_store_secret"),
        sa.ForeignKeyConstraint(*to_tenant, name="fk_store_secret_tenant"),
    )
    texts = ("kind", "rule", "regime", "release", "product", "status", "total", "body", "sealed_at")
    op.create_table(
        "record",
        _tenant(),
        sa.Column("name", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("total_sort", sa.Double),
        sa.PrimaryKeyConstraint("tenant_id", "name", name="pk_record"),
        sa.ForeignKeyConstraint(*to_tenant, name="fk_record_tenant"),
    )
    op.create_table(
        "run",
        _tenant(),
        sa.Column("id", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("record_name", "kind", "at", "body")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_run"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "record_name"], ["record.tenant_id", "record.name"], name="fk_run_record"
        ),
    )
    op.create_table(
        "attachment",
        _tenant(),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "sha256", name="pk_attachment"),
        sa.ForeignKeyConstraint(*to_tenant, name="fk_attachment_tenant"),
    )
    for statement in _sqlite() if op.get_context().dialect.name == "sqlite" else _postgres():
        op.execute(statement)


def downgrade() -> None:
    for table in ("run", "record", "attachment", "store_secret"):
        op.drop_table(table)  # its triggers go with it
    if op.get_context().dialect.name != "sqlite":
        op.execute("DROP FUNCTION pcf_append_only()")


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant_id", sa.Text, nullable=False, server_default="local")


def _sqlite() -> list[str]:
    """An existing key is refused on INSERT too: INSERT OR REPLACE deletes without calling a delete trigger."""
    made = []
    for table in TABLES:
        refuse = f"SELECT RAISE(ABORT, 'append_only: rows of {table} are never changed');"
        for verb in ("UPDATE", "DELETE"):
            made.append(
                f"CREATE TRIGGER {table}_{verb.lower()}_guard BEFORE {verb} ON {table} FOR EACH ROW BEGIN {refuse} END"
            )
        key = KEYS[table]
        made.append(
            f"CREATE TRIGGER {table}_insert_guard BEFORE INSERT ON {table} FOR EACH ROW WHEN EXISTS"
            f" (SELECT 1 FROM {table} t WHERE t.tenant_id = NEW.tenant_id AND t.{key} = NEW.{key})"
            f" BEGIN {refuse} END"
        )
    return made


def _postgres() -> list[str]:
    made = [
        """CREATE FUNCTION pcf_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'append_only: rows of % are never changed', TG_TABLE_NAME;
        END $$"""
    ]
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            made.append(
                f"CREATE TRIGGER {table}_{verb.lower()}_guard BEFORE {verb} ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION pcf_append_only()"
            )
        made.append(
            f"CREATE TRIGGER {table}_truncate_guard BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION pcf_append_only()"
        )
    made.append(
        f"""DO $$ BEGIN
          IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
            GRANT SELECT, INSERT ON {", ".join(TABLES)} TO {APP_ROLE};
          END IF;
        END $$"""
    )
    return made
