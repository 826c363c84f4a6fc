"""Shares: a disclosed copy by token, until it ends or is revoked; each step in the audit log; on both engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from lca.faults import Refused
from service.companies import audit, shares
from service.companies.models import ShareRow
from service.companies.secrets import taken_apart
from service.desk import Desk
from service.records.sections import is_left_out
from service.records.store import RecordStore
from tests.service import _cases
from tests.service._signing import desk_of, sealed


@pytest.fixture
def shared(either_store: RecordStore) -> tuple[Desk, shares.Share, str]:
    desk = desk_of(either_store)
    made, token = shares.new_share(desk, sealed(either_store)["name"][:12], "public", "ACME 采购", "account a@b.c")
    return desk, made, token


def code_of(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def test_a_token_shows_the_copy_of_its_level_and_nothing_of_it_is_kept(shared: Any) -> None:
    desk, made, token = shared
    opened = shares.open_share(desk, token)
    assert opened.share == made and opened.share.state == "open" and opened.withdrawn == ""
    assert is_left_out(opened.copy["sections"]["given/rows"]) and is_left_out(opened.copy["sections"]["result"])
    assert opened.copy["extracts"][0]["value"]["result"]["total"] == "735.893"
    assert shares.open_share(desk, token).copy == opened.copy
    secret = taken_apart(token)
    assert secret is not None and secret.id == made.id
    with desk.engine.connect() as connection:
        for table in ("share", "audit_entry"):
            rows = str(connection.execute(text(f"SELECT * FROM {table}")).all())
            assert secret.secret not in rows


def test_every_step_is_in_the_log(shared: Any) -> None:
    desk, made, token = shared
    shares.open_share(desk, token, "request-7")
    shares.revoke_share(desk, made.id, "account a@b.c")
    shares.revoke_share(desk, made.id, "account a@b.c")
    told = [(entry.action, entry.actor, entry.target) for entry in audit.entries(desk.engine, desk.tenant)]
    assert told == [
        ("share.made", "account a@b.c", made.id),
        ("share.opened", f"share {made.id} ACME 采购", made.id),
        ("share.revoked", "account a@b.c", made.id),
    ]
    assert audit.verify(desk.engine, desk.tenant).broken is None


def test_revoked_and_expired_shares_show_nothing(shared: Any) -> None:
    desk, made, token = shared
    with Session(desk.engine) as session, session.begin():
        session.execute(
            update(ShareRow).where(ShareRow.id == made.id).values(expires_at="2026-01-01T00:00:00.000+00:00")
        )
    with pytest.raises(Refused, match="share_ended at -: found expired"):
        shares.open_share(desk, token)
    assert shares.revoke_share(desk, made.id, "test").state == "revoked"
    with pytest.raises(Refused, match="share_ended at -: found revoked"):
        shares.open_share(desk, token)
    assert [item.state for item in shares.list_shares(desk)] == ["revoked"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.replace("_local_", "_other_"),
        lambda token: token.replace("pcf_share", "pcf_key"),
        lambda token: token[:-5], lambda token: "", lambda token: token + "\n", lambda token: "x" * 10_000,
        lambda token: "pcf_share_local_" + "0" * 12 + token[-44:],
    ],
)  # fmt: skip
def test_a_token_that_is_wrong_in_any_way_reads_the_same(shared: Any, spoil: Any) -> None:
    desk, _, token = shared
    with pytest.raises(Refused) as refused:
        shares.open_share(desk, spoil(token))
    (fault,) = refused.value.faults
    assert (fault.code, fault.found) == ("share_unknown", "no share of this installation")


def test_a_digest_is_compared_for_an_unknown_id_too(shared: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a share is there cannot be told by how long the answer takes: the comparison is made in every case."""
    desk, _, token = shared
    compared: list[tuple[str, str]] = []
    real = shares.same
    monkeypatch.setattr(shares, "same", lambda one, other: compared.append((one, other)) or real(one, other))
    with pytest.raises(Refused):
        shares.open_share(desk, "pcf_share_local_" + "0" * 12 + token[-44:])
    assert len(compared) == 1 and len(compared[0][0]) == 64


def test_a_share_of_another_company_cannot_be_revoked_or_listed(shared: Any) -> None:
    from factordb.models import Tenant
    from factordb.store import of_tenant

    desk, made, token = shared
    with Session(of_tenant(desk.engine, "acme")) as session, session.begin():
        session.add(Tenant(id="acme"))
    other = desk.of("acme")
    assert shares.list_shares(other) == []
    with pytest.raises(Refused) as refused:
        shares.revoke_share(other, made.id, "test")
    assert code_of(refused) == ["share_unknown"]
    assert shares.open_share(other, token).share == made  # the token says whose it is


def test_a_withdrawn_record_is_shown_as_withdrawn_and_not_shared_again(shared: Any) -> None:
    desk, made, token = shared
    desk.records.withdraw(made.record_name, "wrong coal")
    assert shares.open_share(desk, token).withdrawn == "wrong coal"
    with pytest.raises(Refused) as refused:
        shares.new_share(desk, made.record_name, "public", "B", "test")
    assert code_of(refused) == ["record_withdrawn"]


def test_what_cannot_be_shared_is_refused_all_at_once(store: RecordStore) -> None:
    desk, name = desk_of(store), sealed(store)["name"]
    with pytest.raises(Refused) as refused:
        shares.new_share(desk, name, "public", " ", "test", days=0)
    assert code_of(refused) == ["share_title", "share_days"]
    with pytest.raises(Refused) as refused:
        shares.new_share(desk, name, "all", "B", "test")
    assert code_of(refused) == ["level_unknown"]
    draft = _cases.run(_cases.example(_cases.BOM), store, draft=True).records[0]["name"]
    with pytest.raises(Refused) as refused:
        shares.new_share(desk, draft, "customer", "B", "test")
    assert code_of(refused) == ["draft_not_disclosed"]
    assert shares.list_shares(desk) == []
    shares.new_share(desk, draft, "auditor", "B", "test")
    assert [item.record_name for item in shares.list_shares(desk, draft)] == [draft]


def test_the_verbs(tmp_path: Path) -> None:
    assert _cases.pcf("calculate", str(_cases.CEMENT), "-o", "out", cwd=tmp_path).returncode == 0
    name = next((tmp_path / "out").glob("P.O*.json")).stem[-12:]
    made = _cases.pcf("share", "new", name, "ACME", "--level", "customer", "--days", "30", cwd=tmp_path)
    token = next(line for line in made.stdout.splitlines() if line.startswith("pcf_share_"))
    assert made.returncode == 0 and "Shown once" in made.stderr and "Not signed" in made.stderr
    listed = _cases.pcf("share", "list", cwd=tmp_path).stdout
    share_id = token.split("_")[3]
    assert share_id in listed and "open" in listed and token not in listed
    ended = _cases.pcf("share", "revoke", share_id, cwd=tmp_path)
    assert ended.returncode == 0 and "revoked" in ended.stdout
    shown = _cases.pcf("disclose", name, cwd=tmp_path, PCF_LANG="zh").stdout
    assert "auditor 审核机构" in shown
    copied = _cases.pcf("disclose", name, "--level", "customer", "-o", "c.json", cwd=tmp_path)
    assert copied.returncode == 0 and "given/rows" in copied.stdout and "Not signed" in copied.stderr
    assert _cases.pcf("rerun", "c.json", cwd=tmp_path).returncode == 6
    page = _cases.pcf("report", name, "--level", "public", "-o", "p.html", cwd=tmp_path)
    assert page.returncode == 0 and "level public" in (tmp_path / "p.html").read_text(encoding="utf-8")
