"""Shapes, strides, and what else of an array a function must keep."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import multiact
from tests.backends import Backend
from tests.functions.contract import assert_close, case_id, default_cases, elementwise_cases

Case = tuple[str, dict[str, Any]]
every_function = pytest.mark.parametrize("case", default_cases(), ids=case_id)
every_elementwise = pytest.mark.parametrize("case", elementwise_cases(first_only=True), ids=case_id)

SHAPES = [(), (1,), (0,), (7,), (2, 0, 3), (2, 3, 2, 1, 2, 1, 2)]


@every_elementwise
def test_shapes_are_kept(backend: Backend, case: Case) -> None:
    name, params = case
    # JAX compiles every shape anew.
    for shape in SHAPES if backend is not Backend.JAX else SHAPES[:1] + SHAPES[4:]:
        values = (np.arange(np.prod(shape, dtype=int)).reshape(shape) - 3.0) / 2
        y = backend.doubles(getattr(multiact, name)(backend.array(values, "float32"), **params))
        assert y.shape == shape
        # Long, short and empty arrays go different ways through a framework.
        want = getattr(multiact, name)(values, **params)
        assert_close(y, want, "float32", {"both sides": 2.0})


# JAX has no views: slicing copies.
@every_function
@pytest.mark.parametrize("backend", [b for b in Backend if b is not Backend.JAX])
def test_views(backend: Backend, case: Case) -> None:
    """Strided, transposed and reversed arrays are computed as their copies are."""
    name, params = case
    f, base = getattr(multiact, name), (np.arange(96.0).reshape(8, 12) - 48) / 8
    x = backend.array(base, "float32")
    transposed = x.T if backend is not Backend.TENSORFLOW else backend.framework.transpose(x)
    for view, copy in (
        (transposed, base.T),
        (x[::2, 1::2], base[::2, 1::2]),
        (x[:, 4:8], base[:, 4:8]),
    ):
        got = backend.doubles(f(view, **params))
        want = backend.doubles(f(backend.array(np.ascontiguousarray(copy), "float32"), **params))
        assert_close(got, want, "float32", {"both sides": 2.0})


@every_function
def test_numpy_strides(case: Case) -> None:
    name, params = case
    f, base = getattr(multiact, name), (np.arange(96.0).reshape(8, 12) - 48) / 8
    base.flags.writeable = False
    for view in (
        base[::-1],
        base[:, ::-2],
        np.asfortranarray(base),
        np.broadcast_to(base[0], (3, 12)),
    ):
        assert_close(f(view, **params), f(view.copy(), **params), "float64", {"both sides": 2.0})


# JAX's arrays cannot be modified.
@every_function
@pytest.mark.parametrize("backend", [b for b in Backend if b is not Backend.JAX])
def test_inputs_are_never_modified(backend: Backend, case: Case) -> None:
    name, params = case
    x = backend.array([[-2.0, -0.0, 0.5, 3.0], [0.25, -1.0, 4.0, -8.0]], "float32")
    before = backend.to_numpy(x).tobytes()
    f = getattr(multiact, name)
    y = f(x, **params)
    multiact.vjp(f, x, backend.array(np.ones(backend.doubles(y).shape), "float32"), **params)
    assert backend.to_numpy(x).tobytes() == before


@every_function
def test_read_only_numpy_arrays(case: Case) -> None:
    name, params = case
    x = np.array([-2.0, 0.5, 3.0, -1.0])
    x.flags.writeable = False
    y = getattr(multiact, name)(x, **params)
    assert y.flags.writeable
    assert not np.shares_memory(x, y)


@every_function
def test_large_numpy_arrays_equal_their_pieces(case: Case) -> None:
    """Large arrays are computed block by block."""
    name, params = case
    x = np.linspace(-9, 9, 40_000).astype(np.float32)
    rows = x.reshape(-1, 4)
    f = getattr(multiact, name)
    whole, part = f(rows, **params), f(rows[5000:5010], **params)
    assert_close(whole[5000:5010], part, "float32", {"both sides": 2.0})
    strided = np.repeat(rows, 2, axis=1)[:, ::2]
    assert_close(f(strided, **params)[::997], whole[::997], "float32", {"both sides": 2.0})


@every_function
def test_results_stay_on_the_device(backend: Backend, case: Case) -> None:
    if backend is Backend.NUMPY:
        return
    name, params = case
    x = backend.array([[-2.0, 1.0], [0.5, 3.0]], "float32")
    y = getattr(multiact, name)(x, **params)
    assert type(y) is type(x)
    assert y.device == x.device


def test_torch_meta_tensors() -> None:
    """A tensor without data: only shape and dtype are worked out."""
    torch = Backend.TORCH.framework
    for name, params in default_cases():
        x = torch.empty(3, 4, device="meta")
        y = getattr(multiact, name)(x, **params)
        assert y.device.type == "meta"
        assert y.dtype == x.dtype


def test_tensorflow_shapes_unknown_while_tracing() -> None:
    tf = Backend.TENSORFLOW.framework
    values = np.array([[-2.0, 1.0], [0.5, 3.0]])
    for name, params in default_cases():
        f = getattr(multiact, name)
        for shape in ([None, 2], [None, None]):
            traced = tf.function(
                lambda x, f=f, params=params: f(x, **params),
                input_signature=[tf.TensorSpec(shape, tf.float64)],
                autograph=False,
            )
            np.testing.assert_allclose(traced(tf.constant(values)), f(values, **params), rtol=1e-13)


def test_torch_dynamic_shapes() -> None:
    torch = Backend.TORCH.framework
    compiled = torch.compile(
        lambda x: multiact.prelu(multiact.mish(x), 0.25), dynamic=True, backend="aot_eager"
    )
    for length in (3, 5, 8):
        x = torch.linspace(-2, 2, length)
        want = multiact.prelu(multiact.mish(x), 0.25)
        assert_close(compiled(x).numpy(), want.numpy(), "float32", {"both sides": 2.0})
