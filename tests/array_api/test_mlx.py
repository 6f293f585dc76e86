"""MLX: its own transformations go through a multiact value, and float64 is worth the name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import multiact
from tests.array_api.comparison import (
    assert_close,
    cotangent_like,
    defaults,
    every_elementwise,
    every_function,
)
from tests.array_api.libraries import Library

mx = pytest.importorskip("mlx.core")

XS = np.array([-30.0, -5.3, -3.0, -2.1, -1.0, -0.5, -1e-3, 0.0, 0.4, 0.5, 1.0, 1.7, 3.0, 6.0, 30.0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@every_elementwise
def test_grad_is_the_closed_form(name: str, dtype: str) -> None:
    """At kinks too, and with the parameters of every case."""
    f, x = getattr(multiact, name), Library.MLX.array(XS, dtype)
    for params in multiact.records[name].cases:
        grad = mx.vmap(mx.grad(lambda x, params=params: f(x, **params)))
        want = multiact.derivative(f, x, **params)
        # MLX's derivative of expm1 is its float32 exponential.
        assert_close(*Library.MLX.doubles(grad(x), want), "float32", {**params, "terms": 8.0})


@every_function
def test_grad_of_rows(name: str) -> None:
    f, params = getattr(multiact, name), defaults(name)
    x = Library.MLX.array(
        [[-2.5, -0.75, 0.25, 1.5, 3.0, 0.5], [0.1, 0.2, 0.3, 0.4, 5.0, 9.0]], "float32"
    )
    y = f(x, **params)
    cotangent = Library.MLX.array(cotangent_like(y), "float32")
    got = mx.grad(lambda x: (f(x, **params) * cotangent).sum())(x)
    want = multiact.vjp(f, x, cotangent, **params).x
    assert_close(*Library.MLX.doubles(got, want), "float32", {**params, "terms": 8.0})


@every_function
def test_vmap(name: str) -> None:
    params = defaults(name)

    def f(x: Any) -> Any:
        return getattr(multiact, name)(x, **params)

    x = Library.MLX.array(np.linspace(-3, 3, 12).reshape(2, 6), "float32")
    y, mapped = Library.MLX.doubles(f(x), mx.vmap(f)(x))
    assert mapped.tolist() == y.tolist()


@pytest.mark.skipif(not shutil.which("g++"), reason="MLX compiles with g++ on CPUs")
def test_compile() -> None:
    """One small program, because the C++ compiler takes its time."""
    grad = mx.vmap(mx.grad(multiact.silu))
    x = Library.MLX.array(XS, "float32")
    # Fused, operations may be rounded once less.
    assert_close(*Library.MLX.doubles(mx.compile(grad)(x), grad(x)), "float32")


def test_second_derivatives_by_grad() -> None:
    x = Library.MLX.array(XS, "float32")
    for name in ("sigmoid", "tanh", "gelu", "silu", "softplus", "mish"):
        f = getattr(multiact, name)
        got = mx.vmap(mx.grad(mx.grad(f)))(x)
        want = multiact.derivative(f, x, order=2)
        assert_close(*Library.MLX.doubles(got, want), "float32", {"terms": 2.0}, order=2)


REFERENCE: dict[str, tuple[Callable[[Any], Any], float, float]] = {
    "exp": (mpmath.exp, -700, 700),
    "expm1": (mpmath.expm1, -40, 40),
    "log": (mpmath.log, 1e-300, 20),
    "log1p": (mpmath.log1p, -0.9, 20),
    "sin": (mpmath.sin, -1e4, 1e4),
    "cos": (mpmath.cos, -1e4, 1e4),
    "atan": (mpmath.atan, -20, 20),
    "tanh": (mpmath.tanh, -20, 20),
    "erf": (mpmath.erf, -6, 6),
    "erfc": (mpmath.erfc, -6, 26),
    "sigmoid": (lambda x: 1 / (1 + mpmath.exp(-x)), -700, 700),
}


@pytest.mark.parametrize("name", REFERENCE)
def test_float64_primitives(name: str) -> None:
    """MLX's own exp, sin, cos, sigmoid and erf are wrong by 1e8 ULP and more."""
    from multiact_array_api.libraries import primitives

    true, low, high = REFERENCE[name]
    xs = np.random.default_rng(0).uniform(low, high, 300)
    if name in ("sin", "cos"):
        # Where little is left of the argument.
        xs = np.concatenate([xs, np.arange(1, 60) * (np.pi / 2)])
    x = Library.MLX.array(xs, "float64")
    got = Library.MLX.doubles(getattr(primitives(x, "float64"), name)(x))
    with mpmath.workdps(50):
        for at, result in zip(xs.tolist(), got.tolist(), strict=True):
            want = true(mpmath.mpf(at))
            assert abs(mpmath.mpf(result) - want) <= 4 * np.spacing(abs(float(want))), at


@pytest.mark.parametrize("name", ["sin", "cos", "exp", "tanh"])
def test_float64_far_out(name: str) -> None:
    from multiact_array_api.libraries import primitives

    x = Library.MLX.array([-np.inf, np.inf, np.nan, -1e300, 1e300, 1e7], "float64")
    got = Library.MLX.doubles(getattr(primitives(x, "float64"), name)(x))
    with np.errstate(all="ignore"):
        want = getattr(np, name)([-np.inf, np.inf, np.nan, -1e300, 1e300, 1e7])
    periodic = name in ("sin", "cos")
    np.testing.assert_allclose(got[[0, 1, 2]], want[[0, 1, 2]])
    assert periodic or np.array_equal(got[3:], want[3:])


def drawn(rng: Any, dtype: str = "float32", **params: Any) -> Any:
    x = Library.MLX.array(-np.ones(4096), dtype)
    return -Library.MLX.doubles(multiact.rrelu(x, training=True, rng=rng, **params))


def test_keys_and_seeds() -> None:
    assert drawn(7).tolist() == drawn(np.int64(7)).tolist() == drawn(mx.random.key(7)).tolist()
    assert drawn(7).tolist() != drawn(8).tolist()
    assert drawn(None).tolist() != drawn(None).tolist()
    slopes = drawn(0, "float64", lower=0.25, upper=0.5)
    assert 0.25 <= slopes.min() < 0.251
    assert 0.499 < slopes.max() <= 0.5
    mx.random.seed(3)
    first = drawn(None)
    mx.random.seed(3)
    assert drawn(None).tolist() == first.tolist()


def test_what_is_no_key_is_refused() -> None:
    for wrong in (np.random.default_rng(0), 0.5, "0", mx.zeros(2)):
        with pytest.raises(TypeError, match=r"rng of type .* a key .* an int seed"):
            drawn(wrong)
