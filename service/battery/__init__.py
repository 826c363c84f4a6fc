"""Battery documents made from sealed records: declaration record, public study, passport attributes.

Nothing is calculated here but the share of a stage in the published total.
"""

from lca import messages

messages.register("service.battery")
