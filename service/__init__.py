"""service: the desk. Use-cases, records, HTTP, command line, documents. Nothing is calculated here."""

from lca import messages

messages.register("service")
