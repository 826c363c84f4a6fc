"""Authoring of the public release from collected tables. Used by hand, once a release; the engine never imports it."""
