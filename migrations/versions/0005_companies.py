"""Companies: accounts, credentials, audit, idempotency, shares, signing keys; a wall between companies.

Revision ID: 0005
Revises: 0004

On PostgreSQL every table with a tenant gets row-level security, forced on its owner too: a transaction sees the rows
of the company named by the setting ``pcf.tenant``, and none where it is not set. The owner of the tables, who migrates
and backs up, may ask for all with ``*``; the application cannot. ``pcf_wall`` does this for a table, and later
migrations call it for theirs. SQLite has no such wall: there the application's own filter stands alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OLD = {
    "tenant": "id",
    **dict.fromkeys(
        ("release", "licence", "source", "factor_value", "unit_process", "store_secret", "record", "record_factor"),
        "tenant_id",
    ),
    **dict.fromkeys(("run", "received", "attachment", "instrument_draw", "withdrawal"), "tenant_id"),
}
"""Tables of earlier migrations that get the wall now, with the column that names the company."""
APPEND_ONLY = {"audit_entry": "serial", "signature": "id"}
NEW = {
    "account": "SELECT, INSERT, UPDATE",
    "credential": "SELECT, INSERT, UPDATE, DELETE",
    "login_attempt": "SELECT, INSERT, DELETE",
    "audit_entry": "SELECT, INSERT",
    "idempotency": "SELECT, INSERT, DELETE",
    "share": "SELECT, INSERT, UPDATE",
    "signing_key": "SELECT, INSERT, UPDATE",
    "signature": "SELECT, INSERT",
}
"""New tables with what the application may do."""

WALL = """
CREATE FUNCTION pcf_wall(walled regclass, company text, rights text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  named constant text := 'current_setting(''pcf.tenant'', true)';
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', walled);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', walled);
  EXECUTE format('CREATE POLICY own_rows ON %s USING (%I = %s)', walled, company, named);
  EXECUTE format('CREATE POLICY every_row ON %s TO %I USING (%s = ''*'')', walled, current_user, named);
  IF rights <> '' AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'pcf_app') THEN
    EXECUTE format('GRANT %s ON %s TO pcf_app', rights, walled);
  END IF;
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'pcf_auditor') THEN
    EXECUTE format('GRANT SELECT ON %s TO pcf_auditor', walled);
  END IF;
END $$"""

DRAWS = """
CREATE FUNCTION pcf_draws_in_force(wanted text)
RETURNS TABLE (study text, record_name text, drawn_mwh text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  mine text := current_setting('pcf.tenant', true);
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('instrument ' || wanted, 0));
  PERFORM set_config('pcf.tenant', '*', true);
  RETURN QUERY
    SELECT CASE WHEN d.tenant_id = mine THEN d.study ELSE '' END,
           CASE WHEN d.tenant_id = mine THEN d.record_name ELSE '' END,
           d.drawn_mwh
    FROM instrument_draw d
    WHERE d.instrument = wanted
      AND d.serial = (SELECT max(n.serial) FROM instrument_draw n
                      WHERE n.tenant_id = d.tenant_id AND n.study = d.study)
      AND NOT EXISTS (SELECT 1 FROM withdrawal w
                      WHERE w.tenant_id = d.tenant_id AND w.record_name = d.record_name);
  PERFORM set_config('pcf.tenant', mine, true);
END $$"""
"""Which draws of an instrument are in force in the whole store, without saying whose the others' are."""


def upgrade() -> None:
    _account()
    _credential()
    _table("login_attempt", "id", "who", "at", "outcome")
    _table("audit_entry", sa.Column("serial", sa.Integer, nullable=False), "at", "actor", "action", "target",
           "detail", "request_id", "previous", "digest")  # fmt: skip
    _table("idempotency", "key", "route", "caller", "body_sha256", sa.Column("status", sa.Integer, nullable=False),
           "headers", "body", "at", keys=("caller", "route", "key"))  # fmt: skip
    _table("share", "id", "record_name", "level", "title", "digest", "created_at", "expires_at", "revoked_at",
           "made_by", record=True)  # fmt: skip
    _table("signing_key", "id", "public_key", "title", "created_at", "expires_at", "revoked_at", "reason")
    _table("signature", "id", "record_name", "key_id", "envelope", "at", record=True)
    op.create_index("ix_signature_tenant_id_record_name", "signature", ["tenant_id", "record_name"])
    op.create_index("ix_record_tenant_id_sealed_at", "record", ["tenant_id", "sealed_at", "name"])
    if _is_sqlite():
        for statement in _sqlite():
            op.execute(statement)
        return
    op.execute(WALL)
    op.execute(DRAWS)
    op.execute("REVOKE ALL ON FUNCTION pcf_draws_in_force(text) FROM PUBLIC")
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'pcf_app') THEN"
        " GRANT EXECUTE ON FUNCTION pcf_draws_in_force(text) TO pcf_app; END IF; END $$"
    )
    for table, company in OLD.items():
        op.execute(f"SELECT pcf_wall('{table}', '{company}', '')")
    for table, rights in NEW.items():
        op.execute(f"SELECT pcf_wall('{table}', 'tenant_id', '{rights}')")
    for table in APPEND_ONLY:
        for verb, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_{verb.lower()}_guard BEFORE {verb} ON {table}"
                f" FOR EACH {each} EXECUTE FUNCTION pcf_append_only()"
            )


def downgrade() -> None:
    op.drop_index("ix_record_tenant_id_sealed_at", "record")
    for table in reversed(NEW):
        op.drop_table(table)  # its triggers and policies go with it
    if _is_sqlite():
        return
    for table in OLD:
        op.execute(f"DROP POLICY own_rows ON {table}")
        op.execute(f"DROP POLICY every_row ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP FUNCTION pcf_draws_in_force(text)")
    op.execute("DROP FUNCTION pcf_wall(regclass, text, text)")


def _account() -> None:
    _table("account", "id", "email", "title", "role", "password", "state", "language", "created_at")
    op.create_index("uq_account_tenant_id", "account", ["tenant_id", "email"], unique=True)


def _credential() -> None:
    _table("credential", "id", "kind", "account_id", "title", "role", "scopes", "records", "digest", "parent",
           "created_at", "expires_at", "revoked_at", "last_used_at")  # fmt: skip
    op.create_index("ix_credential_tenant_id_kind", "credential", ["tenant_id", "kind"])


def _table(
    name: str, key: str | sa.Column[int], *columns: str | sa.Column[int], keys: tuple[str, ...] = (),
    record: bool = False,
) -> None:  # fmt: skip
    """A table of a company; names are TEXT NOT NULL."""
    made = [
        part if isinstance(part, sa.Column) else sa.Column(part, sa.Text, nullable=False) for part in (key, *columns)
    ]
    to_record = sa.ForeignKeyConstraint(
        ["tenant_id", "record_name"], ["record.tenant_id", "record.name"], name=f"fk_{name}_record"
    )
    op.create_table(
        name,
        sa.Column("tenant_id", sa.Text, nullable=False, server_default="local"),
        *made,
        sa.PrimaryKeyConstraint("tenant_id", *(keys or (made[0].name,)), name=f"pk_{name}"),
        to_record if record else sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{name}_tenant"),
    )


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _sqlite() -> list[str]:
    made = []
    for table, key in APPEND_ONLY.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, 'append_only: rows of {table} are never changed'); END"
        for verb in ("UPDATE", "DELETE"):
            made.append(f"CREATE TRIGGER {table}_{verb.lower()}_guard BEFORE {verb} ON {table} FOR EACH ROW {refuse}")
        made.append(
            f"CREATE TRIGGER {table}_insert_guard BEFORE INSERT ON {table} FOR EACH ROW WHEN EXISTS"
            f" (SELECT 1 FROM {table} t WHERE t.tenant_id = NEW.tenant_id AND t.{key} = NEW.{key}) {refuse}"
        )
    return made
