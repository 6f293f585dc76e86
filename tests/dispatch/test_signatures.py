"""One signature for each function, whatever the backend, and plain functions everywhere."""

from __future__ import annotations

import ast
import importlib
import inspect
from types import FunctionType
from typing import Any

import pytest

import multiact

BACKENDS = (
    "multiact_numpy",
    "multiact_torch",
    "multiact_tensorflow",
    "multiact_jax",
    "multiact_array_api",
)


def parameters(function: Any) -> list[tuple[str, Any, Any]]:
    """Names, kinds and defaults; annotations may differ."""
    return [
        (parameter.name, parameter.kind, parameter.default)
        for parameter in inspect.signature(function).parameters.values()
    ]


@pytest.mark.parametrize("package", BACKENDS)
@pytest.mark.parametrize("name", list(multiact.records))
def test_a_backend_has_the_front_end_s_signature(package: str, name: str) -> None:
    function = getattr(importlib.import_module(package), name)
    assert parameters(function) == parameters(getattr(multiact, name))
    assert isinstance(function, FunctionType)
    assert (function.__module__, function.__name__) == (package, name)
    assert function.__doc__ == getattr(multiact, name).__doc__


@pytest.mark.parametrize("name", list(multiact.records))
def test_the_front_end_makes_the_same_call_on_every_path(name: str) -> None:
    """The backend's function of the same name with every parameter, by position."""
    record = multiact.records[name]
    call = f"{name}({', '.join(record.signature.parameters)})"
    expected = ast.parse(
        f"if type(x) is first_type:\n    return first_{call}\n"
        f"if type(x) is second_type:\n    return second_{call}\n"
        f"return find(type(x)).{call}\n"
    )
    (function,) = ast.parse(inspect.getsource(record.function)).body
    assert isinstance(function, ast.FunctionDef)
    _docstring, *body = function.body
    assert list(map(ast.dump, body)) == list(map(ast.dump, expected.body))


@pytest.mark.parametrize("package", BACKENDS)
@pytest.mark.parametrize("name", ["vjp", "derivative"])
def test_gradients_too(package: str, name: str) -> None:
    first, *others = (getattr(importlib.import_module(p), name) for p in (package, *BACKENDS))
    assert all(parameters(first) == parameters(other) for other in others)


@pytest.mark.parametrize("name", list(multiact.records))
def test_the_record_has_the_signature(name: str) -> None:
    record = multiact.records[name]
    assert record.signature == inspect.signature(getattr(multiact, name))
    assert next(iter(record.signature.parameters)) == "x"
    assert set(record.tensor_parameters) <= set(record.signature.parameters)
    for case in record.cases:
        record.signature.bind("x", **case)
    for alias in record.aliases:
        assert getattr(multiact, alias) is getattr(multiact, name)


@pytest.mark.parametrize(
    "name", [name for name in multiact.__all__ if callable(getattr(multiact, name))]
)
def test_public_names_are_plain(name: str) -> None:
    """jit.trace, fx and Dynamo all go by ``__module__`` and refuse callable objects."""
    public = getattr(multiact, name)
    assert public.__module__.partition(".")[0] == "multiact"
    assert public.__doc__
    if not isinstance(public, type):
        assert type(public) is FunctionType
        module = importlib.import_module(public.__module__)
        assert getattr(module, public.__name__) is public
