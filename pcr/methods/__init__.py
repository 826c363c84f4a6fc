"""Shared methods in versioned folders. A rule's method hash covers those it imports; a change is a new folder."""
