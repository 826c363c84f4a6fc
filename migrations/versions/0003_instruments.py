"""The ledger of electricity instruments: what each sealed record draws, and records withdrawn.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APP_ROLE = "pcf_app"
TABLES = ("instrument_draw", "withdrawal")


def upgrade() -> None:
    texts = ("study", "product", "record_name", "instrument", "drawn_mwh", "holds_mwh", "at")
    op.create_table(
        "instrument_draw",
        _tenant(),
        sa.Column("id", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("serial", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_instrument_draw"),
        _to_record("instrument_draw"),
    )
    op.create_index("ix_instrument_draw_instrument", "instrument_draw", ["instrument"])
    op.create_table(
        "withdrawal",
        _tenant(),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("record_name", "reason", "at")),
        sa.PrimaryKeyConstraint("tenant_id", "record_name", name="pk_withdrawal"),
        _to_record("withdrawal"),
    )
    sqlite = op.get_context().dialect.name == "sqlite"
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            head = f"CREATE TRIGGER {table}_{verb.lower()}_guard BEFORE {verb} ON {table} FOR EACH ROW"
            refuse = f"BEGIN SELECT RAISE(ABORT, 'append_only: rows of {table} are never changed'); END"
            op.execute(f"{head} {refuse if sqlite else 'EXECUTE FUNCTION pcf_append_only()'}")
    if not sqlite:
        op.execute(
            f"""DO $$ BEGIN
              IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
                GRANT SELECT, INSERT ON {", ".join(TABLES)} TO {APP_ROLE};
              END IF;
            END $$"""
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)  # its triggers go with it


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant_id", sa.Text, nullable=False, server_default="local")


def _to_record(table: str) -> sa.ForeignKeyConstraint:
    columns, target = ["tenant_id", "record_name"], ["record.tenant_id", "record.name"]
    return sa.ForeignKeyConstraint(columns, target, name=f"fk_{table}_record")
