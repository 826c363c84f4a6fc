"""The wall between companies: PostgreSQL's row-level security holds where a query forgets its filter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from factordb.models import Base, Tenant
from factordb.store import EVERY_TENANT, bypasses_walls, of_tenant, open_store, sees_every_tenant, unwalled
from lca.exact import Exact
from lca.faults import Refused
from service.backup import backup
from service.desk import open_desk, prepare
from service.models import InstrumentDrawRow, RecordRow
from service.records.instruments import Draw, clashes

pytestmark = pytest.mark.postgres
SEE = "SELECT count(*) FROM record"


def _record(name: str, tenant: str) -> RecordRow:
    texts = dict.fromkeys(("kind", "rule", "regime", "release", "product", "status", "total", "body", "sealed_at"), "")
    return RecordRow(tenant_id=tenant, name=name, **texts)


@pytest.fixture
def engines(request: pytest.FixtureRequest) -> Iterator[tuple[Engine, Engine]]:
    """(owner, application) of a store with a record of each of two companies."""
    urls = request.getfixturevalue("postgres_urls")
    owner, app = open_store(urls.owner), open_store(urls.app)
    prepare(owner)
    for tenant in ("acme", "zenith"):
        with Session(of_tenant(app, tenant)) as session, session.begin():
            session.add(Tenant(id=tenant))
            session.flush()
            session.add(_record(f"{tenant}-1", tenant))
    yield owner, app
    owner.dispose()
    app.dispose()


def test_every_table_stands_behind_the_wall(engines: tuple[Engine, Engine]) -> None:
    assert unwalled(engines[0]) == []
    named = {table for table in inspect(engines[0]).get_table_names() if table != "alembic_version"}
    assert named == set(Base.metadata.tables)
    with engines[0].begin() as connection:  # and the look finds a wall that is gone
        connection.execute(text("ALTER TABLE run NO FORCE ROW LEVEL SECURITY"))
    assert unwalled(engines[0]) == ["run"]


@pytest.mark.parametrize("role", [0, 1])
def test_a_query_without_a_filter_sees_one_company(engines: tuple[Engine, Engine], role: int) -> None:
    for tenant, seen in (("acme", ["acme-1"]), ("zenith", ["zenith-1"]), ("local", []), ("", [])):
        with of_tenant(engines[role], tenant).connect() as connection:
            assert list(connection.execute(text("SELECT name FROM record")).scalars()) == seen


def test_all_companies_are_shown_to_the_owner_who_asks_and_to_nobody_else(engines: tuple[Engine, Engine]) -> None:
    owner, app = engines
    assert (sees_every_tenant(owner), sees_every_tenant(app)) == (True, False)
    with of_tenant(owner, EVERY_TENANT).connect() as connection:
        assert connection.execute(text(SEE)).scalar() == 2
    with of_tenant(app, EVERY_TENANT).connect() as connection:
        assert connection.execute(text(SEE)).scalar() == 0


def test_a_row_cannot_be_written_into_another_company(engines: tuple[Engine, Engine]) -> None:
    with (
        pytest.raises(DBAPIError, match="row-level security"),
        Session(of_tenant(engines[1], "acme")) as session,
        session.begin(),
    ):
        session.add(_record("forged", "zenith"))


def test_a_pooled_connection_forgets_the_company(engines: tuple[Engine, Engine]) -> None:
    with of_tenant(engines[1], "acme").connect() as connection:
        assert connection.execute(text(SEE)).scalar() == 1
        held = connection.connection.driver_connection
    with of_tenant(engines[1], "").connect() as connection:
        assert connection.connection.driver_connection is held
        assert connection.execute(text(SEE)).scalar() == 0


def test_a_certificate_is_used_once_over_all_companies_and_nobody_is_named(engines: tuple[Engine, Engine]) -> None:
    key = {"study": "s", "product": "p", "instrument": "gec-1", "holds_mwh": "10", "at": "", "serial": 1}
    with Session(of_tenant(engines[1], "acme")) as session, session.begin():
        session.add(InstrumentDrawRow(tenant_id="acme", id="1", record_name="acme-1", drawn_mwh="7", **key))
    with Session(of_tenant(engines[1], "zenith")) as session, session.begin():
        (fault,) = clashes(session, "zenith", "other", [Draw("gec-1", Exact(4), Exact(10))])
        assert fault.found == "gec-1: 7 MWh used elsewhere, 4 more asked for"
        assert session.scalar(text("SELECT count(*) FROM instrument_draw")) == 0  # the look over the wall is closed
    with Session(of_tenant(engines[1], "acme")) as session:
        assert clashes(session, "acme", "s", [Draw("gec-1", Exact(4), Exact(10))]) == []


def test_a_role_that_walls_do_not_hold_is_refused(
    engines: tuple[Engine, Engine], request: pytest.FixtureRequest
) -> None:
    urls = request.getfixturevalue("postgres_urls")
    admin = open_store(urls.admin)
    assert (bypasses_walls(admin), bypasses_walls(engines[1])) == ("postgres", "")
    admin.dispose()
    with pytest.raises(Refused, match="store_role_bypasses"), open_desk(urls.admin):
        pass


def test_a_backup_by_a_role_that_sees_one_company_is_refused(engines: tuple[Engine, Engine], tmp_path: object) -> None:
    from pathlib import Path

    with pytest.raises(Refused, match="backup_role"):
        backup(engines[1], Path(str(tmp_path)) / "b.zip")
    assert backup(engines[0], Path(str(tmp_path)) / "b.zip")["record"] == 2


def test_a_check_of_the_store_walks_every_companys_log(engines: tuple[Engine, Engine]) -> None:
    """An entry that the owner of the database has changed, past the triggers, is found and its company named."""
    from service.check_store import check
    from service.companies.audit import append
    from service.desk import HEAD

    for tenant in ("acme", "zenith"):
        with Session(of_tenant(engines[1], tenant)) as session, session.begin():
            append(session, tenant, "test", "key.made", "x")
    before = check(engines[0], HEAD).wrong
    assert {what for what, _ in before} == {"record acme-1", "record zenith-1"}  # stand-ins without a body
    with of_tenant(engines[0], EVERY_TENANT).begin() as connection:
        connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE audit_entry SET actor = 'somebody else' WHERE tenant_id = 'acme'"))
        connection.execute(text("ALTER TABLE audit_entry ENABLE TRIGGER USER"))
    found = check(engines[0], HEAD)
    assert [wrong for wrong in found.wrong if wrong not in before] == [("audit log of acme", "entry 1: changed")]
    assert found.counts["audit_entries"] == 1  # zenith's; acme's first does not hold
