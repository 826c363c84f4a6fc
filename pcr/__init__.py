"""pcr: product rules as plugins, regimes, shared methods. It names factors and never reads their values."""

from lca import messages

messages.register("pcr")
