"""Unit processes of a release, sealed with it; which record uses which factor.

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
TABLE = "unit_process"
USES = "record_factor"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Text, nullable=False, server_default="local"),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("release_id", "id", "place", "source", "item")),
        sa.PrimaryKeyConstraint("tenant_id", "release_id", "id", name=f"pk_{TABLE}"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "release_id"], ["release.tenant_id", "release.id"], name=f"fk_{TABLE}_release"
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
    sqlite = op.get_context().dialect.name == "sqlite"
    for verb in ("UPDATE", "DELETE"):
        head = f"CREATE TRIGGER {USES}_{verb.lower()}_guard BEFORE {verb} ON {USES} FOR EACH ROW"
        refuse = f"BEGIN SELECT RAISE(ABORT, 'append_only: rows of {USES} are never changed'); END"
        op.execute(f"{head} {refuse if sqlite else 'EXECUTE FUNCTION pcf_append_only()'}")
    if sqlite:
        refuse = "SELECT RAISE(ABORT, 'release_sealed: rows of a sealed release cannot be changed');"
        for verb, rows in (("INSERT", ("NEW",)), ("UPDATE", ("NEW", "OLD")), ("DELETE", ("OLD",))):
            sealed = " OR ".join(f"(r.tenant_id = {row}.tenant_id AND r.id = {row}.release_id)" for row in rows)
            op.execute(
                f"CREATE TRIGGER {TABLE}_{verb.lower()}_guard BEFORE {verb} ON {TABLE} FOR EACH ROW WHEN"
                f" EXISTS (SELECT 1 FROM release r WHERE r.sealed_at IS NOT NULL AND ({sealed}))"
                f" BEGIN {refuse} END"
            )
        return
    for verb in ("INSERT", "UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_{verb.lower()}_guard BEFORE {verb} ON {TABLE}"
            " FOR EACH ROW EXECUTE FUNCTION pcf_release_part_guard()"
        )
    op.execute(
        f"CREATE TRIGGER {TABLE}_truncate_guard BEFORE TRUNCATE ON {TABLE}"
        " FOR EACH STATEMENT EXECUTE FUNCTION pcf_no_truncate()"
    )
    op.execute(
        f"""DO $$ BEGIN
          IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
            GRANT SELECT, INSERT ON {TABLE}, {USES} TO {APP_ROLE};
          END IF;
        END $$"""
    )


def downgrade() -> None:
    for table in (USES, TABLE):
        op.drop_table(table)  # its triggers go with it
