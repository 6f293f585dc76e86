"""Distances in ULP, and the arrays of the backends that they are measured on."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import multiact_compare.testing as testing
import numpy as np
import pytest
from multiact_compare.dtypes import DTYPES
from multiact_compare.testing import Backend, names, ulp_distance

INF, NAN = np.inf, np.nan


@pytest.mark.parametrize("name", names.USUAL)
@pytest.mark.parametrize("dtype", DTYPES)
def test_neighbours_are_one_apart(name: str, dtype: str) -> None:
    x = np.array([-3.0, 0.0, 1.0, 1e4, NAN]).astype(DTYPES[dtype].native)
    after = np.nextafter(x, x.dtype.type(INF))
    with Backend(name) as backend:
        distance = ulp_distance(backend.array(x), after)
    assert distance.dtype == np.float64
    assert distance.tolist() == [1.0, 1.0, 1.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        (0.0, -0.0, 0.0),
        (INF, INF, 0.0),
        (np.finfo(np.float64).max, INF, 1.0),
        (NAN, 1.0, INF),
        (1.0, 1.0 + 2.0**-50, 4.0),
        (-5e-324, 5e-324, 2.0),
        (-INF, INF, 2.0 * 0x7FF0000000000000),
    ],
)
def test_special_values(a: float, b: float, distance: float) -> None:
    assert ulp_distance(a, b) == ulp_distance(b, a) == distance


def test_arrays_of_two_frameworks_broadcast() -> None:
    one = Backend("torch").array([[1.0], [2.0]], "bfloat16")
    other = Backend("tensorflow").array([1.0, 2.0], "bfloat16")
    assert ulp_distance(one, other).tolist() == [[0.0, 128.0], [128.0, 0.0]]


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        (np.float32(1), np.float64(1), "got float32 and float64; cast one"),
        (np.array([1]), np.array([1]), "got int64; allowed are float16"),
        ([1.0], 1.0, "got list; allowed are arrays of NumPy"),
    ],
)
def test_what_has_no_distance(a: Any, b: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        ulp_distance(a, b)


@pytest.mark.parametrize("name", names.USUAL)
def test_arrays_of_a_backend(name: str) -> None:
    with Backend(name) as backend:
        for data, dtype in (
            ([0.5, 2.0], "float32"), ([1, 2], "int64"), ([True, False], "bool"),
            (np.array([0.5]), "float64"), (np.float16([1]), "float16"), (0.5, "float32"),
        ):  # fmt: skip
            array = backend.array(data)
            assert backend.owns(array)
            assert backend.dtype_name(array) == dtype
            back = backend.to_numpy(array)
            assert back.dtype == dtype
            assert np.array_equal(back, data)
        half = backend.array([1.0], "bfloat16")
        assert backend.to_numpy(half).dtype == ml_dtypes.bfloat16
        with pytest.raises(TypeError, match="allowed are floating dtypes"):
            backend.array(["a"])
        with pytest.raises(TypeError, match=f"got list, expected an array of {name}"):
            backend.to_numpy([1.0])


def test_an_array_is_a_copy() -> None:
    data = np.ones(2, np.float32)
    for name in names.USUAL:
        array = Backend(name).array(data)
        data[0] += 1
        assert Backend(name).to_numpy(array)[0] == data[0] - 1


def test_jax_has_64_bits_until_it_is_closed() -> None:
    import jax

    before = jax.config.jax_enable_x64
    with Backend("jax") as backend:
        assert backend.array([1.0], "float64").dtype == np.float64
        assert jax.numpy.ones(1).dtype == np.float64
    assert jax.config.jax_enable_x64 == before
    assert jax.numpy.ones(1).dtype == (np.float64 if before else np.float32)


def test_unknown_backends() -> None:
    with pytest.raises(ValueError, match="did you mean jax"):
        Backend("jaks")


def test_the_public_names() -> None:
    for name in testing.__all__:
        assert getattr(testing, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'assert_equal'"):
        _ = testing.assert_equal
