"""Built-in product classes; each folder `v*` is one version of its rule."""
