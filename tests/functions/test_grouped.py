"""maxout, crelu."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import multiact
from tests.backends import Backend, common_dtypes

X = np.array([[1.0, 4.0, 3.0, 2.0, -1.0, -5.0], [0.5, 0.25, 8.0, -8.0, 2.0, 2.5]])


def test_values(backend: Backend, dtype: str) -> None:
    x = backend.array(X, dtype)
    for pieces in (1, 2, 3, 6):
        y = multiact.maxout(x, pieces)
        assert backend.dtype_of(y) == dtype
        want = X.reshape(2, 6 // pieces, pieces).max(-1)
        assert backend.doubles(y).tolist() == want.tolist()


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("pieces", [1, 2, 4])
def test_any_axis(backend: Backend, axis: int, pieces: int) -> None:
    x = (np.arange(4 * 8 * 4).reshape(4, 8, 4) * 37 % 101).astype(float)
    y = backend.doubles(multiact.maxout(backend.array(x, "float32"), pieces, axis=axis))
    rows = np.moveaxis(x, axis, -1)
    want = rows.reshape(*rows.shape[:-1], rows.shape[-1] // pieces, pieces).max(-1)
    assert y.tolist() == np.moveaxis(want, -1, axis).tolist()


def test_gradient_goes_to_the_largest(backend: Backend, dtype: str) -> None:
    x, cotangent = backend.array(X, dtype), backend.array([[1.0, 2.0], [3.0, -4.0]], dtype)
    dx, params = multiact.vjp(multiact.maxout, x, cotangent, pieces=3)
    assert params == {}
    assert backend.dtype_of(dx) == dtype
    assert backend.doubles(dx).tolist() == [[0.0, 1.0, 0, 2.0, 0, 0], [0, 0, 3.0, 0, 0, -4.0]]


@common_dtypes
def test_ties_share_equally(backend: Backend, dtype: str) -> None:
    x = backend.array([1.0, 1.0, 0.0, -1.0, 2.0, 2.0, 2.0, 2.0], dtype)
    dx, _ = multiact.vjp(multiact.maxout, x, backend.array([1.0, 2.0], dtype), pieces=4)
    assert backend.doubles(dx).tolist() == [0.5, 0.5, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5]


@pytest.mark.parametrize("axis", [0, -1])
def test_gradient_on_any_axis(backend: Backend, axis: int) -> None:
    x = backend.array(X if axis else X.T, "float32")
    ones = np.ones((2, 2))
    dx, _ = multiact.vjp(multiact.maxout, x, backend.array(ones, "float32"), pieces=3, axis=axis)
    want = np.array([[0.0, 1.0, 0, 1.0, 0, 0], [0, 0, 1.0, 0, 0, 1.0]])
    assert backend.doubles(dx).tolist() == (want if axis else want.T).tolist()


@common_dtypes
def test_nan_wins(backend: Backend, dtype: str) -> None:
    x = backend.array([np.nan, 1.0, 2.0, 3.0, np.inf, -np.inf], dtype)
    y = backend.doubles(multiact.maxout(x, 2))
    assert np.isnan(y[0])
    assert y[1:].tolist() == [3.0, np.inf]


@pytest.mark.parametrize("shape", [(0, 4), (3, 0)])
def test_empty(backend: Backend, shape: tuple[int, ...]) -> None:
    y = multiact.maxout(backend.array(np.zeros(shape), "float32"), 2)
    assert backend.doubles(y).shape == (shape[0], shape[1] // 2)


def test_compiled(differentiating: Backend) -> None:
    x = differentiating.array(X, "float32")
    cotangent = differentiating.array(np.ones((2, 3)), "float32")

    def both(x: Any) -> tuple[Any, Any]:
        return multiact.maxout(x, 2), multiact.vjp(multiact.maxout, x, cotangent, pieces=2).x

    value, gradient = differentiating.compile(both)(x)
    assert differentiating.doubles(value).tolist() == [[4.0, 3.0, -1.0], [0.5, 8.0, 2.5]]
    assert differentiating.doubles(gradient).tolist() == [[0, 1, 1, 0, 1, 0], [1, 0, 1, 0, 0, 1]]


def test_crelu(backend: Backend, dtype: str) -> None:
    y = multiact.crelu(backend.array(X, dtype))
    assert backend.dtype_of(y) == dtype
    want = np.concatenate([np.maximum(X, 0), np.maximum(-X, 0)], -1)
    assert backend.doubles(y).tolist() == want.tolist()


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_crelu_on_any_axis(backend: Backend, axis: int) -> None:
    x = np.arange(24.0).reshape(2, 3, 4) * 7 % 11 - 5
    array = backend.array(x, "float32")
    want = np.concatenate([np.maximum(x, 0), np.maximum(-x, 0)], axis)
    assert backend.doubles(multiact.crelu(array, axis=axis)).tolist() == want.tolist()
    cotangent = np.arange(48.0).reshape(want.shape) % 5 - 2
    dx, _ = multiact.vjp(multiact.crelu, array, backend.array(cotangent, "float32"), axis=axis)
    up, down = np.split(cotangent, 2, axis)
    assert backend.doubles(dx).tolist() == np.where(x > 0, up, np.where(x < 0, -down, 0)).tolist()


def test_crelu_at_zero_has_no_gradient(backend: Backend, dtype: str) -> None:
    x = backend.array([0.0, -0.0, 2.0, -3.0], dtype)
    cotangent = backend.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], dtype)
    dx, params = multiact.vjp(multiact.crelu, x, cotangent)
    assert params == {}
    assert backend.dtype_of(dx) == dtype
    assert backend.doubles(dx).tolist() == [0.0, 0.0, 3.0, -8.0]


@common_dtypes
def test_crelu_of_nan_and_infinities(backend: Backend, dtype: str) -> None:
    y = backend.doubles(multiact.crelu(backend.array([np.nan, np.inf, -np.inf], dtype)))
    assert np.isnan(y[[0, 3]]).all()
    assert y[[1, 2, 4, 5]].tolist() == [np.inf, 0.0, 0.0, np.inf]


@pytest.mark.parametrize("shape", [(0,), (0, 4), (3, 0)])
def test_crelu_of_nothing(backend: Backend, shape: tuple[int, ...]) -> None:
    x = backend.array(np.zeros(shape), "float32")
    y = multiact.crelu(x)
    assert backend.doubles(y).shape == (*shape[:-1], 2 * shape[-1])
    assert backend.doubles(multiact.vjp(multiact.crelu, x, y).x).shape == shape


def test_crelu_is_undone_by_a_difference(backend: Backend) -> None:
    """Unlike relu it loses nothing: x is the first half less the second."""
    first, second = np.split(backend.doubles(multiact.crelu(backend.array(X, "float32"))), 2, -1)
    assert (first - second).tolist() == X.tolist()


def test_crelu_refuses_other_axes(backend: Backend) -> None:
    with pytest.raises(ValueError, match="crelu got axis=2 for x with 2 dimensions"):
        multiact.crelu(backend.array(X, "float32"), axis=2)
    with pytest.raises(TypeError, match="one integer"):
        multiact.crelu(backend.array(X, "float32"), axis=0.0)


def test_crelu_compiled(differentiating: Backend) -> None:
    x = differentiating.array([[0.0, -2.0, 3.0]], "float32")
    cotangent = differentiating.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]], "float32")

    def both(x: Any) -> tuple[Any, Any]:
        return multiact.crelu(x), multiact.vjp(multiact.crelu, x, cotangent).x

    value, gradient = differentiating.compile(both)(x)
    assert differentiating.doubles(value).tolist() == [[0, 0, 3, 0, 2, 0]]
    assert differentiating.doubles(gradient).tolist() == [[0, -5, 3]]
