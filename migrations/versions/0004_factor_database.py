"""Unit processes of a release; which record uses which factor; received footprints; guards that 0003 left out.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APP_ROLE = "pcf_app"
PART = "unit_process"
USES = "record_factor"
RECEIVED = "received"
LATE = {"instrument_draw": ("id",), "withdrawal": ("record_name",)}
"""Tables of 0003 that could still be emptied by TRUNCATE, or rewritten by INSERT OR REPLACE; their keys."""


def upgrade() -> None:
    op.create_table(
        PART,
        sa.Column("tenant_id", sa.Text, nullable=False, server_default="local"),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("release_id", "id", "place", "source", "item")),
        sa.PrimaryKeyConstraint("tenant_id", "release_id", "id", name=f"pk_{PART}"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "release_id"], ["release.tenant_id", "release.id"], name=f"fk_{PART}_release"
        ),
    )
    columns = ("record_name", "release_id", "factor_id")
    op.create_table(
        USES,
        sa.Column("tenant_id", sa.Text, nullable=False, server_default="local"),
        *(sa.Column(name, sa.Text, nullable=False) for name in columns),
        sa.PrimaryKeyConstraint("tenant_id", *columns, name=f"pk_{USES}"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "record_name"], ["record.tenant_id", "record.name"], name=f"fk_{USES}_record"
        ),
    )
    op.create_index(f"ix_{USES}_factor_id", USES, ["factor_id"])
    op.create_table(
        RECEIVED,
        sa.Column("tenant_id", sa.Text, nullable=False, server_default="local"),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("id", "supplier", "body", "at")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{RECEIVED}"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{RECEIVED}_tenant"),
    )
    for statement in _sqlite(columns) if _is_sqlite() else _postgres():
        op.execute(statement)


def downgrade() -> None:
    for table in LATE:
        if _is_sqlite():
            op.execute(f"DROP TRIGGER {table}_insert_guard")
        else:
            op.execute(f"DROP TRIGGER {table}_truncate_guard ON {table}")
    for table in (RECEIVED, USES, PART):
        op.drop_table(table)  # its triggers go with it


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _sqlite(columns: tuple[str, ...]) -> list[str]:
    made = []
    refuse = "SELECT RAISE(ABORT, 'release_sealed: rows of a sealed release cannot be changed');"
    for verb, rows in (("INSERT", ("NEW",)), ("UPDATE", ("NEW", "OLD")), ("DELETE", ("OLD",))):
        sealed = " OR ".join(f"(r.tenant_id = {row}.tenant_id AND r.id = {row}.release_id)" for row in rows)
        made.append(
            f"CREATE TRIGGER {PART}_{verb.lower()}_guard BEFORE {verb} ON {PART} FOR EACH ROW WHEN"
            f" EXISTS (SELECT 1 FROM release r WHERE r.sealed_at IS NOT NULL AND ({sealed}))"
            f" BEGIN {refuse} END"
        )
    for table in (USES, RECEIVED):
        for verb in ("UPDATE", "DELETE"):
            made.append(
                f"CREATE TRIGGER {table}_{verb.lower()}_guard BEFORE {verb} ON {table} FOR EACH ROW"
                f" BEGIN SELECT RAISE(ABORT, 'append_only: rows of {table} are never changed'); END"
            )
    for table, keys in {USES: columns, RECEIVED: ("id",), **LATE}.items():
        same = "".join(f" AND t.{key} = NEW.{key}" for key in keys)
        made.append(
            f"CREATE TRIGGER {table}_insert_guard BEFORE INSERT ON {table} FOR EACH ROW WHEN EXISTS"
            f" (SELECT 1 FROM {table} t WHERE t.tenant_id = NEW.tenant_id{same})"
            f" BEGIN SELECT RAISE(ABORT, 'append_only: rows of {table} are never changed'); END"
        )
    return made


def _postgres() -> list[str]:
    made = [
        f"CREATE TRIGGER {PART}_{verb.lower()}_guard BEFORE {verb} ON {PART}"
        " FOR EACH ROW EXECUTE FUNCTION pcf_release_part_guard()"
        for verb in ("INSERT", "UPDATE", "DELETE")
    ]
    made.append(
        f"CREATE TRIGGER {PART}_truncate_guard BEFORE TRUNCATE ON {PART}"
        " FOR EACH STATEMENT EXECUTE FUNCTION pcf_no_truncate()"
    )
    made += [
        f"CREATE TRIGGER {table}_{verb.lower()}_guard BEFORE {verb} ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION pcf_append_only()"
        for table in (USES, RECEIVED)
        for verb in ("UPDATE", "DELETE")
    ]
    made += [
        f"CREATE TRIGGER {table}_truncate_guard BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION pcf_append_only()"
        for table in (USES, RECEIVED, *LATE)
    ]
    made.append(
        f"""DO $$ BEGIN
          IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
            GRANT SELECT, INSERT ON {PART}, {USES}, {RECEIVED} TO {APP_ROLE};
          END IF;
        END $$"""
    )
    return made
