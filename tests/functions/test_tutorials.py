"""The wrong formulas that tutorials teach, and that ours hold where those fail."""

from __future__ import annotations

import math

import numpy as np
import pytest

import multiact
from tests.backends import Backend
from tests.functions.contract import assert_close, assert_contract

# float32's e^x overflows above 88.72, and e^−x vanishes beside 1 from 16.6 on.
FAR = np.array([-100.0, -90.0, -89.0, 89.0, 90.0, 100.0], np.float32)


def ours(backend: Backend, name: str, x: np.ndarray, **params: object) -> np.ndarray:
    y = backend.doubles(getattr(multiact, name)(backend.array(x, "float32"), **params))
    xs = x.astype(np.float64)
    assert_contract(y, name, params, xs, "float32")
    return y


def test_sigmoid_as_one_over_one_plus_exp(backend: Backend) -> None:
    with np.errstate(over="ignore"):
        naive = 1 / (1 + np.exp(-FAR))
    assert (naive[:3] == 0).all()  # e^89 is infinite, and the true value is not 0
    with pytest.warns(RuntimeWarning, match="overflow"):
        np.exp(-FAR)
    y = ours(backend, "sigmoid", FAR)
    assert 0 <= y[0] <= y[2] < 1e-38


def test_sigmoid_as_exp_over_one_plus_exp(backend: Backend) -> None:
    with np.errstate(all="ignore"):
        naive = np.exp(FAR) / (1 + np.exp(FAR))
    assert np.isnan(naive[3:]).all()
    assert ours(backend, "sigmoid", FAR)[3:].tolist() == [1.0, 1.0, 1.0]


def test_mish_as_tanh_of_log_of_one_plus_exp(backend: Backend) -> None:
    x = np.array([-30.0, -20.0, -17.0, 89.0, 100.0], np.float32)
    with np.errstate(all="ignore"):
        naive = x * np.tanh(np.log(1 + np.exp(x)))
    assert (naive[:3] == 0).all()
    y = ours(backend, "mish", x)
    assert (y[:3] < 0).all()
    assert_close(y[3:], [89.0, 100.0], "float32")


def test_softplus_as_log_of_one_plus_exp(backend: Backend) -> None:
    with np.errstate(over="ignore"):
        naive = np.log(1 + np.exp(FAR))
    assert np.isinf(naive[3:]).all()
    assert ours(backend, "softplus", FAR)[3:].tolist() == [89.0, 90.0, 100.0]


def test_softmax_without_the_maximum(backend: Backend) -> None:
    for x in ([89.0, 90.0], [-110.0, -111.0]):
        row = np.array(x, np.float32)
        with np.errstate(all="ignore"):
            naive = np.exp(row) / np.exp(row).sum()
        assert np.isnan(naive).all()
        y = backend.doubles(multiact.softmax(backend.array(row, "float32")))
        larger = 1 / (1 + math.exp(-1))
        assert_close(np.sort(y), [1 - larger, larger], "float32")


def test_selu_without_its_exponential(backend: Backend) -> None:
    x = np.array([-2.0, -1.0, 3.0])
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    wrong = scale * (np.maximum(x, 0) + np.minimum(x, 0))
    right = scale * (np.maximum(x, 0) + np.minimum(0, alpha * np.expm1(x)))
    y = backend.doubles(multiact.selu(backend.array(x, "float32")))
    assert_close(y, right, "float32", {"scale": 2.0})
    assert np.abs(y - wrong)[:2].min() > 0.05


def test_the_derivative_of_selu_jumps(backend: Backend) -> None:
    x = backend.array([-1e-6, 1e-6], "float32")
    slope = backend.doubles(multiact.derivative(multiact.selu, x))
    assert slope == pytest.approx([1.7580993, 1.0507010], rel=1e-5)


def test_the_density_in_gelus_derivative_has_a_two(backend: Backend) -> None:
    """Φ + x·e^(−x²/2)/√(2π); with /√π it is off by 0.1 at 1."""
    cdf, bell = (1 + math.erf(math.sqrt(0.5))) / 2, math.exp(-0.5)
    right = cdf + bell / math.sqrt(2 * math.pi)
    wrong = cdf + bell / math.sqrt(math.pi)
    slope = backend.doubles(multiact.derivative(multiact.gelu, backend.array([1.0], "float32")))
    assert_close(slope, [right], "float32")
    assert abs(slope[0] - wrong) == pytest.approx(0.1, abs=5e-3)


def test_the_jacobian_of_softmax_is_more_than_its_diagonal(backend: Backend) -> None:
    x = np.array([0.5, -1.0, 2.0])
    s = np.exp(x) / np.exp(x).sum()
    array = backend.array(x, "float32")
    rows = [
        backend.doubles(multiact.vjp(multiact.softmax, array, backend.array(unit, "float32")).x)
        for unit in np.eye(3)
    ]
    assert_close(rows, np.diag(s) - np.outer(s, s), "float32")
    assert_close(np.diag(rows), s * (1 - s), "float32")
    # With the diagonal alone the gradient of Σ softmax would not be 0.
    ones = backend.array(np.ones(3), "float32")
    total = backend.doubles(multiact.vjp(multiact.softmax, array, ones).x)
    assert_close(total, np.zeros(3), "float32")
    assert (s * (1 - s)).min() > 0.01


def test_the_derivative_of_sigmoid_is_largest_at_zero(backend: Backend) -> None:
    x = np.linspace(-8, 8, 65)
    slope = backend.doubles(multiact.derivative(multiact.sigmoid, backend.array(x, "float32")))
    assert x[slope.argmax()] == 0
    assert slope.max() == 0.25
    # Not where σ is small.
    assert slope[0] < 1e-3


def test_functions_that_do_not_exist() -> None:
    torch, tf = Backend.TORCH.framework, Backend.TENSORFLOW.framework
    with pytest.raises(TypeError):
        torch.relu(torch.ones(1), slope=0.1)
    assert not hasattr(tf.math, "elu")
    x = np.array([-2.0, 1.0])
    assert multiact.leaky_relu(torch.tensor(x), 0.5).tolist() == [-1.0, 1.0]
    assert_close(multiact.elu(tf.constant(x)).numpy(), [math.expm1(-2), 1.0], "float64")
