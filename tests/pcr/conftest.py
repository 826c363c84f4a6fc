"""Rules kept in `tests/plugins`, for tests that ask for them."""

from __future__ import annotations

import pytest

from tests.pcr._help import plug


@pytest.fixture
def meter_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    plug(monkeypatch, "tests.plugins.one_meter")
