"""Dask stays lazy: nothing is computed, and chunks and dtypes are those of x."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import multiact
from tests.array_api.comparison import assert_close, defaults, every_elementwise, every_function
from tests.array_api.libraries import Library

dask = pytest.importorskip("dask")
da = pytest.importorskip("dask.array")

VALUES = np.linspace(-3, 3, 60).reshape(5, 12)


def computed(*arrays: Any) -> Any:
    """What a test may compute in spite of the fixture below."""
    results = dask.compute(*arrays, scheduler="synchronous")
    return results if len(results) > 1 else results[0]


@pytest.fixture(autouse=True)
def never_computing() -> Iterator[None]:
    """Computing anything is a failure."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("something was computed")

    with dask.config.set(scheduler=refuse):
        yield


def array(dtype: Any = "float32", chunks: Any = ((2, 3), (4, 4, 4))) -> Any:
    return da.from_array(VALUES.astype(dtype), chunks=chunks)


@every_function
def test_nothing_is_computed(name: str) -> None:
    f, params = getattr(multiact, name), defaults(name)
    for dtype in ("float16", "float32", "int32"):
        x = array(dtype)
        y = f(x, **params)
        assert type(y) is da.Array
        assert y.chunks[0] == x.chunks[0]
        if dtype == "int32":
            continue
        dx = multiact.vjp(f, x, da.ones(y.shape, dtype=dtype, chunks=y.chunks), **params).x
        assert y.dtype == dx.dtype == x.dtype
        assert dx.shape == x.shape


@every_elementwise
def test_chunks_are_kept_in_one_layer(name: str) -> None:
    f, params = getattr(multiact, name), defaults(name)
    x = array()
    slope, bend = (multiact.derivative(f, x, order=order, **params) for order in (1, 2))
    dx = multiact.vjp(f, x, x, **params).x
    for result in (f(x, **params), slope, bend, dx):
        assert result.chunks == x.chunks
        assert len(result.dask.layers) == len(x.dask.layers) + 1


@pytest.mark.parametrize(
    "name", ["softmax", "log_softmax", "softmin", "hardmax", "sparsemax", "entmax15"]
)
def test_rows_across_chunks(name: str) -> None:
    f = getattr(multiact, name)
    for axis in (0, 1):
        x = array("float64")
        y = f(x, axis=axis)
        assert y.chunks == x.chunks
        dx = multiact.vjp(f, x, x, axis=axis).x
        got, slope = computed(y, dx)
        assert_close(got, f(VALUES, axis=axis), "float64")
        want = multiact.vjp(f, VALUES, VALUES, axis=axis).x
        assert_close(slope, want, "float64", {"terms": 12.0})


def test_masks() -> None:
    mask = np.arange(60).reshape(5, 12) % 3 > 0
    x, where = array("float64"), da.from_array(mask, chunks=(5, 6))
    got, row = computed(multiact.softmax(x, where=where), multiact.softmax(x, where=where[:1]))
    assert_close(got, multiact.softmax(VALUES, where=mask), "float64")
    assert_close(row, multiact.softmax(VALUES, where=mask[:1]), "float64")


def test_parameters_with_other_chunks() -> None:
    slope = np.linspace(0.1, 0.9, 12)
    x, lazy = array("float64"), da.from_array(slope, chunks=5)
    y = multiact.prelu(x, lazy)
    gradients = multiact.vjp(multiact.prelu, x, da.ones_like(x), slope=lazy)
    got, dx, dslope = computed(y, gradients.x, gradients.params["slope"])
    want = multiact.vjp(multiact.prelu, VALUES, np.ones((5, 12)), slope=slope)
    assert got.tolist() == multiact.prelu(VALUES, slope).tolist()
    assert dx.tolist() == want.x.tolist()
    np.testing.assert_allclose(dslope, want.params["slope"], rtol=1e-14)
    columns = multiact.prelu(x, da.from_array(slope[:5], chunks=2), axis=0)
    assert computed(columns).tolist() == multiact.prelu(VALUES, slope[:5], axis=0).tolist()


def test_sizes_that_are_not_known() -> None:
    x = array("float64", chunks=(2, 12))
    x = x[x[:, 0] > -2]
    assert np.isnan(x.shape[0])
    known = VALUES[VALUES[:, 0] > -2]
    for name in ("gelu", "relu", "softmax", "sparsemax", "glu", "logsumexp"):
        f = getattr(multiact, name)
        y = f(x)
        got, dx = computed(y, multiact.vjp(f, x, y).x)
        want = f(known)
        assert_close(got, want, "float64")
        assert_close(dx, multiact.vjp(f, known, want).x, "float64", {"terms": 12.0})
    slope = np.linspace(0.1, 0.9, 12)
    y = multiact.prelu(x, da.from_array(slope, chunks=12))
    assert computed(y).tolist() == multiact.prelu(known, slope).tolist()
    drawn = multiact.rrelu(x, training=True, rng=3)
    assert computed(drawn).shape == known.shape


def test_equal_calls_have_equal_names() -> None:
    x = array()
    assert multiact.gelu(x).name == multiact.gelu(x).name
    assert multiact.gelu(x).name != multiact.gelu(x, "tanh").name
    assert multiact.elu(x, 0.5).name != multiact.elu(x, 0.25).name


def test_graphs_travel() -> None:
    """As they do to the workers of a cluster."""
    cloudpickle = pytest.importorskip("cloudpickle")
    x = array("float64")
    graphs = [multiact.gelu(x), multiact.sparsemax(x), multiact.derivative(multiact.mish, x)]
    for graph in graphs:
        copy = cloudpickle.loads(cloudpickle.dumps(graph))
        assert computed(copy).tolist() == computed(graph).tolist()


def test_threads_compute() -> None:
    x = da.from_array(np.linspace(-9, 9, 4000), chunks=100)
    got = multiact.gelu(x).compute(scheduler="threads")
    assert got.tolist() == computed(multiact.gelu(x)).tolist()


def drawn(rng: Any, **params: Any) -> Any:
    x = da.from_array(-np.ones((64, 64)), chunks=(16, 32))
    return -computed(multiact.rrelu(x, training=True, rng=rng, **params))


def test_each_chunk_draws_its_own_noise() -> None:
    slopes = drawn(7)
    assert len(np.unique(slopes)) == slopes.size
    assert (slopes >= 1 / 8).all()
    assert (slopes <= 1 / 3).all()
    # Four standard errors.
    assert abs(slopes.mean() - 11 / 48) < 4 * (5 / 24) / np.sqrt(12 * slopes.size)
    assert slopes.tolist() == drawn(np.int64(7)).tolist() != drawn(8).tolist()
    assert drawn(None).tolist() != drawn(None).tolist()


def test_a_generator_moves_on() -> None:
    rng, again = np.random.default_rng(7), np.random.default_rng(7)
    first = drawn(rng)
    assert first.tolist() == drawn(again).tolist()
    assert first.tolist() != drawn(rng).tolist()


def test_bfloat16() -> None:
    bfloat16 = Library.DASK.dtype("bfloat16")
    x = array(bfloat16)
    y = multiact.gelu(x)
    assert y.dtype == bfloat16
    assert computed(y).tolist() == multiact.gelu(VALUES.astype(bfloat16)).tolist()


def test_large_values_do_not_warn_when_they_are_rounded() -> None:
    x = da.from_array(np.full(4, -6e4, np.float16), chunks=2)
    assert computed(multiact.leaky_relu(x, 2.0)).tolist() == [-np.inf] * 4
