"""maxout."""

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


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
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
