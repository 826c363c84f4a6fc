"""Where a machine format of the definitive period plugs in, once there is one: none was published, none is made up.

A distribution registers a function under the entry-point group ``pcf.cbam_adapters``. It takes the documents of a
package as plain values by name (``report``, ``communication``, ``neutral``, ``see``) and returns the bytes of one file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Any, Final

from lca.faults import Fault, Refused
from pcr.regimes.cbam.v1.dated import RULE

GROUP: Final = "pcf.cbam_adapters"
Adapter = Callable[[Mapping[str, Any]], bytes]


def adapter(name: str) -> Adapter:
    """The adapter of a name.

    Raises:
        Refused: ``cbam_adapter`` where none is installed under it.
    """
    held = {item.name: item for item in entry_points(group=GROUP)}
    if name not in held:
        expected = ", ".join(sorted(held)) or "an installed adapter; none is shipped"
        raise Refused([Fault("cbam_adapter", "--adapter", name, expected, RULE)])
    made: Adapter = held[name].load()
    return made
