"""``framework`` runs a test with each framework's layers."""

from __future__ import annotations

import pytest

from tests.layers.frameworks import Framework


@pytest.fixture(params=list(Framework), ids=lambda framework: framework.value)
def framework(request: pytest.FixtureRequest) -> Framework:
    """Each framework in turn."""
    return request.param
