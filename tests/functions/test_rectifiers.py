"""relu, leaky_relu, prelu, rrelu."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import multiact
from tests.backends import DTYPES, Backend, common_dtypes

# Multiples of 1/2 with small sums: every product and sum below is exact in every dtype.
X = np.array([[-1.0, 2.0, -0.5], [0.0, -3.0, 1.5], [-2.0, -0.5, -0.0], [4.0, -1.0, 0.5]])
COTANGENT = np.array([[1.0, 0.5, -1.0], [2.0, 1.0, 1.0], [0.5, -2.0, 1.0], [1.0, 1.0, 3.0]])

# (shape of the slope, axis, shape that it takes when laid along x)
LAYOUTS = [
    ((), -1, (1, 1)),
    ((1,), -1, (1, 1)),
    ((3,), -1, (1, 3)),
    ((3,), 1, (1, 3)),
    ((4,), 0, (4, 1)),
    ((4,), -2, (4, 1)),
    ((4, 1), -1, (4, 1)),
    ((1, 3), -1, (1, 3)),
    ((4, 3), -1, (4, 3)),
]
layouts = pytest.mark.parametrize(("shape", "axis", "laid"), LAYOUTS)


def slopes(shape: tuple[int, ...]) -> Any:
    """Different multiples of 1/4."""
    return (np.arange(1, 1 + np.prod(shape, dtype=int)).reshape(shape)) / 4


def leaky(x: Any, slope: Any) -> Any:
    return np.where(x > 0, x, slope * x)


def sum_to(gradient: Any, laid: tuple[int, ...]) -> Any:
    axes = tuple(i for i, size in enumerate(laid) if size == 1)
    return gradient.sum(axes, keepdims=True)


def test_relu(backend: Backend, dtype: str) -> None:
    x = backend.array(X, dtype)
    assert backend.doubles(multiact.relu(x)).tolist() == np.maximum(X, 0).tolist()


@pytest.mark.parametrize("slope", [0.0, 0.25, 1.0, 1.5, -0.5, -2, 3, True])
@common_dtypes
def test_leaky_relu_takes_any_slope(backend: Backend, dtype: str, slope: float) -> None:
    y = multiact.leaky_relu(backend.array(X, dtype), negative_slope=slope)
    assert backend.doubles(y).tolist() == leaky(X, slope).tolist()


KINKS: list[tuple[str, dict[str, Any], float]] = [
    ("relu", {}, 0.0),
    ("leaky_relu", {}, 0.01),
    ("leaky_relu", {"negative_slope": 1.5}, 1.5),
    ("leaky_relu", {"negative_slope": -0.5}, -0.5),
    ("prelu", {"slope": 0.25}, 0.25),
    ("rrelu", {}, (1 / 8 + 1 / 3) / 2),
    ("rrelu", {"lower": 0.25, "upper": 0.75}, 0.5),
]


@pytest.mark.parametrize(("name", "params", "slope"), KINKS)
def test_the_slope_at_the_kink_is_exact(
    backend: Backend, dtype: str, name: str, params: dict[str, Any], slope: float
) -> None:
    x = backend.array([0.0, -0.0], dtype)
    got = multiact.derivative(getattr(multiact, name), x, **params)
    assert backend.doubles(got).tolist() == [float(DTYPES[dtype].type(slope))] * 2


@layouts
@common_dtypes
def test_prelu_layouts(
    backend: Backend, dtype: str, shape: tuple[int, ...], axis: int, laid: tuple[int, ...]
) -> None:
    slope = slopes(shape)
    y = multiact.prelu(backend.array(X, dtype), backend.array(slope, dtype), axis)
    assert backend.doubles(y).tolist() == leaky(X, slope.reshape(laid)).tolist()


@layouts
@common_dtypes
def test_prelu_gradients(
    backend: Backend, dtype: str, shape: tuple[int, ...], axis: int, laid: tuple[int, ...]
) -> None:
    slope = slopes(shape)
    dx, params = multiact.vjp(
        multiact.prelu,
        backend.array(X, dtype),
        backend.array(COTANGENT, dtype),
        slope=backend.array(slope, dtype),
        axis=axis,
    )
    # The gradient to the slope is Σ x·[x ≤ 0], over what the slope was broadcast along.
    want_x = COTANGENT * np.where(X > 0, 1.0, slope.reshape(laid))
    want_slope = sum_to(COTANGENT * np.where(X > 0, 0.0, X), laid).reshape(shape)
    assert backend.doubles(dx).tolist() == want_x.tolist()
    assert set(params) == {"slope"}
    assert backend.doubles(params["slope"]).tolist() == want_slope.tolist()
    assert backend.dtype_of(dx) == backend.dtype_of(params["slope"]) == dtype


@pytest.mark.parametrize("axis", [0, 1, 2, 3, -1, -3])
def test_prelu_channels_on_every_axis_of_a_high_rank(backend: Backend, axis: int) -> None:
    x = (np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5) - 60.0) / 2
    slope = slopes((x.shape[axis],))
    laid = [1] * 4
    laid[axis] = -1
    got_x, params = multiact.vjp(
        multiact.prelu,
        backend.array(x, "float32"),
        backend.array(np.ones_like(x), "float32"),
        slope=backend.array(slope, "float32"),
        axis=axis,
    )
    others = tuple(i for i in range(4) if i != axis % 4)
    assert (
        backend.doubles(got_x).tolist()
        == np.where(x > 0, 1.0, slope.reshape(laid) + 0 * x).tolist()
    )
    assert backend.doubles(params["slope"]).tolist() == np.minimum(x, 0).sum(others).tolist()


@pytest.mark.parametrize("half", ["float16", "bfloat16"])
def test_prelu_of_16_bits_with_a_float32_slope(backend: Backend, half: str) -> None:
    x, slope = backend.array(X, half), backend.array(slopes((3,)), "float32")
    assert backend.dtype_of(multiact.prelu(x, slope)) == half
    dx, params = multiact.vjp(multiact.prelu, x, backend.array(COTANGENT, half), slope=slope)
    assert backend.dtype_of(dx) == half
    assert backend.dtype_of(params["slope"]) == "float32"
    want = (COTANGENT * np.minimum(X, 0)).sum(0)
    assert backend.doubles(params["slope"]).tolist() == want.tolist()


@common_dtypes
def test_prelu_of_a_scalar_with_a_scalar_slope(backend: Backend, dtype: str) -> None:
    y = multiact.prelu(backend.array(-2.0, dtype), backend.array(0.25, dtype))
    assert backend.doubles(y).tolist() == -0.5


def test_prelu_of_a_number_slope_has_no_parameter_gradient(backend: Backend) -> None:
    x = backend.array(X, "float32")
    _, params = multiact.vjp(multiact.prelu, x, backend.array(COTANGENT, "float32"), slope=0.5)
    assert params == {}


def test_rrelu_outside_training_takes_the_mean_slope(backend: Backend, dtype: str) -> None:
    y = multiact.rrelu(backend.array(X, dtype), lower=0.25, upper=0.75)
    assert backend.doubles(y).tolist() == leaky(X, 0.5).tolist()


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("shape", [(), (3,), (4, 1), (4, 3)])
@common_dtypes
def test_rrelu_with_explicit_slopes(
    backend: Backend, dtype: str, shape: tuple[int, ...], training: bool
) -> None:
    slope = slopes(shape)
    x, a = backend.array(X, dtype), backend.array(slope, dtype)
    y = multiact.rrelu(x, training=training, slope=a)
    assert backend.doubles(y).tolist() == leaky(X, slope).tolist()
    _, params = multiact.vjp(
        multiact.rrelu, x, backend.array(COTANGENT, dtype), slope=a, training=training
    )
    full = COTANGENT * np.minimum(X, 0)
    padded = (1,) * (2 - len(shape)) + shape
    want = sum_to(full, padded).reshape(shape)
    assert backend.doubles(params["slope"]).tolist() == want.tolist()


@common_dtypes
def test_rrelu_with_a_number_as_slope(backend: Backend, dtype: str) -> None:
    y = multiact.rrelu(backend.array(X, dtype), training=True, slope=0.5)
    assert backend.doubles(y).tolist() == leaky(X, 0.5).tolist()
