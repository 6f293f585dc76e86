"""Every function of the catalogue on every library: the values and gradients that NumPy has."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import multiact
from tests.array_api.comparison import (
    TENSORS,
    assert_close,
    cotangent_like,
    defaults,
    every_elementwise,
    every_function,
    operand,
)
from tests.array_api.libraries import Library
from tests.functions.contract import SECOND_REACH, eps


@every_function
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_and_gradients(library: Library, dtype: str, name: str) -> None:
    f, xs = getattr(multiact, name), operand(name, dtype)
    x = library.array(xs, dtype)
    for params in multiact.records[name].cases:
        want = f(xs, **params)
        cotangent = cotangent_like(want)
        y = f(x, **params)
        gradients = multiact.vjp(f, x, library.array(cotangent, dtype), **params)
        assert gradients.params == {}
        assert y.dtype == gradients.x.dtype == library.dtype(dtype)
        got, dx = library.doubles(y, gradients.x)
        assert_close(got, want, dtype, params)
        want_dx = multiact.vjp(f, xs, cotangent, **params).x
        # A row's gradient is a sum of several terms.
        assert_close(dx, want_dx, dtype, {**params, "terms": 4.0})


@every_elementwise
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_derivatives(library: Library, dtype: str, name: str) -> None:
    f = getattr(multiact, name)
    reached = [(order, operand(name, dtype, r)) for order, r in ((1, 1e4), (2, SECOND_REACH))]
    for params in multiact.records[name].cases:
        found = [
            multiact.derivative(f, library.array(xs, dtype), order=order, **params)
            for order, xs in reached
        ]
        assert all(slope.dtype == library.dtype(dtype) for slope in found)
        for (order, xs), got in zip(reached, library.doubles(*found), strict=True):
            want = multiact.derivative(f, xs, order=order, **params)
            assert_close(got, want, dtype, params, order)


@pytest.mark.parametrize(("name", "parameter"), TENSORS)
def test_parameters_that_are_arrays(library: Library, name: str, parameter: str) -> None:
    f, fixed = getattr(multiact, name), defaults(name)
    xs = np.linspace(-3, 3, 12).reshape(3, 4)
    x, cotangent = library.array(xs, "float64"), cotangent_like(xs)
    for shape in ((), (4,), (3, 1), (1, 1), (3, 4)):
        given = {**fixed, parameter: np.linspace(0.25, 2, int(np.prod(shape))).reshape(shape)}
        params = {**fixed, parameter: library.array(given[parameter], "float64")}
        gradients = multiact.vjp(f, x, library.array(cotangent, "float64"), **params)
        assert set(gradients.params) == {parameter}
        slope = gradients.params[parameter]
        assert slope.dtype == library.dtype("float64")
        bend = multiact.derivative(f, x, order=2, **params)
        y, dx, dp, ddx = library.doubles(f(x, **params), gradients.x, slope, bend)
        want = multiact.vjp(f, xs, cotangent, **given)
        assert_close(y, f(xs, **given), "float64", {"parameter": 2.0})
        assert_close(dx, want.x, "float64", {"parameter": 2.0})
        # A sum of up to twelve terms.
        assert_close(dp, want.params[parameter], "float64", {"terms": 64.0})
        want_bend = multiact.derivative(f, xs, order=2, **given)
        assert_close(ddx, want_bend, "float64", {"parameter": 2.0}, order=2)


@every_function
def test_16_bits_are_computed_in_32(library: Library, name: str) -> None:
    """Rounded once: the result is within one step of float32's."""
    f, params = getattr(multiact, name), defaults(name)
    for half in library.halves:
        x = library.array(np.linspace(-6, 6, 24), half)
        y = f(x, **params)
        slope = multiact.vjp(f, x, library.array(np.ones(y.shape), half), **params).x
        assert y.dtype == slope.dtype == library.dtype(half)
        exact = f(library.doubles(x), **params)
        (want,) = library.to_numpy(library.array(exact, half))
        error = np.abs(library.doubles(y) - want.astype(np.float64))
        assert (error <= np.asarray(np.spacing(np.abs(want)), float) + 8 * eps("float32")).all()


@every_function
def test_integers_are_promoted(library: Library, name: str) -> None:
    f, params = getattr(multiact, name), defaults(name)
    default = "float32" if library is Library.MLX else "float64"
    for integer in ("bool", "uint8", "int32"):
        values = np.array([0, 1, 3, 1, 2, 0]).astype(integer)
        y = f(library.array(values, integer), **params)
        (got,) = library.to_numpy(y)
        if multiact.records[name].keeps_integers and integer != "bool":
            assert y.dtype == library.dtype(integer)
            assert got.tolist() == f(values, **params).tolist()
        else:
            assert y.dtype == library.dtype(default)
            assert_close(got.astype(float), f(values.astype(float), **params), default, params)


@every_function
def test_special_values(library: Library, name: str) -> None:
    """NaN stays NaN, and what is infinite is no reason to warn."""
    f, params = getattr(multiact, name), defaults(name)
    values = np.array([[np.nan] * 6, [0.0, np.inf, 1.0, -np.inf, 2.0, np.nan]])
    with warnings.catch_warnings():
        if library is Library.DASK and multiact.records[name].kind == "rowwise":
            # Made of Dask's own operations, which warn as they do elsewhere.
            warnings.simplefilter("ignore", RuntimeWarning)
        got = library.doubles(f(library.array(values, "float32"), **params))
    want = f(values.astype(np.float32), **params)
    assert np.array_equal(np.isnan(got[:1]), np.isnan(want[:1]))


@every_function
def test_shapes(library: Library, name: str) -> None:
    f, params = getattr(multiact, name), defaults(name)
    scalar = [()] if multiact.records[name].kind == "elementwise" else []
    shapes: list[tuple[int, ...]] = [*scalar, (6,), (2, 0, 6), (2, 3, 2, 1, 6)]
    found: list[Any] = []
    for shape in shapes:
        values = (np.arange(int(np.prod(shape))).reshape(shape) - 5.0) / 4
        x = library.array(values, "float32")
        y = f(x, **params)
        found.append((y, f(values, **params)))
        if not values.size or values.ndim == 0:
            ones = np.ones(y.shape)
            dx = multiact.vjp(f, x, library.array(ones, "float32"), **params).x
            found.append((dx, multiact.vjp(f, values, ones, **params).x))
    got = library.doubles(*(y for y, _ in found))
    for result, (_, want) in zip(got, found, strict=True):
        assert_close(result, np.asarray(want), "float32", {**params, "terms": 4.0})


@every_function
def test_an_input_is_never_modified(library: Library, name: str) -> None:
    f, params = getattr(multiact, name), defaults(name)
    x = library.array(np.linspace(-3, 3, 12), "float64")
    y = f(x, **params)
    multiact.vjp(f, x, y, **params)
    (after,) = library.to_numpy(x)
    assert after.tolist() == np.linspace(-3, 3, 12).tolist()
