"""Everything that NumPy calls an array, and Python's own numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import multiact
from multiact import _dispatch
from tests.dispatch import reference

X = np.array(reference.POINTS)
VALUES = reference.gelu(X)
BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


class Tagged(np.ndarray):
    """A subclass with an attribute that travels with it."""

    tag: Any = None

    def __array_finalize__(self, source: Any) -> None:
        self.tag = getattr(source, "tag", None)


def test_an_array_stays_an_array() -> None:
    y = multiact.gelu(X)
    assert type(y) is np.ndarray
    assert y.dtype == np.float64
    reference.close(y, VALUES, 1e-14)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_a_scalar_stays_a_scalar_of_its_dtype(dtype: str) -> None:
    x = np.dtype(dtype).type(0.75)
    y = multiact.gelu(x)
    assert type(y) is type(x)
    assert y == pytest.approx(float(reference.gelu(0.75)[0]), rel=1e-3)


@pytest.mark.parametrize("number", [2.0, 2, True])
def test_python_numbers_are_numpy_scalars(number: float) -> None:
    y = multiact.gelu(number)
    assert type(y) is np.float64
    assert y == pytest.approx(float(reference.gelu(float(number))[0]), rel=1e-14)


def test_subclasses_of_python_numbers() -> None:
    class Metres(float):
        pass

    assert multiact.relu(Metres(2.5)) == 2.5
    assert multiact.relu(Metres(-2.5)) == 0.0


def test_a_subclass_keeps_its_class_and_attributes() -> None:
    x = X.view(Tagged)
    x.tag = "volts"
    y = multiact.gelu(x)
    assert type(y) is Tagged
    assert y.tag == "volts"
    reference.close(y, VALUES, 1e-14)


def test_a_subclass_of_a_subclass() -> None:
    class Further(Tagged):
        pass

    y = multiact.silu(X.view(Further), beta=reference.BETA)
    assert type(y) is Further
    reference.close(y, reference.silu(X, reference.BETA), 1e-14)


@pytest.mark.parametrize("function", [multiact.gelu, multiact.relu, multiact.tanh, multiact.mish])
def test_a_masked_array_keeps_its_mask(function: Any) -> None:
    mask = [False, True, False, False, True]
    x = np.ma.array(X, mask=mask)
    y = function(x)
    assert isinstance(y, np.ma.MaskedArray)
    np.testing.assert_array_equal(y.mask, mask)
    np.testing.assert_allclose(y.compressed(), function(X)[~np.array(mask)], rtol=1e-14)


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_a_matrix_stays_a_matrix() -> None:
    x = np.matrix([[-1.0, 0.5], [2.0, -3.0]])
    y = multiact.silu(x)
    assert type(y) is np.matrix
    # A formula on np.matrix itself would have multiplied matrices.
    reference.close(y, reference.silu(np.asarray(x), 1.0), 1e-14)


def test_a_memory_map_is_read_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "x.npy"
    np.save(file, X)
    before = file.read_bytes()
    x = np.load(file, mmap_mode="r")
    assert type(x) is np.memmap
    reference.close(multiact.gelu(x), VALUES, 1e-14)
    assert file.read_bytes() == before


def test_bfloat16_arrays() -> None:
    x = X.astype(BFLOAT16)
    y = multiact.gelu(x)
    assert type(y) is np.ndarray
    assert y.dtype == BFLOAT16
    np.testing.assert_array_equal(y, reference.gelu(x.astype(np.float64)).astype(BFLOAT16))


def test_bfloat16_scalars() -> None:
    y = multiact.gelu(ml_dtypes.bfloat16(0.75))
    assert type(y) is ml_dtypes.bfloat16
    assert float(y) == pytest.approx(float(reference.gelu(0.75)[0]), rel=4e-3)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_byte_swapped_arrays_give_their_values_in_native_order(dtype: str) -> None:
    swapped = X.astype(np.dtype(dtype).newbyteorder("S"))
    assert not swapped.dtype.isnative
    y = multiact.gelu(swapped)
    assert y.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(y, multiact.gelu(X.astype(dtype)))


@pytest.mark.parametrize("name", list(multiact.records))
def test_an_input_is_never_modified(name: str) -> None:
    arguments = dict(multiact.records[name].cases[0])
    x = np.linspace(-3, 3, 24).reshape(4, 6)
    copy = x.copy()
    getattr(multiact, name)(x, **arguments)
    np.testing.assert_array_equal(x, copy)
    x.flags.writeable = False
    y = getattr(multiact, name)(x, **arguments)
    assert y.flags.writeable
    assert not np.shares_memory(x, y)


@pytest.mark.parametrize(
    "layout",
    [
        lambda a: a[:, ::2],
        lambda a: a.T,
        lambda a: a[::-1, ::-1],
        lambda a: np.broadcast_to(a[0], (3, 40)),
        lambda a: a[:0],
        np.asfortranarray,
    ],
    ids=["strided", "transposed", "reversed", "broadcast", "empty", "Fortran"],
)
@pytest.mark.parametrize("case", reference.CASES, ids=lambda case: case.name)
def test_any_memory_layout(layout: Any, case: reference.Case) -> None:
    x = layout(np.linspace(-4, 4, 800).reshape(20, 40))
    y = case.call(x)
    assert y.shape == x.shape
    np.testing.assert_allclose(y, case.value(x).reshape(x.shape), rtol=1e-12, atol=1e-300)


def test_large_strided_arrays_too() -> None:
    """Above the size at which formulas run block by block."""
    x = np.linspace(-4, 4, 60_000).reshape(200, 300).T[:, ::2]
    np.testing.assert_array_equal(multiact.silu(x), multiact.silu(np.ascontiguousarray(x)))


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "bool"])
def test_integer_scalars_and_arrays_are_promoted(dtype: str) -> None:
    x = np.array([0, 1, 1], dtype)
    assert multiact.sigmoid(x).dtype == np.float64
    assert type(multiact.sigmoid(x[1])) is np.float64
    assert multiact.relu(x).dtype == (np.float64 if dtype == "bool" else x.dtype)


def test_only_exact_types_enter_the_hot_table() -> None:
    """Dynamo guards the hot table as a whole, so subclasses must not grow it."""
    multiact.relu(X)
    before = dict(_dispatch.backends)
    for number in range(20):
        multiact.relu(X.view(type(f"Derived{number}", (np.ndarray,), {})))
    assert dict(_dispatch.backends) == before
    assert np.ndarray in before
    assert np.float32 in before
