"""Batches: many works in one run, which may use each other's products.

A row may name a product of another item as its factor, ``factor: batch:<item>/<product>``. Items are calculated in
the order of these references, each once. The footprint of the item referred to answers as a supplier's record does:
its record becomes the factor ``record:<name>`` (:mod:`service.received.own_record`, with its published digits), the
row is rewritten to that id, and the factors an item refers to stand in a release of the layer *supplier* of their
own, ``graph-<beginning of its hash>``. It is published into the store before the record is sealed, so that the record
pins a real release by id and hash, ``pcf rerun`` opens it, and equal records make the equal release in any order.

Items that refer to each other are solved together (:mod:`service.batch.loops`) and not sealed: a record cannot name a
record that names it. What refers to something that is not sealed is not sealed either.
"""
