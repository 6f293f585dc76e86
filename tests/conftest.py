"""Fixtures that every test may ask for: ``backend`` runs it on each framework, ``dtype`` with each
floating dtype of that framework.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.backends import DTYPES, Backend

# The frameworks compile on the first call of each shape, so no deadline is meaningful; the
# fixtures below hold no state that examples could share. `make thorough` asks for its own profile.
for profile, examples in (("multiact", 10), ("thorough", 100)):
    settings.register_profile(
        profile,
        deadline=None,
        derandomize=True,
        max_examples=examples,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
settings.load_profile("multiact")


def pytest_configure(config: pytest.Config) -> None:
    """What PyTorch says about itself: Dynamo instantiates the autograd.Functions that it traces,
    and forward-mode differentiation scripts its decompositions.
    """
    for message in (".*Function'> should not be instantiated", ".torch.jit.script. is deprecated"):
        config.addinivalue_line("filterwarnings", f"ignore:{message}:DeprecationWarning")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C works in this process and in those it starts.

    What a shell starts in the background ignores it, and so does everything below.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(params=list(Backend), ids=lambda backend: backend.value)
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each framework in turn."""
    return request.param


@pytest.fixture(
    params=[backend for backend in Backend if backend.differentiates],
    ids=lambda backend: backend.value,
)
def differentiating(request: pytest.FixtureRequest) -> Backend:
    """Each framework with automatic differentiation."""
    return request.param


@pytest.fixture(params=list(DTYPES))
def dtype(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of each floating dtype; on JAX, 64 bits are on only while float64 is tested.

    ``common_dtypes`` and ``float64_only`` (in ``tests.backends``) choose some of them.
    """
    name: str = request.param
    chosen = {"backend", "differentiating"} & set(request.fixturenames)
    with request.getfixturevalue(chosen.pop()).allowing(name):
        yield name
