"""What the tests of custom activations share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def fresh_dynamo(request: pytest.FixtureRequest) -> None:
    """Dynamo compiles a piece of code eight times at most, and parametrised tests are one piece."""
    if "torch" in request.node.name or "compile" in request.node.name:
        import torch

        torch._dynamo.reset()
