"""hardmax, sparsemax, entmax15."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpf

import multiact
from tests.backends import Backend, common_dtypes, float64_only
from tests.functions.contract import assert_close, eps
from tests.functions.rows import by_rows, rounded, weighted

X = np.array(
    [
        [0.5, -1.0, 2.0, 1.75, -0.25],
        [1000.0, 999.5, -1000.0, 999.75, 1000.0],
        [-12.0, -12.0, -12.0, -11.5, -13.0],
        [0.0, 0.0, 0.0, 0.0, 0.0],
    ]
)
COTANGENT = np.array(
    [
        [1.0, -0.5, 0.25, 2.0, 0.0],
        [0.5, 1.0, -1.0, 2.0, 1.5],
        [1.0, 0.0, -2.0, 0.5, 1.0],
        [1.0, 2.0, -1.0, 0.25, 0.5],
    ]
)
# Jacobian products are linear in the cotangent, whose largest entry is 2.
LINEAR = {"cotangent": 4.0}


def first_largest(row: Any) -> list[mpf]:
    return [mpf(i == int(np.argmax(row))) for i in range(len(row))]


def support(row: Any, power: int) -> list[int]:
    """Where max(x/power − τ, 0)^power is positive: exactly, in fractions."""
    z = [Fraction(v) / power for v in row]
    return [
        i for i, v in enumerate(z) if sum(max(other - v, Fraction(0)) ** power for other in z) < 1
    ]


def roots(row: Any, power: int) -> list[mpf]:
    """max(x/power − τ, 0), by the closed form of τ on the support."""
    chosen = support(row, power)
    z = [mpf(v) / power for v in row]
    mean = sum(z[i] for i in chosen) / len(chosen)
    spread = sum((z[i] - mean) ** 2 for i in chosen)
    below = 1 if power == 1 else mpmath.sqrt(len(chosen) * (1 - spread))
    tau = mean - below / mpf(len(chosen))
    return [z[i] - tau if i in chosen else mpf(0) for i in range(len(row))]


VALUES: dict[str, Callable[[Any], list[mpf]]] = {
    "hardmax": first_largest,
    "sparsemax": lambda row: roots(row, 1),
    "entmax15": lambda row: [r * r for r in roots(row, 2)],
}
PRODUCTS: dict[str, Callable[[Any, Any], list[mpf]]] = {
    "hardmax": lambda row, vector: [mpf(0)] * len(row),
    "sparsemax": lambda row, vector: weighted([mpf(r > 0) for r in roots(row, 1)], vector),
    "entmax15": lambda row, vector: weighted(roots(row, 2), vector),
}
each = pytest.mark.parametrize("name", VALUES)
sparse = pytest.mark.parametrize("name", ["sparsemax", "entmax15"])


@each
def test_values(backend: Backend, dtype: str, name: str) -> None:
    y = getattr(multiact, name)(backend.array(X, dtype))
    assert backend.dtype_of(y) == dtype
    assert_close(backend.doubles(y), by_rows(VALUES[name], rounded(X, dtype)), dtype)


@each
def test_gradient(backend: Backend, dtype: str, name: str) -> None:
    x, cotangent = backend.array(X, dtype), backend.array(COTANGENT, dtype)
    dx, params = multiact.vjp(getattr(multiact, name), x, cotangent)
    assert params == {}
    assert backend.dtype_of(dx) == dtype
    want = by_rows(PRODUCTS[name], rounded(X, dtype), COTANGENT)
    assert_close(backend.doubles(dx), want, dtype, LINEAR)


@pytest.mark.parametrize("axis", [0, 1, -1])
@each
def test_any_axis(backend: Backend, name: str, axis: int) -> None:
    x = np.arange(60.0).reshape(3, 4, 5) * 37 % 23 / 8
    cotangent = np.arange(60.0).reshape(3, 4, 5) * 7 % 5 - 2
    f, array = getattr(multiact, name), backend.array(x, "float32")
    want = np.moveaxis(by_rows(VALUES[name], np.moveaxis(x, axis, -1)), -1, axis)
    assert_close(backend.doubles(f(array, axis=axis)), want, "float32")
    turned = (np.moveaxis(a, axis, -1) for a in (x, cotangent))
    want = np.moveaxis(by_rows(PRODUCTS[name], *turned), -1, axis)
    dx, _ = multiact.vjp(f, array, backend.array(cotangent, "float32"), axis=axis)
    assert_close(backend.doubles(dx), want, "float32", LINEAR)


@each
def test_rows_sum_to_one(backend: Backend, dtype: str, name: str) -> None:
    y = backend.doubles(getattr(multiact, name)(backend.array(X, dtype)))
    assert np.abs(y.sum(-1) - 1).max() <= 4 * eps(dtype)
    assert (y >= 0).all()


@common_dtypes
def test_the_first_of_several_maxima(backend: Backend, dtype: str) -> None:
    x = backend.array([[1.0, 3.0, 3.0, 2.0], [5.0, 5.0, 5.0, 5.0], [-np.inf] * 4], dtype)
    y = backend.doubles(multiact.hardmax(x))
    assert y.tolist() == [[0, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]]


def test_sparsemax_of_two_entries(backend: Backend, dtype: str) -> None:
    """keras.activations.sparsemax makes [0.05, 0] of it."""
    y = multiact.sparsemax(backend.array([1.0, 0.9], dtype))
    last = float(rounded(0.9, dtype))
    assert_close(backend.doubles(y), [mpf(2 - last) / 2, mpf(last) / 2], dtype)


@sparse
def test_exact_zeros(backend: Backend, dtype: str, name: str) -> None:
    x = backend.array([[8.0, 0.0, -8.0, -1e4, 7.875], [1e4, 0.0, 0.0, 0.0, -1e4]], dtype)
    y = backend.doubles(getattr(multiact, name)(x))
    assert (y[0, 1:4] == 0).all()
    assert (y[0, [0, 4]] > 0.4).all()
    assert y[1].tolist() == [1, 0, 0, 0, 0]
    dx, _ = multiact.vjp(getattr(multiact, name), x, backend.array(np.eye(2, 5), dtype))
    assert (backend.doubles(dx)[0, 1:4] == 0).all()
    assert (backend.doubles(dx)[1] == 0).all()


@pytest.mark.parametrize("length", [1, 300, 5000])
@sparse
def test_many_entries(backend: Backend, name: str, length: int) -> None:
    """One entry rules over many that are nearly equal: the worst case for cumulative sums."""
    rng = np.random.default_rng(length)
    x = np.append(-0.9 + rng.random(length - 1) / 16, 0.0).astype(np.float32)[None, :]
    power = 1 if name == "sparsemax" else 2
    z = x.astype(np.longdouble) / power
    # Newton's method from below the root does not overshoot on a convex function.
    tau = np.longdouble(-1)
    for _ in range(60):
        excess = np.maximum(z - tau, 0)
        slope = (excess > 0).sum() if power == 1 else 2 * excess.sum()
        tau += ((excess**power).sum() - 1) / slope
    want = (np.maximum(z - tau, 0) ** power).astype(np.float64)
    y = backend.doubles(getattr(multiact, name)(backend.array(x, "float32")))
    assert_close(y, want, "float32")


@sparse
@common_dtypes
def test_minus_infinity_has_no_weight(backend: Backend, dtype: str, name: str) -> None:
    x = backend.array([[0.0, -np.inf, 0.0], [-np.inf, 5.0, -np.inf]], dtype)
    y = backend.doubles(getattr(multiact, name)(x))
    assert_close(y, [[0.5, 0.0, 0.5], [0.0, 1.0, 0.0]], dtype)
    assert (y[[0, 1, 1], [1, 0, 2]] == 0).all()
    cotangent = backend.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], dtype)
    dx = backend.doubles(multiact.vjp(getattr(multiact, name), x, cotangent).x)
    edge = 1.0 if name == "sparsemax" else np.sqrt(0.5)
    assert_close(dx, [[-edge, 0.0, edge], [0.0, 0.0, 0.0]], dtype)


@pytest.mark.parametrize("place", [0, 2])
@each
@common_dtypes
def test_nan_fills_its_row_alone(backend: Backend, dtype: str, name: str, place: int) -> None:
    x = np.array([[0.5, 1.0, 2.0], [0.5, 1.0, 2.0]])
    x[0, place] = np.nan
    y = backend.doubles(getattr(multiact, name)(backend.array(x, dtype)))
    assert np.isnan(y[0]).all()
    assert np.isfinite(y[1]).all()
    dx, _ = multiact.vjp(
        getattr(multiact, name), backend.array(x, dtype), backend.array(np.ones((2, 3)), dtype)
    )
    assert np.isnan(backend.doubles(dx)[0]).any()
    assert np.isfinite(backend.doubles(dx)[1]).all()


@pytest.mark.parametrize("row", [[np.inf, 0.0, 1.0], [np.inf, 0.0, np.inf], [-np.inf] * 3])
@sparse
@common_dtypes
def test_no_finite_maximum(backend: Backend, dtype: str, name: str, row: list[float]) -> None:
    """As in softmax, such a row has no weights."""
    y = backend.doubles(getattr(multiact, name)(backend.array([row, [0.0, 0.0, 1.0]], dtype)))
    assert np.isnan(y[0]).all()
    assert np.isfinite(y[1]).all()


@pytest.mark.parametrize("shape", [(0,), (2, 0, 3), (2, 1)])
@each
def test_empty_and_single(backend: Backend, name: str, shape: tuple[int, ...]) -> None:
    x = backend.array(np.full(shape, 7.0), "float32")
    for axis in range(len(shape)):
        y = getattr(multiact, name)(x, axis=axis)
        assert backend.doubles(y).shape == shape
        if shape[axis] == 1:
            assert (backend.doubles(y) == 1).all()
        dx, _ = multiact.vjp(getattr(multiact, name), x, y, axis=axis)
        assert backend.doubles(dx).shape == shape
        # Where all cotangents are equal, only rounding is left.
        assert (np.abs(backend.doubles(dx)) <= eps("float32")).all()


@float64_only
def test_entmax15_bends(differentiating: Backend, dtype: str) -> None:
    """Its gradient can be differentiated again: the product with a direction, by differences."""
    x, cotangent = (differentiating.array(a[:1], dtype) for a in (X, COTANGENT))
    direction = np.array([[0.25, 1.0, -0.5, 0.75, -1.0]])

    def first(x: Any) -> Any:
        return multiact.vjp(multiact.entmax15, x, cotangent).x

    twice = multiact.vjp(first, x, differentiating.array(direction, dtype)).x
    step = 1e-5 * direction
    ahead, behind = (
        multiact.vjp(multiact.entmax15, X[:1] + shift, COTANGENT[:1]).x for shift in (step, -step)
    )
    want = (ahead - behind) / 2e-5
    assert np.abs(want).max() > 0.01
    np.testing.assert_allclose(differentiating.doubles(twice), want, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("name", ["hardmax", "sparsemax"])
@float64_only
def test_others_do_not_bend(differentiating: Backend, dtype: str, name: str) -> None:
    x, cotangent = (differentiating.array(a[:1], dtype) for a in (X, COTANGENT))

    def first(x: Any) -> Any:
        return multiact.vjp(getattr(multiact, name), x, cotangent).x

    assert (differentiating.doubles(multiact.vjp(first, x, cotangent).x) == 0).all()


@each
def test_compiled(differentiating: Backend, name: str) -> None:
    f = getattr(multiact, name)
    cotangent = differentiating.array(COTANGENT, "float32")

    def both(x: Any) -> tuple[Any, Any]:
        return f(x), multiact.vjp(f, x, cotangent).x

    y, dx = differentiating.compile(both)(differentiating.array(X, "float32"))
    assert_close(differentiating.doubles(y), by_rows(VALUES[name], X), "float32")
    want = by_rows(PRODUCTS[name], X, COTANGENT)
    assert_close(differentiating.doubles(dx), want, "float32", LINEAR)


@each
def test_nan_when_compiled(differentiating: Backend, name: str) -> None:
    x = differentiating.array([[0.5, 1.0, np.nan, 2.0], [0.5, 1.0, 3.0, 2.0]], "float32")
    y = differentiating.doubles(differentiating.compile(getattr(multiact, name))(x))
    assert np.isnan(y[0]).all()
    assert np.isfinite(y[1]).all()
