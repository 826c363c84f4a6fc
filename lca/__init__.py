"""lca: exact numbers, units, gases, the labelled linear system and what is read from its solution.

The bottom room. It knows no database, no HTTP and no rule of any product.
"""
