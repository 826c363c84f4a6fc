"""A rule for measuring only: a chain of processes with feedback (:func:`benchmarks.products.chain`)."""
