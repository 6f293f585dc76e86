"""softplus, silu, mish, gelu."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpf

import multiact
from tests.backends import Backend, common_dtypes
from tests.functions.contract import assert_close, assert_contract, points

X = np.array([[-5.0, -1.0, -0.125], [0.0, 0.5, 3.0]])
COTANGENT = np.array([[1.0, -0.5, 2.0], [1.0, 0.25, -1.0]])


def beta_slope(name: str, x: float, beta: float) -> mpf:
    """∂f/∂beta from the definition."""
    with mpmath.workdps(60):

        def f(b: Any) -> mpf:
            z = b * mpf(x)
            return (
                mpmath.log1p(mpmath.exp(z)) / b if name == "softplus" else x / (1 + mpmath.exp(-z))
            )

        return mpmath.diff(f, mpf(beta), h=mpf(10) ** -25)


@pytest.mark.parametrize("name", ["softplus", "silu"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 1), (2, 3)])
@common_dtypes
def test_gradient_to_beta(backend: Backend, dtype: str, name: str, shape: tuple[int, ...]) -> None:
    beta = np.arange(1, 1 + np.prod(shape, dtype=int)).reshape(shape) / 2
    dx, params = multiact.vjp(
        getattr(multiact, name),
        backend.array(X, dtype),
        backend.array(COTANGENT, dtype),
        beta=backend.array(beta, dtype),
    )
    laid = np.broadcast_to(beta, X.shape)
    each = np.array(
        [float(beta_slope(name, x, b)) for x, b in zip(X.ravel(), laid.ravel(), strict=True)]
    ).reshape(X.shape)
    padded = (1,) * (2 - len(shape)) + shape
    axes = tuple(i for i, size in enumerate(padded) if size == 1)
    want = (COTANGENT * each).sum(axes).reshape(shape)
    terms = float(np.abs(COTANGENT * each).sum())
    assert_close(backend.doubles(params["beta"]), want, dtype, {"terms": terms})
    assert backend.dtype_of(params["beta"]) == backend.dtype_of(dx) == dtype


@pytest.mark.parametrize("name", ["softplus", "silu"])
@common_dtypes
def test_a_tensor_beta_equals_the_number(backend: Backend, dtype: str, name: str) -> None:
    xs = points(dtype)
    x = backend.array(xs, dtype)
    y = getattr(multiact, name)(x, beta=backend.array(0.5, dtype))
    assert_contract(backend.doubles(y), name, {"beta": 0.5}, xs, dtype)


def test_softplus_has_no_threshold(backend: Backend) -> None:
    """x itself, which others return above 20, is 1e-9 too small there."""
    with backend.allowing("float64"):
        x = np.array([20.5, 25.0, 30.0])
        y = backend.doubles(multiact.softplus(backend.array(x, "float64")))
    assert (y > x).all()
    with mpmath.workdps(40):
        assert_close(y, [mpmath.log1p(mpmath.exp(mpf(v))) for v in x.tolist()], "float64")


@common_dtypes
def test_values_at_zero(backend: Backend, dtype: str) -> None:
    zero = backend.array([0.0], dtype)
    assert_close(backend.doubles(multiact.softplus(zero)), [math.log(2)], dtype)
    assert_close(backend.doubles(multiact.derivative(multiact.mish, zero)), [0.6], dtype)
    for f in (multiact.silu, multiact.gelu, multiact.softplus):
        assert_close(backend.doubles(multiact.derivative(f, zero)), [0.5], dtype)


@common_dtypes
def test_second_derivatives_at_zero(backend: Backend, dtype: str) -> None:
    zero = backend.array([0.0, -0.0], dtype)
    for f, want in (
        (multiact.softplus, 1 / 4),
        (multiact.silu, 1 / 2),
        (multiact.gelu, 2 / math.sqrt(2 * math.pi)),
        (multiact.mish, 16 / 25),
    ):
        got = backend.doubles(multiact.derivative(f, zero, order=2))
        assert_close(got, [want, want], dtype, {"nested": 4.0})


MINIMA = [
    ("silu", -1.2784645427610738, -0.2784645427610738),
    ("mish", -1.1924312, -0.3088434130172504),
    ("gelu", -0.7517915, -0.1699712074799037),
]


@pytest.mark.parametrize(("name", "at", "value"), MINIMA)
@common_dtypes
def test_minima(backend: Backend, dtype: str, name: str, at: float, value: float) -> None:
    y = multiact.derivative(getattr(multiact, name), backend.array([at], "float32"))
    assert abs(backend.doubles(y)[0]) < 1e-6
    low = backend.doubles(getattr(multiact, name)(backend.array([at], dtype)))
    # The function is flat there: the rounding of `at` moves the value by its square.
    assert_close(low, [value], dtype)


@pytest.mark.parametrize(("short", "long"), [(False, "none"), (True, "tanh")])
@common_dtypes
def test_gelu_takes_false_and_true(backend: Backend, dtype: str, short: bool, long: str) -> None:
    x = backend.array(X, dtype)
    a, b = multiact.gelu(x, approximate=short), multiact.gelu(x, approximate=long)
    assert backend.doubles(a).tolist() == backend.doubles(b).tolist()


def test_gelu_is_exact_by_default(backend: Backend) -> None:
    """The tanh form, which others default to, is up to 4.7e-4 away."""
    x = backend.array(np.linspace(-4, 4, 81), "float32")
    exact, tanh_form = (backend.doubles(multiact.gelu(x, a)) for a in ("none", "tanh"))
    assert backend.doubles(multiact.gelu(x)).tolist() == exact.tolist()
    assert 4.6e-4 < np.abs(exact - tanh_form).max() < 4.8e-4


@common_dtypes
def test_gelu_of_the_sigmoid_form_is_silu(backend: Backend, dtype: str) -> None:
    x = backend.array(X, dtype)
    a, b = multiact.gelu(x, "sigmoid"), multiact.silu(x, beta=1.702)
    assert backend.doubles(a).tolist() == backend.doubles(b).tolist()


@pytest.mark.parametrize("name", ["silu", "mish", "gelu", "softplus"])
@common_dtypes
def test_large_arguments_are_kept(backend: Backend, dtype: str, name: str) -> None:
    x = backend.array([128.0, 1024.0, 8192.0], dtype)
    assert backend.doubles(getattr(multiact, name)(x)).tolist() == [128.0, 1024.0, 8192.0]
    y = multiact.derivative(getattr(multiact, name), x)
    assert backend.doubles(y).tolist() == [1.0, 1.0, 1.0]
