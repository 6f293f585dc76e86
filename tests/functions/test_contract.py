"""Values, first and second derivatives of every elementwise function, against the definition."""

from __future__ import annotations

from typing import Any

import pytest

import multiact
from tests.backends import Backend
from tests.functions.contract import (
    SECOND_REACH,
    assert_contract,
    dtype_case_id,
    dtype_cases,
    elementwise_cases,
    points,
)
from tests.functions.definitions import DEFINITIONS

Case = tuple[str, dict[str, Any]]
every_dtype_and_case = pytest.mark.parametrize(
    ("dtype", "case"), dtype_cases("float32"), indirect=["dtype"], ids=dtype_case_id
)
DEFAULT_CASES = elementwise_cases(first_only=True)


def test_every_elementwise_function_has_a_definition() -> None:
    elementwise = {r.name for r in multiact.records.values() if r.kind == "elementwise"}
    assert elementwise == set(DEFINITIONS)


@every_dtype_and_case
def test_values(backend: Backend, dtype: str, case: Case) -> None:
    name, params = case
    xs = points(dtype)
    y = getattr(multiact, name)(backend.array(xs, dtype), **params)
    assert backend.dtype_of(y) == dtype
    assert_contract(backend.doubles(y), name, params, xs, dtype)


@every_dtype_and_case
def test_first_derivatives(backend: Backend, dtype: str, case: Case) -> None:
    name, params = case
    xs = points(dtype)
    slope = multiact.derivative(getattr(multiact, name), backend.array(xs, dtype), **params)
    assert backend.dtype_of(slope) == dtype
    assert_contract(backend.doubles(slope), name, params, xs, dtype, order=1)


@pytest.mark.parametrize(
    ("dtype", "case"),
    [
        *(("float64", case) for case in elementwise_cases()),
        *((dtype, case) for dtype in ("bfloat16", "float32") for case in DEFAULT_CASES),
    ],
    indirect=["dtype"],
    ids=dtype_case_id,
)
def test_second_derivatives(backend: Backend, dtype: str, case: Case) -> None:
    name, params = case
    xs = points(dtype, SECOND_REACH)
    f = getattr(multiact, name)

    def second(x: Any) -> Any:
        return multiact.derivative(f, x, order=2, **params)

    # Outside of jit JAX compiles each of some hundred steps; float64 is enough for those.
    if backend is Backend.JAX and dtype != "float64":
        second = backend.compile(second)
    bend = second(backend.array(xs, dtype))
    assert backend.dtype_of(bend) == dtype
    assert_contract(backend.doubles(bend), name, params, xs, dtype, order=2)


@pytest.mark.parametrize(
    ("dtype", "case"),
    [
        *(("float32", case) for case in DEFAULT_CASES),
        *(("bfloat16", case) for case in DEFAULT_CASES if case[0] in ("tanh", "mish", "gelu")),
    ],
    indirect=["dtype"],
    ids=dtype_case_id,
)
def test_compiled(differentiating: Backend, dtype: str, case: Case) -> None:
    name, params = case
    xs = points(dtype)
    f = getattr(multiact, name)

    def both(x: Any) -> tuple[Any, Any]:
        return f(x, **params), multiact.derivative(f, x, **params)

    if differentiating is Backend.TORCH:
        differentiating.framework.compiler.reset()
    value, slope = differentiating.compile(both)(differentiating.array(xs, dtype))
    assert_contract(differentiating.doubles(value), name, params, xs, dtype)
    assert_contract(differentiating.doubles(slope), name, params, xs, dtype, order=1)
