"""HTTP: routes are doors to use-cases; they calculate nothing."""
