"""The verbs of ``pcf``; each is one use-case with its printing."""
