"""Pages of what a company has sent: materials and plants as they are now, versions."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from factordb.store import READ_ONLY
from service.desk import Desk
from service.erp import materials, plants, versions


def list_materials(
    desk: Desk, *, number: str = "", after: str = "", limit: int = 50
) -> tuple[list[dict[str, str]], str]:
    """A page of materials by number, each with the version its row is of; and the number to go on after.

    ``number``: that one alone, with all the days from which it has a mapping.
    """
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        known = materials.load(session, desk.tenant)
    rows = [row for row in known if (row.number == number if number else row.number > after)]
    names = sorted({row.number for row in rows})[:limit]
    kept = set(names)
    page = [{**row.plain(), "version": known.version_of(row)} for row in rows if row.number in kept]
    return page, names[-1] if names and names[-1] != rows[-1].number else ""


def list_plants(desk: Desk) -> list[dict[str, str]]:
    """The plants by code."""
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        found = plants.load(session, desk.tenant)
    names = [column.name for column in plants.COLUMNS]
    return [{name: getattr(plant, name) for name in names} for _, plant in sorted(found.items())]


def list_versions(desk: Desk, limit: int = 50) -> list[dict[str, Any]]:
    """The newest versions first."""
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        return versions.listing(session, desk.tenant, limit)
