"""glu, reglu, geglu, swiglu, bilinear."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mpmath import mpf

import multiact
from tests.backends import DTYPES, Backend, common_dtypes, float64_only
from tests.functions.contract import assert_close
from tests.functions.definitions import truth

# Unit -> the elementwise function of its gate.
GATES = {"glu": "sigmoid", "reglu": "relu", "geglu": "gelu", "swiglu": "silu", "bilinear": None}
each = pytest.mark.parametrize("name", GATES)

A = np.array([[1.0, -2.0, 0.5, 0.0], [3.0, -0.25, 1.5, -1.0]])
B = np.array([[0.5, -1.0, 2.0, 4.0], [-3.0, 0.25, -0.125, 12.0]])
X = np.concatenate([A, B], axis=-1)
COTANGENT = np.array([[1.0, -0.5, 0.25, 2.0], [0.5, 1.0, -1.0, 2.0]])
# |a·cotangent| is at most 3.
SCALE = {"a times cotangent": 3.0}


def gate(name: str, b: float, order: int = 0) -> mpf:
    """The gate or its derivative, by definition."""
    if name == "bilinear":
        return mpf(1) if order else mpf(b)
    value = truth(GATES[name], {}, b, order)
    assert value is not None
    return value


def entrywise(f: Callable[..., mpf], *arrays: Any) -> Any:
    return np.frompyfunc(f, len(arrays), 1)(*arrays)


def value(name: str, a: Any, b: Any) -> Any:
    return entrywise(lambda a, b: mpf(a) * gate(name, b), a, b)


def gradient(name: str, a: Any, b: Any, cotangent: Any) -> Any:
    """To a and to b, side by side."""
    return np.concatenate(
        [
            entrywise(lambda b, c: mpf(c) * gate(name, b), b, cotangent),
            entrywise(lambda a, b, c: mpf(c) * mpf(a) * gate(name, b, 1), a, b, cotangent),
        ],
        axis=-1,
    )


@each
def test_values(backend: Backend, dtype: str, name: str) -> None:
    y = getattr(multiact, name)(backend.array(X, dtype))
    assert backend.dtype_of(y) == dtype
    assert_close(backend.doubles(y), value(name, A, B), dtype, SCALE)


@each
def test_the_first_half_is_gated_by_the_second(backend: Backend, name: str) -> None:
    y = getattr(multiact, name)(backend.array(np.concatenate([0 * A, B], -1), "float32"))
    assert backend.doubles(y).tolist() == (0 * A).tolist()
    if name != "glu":
        y = getattr(multiact, name)(backend.array(np.concatenate([A, 0 * B], -1), "float32"))
        assert backend.doubles(y).tolist() == (0 * A).tolist()


@each
def test_gradient(backend: Backend, dtype: str, name: str) -> None:
    x, cotangent = backend.array(X, dtype), backend.array(COTANGENT, dtype)
    dx, params = multiact.vjp(getattr(multiact, name), x, cotangent)
    assert params == {}
    assert backend.dtype_of(dx) == dtype
    assert_close(backend.doubles(dx), gradient(name, A, B, COTANGENT), dtype, SCALE)


@pytest.mark.parametrize("axis", [0, 1, -1])
@each
def test_any_axis(backend: Backend, name: str, axis: int) -> None:
    x = np.arange(64.0).reshape(4, 4, 4) * 37 % 23 / 4 - 3
    rows = np.moveaxis(x, axis, -1)
    a, b = np.split(rows, 2, -1)
    cotangent = np.arange(32.0).reshape(a.shape) % 5 - 2
    array = backend.array(x, "float32")
    f = getattr(multiact, name)
    want = np.moveaxis(value(name, a, b), -1, axis)
    assert_close(backend.doubles(f(array, axis=axis)), want, "float32", SCALE)
    turned = backend.array(np.moveaxis(cotangent, -1, axis), "float32")
    dx, _ = multiact.vjp(f, array, turned, axis=axis)
    want = np.moveaxis(gradient(name, a, b, cotangent), -1, axis)
    assert_close(backend.doubles(dx), want, "float32", {"a times cotangent": 6.0})


@pytest.mark.parametrize("shape", [(0,), (2, 0, 6)])
@each
def test_empty(backend: Backend, name: str, shape: tuple[int, ...]) -> None:
    x = backend.array(np.zeros(shape), "float32")
    y = getattr(multiact, name)(x)
    assert backend.doubles(y).shape == (*shape[:-1], shape[-1] // 2)
    dx, _ = multiact.vjp(getattr(multiact, name), x, y)
    assert backend.doubles(dx).shape == shape


@each
def test_one_feature_each(backend: Backend, name: str) -> None:
    y = getattr(multiact, name)(backend.array([[2.0, 3.0]], "float32"))
    assert_close(backend.doubles(y), value(name, [[2.0]], [[3.0]]), "float32", SCALE)


@pytest.mark.parametrize(
    ("shape", "axis", "length"), [((3,), -1, 3), ((4, 5), 1, 5), ((1, 2), 0, 1)]
)
@each
def test_odd_lengths_are_refused(
    backend: Backend, name: str, shape: tuple[int, ...], axis: int, length: int
) -> None:
    x = backend.array(np.ones(shape), "float32")
    words = rf"{name} got axis {axis % len(shape)} of length {length}.*Allowed is an even length"
    with pytest.raises(ValueError, match=words):
        getattr(multiact, name)(x, axis=axis)


@each
def test_wrong_axes_are_refused(backend: Backend, name: str) -> None:
    x = backend.array(X, "float32")
    with pytest.raises(ValueError, match=re.escape(f"{name} got axis=2 for x with 2 dimensions")):
        getattr(multiact, name)(x, axis=2)
    with pytest.raises(TypeError, match="one integer"):
        getattr(multiact, name)(x, axis=1.0)
    with pytest.raises(ValueError, match="none, since x has no axes"):
        getattr(multiact, name)(backend.array(1.0, "float32"))


@common_dtypes
@each
def test_nan_goes_to_its_own_place(backend: Backend, dtype: str, name: str) -> None:
    for place in (1, 4 + 1):
        x = X.copy()
        x[0, place] = np.nan
        y = backend.doubles(getattr(multiact, name)(backend.array(x, dtype)))
        assert np.argwhere(np.isnan(y)).tolist() == [[0, 1]]
        array, cotangent = backend.array(x, dtype), backend.array(COTANGENT, dtype)
        dx = backend.doubles(multiact.vjp(getattr(multiact, name), array, cotangent).x)
        bad = {tuple(place) for place in np.argwhere(np.isnan(dx)).tolist()}
        assert bad
        assert bad <= {(0, 1), (0, 5)}


@common_dtypes
def test_relu_closes_its_gate_at_zero(backend: Backend, dtype: str) -> None:
    x = backend.array([2.0, 3.0, 0.0, -0.0], dtype)
    dx, _ = multiact.vjp(multiact.reglu, x, backend.array([1.0, 1.0], dtype))
    assert backend.doubles(dx).tolist() == [0.0, 0.0, 0.0, 0.0]


def test_bilinear_is_exact(backend: Backend, dtype: str) -> None:
    y = backend.doubles(multiact.bilinear(backend.array(X, dtype)))
    assert y.tolist() == (A * B).astype(DTYPES[dtype]).astype(np.float64).tolist()


@common_dtypes
@each
def test_large_gates(backend: Backend, dtype: str, name: str) -> None:
    x = backend.array([2.0, -0.5, 2.0, -0.5, 4096.0, 4096.0, -4096.0, -4096.0], dtype)
    y = backend.doubles(getattr(multiact, name)(x)).tolist()
    open_gate = 1.0 if name == "glu" else 4096.0
    shut_gate = -4096.0 if name == "bilinear" else 0.0
    assert y == [2 * open_gate, -0.5 * open_gate, 2 * shut_gate, -0.5 * shut_gate]


@each
@float64_only
def test_gradients_nest(differentiating: Backend, dtype: str, name: str) -> None:
    x, cotangent = differentiating.array(X, dtype), differentiating.array(COTANGENT, dtype)
    direction = differentiating.array(np.flip(X, 0) / 4, dtype)

    def first(x: Any) -> Any:
        return multiact.vjp(getattr(multiact, name), x, cotangent).x

    twice = differentiating.doubles(multiact.vjp(first, x, direction).x)
    step = 1e-5 * np.flip(X, 0) / 4
    ahead, behind = (
        multiact.vjp(getattr(multiact, name), X + shift, COTANGENT).x for shift in (step, -step)
    )
    # The Hessian is symmetric, so its product with a direction is a difference of gradients.
    np.testing.assert_allclose(twice, (ahead - behind) / 2e-5, rtol=1e-7, atol=1e-8)


@each
def test_compiled(differentiating: Backend, name: str) -> None:
    f = getattr(multiact, name)
    cotangent = differentiating.array(COTANGENT, "float32")

    def both(x: Any) -> tuple[Any, Any]:
        return f(x), multiact.vjp(f, x, cotangent).x

    if differentiating is Backend.TORCH:
        differentiating.framework.compiler.reset()
    y, dx = differentiating.compile(both)(differentiating.array(X, "float32"))
    assert_close(differentiating.doubles(y), value(name, A, B), "float32", SCALE)
    assert_close(differentiating.doubles(dx), gradient(name, A, B, COTANGENT), "float32", SCALE)


@each
def test_tensorflow_lengths_unknown_while_tracing(name: str) -> None:
    tf = Backend.TENSORFLOW.framework
    f = getattr(multiact, name)
    for shape in ([None, None], None):
        traced = tf.function(
            lambda x: (f(x), multiact.vjp(f, x, tf.ones([2, 4])).x),
            input_signature=[tf.TensorSpec(shape, tf.float32)],
            autograph=False,
        )
        y, dx = traced(tf.constant(X, tf.float32))
        assert_close(y.numpy(), value(name, A, B), "float32", SCALE)
        assert_close(dx.numpy(), gradient(name, A, B, np.ones((2, 4))), "float32", SCALE)
