"""Wrong calls: the exceptions that every other backend raises, with the same words."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import multiact
from tests.array_api.comparison import TENSORS, defaults, every_elementwise, every_function
from tests.array_api.libraries import Library

OTHERS = (Library.STRICT, Library.DASK, Library.MLX)


def refused(kind: type[Exception], words: tuple[str, ...], call: Any) -> None:
    """The call raises exactly ``kind`` with all ``words``, among them what is allowed."""
    with pytest.raises(kind) as caught:
        call()
    assert caught.type is kind
    for word in (*words, r"[Aa]llowed|[Ss]upported"):
        assert re.search(word, str(caught.value)), (word, str(caught.value))


@pytest.fixture
def x(library: Library) -> Any:
    """Three rows of four."""
    return library.array(np.arange(12.0).reshape(3, 4) - 5, "float32")


@every_function
def test_complex(library: Library, name: str) -> None:
    z = library.array([1j, 2.0], "complex64")
    words = (name, "complex64", "float16, bfloat16, float32 or float64", "[Cc]ast")
    refused(TypeError, words, lambda: getattr(multiact, name)(z, **defaults(name)))


@pytest.mark.parametrize("values", [["a", "b"], [b"a", b"b"], [None, {}]], ids=str)
def test_what_only_numpy_has(values: list[Any]) -> None:
    da = pytest.importorskip("dask.array")
    x = da.from_array(np.array(values), chunks=1)
    refused(TypeError, ("gelu", "dtype"), lambda: multiact.gelu(x))
    longdouble = da.ones(2, dtype=np.longdouble)
    if longdouble.dtype != np.float64:
        refused(TypeError, ("gelu", "longdouble|float128"), lambda: multiact.gelu(longdouble))


@every_elementwise
@pytest.mark.parametrize("integer", ["int32", "bool"])
def test_integers_have_no_derivative(library: Library, name: str, integer: str) -> None:
    f, params = getattr(multiact, name), defaults(name)
    n = library.array([1, 0], integer)
    refused(TypeError, (name, integer), lambda: multiact.derivative(f, n, **params))
    refused(TypeError, (name, integer), lambda: multiact.vjp(f, n, n, **params))


@pytest.mark.parametrize(("name", "parameter"), TENSORS)
def test_parameters(library: Library, x: Any, name: str, parameter: str) -> None:
    def call(value: Any, at: Any = x) -> Any:
        return lambda: getattr(multiact, name)(at, **{**defaults(name), parameter: value})

    long, wide = library.array(np.ones(3), "float32"), library.array(0.5, "float64")
    refused(ValueError, (name, parameter, r"\(3, 4\)"), call(long))
    refused(TypeError, (name, parameter, "float64", "float32"), call(wide))
    refused(TypeError, (name, parameter, "int32"), call(library.array([1, 0, 1, 1], "int32")))
    for wrong in ("0.5", [0.5], 1j):
        with pytest.raises(TypeError, match=parameter) as caught:
            call(wrong)()
        assert type(wrong).__name__ in str(caught.value)
    for half in library.halves:
        narrow = library.array(np.ones((3, 4)), half)
        refused(TypeError, (parameter, "float64", half), call(wide, narrow))
        assert call(library.array(0.5, "float32"), narrow)().dtype == narrow.dtype


@pytest.mark.parametrize("other", [None, *OTHERS])
def test_two_libraries_in_one_call(library: Library, x: Any, other: Library | None) -> None:
    if other is library:
        return
    values = np.ones((3, 4), np.float32)
    foreign = values if other is None else other.array(values, "float32")
    mask = values > 0 if other is None else other.array(values > 0, "bool")
    for name, call in (
        ("slope", lambda: multiact.prelu(x, foreign)),
        ("alpha", lambda: multiact.elu(x, foreign)),
        ("where", lambda: multiact.softmax(x, where=mask)),
        ("noise", lambda: multiact.gumbel_softmax(x, noise=foreign)),
        ("cotangent", lambda: multiact.vjp(multiact.gelu, x, foreign)),
        ("cotangent", lambda: multiact.vjp(multiact.softmax, x, foreign)),
        ("where", lambda: multiact.vjp(multiact.softmax, x, x, where=mask)),
    ):
        with pytest.raises(TypeError, match=f"{name} of type") as caught:
            call()
        for array in (x, foreign):
            assert f"{type(array).__module__}.{type(array).__qualname__}" in str(caught.value)
    if other is None:
        with pytest.raises(TypeError, match=re.escape(type(x).__module__)):
            multiact.prelu(foreign, x)


def test_gradients(library: Library, x: Any) -> None:
    short = library.array(np.ones(4), "float32")
    for f in (multiact.relu, multiact.softmax):
        words = (f.__name__, "cotangent", r"\(4,\)", r"\(3, 4\)")
        refused(ValueError, words, lambda f=f: multiact.vjp(f, x, short))
    refused(ValueError, ("order=3",), lambda: multiact.derivative(multiact.tanh, x, order=3))
    refused(ValueError, ("softmax",), lambda: multiact.derivative(multiact.softmax, x))
    for wrong in (None, 1.0, [1.0]):
        with pytest.raises(TypeError, match=f"cotangent of type {type(wrong).__name__}"):
            multiact.vjp(multiact.relu, x, wrong)
    kind = re.escape(f"{type(x).__module__}.{type(x).__qualname__}")
    with pytest.raises(TypeError, match=rf"{kind}.* no automatic differentiation"):
        multiact.derivative(lambda x: x * x, x)


def test_options_and_axes(library: Library, x: Any) -> None:
    for kind, mistake, words in (
        (ValueError, lambda: multiact.gelu(x, "exact"), "'none', 'tanh', 'sigmoid'"),
        (ValueError, lambda: multiact.softmax(x, axis=2), "axis=2 for x with 2 dimensions"),
        (TypeError, lambda: multiact.softmax(x, axis=0.5), "axis=0.5 of type float"),
        (TypeError, lambda: multiact.softmax(x, where=x), "where of dtype"),
        (ValueError, lambda: multiact.maxout(x, 3), "pieces=3 for axis 1 of length 4"),
        (TypeError, lambda: multiact.leaky_relu(x, x), "negative_slope of type"),
        (TypeError, lambda: multiact.rrelu(x, training=1), "training=1 of type int"),
        (TypeError, lambda: multiact.rrelu(x, training=True, rng="0"), "rng of type str"),
        (ValueError, lambda: multiact.prelu(x, 0.5, axis=2), "axis=2"),
    ):
        with pytest.raises(kind, match=words):
            mistake()
