"""Jobs, what batches have done, webhooks and their deliveries.

Revision ID: 0006
Revises: 0005

``pcf_waiting`` tells a worker which companies have something to do: it runs as the owner of the tables, who sees all
rows, and gives away their ids and nothing else. Everything a worker then reads or writes it does as one company.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APP_ROLE = "pcf_app"
AUDITOR_ROLE = "pcf_auditor"
RIGHTS = {
    "job": "SELECT, INSERT, UPDATE",
    "batch_item": "SELECT, INSERT, UPDATE, DELETE",
    "webhook": "SELECT, INSERT, UPDATE",
    "delivery": "SELECT, INSERT, UPDATE",
}
WAITING = """
CREATE FUNCTION pcf_waiting() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  company constant text := coalesce(current_setting('pcf.tenant', true), '');
  present constant double precision := extract(epoch FROM clock_timestamp());
BEGIN
  PERFORM set_config('pcf.tenant', '*', true);
  RETURN QUERY
    SELECT tenant_id FROM job
      WHERE kind <> 'batch'  -- the command line's own, which no worker takes
      AND (state = 'queued' AND due_at <= present OR state = 'running' AND lease_until < present)
    UNION SELECT tenant_id FROM delivery WHERE state = 'pending' AND due_at <= present;
  PERFORM set_config('pcf.tenant', company, true);
END $$"""


def upgrade() -> None:
    _job()
    op.create_table(
        "batch_item",
        _tenant(),
        *_texts("series", "item", "key", "run", "body"),
        sa.PrimaryKeyConstraint("tenant_id", "series", "item", name="pk_batch_item"),
        _of_company("batch_item"),
    )
    op.create_table(
        "webhook",
        _tenant(),
        *_texts("id", "url", "secret", "old_secret"),
        _double("old_until"),
        *_texts("state"),
        _double("created_at"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_webhook"),
        _of_company("webhook"),
    )
    _delivery()
    if op.get_context().dialect.name == "sqlite":
        return
    for table, rights in RIGHTS.items():
        op.execute(f"SELECT pcf_wall('{table}', 'tenant_id', '{rights}')")
    op.execute(WAITING)
    # an auditor reads what happened; with a webhook's secret he could sign
    op.execute(
        f"""DO $$ BEGIN
          IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{AUDITOR_ROLE}') THEN
            REVOKE SELECT ON webhook FROM {AUDITOR_ROLE};
          END IF;
        END $$"""
    )
    op.execute("REVOKE ALL ON FUNCTION pcf_waiting() FROM PUBLIC")
    op.execute(
        f"""DO $$ BEGIN
          IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
            GRANT EXECUTE ON FUNCTION pcf_waiting() TO {APP_ROLE};
          END IF;
        END $$"""
    )


def downgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        op.execute("DROP FUNCTION pcf_waiting()")
    for table in reversed(RIGHTS):
        op.drop_table(table)  # its policies go with it


def _job() -> None:
    op.create_table(
        "job",
        _tenant(),
        *_texts("id", "kind", "series", "request", "request_sha256", "state", "caller"),
        *(_double(name) for name in ("created_at", "due_at", "started_at", "finished_at")),
        *(_number(name) for name in ("done", "total", "attempts")),
        *_texts("worker"),
        _double("lease_until"),
        _number("cancel_asked"),
        *_texts("error", "result", "webhook_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_job"),
        _of_company("job"),
    )
    op.create_index("ix_job_state_due_at", "job", ["state", "due_at"])
    op.create_index("ix_job_tenant_id_created_at_id", "job", ["tenant_id", "created_at", "id"])
    op.create_index("ix_job_tenant_id_series", "job", ["tenant_id", "series"])


def _delivery() -> None:
    op.create_table(
        "delivery",
        _tenant(),
        *_texts("id", "webhook_id", "job_id", "type", "body", "state"),
        *(_double(name) for name in ("created_at", "since", "due_at")),
        _number("attempts"),
        *_texts("worker"),
        _number("last_status"),
        *_texts("log"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_delivery"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "webhook_id"], ["webhook.tenant_id", "webhook.id"], name="fk_delivery_webhook"
        ),
    )
    op.create_index("ix_delivery_state_due_at", "delivery", ["state", "due_at"])
    op.create_index(
        "ix_delivery_tenant_id_webhook_id_created_at", "delivery", ["tenant_id", "webhook_id", "created_at"]
    )


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant_id", sa.Text, nullable=False, server_default="local")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _double(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _of_company(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{table}_tenant")
