"""softmax."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpf

import multiact
from tests.backends import DTYPES, Backend, common_dtypes
from tests.functions.contract import assert_close, eps

X = np.array([[0.5, -1.0, 2.0, 3.5], [1000.0, 999.0, -1000.0, 998.5], [-12.0, -12.0, -12.0, -11.0]])
COTANGENT = np.array([[1.0, -0.5, 0.25, 2.0], [0.5, 1.0, -1.0, 2.0], [1.0, 0.0, -2.0, 0.5]])
MASK = np.array([[True, False, True, True], [False, False, True, True], [False] * 4])


def softmax(row: Any, mask: Any = None) -> list[mpf]:
    """The definition: e^x / Σ e^x over the open places."""
    with mpmath.workdps(60):
        taken = [True] * len(row) if mask is None else mask
        e = [mpmath.exp(mpf(v)) if m else mpf(0) for v, m in zip(row, taken, strict=True)]
        total = sum(e)
        return [v / total if total else mpf(0) for v in e]


def jacobian_product(row: Any, vector: Any, mask: Any = None) -> list[mpf]:
    """(diag(s) − s·sᵀ)·v, entry by entry."""
    with mpmath.workdps(60):
        s = softmax(row, mask)
        return [
            sum(((i == j) * s[i] - s[i] * s[j]) * mpf(v) for j, v in enumerate(vector))
            for i in range(len(s))
        ]


def rounded(x: Any, dtype: str) -> Any:
    return np.asarray(x).astype(DTYPES[dtype]).astype(np.float64)


def test_values(backend: Backend, dtype: str) -> None:
    y = multiact.softmax(backend.array(X, dtype))
    assert backend.dtype_of(y) == dtype
    assert_close(backend.doubles(y), [softmax(row) for row in rounded(X, dtype).tolist()], dtype)


def test_rows_sum_to_one(backend: Backend, dtype: str) -> None:
    y = backend.doubles(multiact.softmax(backend.array(X, dtype)))
    assert np.abs(y.sum(-1) - 1).max() <= 4 * eps(dtype)
    assert (y >= 0).all()


def test_gradient_is_the_whole_jacobian(backend: Backend, dtype: str) -> None:
    x, cotangent = backend.array(X, dtype), backend.array(COTANGENT, dtype)
    dx, params = multiact.vjp(multiact.softmax, x, cotangent)
    assert params == {}
    assert backend.dtype_of(dx) == dtype
    want = [
        jacobian_product(row, v)
        for row, v in zip(rounded(X, dtype).tolist(), COTANGENT.tolist(), strict=True)
    ]
    # The product is linear in the cotangent, whose largest entry is 2.
    assert_close(backend.doubles(dx), want, dtype, {"cotangent": 4.0})


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_any_axis(backend: Backend, axis: int) -> None:
    x = np.arange(24).reshape(2, 3, 4) ** 2 % 7 / 2
    cotangent = np.arange(24).reshape(2, 3, 4) % 5 - 2.0
    moved, at = np.moveaxis(x, axis, -1), np.moveaxis(cotangent, axis, -1)
    want = np.moveaxis(
        np.array([[[float(v) for v in softmax(row)] for row in block] for block in moved.tolist()]),
        -1,
        axis,
    )
    products = [
        [[float(v) for v in jacobian_product(row, c)] for row, c in zip(block, blocks, strict=True)]
        for block, blocks in zip(moved.tolist(), at.tolist(), strict=True)
    ]
    array = backend.array(x, "float32")
    assert_close(backend.doubles(multiact.softmax(array, axis=axis)), want, "float32")
    dx, _ = multiact.vjp(multiact.softmax, array, backend.array(cotangent, "float32"), axis=axis)
    assert_close(
        backend.doubles(dx), np.moveaxis(np.array(products), -1, axis), "float32", {"c": 4.0}
    )


@common_dtypes
def test_shift_invariance(backend: Backend, dtype: str) -> None:
    x = np.array([1.0, 3.0, -2.0, 0.0])
    a = multiact.softmax(backend.array(x, dtype))
    b = multiact.softmax(backend.array(x + 64, dtype))
    assert backend.doubles(a).tolist() == backend.doubles(b).tolist()


def test_large_spreads(backend: Backend, dtype: str) -> None:
    y = multiact.softmax(backend.array([[-1e4, 1e4, 0.0], [-1e4, -1e4, -1e4]], dtype))
    assert_close(backend.doubles(y), [[0.0, 1.0, 0.0], [mpf(1) / 3] * 3], dtype)


@common_dtypes
def test_minus_infinity_has_no_weight(backend: Backend, dtype: str) -> None:
    x = backend.array([[0.0, -np.inf, 0.0], [-np.inf, 5.0, -np.inf]], dtype)
    assert backend.doubles(multiact.softmax(x)).tolist() == [[0.5, 0.0, 0.5], [0.0, 1.0, 0.0]]
    cotangent = backend.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], dtype)
    dx, _ = multiact.vjp(multiact.softmax, x, cotangent)
    assert backend.doubles(dx).tolist() == [[-0.5, 0.0, 0.5], [0.0, 0.0, 0.0]]


@pytest.mark.parametrize("behind", [0.0, np.nan, np.inf, -np.inf])
@common_dtypes
def test_mask(backend: Backend, dtype: str, behind: float) -> None:
    x = np.where(MASK, X, behind)
    array, where = backend.array(x, dtype), backend.array(MASK, "bool")
    y = backend.doubles(multiact.softmax(array, where=where))
    rows = list(zip(rounded(x, dtype).tolist(), COTANGENT.tolist(), MASK.tolist(), strict=True))
    assert_close(y, [softmax(row, mask) for row, _, mask in rows], dtype)
    assert (y[~MASK] == 0).all()
    dx, _ = multiact.vjp(multiact.softmax, array, backend.array(COTANGENT, dtype), where=where)
    want = [jacobian_product(row, v, mask) for row, v, mask in rows]
    assert_close(backend.doubles(dx), want, dtype, {"cotangent": 4.0})
    assert (backend.doubles(dx)[~MASK] == 0).all()


@pytest.mark.parametrize("behind", [np.nan, np.inf])
def test_second_derivative_through_a_mask(differentiating: Backend, behind: float) -> None:
    """Gradients of gradients must not meet what is behind the mask either."""
    x = differentiating.array(np.where(MASK, X, behind), "float32")
    where = differentiating.array(MASK, "bool")
    cotangent = differentiating.array(COTANGENT, "float32")

    def gradient(x: Any) -> Any:
        return multiact.vjp(multiact.softmax, x, cotangent, where=where).x

    twice = differentiating.doubles(multiact.vjp(gradient, x, cotangent).x)
    assert np.isfinite(twice).all()
    assert (twice[~MASK] == 0).all()


@pytest.mark.parametrize("shape", [(4,), (1, 4), (3, 1), (1, 1), ()])
def test_masks_broadcast(backend: Backend, shape: tuple[int, ...]) -> None:
    mask = (np.arange(np.prod(shape, dtype=int)) % 3 != 1).reshape(shape)
    x, where = backend.array(X, "float32"), backend.array(mask, "bool")
    full = backend.array(np.broadcast_to(mask, X.shape), "bool")
    a, b = multiact.softmax(x, where=where), multiact.softmax(x, where=full)
    assert backend.doubles(a).tolist() == backend.doubles(b).tolist()


@common_dtypes
def test_a_mask_of_ones_changes_nothing(backend: Backend, dtype: str) -> None:
    x, where = backend.array(X, dtype), backend.array(np.ones_like(X), "bool")
    y = backend.doubles(multiact.softmax(x, where=where))
    assert_close(y, backend.doubles(multiact.softmax(x)), dtype)


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 3), (2, 0, 3)])
@pytest.mark.parametrize("masked", [False, True])
def test_empty(backend: Backend, shape: tuple[int, ...], masked: bool) -> None:
    x = backend.array(np.zeros(shape), "float32")
    where = backend.array(np.zeros(shape), "bool") if masked else None
    for axis in range(len(shape)):
        assert backend.doubles(multiact.softmax(x, axis=axis, where=where)).shape == shape


def test_compiled_with_a_mask(differentiating: Backend) -> None:
    x = differentiating.array(X, "float32")
    where = differentiating.array(MASK, "bool")
    cotangent = differentiating.array(COTANGENT, "float32")

    def both(x: Any, where: Any) -> tuple[Any, Any]:
        y = multiact.softmax(x, where=where)
        return y, multiact.vjp(multiact.softmax, x, cotangent, where=where).x

    for eager, compiled in zip(
        both(x, where), differentiating.compile(both)(x, where), strict=True
    ):
        want = differentiating.doubles(eager)
        assert_close(differentiating.doubles(compiled), want, "float32", {"cotangent": 4.0})
