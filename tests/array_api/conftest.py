"""The fixture ``library`` runs a test on each library that is installed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.array_api.libraries import Library


@pytest.fixture(params=list(Library), ids=lambda library: library.name.lower())
def library(request: pytest.FixtureRequest) -> Any:
    """Each library in turn."""
    chosen: Library = request.param
    assert chosen.module
    return chosen
