"""Signatures beside stored records: put onto a record when it is handed out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.companies.models import SignatureRow


def with_signatures(session: Session, tenant: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with its envelopes, oldest first, and the extracts they cover; unchanged where nobody signed it.

    Two signatures of one record cover the same extracts, or those of two versions of the table of levels: each extract
    stands once.
    """
    query = select(SignatureRow.envelope).where(
        SignatureRow.tenant_id == tenant, SignatureRow.record_name == record["name"]
    )
    held = [json.loads(text) for text in session.scalars(query.order_by(SignatureRow.at, SignatureRow.id))]
    if not held:
        return dict(record)
    extracts: list[Any] = []
    for item in (item for entry in held for item in entry["extracts"]):
        if item not in extracts:
            extracts.append(item)
    return {**record, "signatures": [entry["envelope"] for entry in held], "extracts": extracts}
