"""The plugin of pytest: fixtures ``backend`` and ``xp_array``, option ``--backends``.

pytest loads it in every run of everybody who has multiact installed, so it imports nothing but
pytest until a test asks for a fixture, and it yields: a project's own fixture, parameter or option
of the same name is the one that counts there.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from multiact_compare.testing import names

if TYPE_CHECKING:
    from multiact_compare.testing.backends import Backend

OPTION = "multiact_backends"
NAME = "multiact_backend_name"
"""The fixture behind ``backend`` that is parametrised: a project's own ``backend`` has none."""


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser) -> Generator[None, Any, Any]:
    """The option, once the project's conftest files had their chance to have one of that name."""
    loaded = yield
    group = parser.getgroup("multiact")
    try:
        group.addoption(
            "--backends",
            dest=OPTION,
            metavar="NAME[,NAME…]",
            help="run tests with the fixture `backend` on these only: "
            f"{', '.join(names.MODULES)} (default: {', '.join(names.USUAL)}, those installed)",
        )
    except (ValueError, argparse.ArgumentError):
        # The project's own option stays, and ours keeps its default.
        return loaded
    return loaded


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a wrong name before any test runs."""
    for name in _named(config) or ():
        wrong = names.problem(name)
        if wrong:
            raise pytest.UsageError(f"--backends: {wrong}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of ``backend`` becomes one for each backend."""
    if NAME not in metafunc.fixturenames:
        return
    named = _named(metafunc.config)
    chosen = named or names.USUAL
    metafunc.parametrize(
        NAME,
        [
            pytest.param(name, marks=() if names.installed(name) else _skip(name), id=name)
            for name in chosen
        ],
        indirect=True,
    )


@pytest.fixture(name=NAME)
def multiact_backend_name(request: pytest.FixtureRequest) -> str:
    """The name of the backend on which a test runs."""
    if not hasattr(request, "param"):
        pytest.fail(
            "the fixture `backend` cannot be had by request.getfixturevalue; make it an argument "
            "of the test or of a fixture that the test names",
            pytrace=False,
        )
    name: str = request.param
    return name


@pytest.fixture
def backend(multiact_backend_name: str) -> Iterator[Backend]:
    """Each installed framework in turn: a ``multiact_compare.testing.Backend``."""
    try:
        from multiact_compare.testing.backends import Backend
    except ModuleNotFoundError as error:
        pytest.fail(
            f"the fixture `backend` needs {error.name}: pip install 'multiact[compare]'",
            pytrace=False,
        )
    with Backend(multiact_backend_name) as found:
        yield found


@pytest.fixture
def xp_array(backend: Backend) -> Callable[..., Any]:
    """``xp_array(data, dtype=None)``: an array of the current backend from NumPy data."""
    return backend.array


def _named(config: pytest.Config) -> list[str] | None:
    given: str | None = getattr(config.option, OPTION, None)
    if given is None:
        return None
    named = [name.strip() for name in given.split(",") if name.strip()]
    if not named:
        raise pytest.UsageError(f"--backends names none; known are {', '.join(names.MODULES)}.")
    return list(dict.fromkeys(named))


def _skip(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skip(reason=f"the backend {name} is not installed: {names.missing(name)}")
