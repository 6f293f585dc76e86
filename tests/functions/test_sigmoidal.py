"""sigmoid and tanh."""

from __future__ import annotations

import numpy as np

import multiact
from tests.backends import DTYPES, Backend, common_dtypes
from tests.functions.contract import assert_close, eps

X = np.array([-30.0, -8.0, -2.5, -1.0, -0.125, 0.0, 0.125, 1.0, 2.5, 8.0, 30.0])


def test_exact_values(backend: Backend, dtype: str) -> None:
    zero = backend.array([0.0], dtype)
    assert backend.doubles(multiact.sigmoid(zero)).tolist() == [0.5]
    assert backend.doubles(multiact.tanh(zero)).tolist() == [0.0]
    assert backend.doubles(multiact.derivative(multiact.sigmoid, zero)).tolist() == [0.25]
    assert backend.doubles(multiact.derivative(multiact.tanh, zero)).tolist() == [1.0]


@common_dtypes
def test_second_derivatives_vanish_at_zero(backend: Backend, dtype: str) -> None:
    zero = backend.array([0.0], dtype)
    for f in (multiact.sigmoid, multiact.tanh):
        assert backend.doubles(multiact.derivative(f, zero, order=2)).tolist() == [0.0]


def test_sigmoid_is_symmetric_about_one_half(backend: Backend, dtype: str) -> None:
    x = backend.array(X, dtype)
    total = backend.doubles(multiact.sigmoid(x)) + backend.doubles(multiact.sigmoid(-x))
    assert (np.abs(total - 1) <= 2 * eps(dtype)).all()


@common_dtypes
def test_tanh_is_odd(backend: Backend, dtype: str) -> None:
    x = backend.array(X, dtype)
    assert (
        backend.doubles(multiact.tanh(-x)).tolist() == (-backend.doubles(multiact.tanh(x))).tolist()
    )


def test_the_tail_of_sigmoid_does_not_vanish(backend: Backend) -> None:
    x = np.array([-20.0, -50.0, -80.0])
    y = backend.doubles(multiact.sigmoid(backend.array(x, "float32")))
    assert np.abs(y / np.exp(x) - 1).max() <= 32 * eps("float32")


@common_dtypes
def test_saturation(backend: Backend, dtype: str) -> None:
    x = backend.array([-1e4, 1e4], dtype)
    assert backend.doubles(multiact.sigmoid(x)).tolist() == [0.0, 1.0]
    assert backend.doubles(multiact.tanh(x)).tolist() == [-1.0, 1.0]
    for f in (multiact.sigmoid, multiact.tanh):
        assert backend.doubles(multiact.derivative(f, x)).tolist() == [0.0, 0.0]


def test_tanh_is_a_sigmoid_of_twice_x(backend: Backend, dtype: str) -> None:
    x = X.astype(DTYPES[dtype]).astype(np.float64)
    y = backend.doubles(multiact.tanh(backend.array(x, dtype)))
    assert_close(y, 2 / (1 + np.exp(-2 * x)) - 1, dtype)
