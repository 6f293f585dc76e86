"""elu and selu."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from mpmath import mpf

import multiact
from tests.backends import DTYPES, Backend, common_dtypes
from tests.functions.contract import assert_close
from tests.functions.definitions import SELU_ALPHA, SELU_SCALE

X = np.array([[-4.0, -1.0, -0.125], [0.0, 0.5, 3.0]])


@pytest.mark.parametrize("alpha", [1.0, 0.5, 2.5, -1.0, 2])
@common_dtypes
def test_elu_slope_at_the_kink_is_alpha(backend: Backend, dtype: str, alpha: float) -> None:
    slope = multiact.derivative(multiact.elu, backend.array([0.0, -0.0], dtype), alpha=alpha)
    assert backend.doubles(slope).tolist() == [alpha, alpha]


def test_selu_slope_at_the_kink(backend: Backend, dtype: str) -> None:
    slope = multiact.derivative(multiact.selu, backend.array([0.0, -0.0], dtype))
    with mpmath.workdps(40):
        want = mpf(SELU_ALPHA) * mpf(SELU_SCALE)
    assert_close(backend.doubles(slope), [want, want], dtype)


@common_dtypes
def test_selu_slope_jumps(backend: Backend, dtype: str) -> None:
    x = backend.array([-1e-30, 1e-3], dtype)
    slope = backend.doubles(multiact.derivative(multiact.selu, x))
    assert_close(slope[1], [1.0507009873554805], dtype)
    assert slope[0] > 1.75


def test_selu_has_the_fixed_point_of_its_paper() -> None:
    """A standard normal variable keeps mean 0 and variance 1."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    moments = np.zeros(2)
    # The kink at 0 splits the integral.
    for low, high in ((-12.0, 0.0), (0.0, 12.0)):
        x = (high - low) / 2 * nodes + (high + low) / 2
        density = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * weights * (high - low) / 2
        y = multiact.selu(x)
        moments += [(density * y).sum(), (density * y**2).sum()]
    assert moments == pytest.approx([0.0, 1.0], abs=1e-14)


@pytest.mark.parametrize("shape", [(), (3,), (2, 1), (2, 3)])
@common_dtypes
def test_elu_with_a_tensor_alpha(backend: Backend, dtype: str, shape: tuple[int, ...]) -> None:
    alpha = np.arange(1, 1 + np.prod(shape, dtype=int)).reshape(shape) / 2
    x, cotangent = backend.array(X, dtype), np.ones_like(X)
    y = multiact.elu(x, backend.array(alpha, dtype))
    below = np.expm1(np.minimum(X, 0))
    wide = {"alpha": float(alpha.max())}
    assert_close(backend.doubles(y), np.maximum(X, 0) + alpha * below, dtype, wide)
    _, params = multiact.vjp(
        multiact.elu, x, backend.array(cotangent, dtype), alpha=backend.array(alpha, dtype)
    )
    padded = (1,) * (2 - len(shape)) + shape
    axes = tuple(i for i, size in enumerate(padded) if size == 1)
    want = below.sum(axes).reshape(shape)
    # A sum of up to six terms below 1 in magnitude.
    assert_close(backend.doubles(params["alpha"]), want, dtype, {"terms": 6.0})
    assert backend.dtype_of(params["alpha"]) == dtype


def test_elu_is_precise_just_below_zero(backend: Backend) -> None:
    """exp(x) − 1 would be 0 there; expm1 is not, and the slope is 1."""
    x = np.array([-1e-3, -1e-2, -0.1])
    y = backend.doubles(multiact.elu(backend.array(x, "float32"), alpha=0.5))
    rounded = x.astype(np.float32).astype(np.float64)
    assert_close(y, 0.5 * np.expm1(rounded), "float32")


@common_dtypes
def test_elu_saturates_at_minus_alpha(backend: Backend, dtype: str) -> None:
    y = multiact.elu(backend.array([-1e4, -60.0], dtype), alpha=2.5)
    assert backend.doubles(y).tolist() == [-2.5, -2.5]


@common_dtypes
def test_selu_is_linear_above_zero(backend: Backend, dtype: str) -> None:
    x = np.array([0.5, 1.0, 2.0, 64.0])
    y = backend.doubles(multiact.selu(backend.array(x, dtype)))
    rounded = float(DTYPES[dtype].type(SELU_SCALE))
    assert_close(y, rounded * x, dtype, {"scale": 64.0})
