"""Tables of the releases of a graph (migration 0007): what a product became as a factor, kept once for all that use it.

Tens of thousands of items each pin a release of the few products they use. Published like any other release each would
hold copies of the same factors and stand in the list of releases; here a release is a list of members.
"""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from factordb.models import LOCAL, Base


class GraphFactorRow(Base):
    """A factor with its source, by the name of its record and its own digest; never changed."""

    __tablename__ = "graph_factor"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str]


class GraphReleaseRow(Base):
    """A release of a graph: its hash, its head and the ids of its factors; never changed."""

    __tablename__ = "graph_release"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    meta: Mapped[str]
    members: Mapped[str]
    """Ids of ``graph_factor``, a JSON list."""
