"""What an ERP system sends, the footprints that came of it, and factors of own products.

Revision ID: 0007
Revises: 0006

``graph_factor`` holds what a record or a supplier's footprint became as a factor, ``graph_release`` which of them make
the release that an item of a batch pinned: both are never changed. The ``erp_*`` tables hold what a company sends and
sends again; a record holds what it was made of itself.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = ("graph_factor", "graph_release", "erp_version")
TABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "graph_factor": (("id",), ("item",)),
    "graph_release": (("id",), ("sha256", "meta", "members")),
    "erp_version": (("serial",), ("kind", "label", "at", "actor", "source", "changed")),
    "erp_plant": (("plant",), ("serial", "body")),
    "erp_material": (("number", "valid_from", "serial"), ("valid_to", "maps_to", "body")),
    "erp_bom": (("product", "plant", "valid_from"), ("serial", "body")),
    "erp_meter_month": (("plant", "month", "id"), ("serial", "body")),
    "erp_output_month": (("plant", "month", "product"), ("serial", "body")),
    "erp_footprint": (
        ("number", "plant", "period", "valid_from"),
        ("valid_to", "record", "total", "per", "status", "not_sealed", "materials", "stale", "changed_at"),
    ),
}
"""Table to its key after the company and its other columns; ``serial`` and ``changed`` count, all others are text."""
NUMBERS = ("serial", "changed")
RIGHTS = "SELECT, INSERT, UPDATE, DELETE"


def upgrade() -> None:
    for table, (key, columns) in TABLES.items():
        op.create_table(
            table,
            sa.Column("tenant_id", sa.Text, nullable=False, server_default="local"),
            *(_column(name) for name in (*key, *columns)),
            sa.PrimaryKeyConstraint("tenant_id", *key, name=f"pk_{table}"),
            sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{table}_tenant"),
        )
    order = ["tenant_id", "changed_at", "number", "plant"]
    op.create_index(f"ix_erp_footprint_{'_'.join(order)}", "erp_footprint", order)
    if op.get_context().dialect.name == "sqlite":
        for statement in _sqlite():
            op.execute(statement)
        return
    for table in TABLES:
        rights = "SELECT, INSERT" if table in APPEND_ONLY else RIGHTS
        op.execute(f"SELECT pcf_wall('{table}', 'tenant_id', '{rights}')")
    for table in APPEND_ONLY:
        for verb, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_{verb.lower()}_guard BEFORE {verb} ON {table}"
                f" FOR EACH {each} EXECUTE FUNCTION pcf_append_only()"
            )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)  # its triggers and policies go with it


def _column(name: str) -> sa.Column[int] | sa.Column[str]:
    if name in NUMBERS:
        return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)
    return sa.Column(name, sa.Text, nullable=False)


def _sqlite() -> list[str]:
    made = []
    for table in APPEND_ONLY:
        (key,), _ = TABLES[table]
        refuse = f"BEGIN SELECT RAISE(ABORT, 'append_only: rows of {table} are never changed'); END"
        for verb in ("UPDATE", "DELETE"):
            made.append(f"CREATE TRIGGER {table}_{verb.lower()}_guard BEFORE {verb} ON {table} FOR EACH ROW {refuse}")
        made.append(
            f"CREATE TRIGGER {table}_insert_guard BEFORE INSERT ON {table} FOR EACH ROW WHEN EXISTS"
            f" (SELECT 1 FROM {table} t WHERE t.tenant_id = NEW.tenant_id AND t.{key} = NEW.{key}) {refuse}"
        )
    return made
