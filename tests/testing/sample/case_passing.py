"""Tests that pass on every backend."""

import numpy as np
from multiact_compare.testing import assert_parity, ulp_distance
from scaled import gate_jax, gate_torch, scaled_tanh


def test_own_arrays(backend, xp_array):
    x = xp_array(np.array([-1.0, 0.0, 2.0]), "float32")
    y = scaled_tanh(x)
    assert backend.owns(y)
    expected = (1.5 * np.tanh([-1.0, 0.0, 2.0])).astype("float32")
    assert ulp_distance(y, expected).max() <= 4
    assert ulp_distance(backend.compile(scaled_tanh)(x), expected).max() <= 4


def test_every_dtype_comes_back(backend, xp_array):
    for dtype in ("float16", "bfloat16", "float32", "float64", "int32"):
        x = xp_array([1, 2, 3], dtype)
        assert backend.dtype_name(x) == dtype
        assert backend.to_numpy(x).tolist() == [1, 2, 3]


def test_derivatives(backend, xp_array):
    if not backend.differentiates:
        return
    slope = backend.derivative(scaled_tanh, xp_array([0.0], "float64"))
    assert backend.to_numpy(slope).tolist() == [1.5]
    x = xp_array([0.0, 0.0], "float32")
    gradient = backend.vjp(scaled_tanh, x, xp_array([1.0, 2.0], "float32")).x
    assert backend.to_numpy(gradient).tolist() == [1.5, 3.0]


def test_one_function():
    assert_parity(scaled_tanh, backends=["numpy", "torch"], max_ulp=8)


def test_two_versions():
    versions = {"torch": gate_torch, "jax": gate_jax}
    assert_parity(versions, quantity=("value", "derivative"), points=500, atol=1e-6)
