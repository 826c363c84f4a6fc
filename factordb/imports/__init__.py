"""Importers: a foreign file becomes the content of a release, row by row, and nothing is guessed.

Each importer is a function ``read(path, intake)`` in a module of its own that hands rows to an :class:`Intake`.
What cannot be used is refused with a reason and listed; ``service`` publishes what was accepted in one transaction.
"""
