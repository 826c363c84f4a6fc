"""Exchange by PACT: the company's profile, published footprints, partners, events.

Revision ID: 0008
Revises: 0007

A published footprint is not changed: a trigger lets its status go from Active to Deprecated and nothing else.
``pcf_waiting`` looks at events too, so that workers see to them as they see to jobs and deliveries.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RIGHTS = {
    "pact_profile": "SELECT, INSERT, UPDATE",
    "pact_footprint": "SELECT, INSERT, UPDATE",
    "pact_term": "SELECT, INSERT",
    "pact_partner": "SELECT, INSERT, UPDATE",
    "pact_event": "SELECT, INSERT, UPDATE",
}
AUDITOR_ROLE = "pcf_auditor"
COLUMNS = ("tenant_id", "id", "record_name", "valid_from", "valid_to", "created_at", "body")
"""Of a footprint: what stays."""
WAITING = """
CREATE OR REPLACE FUNCTION pcf_waiting() RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  company constant text := coalesce(current_setting('pcf.tenant', true), '');
  present constant double precision := extract(epoch FROM clock_timestamp());
BEGIN
  PERFORM set_config('pcf.tenant', '*', true);
  RETURN QUERY
    SELECT tenant_id FROM job
      WHERE kind <> 'batch'  -- the command line's own, which no worker takes
      AND (state = 'queued' AND due_at <= present OR state = 'running' AND lease_until < present)
    UNION SELECT tenant_id FROM delivery WHERE state = 'pending' AND due_at <= present{more};
  PERFORM set_config('pcf.tenant', company, true);
END $$"""
EVENTS = """
    UNION SELECT tenant_id FROM pact_event WHERE state = 'pending' AND due_at <= present"""


def upgrade() -> None:
    op.create_table(
        "pact_profile", _tenant(), *_texts("name", "ids", "domain", "base_url", "changed_at"),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_pact_profile"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_pact_profile_tenant"),
    )  # fmt: skip
    _footprint()
    op.create_table(
        "pact_partner", _tenant(),
        *_texts("id", "title", "base_url", "auth_url", "client_id", "sealed", "credential_id", "state", "created_at"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_pact_partner"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_pact_partner_tenant"),
    )  # fmt: skip
    _event()
    if op.get_context().dialect.name == "sqlite":
        for statement in _sqlite():
            op.execute(statement)
        return
    for table, rights in RIGHTS.items():
        op.execute(f"SELECT pcf_wall('{table}', 'tenant_id', '{rights}')")
    # with our secrets at partners an auditor has nothing to do, encrypted or not
    op.execute(
        f"""DO $$ BEGIN
          IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{AUDITOR_ROLE}') THEN
            REVOKE SELECT ON pact_partner FROM {AUDITOR_ROLE};
          END IF;
        END $$"""
    )
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in COLUMNS)
    op.execute(
        "CREATE TRIGGER pact_footprint_update_guard BEFORE UPDATE ON pact_footprint FOR EACH ROW"
        f" WHEN ({changed} OR OLD.status <> 'Active') EXECUTE FUNCTION pcf_append_only()"
    )
    for verb, each in (("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER pact_footprint_{verb.lower()}_guard BEFORE {verb} ON pact_footprint"
            f" FOR EACH {each} EXECUTE FUNCTION pcf_append_only()"
        )
    op.execute(WAITING.format(more=EVENTS))


def downgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        op.execute(WAITING.format(more=""))
    for table in ("pact_event", "pact_partner", "pact_term", "pact_footprint", "pact_profile"):
        op.drop_table(table)  # its triggers and policies go with it


def _footprint() -> None:
    op.create_table(
        "pact_footprint", _tenant(),
        *_texts("id", "record_name", "status", "valid_from", "valid_to", "created_at", "deprecated_at", "body"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_pact_footprint"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "record_name"], ["record.tenant_id", "record.name"], name="fk_pact_footprint_record"
        ),
    )  # fmt: skip
    op.create_index("ix_pact_footprint_tenant_id_created_at_id", "pact_footprint", ["tenant_id", "created_at", "id"])
    op.create_index("ix_pact_footprint_tenant_id_record_name", "pact_footprint", ["tenant_id", "record_name"])
    op.create_table(
        "pact_term", _tenant(), *_texts("footprint_id", "name", "value"),
        sa.PrimaryKeyConstraint("tenant_id", "footprint_id", "name", "value", name="pk_pact_term"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "footprint_id"], ["pact_footprint.tenant_id", "pact_footprint.id"],
            name="fk_pact_term_pact_footprint",
        ),
    )  # fmt: skip
    op.create_index("ix_pact_term_tenant_id_name_value", "pact_term", ["tenant_id", "name", "value"])


def _event() -> None:
    op.create_table(
        "pact_event", _tenant(),
        *_texts("id", "partner_id", "direction", "type", "event_id", "answers", "body", "state", "outcome"),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("created_at", "since", "due_at")),
        sa.Column("attempts", sa.Integer, nullable=False), *_texts("worker", "log"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_pact_event"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "partner_id"], ["pact_partner.tenant_id", "pact_partner.id"],
            name="fk_pact_event_pact_partner",
        ),
    )  # fmt: skip
    op.create_index("ix_pact_event_state_due_at", "pact_event", ["state", "due_at"])
    op.create_index("ix_pact_event_tenant_id_created_at_id", "pact_event", ["tenant_id", "created_at", "id"])


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant_id", sa.Text, nullable=False, server_default="local")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _sqlite() -> list[str]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'append_only: a published footprint is never changed'); END"
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in COLUMNS)
    there = "EXISTS (SELECT 1 FROM pact_footprint t WHERE t.tenant_id = NEW.tenant_id AND t.id = NEW.id)"
    return [
        "CREATE TRIGGER pact_footprint_update_guard BEFORE UPDATE ON pact_footprint FOR EACH ROW"
        f" WHEN {changed} OR OLD.status <> 'Active' {refuse}",
        f"CREATE TRIGGER pact_footprint_delete_guard BEFORE DELETE ON pact_footprint FOR EACH ROW {refuse}",
        "CREATE TRIGGER pact_footprint_insert_guard BEFORE INSERT ON pact_footprint FOR EACH ROW"
        f" WHEN {there} {refuse}",
    ]
