"""Wrong inputs: what came, what is allowed, what to do; the same exception on every backend."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
import tensorflow as tf
import torch

import multiact

NAMES = list(multiact.records)


class Unrelated:
    pass


def call(name: str, x: Any) -> Any:
    return getattr(multiact, name)(x, **multiact.records[name].cases[0])


NO_ARRAYS = {
    "list": ([1.0, 2.0], "type list", r"numpy\.asarray"),
    "tuple": ((1.0, 2.0), "type tuple", r"numpy\.asarray"),
    "torch.Size": (torch.Size([2]), r"type torch\.Size", r"numpy\.asarray"),
    "None": (None, "type NoneType", "function that returned nothing"),
    "str": ("1.0", "type str", "does not parse text"),
    "bytes": (b"1.0", "type bytes", "does not parse text"),
    "complex": (1j, "type complex", "real or imaginary part"),
    "set": ({1.0}, "type set", "register_backend"),
    "dict": ({"x": 1.0}, "type dict", "register_backend"),
    "object": (object(), "type object", "register_backend"),
    "unknown class": (Unrelated(), r"test_errors\.Unrelated", "register_backend"),
    "a type": (np.ndarray, "type type", "register_backend"),
    "a module": (np, "type module", "register_backend"),
    "a function": (len, "builtin_function", "register_backend"),
    "torch.dtype": (torch.float32, r"type torch\.dtype", "register_backend"),
    "torch storage": (torch.ones(2).untyped_storage(), "UntypedStorage", "register_backend"),
    "numpy.dtype": (np.dtype(np.float32), "dtype", "register_backend"),
    "tf.SparseTensor": (tf.sparse.from_dense([1.0, 0.0]), "SparseTensor", "register_backend"),
    "tf.RaggedTensor": (tf.ragged.constant([[1.0], [2.0, 3.0]]), "RaggedTensor", "register"),
    "tf.TensorShape": (tf.TensorShape([2]), "TensorShape", "register_backend"),
    "jax.ShapeDtypeStruct": (
        jax.ShapeDtypeStruct((2,), jnp.float32),
        "ShapeDtypeStruct",
        "register_backend",
    ),
}


@pytest.mark.parametrize("kind", NO_ARRAYS)
def test_no_array_at_all(kind: str) -> None:
    x, came, advice = NO_ARRAYS[kind]
    for name in NAMES:
        with pytest.raises(TypeError) as caught:
            call(name, x)
        caught.match(came)
        caught.match(r"Supported: numpy\.ndarray.*torch\.Tensor.*tensorflow\.Tensor.*jax\.Array")
        caught.match(advice)


def outcome(f: Any, x: Any, params: dict[str, float]) -> str:
    """The message with which a call fails, or nothing."""
    try:
        f(x, **params)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", NAMES)
def test_numbers_that_are_not_finite(name: str, value: float) -> None:
    """Where they make no sense, all backends and both tiers say so, elsewhere none of them."""
    arrays = (np.ones(2), torch.ones(2), tf.ones(2), jnp.ones(2))
    case = multiact.records[name].cases[0]
    given = [pair for params in multiact.records[name].cases for pair in params.items()]
    for key in sorted({key for key, number in given if isinstance(number, float)}):
        params = {**case, key: value}
        wanted = outcome(getattr(multiact, name), arrays[0], params)
        for tier in (multiact, multiact.precise):
            for x in arrays:
                assert outcome(getattr(tier, name), x, params) == wanted, (tier, type(x), key)


def test_no_array_for_the_gradients() -> None:
    for x in ([1.0], None, "text"):
        with pytest.raises(TypeError, match="does not know arrays of type"):
            multiact.vjp(multiact.gelu, x, x)
        with pytest.raises(TypeError, match="does not know arrays of type"):
            multiact.derivative(multiact.gelu, x)


BAD_DTYPES: dict[str, Any] = {
    "numpy object": np.array([1.0, None]),
    "numpy str": np.array(["1.0", "2.0"]),
    "numpy bytes": np.array([b"1.0", b"2.0"]),
    "numpy complex64": np.array([1j, 2.0], np.complex64),
    "numpy complex128 scalar": np.complex128(1j),
    "numpy float8_e4m3fn": np.ones(2, ml_dtypes.float8_e4m3fn),
    "numpy float8_e5m2 scalar": ml_dtypes.float8_e5m2(1.0),
    "numpy records": np.zeros(2, [("a", np.float32), ("b", np.float32)]),
    "numpy longdouble": np.ones(2, np.longdouble),
    "numpy datetime64": np.array(["2020-01-01", "2020-01-02"], "datetime64[D]"),
    "numpy timedelta64": np.array([1, 2], "timedelta64[s]"),
    "numpy masked complex": np.ma.array([1j, 2.0], mask=[False, True]),
    "torch complex64": torch.ones(2, dtype=torch.complex64),
    "torch float8_e4m3fn": torch.ones(2).to(torch.float8_e4m3fn),
    "torch float8_e5m2": torch.ones(2).to(torch.float8_e5m2),
    "tensorflow complex64": tf.complex([1.0, 2.0], [0.0, 0.0]),
    "tensorflow string": tf.constant(["1.0", "2.0"]),
    "tensorflow float8_e4m3fn": tf.cast(tf.ones(2), tf.dtypes.experimental.float8_e4m3fn),
    "tensorflow quantised": tf.cast(tf.ones(2), tf.qint8),
    "jax complex64": jnp.ones(2, jnp.complex64),
    "jax float8_e4m3fn": jnp.ones(2, jnp.float8_e4m3fn),
    "jax float8_e5m2": jnp.ones(2, jnp.float8_e5m2),
    "jax key": jax.random.split(jax.random.key(0)),
}
if np.dtype(np.longdouble) == np.dtype(np.float64):
    del BAD_DTYPES["numpy longdouble"]


@pytest.mark.parametrize("kind", BAD_DTYPES)
def test_dtypes_that_are_refused(kind: str) -> None:
    x = BAD_DTYPES[kind]
    dtype = x.dtype.name if kind.startswith("tensorflow") else str(x.dtype)
    for name in NAMES:
        if multiact.records[name].kind == "rowwise" and x.shape == ():
            continue  # A scalar has no rows, which is said first.
        with pytest.raises(TypeError) as caught:
            call(name, x)
        message = str(caught.value)
        assert dtype in message, (name, message)
        assert "float16, bfloat16, float32 or float64" in message, (name, message)
        assert "cast" in message.lower(), (name, message)


def test_dtypes_that_are_refused_while_tracing() -> None:
    with pytest.raises(TypeError, match="complex64"):
        jax.jit(multiact.gelu)(jnp.ones(2, jnp.complex64))


@pytest.mark.parametrize("dtype", [tf.complex64, tf.string, tf.qint8], ids=lambda d: d.name)
def test_dtypes_that_are_refused_while_tensorflow_traces(dtype: tf.DType) -> None:
    """A graph may hold what has no kernel, and XLA may have one for what no other has."""
    for name in NAMES:
        program = tf.function(lambda x, name=name: call(name, x), autograph=False)
        with pytest.raises(TypeError, match=dtype.name):
            program.get_concrete_function(tf.TensorSpec((2,), dtype))


ARRAYS: dict[str, Any] = {
    "numpy.ndarray": np.array([-1.0, 0.5], np.float32),
    "torch.Tensor": torch.tensor([-1.0, 0.5]),
    "tensorflow": tf.constant([-1.0, 0.5]),
    "jax": jnp.array([-1.0, 0.5]),
}
PARAMETERS = {
    "prelu": "slope",
    "rrelu": "slope",
    "elu": "alpha",
    "softplus": "beta",
    "silu": "beta",
    "softmax": "where",
}


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize(("first", "second"), list(permutations(ARRAYS, 2)))
def test_two_frameworks_in_one_call(name: str, first: str, second: str) -> None:
    x, other = ARRAYS[first], ARRAYS[second]
    parameter = PARAMETERS[name]
    other = other > 0 if parameter == "where" else other
    with pytest.raises(TypeError) as caught:
        getattr(multiact, name)(x, **{parameter: other})
    message = str(caught.value)
    for kind in (type(x), type(other)):
        assert f"{kind.__module__}.{kind.__qualname__}" in message, message
    assert name in message
    assert parameter in message
    assert "convert one of the two" in message


@pytest.mark.parametrize(("first", "second"), list(permutations(ARRAYS, 2)))
def test_two_frameworks_in_one_vjp(first: str, second: str) -> None:
    x, cotangent = ARRAYS[first], ARRAYS[second]
    with pytest.raises(TypeError) as caught:
        multiact.vjp(multiact.gelu, x, cotangent)
    message = str(caught.value)
    for kind in (type(x), type(cotangent)):
        assert f"{kind.__module__}.{kind.__qualname__}" in message, message


@pytest.mark.parametrize("framework", ARRAYS)
@pytest.mark.parametrize(
    "value", [[0.5, 0.5], "0.5", None, 1j, Unrelated()], ids=lambda value: type(value).__name__
)
@pytest.mark.parametrize("name", ["prelu", "elu", "softplus", "silu"])
def test_a_parameter_that_is_neither_number_nor_array(
    name: str, value: Any, framework: str
) -> None:
    with pytest.raises(TypeError) as caught:
        getattr(multiact, name)(ARRAYS[framework], **{PARAMETERS[name]: value})
    assert type(value).__qualname__ in str(caught.value)
    assert PARAMETERS[name] in str(caught.value)


@pytest.mark.parametrize("framework", ARRAYS)
def test_a_parameter_that_needs_a_wider_dtype(framework: str) -> None:
    x = ARRAYS[framework]
    with jax.enable_x64(True):
        wide = {
            "numpy.ndarray": lambda: np.array(0.5),
            "torch.Tensor": lambda: torch.tensor(0.5, dtype=torch.float64),
            "tensorflow": lambda: tf.constant(0.5, tf.float64),
            "jax": lambda: jnp.array(0.5, jnp.float64),
        }[framework]()
        with pytest.raises(TypeError, match=r"slope of dtype .*float64.* for x of dtype"):
            multiact.prelu(x, wide)


@pytest.mark.parametrize("framework", ARRAYS)
@pytest.mark.parametrize("name", ["prelu", "elu", "softplus", "silu"])
def test_a_parameter_whose_shape_does_not_fit(name: str, framework: str) -> None:
    x = ARRAYS[framework]
    long = {
        "numpy.ndarray": lambda: np.ones(3, np.float32),
        "torch.Tensor": lambda: torch.ones(3),
        "tensorflow": lambda: tf.ones(3),
        "jax": lambda: jnp.ones(3),
    }[framework]()
    with pytest.raises(ValueError, match=rf"{name} got {PARAMETERS[name]}.*\(2,\)"):
        getattr(multiact, name)(x, **{PARAMETERS[name]: long})


@pytest.mark.parametrize("framework", ARRAYS)
def test_options_and_axes(framework: str) -> None:
    x = ARRAYS[framework]
    for error, mistake, message in (
        (ValueError, lambda: multiact.gelu(x, "exact"), "'none', 'tanh', 'sigmoid'"),
        (ValueError, lambda: multiact.softmax(x, axis=1), "axis=1 for x with 1 dimension"),
        (TypeError, lambda: multiact.softmax(x, axis=0.5), "axis=0.5 of type float"),
        (TypeError, lambda: multiact.softmax(x, where=x), "where of dtype"),
        (ValueError, lambda: multiact.maxout(x, 3), "pieces=3 for axis 0 of length 2"),
        (ValueError, lambda: multiact.maxout(x, 0), "pieces=0"),
        (TypeError, lambda: multiact.maxout(x, 1.5), "pieces of type float"),
        (TypeError, lambda: multiact.leaky_relu(x, x), "negative_slope of type"),
        (TypeError, lambda: multiact.rrelu(x, training=1), "training=1 of type int"),
        (ValueError, lambda: multiact.rrelu(x, 0.5, 0.1), "lower=0.5 and upper=0.1"),
        (ValueError, lambda: multiact.prelu(x, 0.5, axis=2), "axis=2"),
    ):
        with pytest.raises(error, match=message):
            mistake()
