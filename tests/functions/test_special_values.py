"""NaN, zeros and infinities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import multiact
from tests.backends import Backend, common_dtypes
from tests.functions.contract import (
    case_id,
    default_cases,
    dtype_case_id,
    dtype_cases,
    elementwise_cases,
    eps,
    points,
)

Case = tuple[str, dict[str, Any]]


SMOOTH = ("sigmoid", "tanh", "softplus", "silu", "mish", "gelu", "serf", "phish", "squareplus")


@pytest.mark.parametrize(
    ("dtype", "case"), dtype_cases("float32"), indirect=["dtype"], ids=dtype_case_id
)
def test_nan_in_nan_out(backend: Backend, dtype: str, case: Case) -> None:
    name, params = case
    f, values = getattr(multiact, name), points(dtype)
    values[::5] = np.nan
    y = backend.doubles(f(backend.array(values, dtype), **params))
    assert np.isnan(y).tolist() == np.isnan(values).tolist()
    # The slope of a piecewise-linear function at NaN is one of its two.
    if name in SMOOTH:
        slope = multiact.derivative(f, backend.array(values, dtype), **params)
        assert np.isnan(backend.doubles(slope)).tolist() == np.isnan(values).tolist()


@common_dtypes
@pytest.mark.parametrize("case", elementwise_cases(first_only=True), ids=case_id)
def test_a_single_nan(backend: Backend, dtype: str, case: Case) -> None:
    """Vectorised kernels treat the last few elements by other code."""
    name, params = case
    # JAX compiles every shape anew.
    for shape in ((1,),) if backend is Backend.JAX else ((), (1,)):
        y = getattr(multiact, name)(backend.array(np.full(shape, np.nan), dtype), **params)
        assert np.isnan(backend.doubles(y)).all()


@pytest.mark.parametrize("case", default_cases(), ids=case_id)
@common_dtypes
def test_nan_of_a_row_stays_in_the_row(backend: Backend, dtype: str, case: Case) -> None:
    name, params = case
    x = backend.array([[0.5, np.nan, 2.0, 1.0, 0.0, 3.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]], dtype)
    y = backend.doubles(getattr(multiact, name)(x, **params))
    assert np.isnan(y[0]).any()
    assert np.isfinite(y[1]).all()


@pytest.mark.parametrize(
    "name", ["relu", "leaky_relu", "elu", "selu", "tanh", "silu", "mish", "gelu"]
)
@common_dtypes
def test_zero_is_kept(backend: Backend, dtype: str, name: str) -> None:
    y = backend.doubles(getattr(multiact, name)(backend.array([0.0, -0.0], dtype)))
    assert y.tolist() == [0.0, 0.0]


INFINITIES: list[tuple[str, dict[str, Any], float, float]] = [
    ("relu", {}, 0.0, np.inf),
    ("leaky_relu", {}, -np.inf, np.inf),
    ("leaky_relu", {"negative_slope": -0.5}, np.inf, np.inf),
    ("leaky_relu", {"negative_slope": 1.5}, -np.inf, np.inf),
    ("prelu", {"slope": 0.25}, -np.inf, np.inf),
    ("rrelu", {}, -np.inf, np.inf),
    ("elu", {}, -1.0, np.inf),
    ("elu", {"alpha": 2.5}, -2.5, np.inf),
    ("sigmoid", {}, 0.0, 1.0),
    ("tanh", {}, -1.0, 1.0),
    ("softplus", {}, 0.0, np.inf),
]


@pytest.mark.parametrize(("name", "params", "low", "high"), INFINITIES)
@common_dtypes
def test_infinities(
    backend: Backend, dtype: str, name: str, params: dict[str, Any], low: float, high: float
) -> None:
    x = backend.array([-np.inf, np.inf], dtype)
    y = backend.doubles(getattr(multiact, name)(x, **params))
    assert y.tolist() == [low, high]


@common_dtypes
def test_subnormal_inputs_do_no_harm(backend: Backend, dtype: str) -> None:
    # Frameworks may flush them to zero, so only the contract's absolute bound applies.
    x = backend.array([-1e-40, 0.0, 1e-40], dtype)
    for name, params in elementwise_cases(first_only=True):
        below, zero, above = backend.doubles(getattr(multiact, name)(x, **params)).tolist()
        assert below == pytest.approx(zero, abs=2e-40, rel=eps(dtype)), name
        assert above == pytest.approx(zero, abs=2e-40, rel=eps(dtype)), name
