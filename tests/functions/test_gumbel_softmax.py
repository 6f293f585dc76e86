"""gumbel_softmax with given noise: softmax of (x + noise)/temperature."""

from __future__ import annotations

import re
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpf

import multiact
from tests.backends import Backend, common_dtypes, float64_only
from tests.functions.contract import assert_close
from tests.functions.rows import by_rows, rounded, weighted

X = np.array([[0.5, -1.0, 2.0, 1.75, -0.25], [1000.0, 999.5, -1000.0, 999.75, 1000.0]])
NOISE = np.array([[0.25, -0.5, 1.5, 2.0, 0.0], [1.0, 2.5, 0.25, -0.5, 0.75]])
COTANGENT = np.array([[1.0, -0.5, 0.25, 2.0, 0.0], [0.5, 1.0, -1.0, 2.0, 1.5]])
# Jacobian products are linear in the cotangent, whose largest entry is 2.
LINEAR = {"cotangent": 4.0}


def value(row: Any, noise: Any, temperature: float) -> list[mpf]:
    z = [(mpf(a) + mpf(b)) / mpf(temperature) for a, b in zip(row, noise, strict=True)]
    total = sum(mpmath.exp(v - max(z)) for v in z)
    return [mpmath.exp(v - max(z)) / total for v in z]


def product(s: list[mpf], vector: Any, temperature: float) -> list[mpf]:
    return [v / mpf(temperature) for v in weighted(s, vector)]


def want(x: Any, noise: Any, temperature: float) -> tuple[Any, Any]:
    """The weights, and the gradient."""
    rows = by_rows(lambda row, g: value(row, g, temperature), x, noise)
    products = by_rows(lambda s, v: product(s, v, temperature), rows, COTANGENT)
    return rows, products


@pytest.mark.parametrize("temperature", [1.0, 0.5, 3])
def test_values_and_gradient(backend: Backend, dtype: str, temperature: float) -> None:
    x, noise, cotangent = (backend.array(a, dtype) for a in (X, NOISE, COTANGENT))
    y = multiact.gumbel_softmax(x, temperature, noise=noise)
    assert backend.dtype_of(y) == dtype
    rows, products = want(rounded(X, dtype), NOISE, temperature)
    assert_close(backend.doubles(y), rows, dtype)
    dx = multiact.vjp(multiact.gumbel_softmax, x, cotangent, temperature=temperature, noise=noise).x
    assert backend.dtype_of(dx) == dtype
    assert_close(backend.doubles(dx), products, dtype, LINEAR | {"steeper": 4 / temperature})


def test_noise_beside_large_logits(backend: Backend) -> None:
    """In float32, 9999 + 0.0004 is 9999."""
    x = np.array([[9999.0, 9999.0, 9998.0]])
    noise = np.array([[0.0004, -0.0003, 0.9]]).astype(np.float32)
    y = multiact.gumbel_softmax(backend.array(x, "float32"), noise=backend.array(noise, "float32"))
    assert_close(backend.doubles(y), [value(x[0], noise[0].tolist(), 1.0)], "float32")


@pytest.mark.parametrize("temperature", [0.25, 1.0])
def test_hard(backend: Backend, dtype: str, temperature: float) -> None:
    x, noise, cotangent = (backend.array(a, dtype) for a in (X, NOISE, COTANGENT))
    y = multiact.gumbel_softmax(x, temperature, hard=True, noise=noise)
    assert backend.doubles(y).tolist() == [[0, 0, 0, 1, 0], [0, 1, 0, 0, 0]]
    assert backend.dtype_of(y) == dtype
    hard, soft = (
        multiact.vjp(
            multiact.gumbel_softmax,
            x,
            cotangent,
            temperature=temperature,
            hard=hard,
            noise=noise,
        ).x
        for hard in (True, False)
    )
    assert_close(backend.doubles(hard), backend.doubles(soft), dtype, LINEAR)
    assert np.abs(backend.doubles(hard)).max() > 0.1


def test_a_number_is_no_noise(backend: Backend, dtype: str) -> None:
    x = backend.array(X, dtype)
    want = backend.doubles(multiact.softmax(x))
    for noise in (0, 0.0, -2.5):
        y = backend.doubles(multiact.gumbel_softmax(x, noise=noise))
        assert_close(y, want, dtype, {"both sides": 2.0})


@pytest.mark.parametrize("shape", [(), (5,), (1, 5), (2, 1)])
def test_noise_broadcasts(backend: Backend, shape: tuple[int, ...]) -> None:
    noise = (np.arange(np.prod(shape, dtype=int)) % 3 - 1.0).reshape(shape)
    x, full = backend.array(X, "float32"), np.broadcast_to(noise, X.shape)
    short = multiact.gumbel_softmax(x, noise=backend.array(noise, "float32"))
    long = multiact.gumbel_softmax(x, noise=backend.array(full, "float32"))
    assert backend.doubles(short).tolist() == backend.doubles(long).tolist()


def test_any_axis(backend: Backend) -> None:
    x, noise = (backend.array(a.T, "float32") for a in (X, NOISE))
    rows, _ = want(X, NOISE, 1.0)
    y = backend.doubles(multiact.gumbel_softmax(x, axis=0, noise=noise))
    assert_close(y.T, rows, "float32")


def test_noise_gets_no_gradient(backend: Backend) -> None:
    x, noise, cotangent = (backend.array(a, "float32") for a in (X, NOISE, COTANGENT))
    got = multiact.vjp(multiact.gumbel_softmax, x, cotangent, noise=noise)
    assert (backend.doubles(got.params["noise"]) == 0).all()
    assert backend.doubles(got.params["noise"]).shape == NOISE.shape


def test_constants_get_no_gradient_in_torch() -> None:
    torch = Backend.TORCH.framework
    x, noise = torch.tensor(X), torch.tensor(NOISE, requires_grad=True)
    assert not multiact.gumbel_softmax(x, noise=noise).requires_grad
    x.requires_grad_()
    multiact.gumbel_softmax(x, noise=noise).square().sum().backward()
    assert x.grad is not None
    assert noise.grad is None


def test_variables_in_tensorflow() -> None:
    tf = Backend.TENSORFLOW.framework
    x, noise = tf.Variable(X), tf.Variable(NOISE)
    with tf.GradientTape() as tape:
        y = multiact.gumbel_softmax(x, noise=noise)
    dx, dnoise = tape.gradient(y, [x, noise])
    assert dx.shape == x.shape
    assert dnoise is None


@float64_only
def test_noise_wider_than_x(backend: Backend, dtype: str) -> None:
    x = backend.array(X, "float32")
    with pytest.raises(TypeError, match="noise of dtype"):
        multiact.gumbel_softmax(x, noise=backend.array(NOISE, dtype))
    half = backend.array(X, "bfloat16")
    y = multiact.gumbel_softmax(half, noise=backend.array(NOISE, "float32"))
    assert backend.dtype_of(y) == "bfloat16"


@pytest.mark.parametrize("wrong", ["int32", "bool", "complex64"])
def test_noise_of_no_floating_dtype(backend: Backend, wrong: str) -> None:
    x = backend.array(X, "float32")
    with pytest.raises(TypeError, match=f"gumbel_softmax got noise of dtype .*{wrong}"):
        multiact.gumbel_softmax(x, noise=backend.array(NOISE, wrong))


def test_wrong_noise(backend: Backend) -> None:
    x = backend.array(X, "float32")
    with pytest.raises(ValueError, match=re.escape("noise of shape (3,)")):
        multiact.gumbel_softmax(x, noise=backend.array([1.0, 2.0, 3.0], "float32"))
    with pytest.raises(TypeError, match="noise of type list"):
        multiact.gumbel_softmax(x, noise=[0.0] * 5)
    for number in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match=rf"noise={number}.*Allowed is a finite number"):
            multiact.gumbel_softmax(x, noise=number)


@pytest.mark.parametrize("wrong", [0, 0.0, -1.0, float("inf"), float("nan")])
def test_wrong_temperatures(backend: Backend, wrong: float) -> None:
    x = backend.array(X, "float32")
    with pytest.raises(ValueError, match=rf"temperature={wrong}.*Allowed is a positive"):
        multiact.gumbel_softmax(x, wrong, noise=0.0)


def test_the_temperature_is_a_number(backend: Backend) -> None:
    x = backend.array(X, "float32")
    for wrong in (x, backend.array(1.0, "float32"), "1", None):
        with pytest.raises(TypeError, match="temperature of type"):
            multiact.gumbel_softmax(x, wrong, noise=0.0)


def test_hard_is_a_bool(backend: Backend) -> None:
    with pytest.raises(TypeError, match=r"hard=1.*Python bool"):
        multiact.gumbel_softmax(backend.array(X, "float32"), hard=1, noise=0.0)


@common_dtypes
def test_nan_and_infinities(backend: Backend, dtype: str) -> None:
    x = backend.array(
        [[0.0, np.nan, 1.0], [np.inf, 0.0, 1.0], [-np.inf, 0.0, 1.0], [0.0, 1.0, 2.0]], dtype
    )
    noise = backend.array([0.5, 0.25, -0.5], dtype)
    for hard in (False, True):
        y = backend.doubles(multiact.gumbel_softmax(x, hard=hard, noise=noise))
        assert np.isnan(y[:2]).all()
        assert np.isfinite(y[2:]).all()
        assert y[2, 0] == 0


@pytest.mark.parametrize("hard", [False, True])
def test_compiled(differentiating: Backend, hard: bool) -> None:
    x, noise, cotangent = (differentiating.array(a, "float32") for a in (X, NOISE, COTANGENT))

    def both(x: Any, noise: Any) -> tuple[Any, Any]:
        options = {"temperature": 0.5, "hard": hard, "noise": noise}
        return (
            multiact.gumbel_softmax(x, **options),
            multiact.vjp(multiact.gumbel_softmax, x, cotangent, **options).x,
        )

    rows, products = want(X, NOISE, 0.5)
    y, dx = differentiating.compile(both)(x, noise)
    if hard:
        rows = [[0, 0, 0, 1, 0], [0, 1, 0, 0, 0]]
    assert_close(differentiating.doubles(y), rows, "float32")
    assert_close(differentiating.doubles(dx), products, "float32", {"cotangent": 8.0})
