"""factordb: sources, factors and sealed releases; the look-up that answers a rule's factor names.

Imports ``lca`` only. ``open_release("cn-2026.1")`` needs no database; ``factordb.store`` and ``factordb.publish``
keep releases in SQLite or PostgreSQL.
"""

from factordb.factor import Factor, Licence, Source
from factordb.files import ReleaseFiles
from factordb.layers import Layers, open_layers
from factordb.lookup import resolve
from factordb.release import Release, from_files, frozen_hashes, open_release, shipped
from lca.messages import register

register("factordb")

__all__ = [
    "Factor",
    "Layers",
    "Licence",
    "Release",
    "ReleaseFiles",
    "Source",
    "from_files",
    "frozen_hashes",
    "open_layers",
    "open_release",
    "resolve",
    "shipped",
]
