"""Wrong calls: the same exception on every backend, saying what came and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import multiact
from tests.backends import Backend
from tests.functions.contract import case_id, default_cases, elementwise_cases

Case = tuple[str, dict[str, Any]]
every_function = pytest.mark.parametrize("case", default_cases(), ids=case_id)


def refused(
    kind: type[Exception], words: tuple[str, ...], f: Callable[..., Any], *args: Any, **kwargs: Any
) -> None:
    """The call raises exactly ``kind`` with all ``words``, among them what is allowed."""
    with pytest.raises(kind) as caught:
        f(*args, **kwargs)
    assert caught.type is kind
    message = str(caught.value)
    for word in (*words, r"[Aa]llowed|[Ss]upported"):
        assert re.search(word, message), (word, message)


@pytest.fixture
def x(backend: Backend) -> Any:
    """Three rows of four."""
    return backend.array(np.arange(12.0).reshape(3, 4) - 5, "float32")


class TestApproximate:
    @pytest.mark.parametrize("wrong", ["erf", "TANH", "", None, 2, 0.5, ("none",)])
    def test_refused(self, x: Any, wrong: Any) -> None:
        words = (re.escape(f"approximate={wrong!r}"), "'none', 'tanh', 'sigmoid'")
        refused(ValueError, words, multiact.gelu, x, wrong)

    def test_an_array_is_refused(self, backend: Backend, x: Any) -> None:
        for wrong in (x, backend.array([True, False], "bool"), backend.array(1.0, "float32"), [1]):
            refused(ValueError, ("approximate",), multiact.gelu, x, wrong)

    def test_also_for_integers(self, backend: Backend) -> None:
        refused(ValueError, ("'erf'",), multiact.gelu, backend.array([1], "int32"), "erf")


class TestAxis:
    CALLS = (
        lambda x, axis: multiact.softmax(x, axis=axis),
        lambda x, axis: multiact.maxout(x, 1, axis=axis),
        lambda x, axis: multiact.prelu(x, 0.25, axis=axis),
    )

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("axis", [2, -3, 100])
    def test_out_of_range(self, x: Any, call: Any, axis: int) -> None:
        refused(ValueError, (f"axis={axis}", "2 dimensions", "from -2 to 1"), call, x, axis)

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("axis", [0.0, "0", None, True, (0,), [0, 1]])
    def test_no_integer(self, x: Any, call: Any, axis: Any) -> None:
        refused(TypeError, (re.escape(f"axis={axis!r}"), "one integer"), call, x, axis)

    @pytest.mark.parametrize("call", CALLS[:2])
    def test_a_scalar_has_no_axis(self, backend: Backend, call: Any) -> None:
        refused(ValueError, ("axis=-1", "none"), call, backend.array(1.0, "float32"), -1)

    @pytest.mark.parametrize("axis", [2, -3])
    def test_per_channel_slopes(self, backend: Backend, x: Any, axis: int) -> None:
        slope = backend.array([0.1, 0.2, 0.3], "float32")
        refused(ValueError, (f"axis={axis}",), multiact.prelu, x, slope, axis)

    def test_a_numpy_integer_is_an_integer(self, backend: Backend, x: Any) -> None:
        y = multiact.softmax(x, axis=np.int64(0))
        assert backend.doubles(y).tolist() == backend.doubles(multiact.softmax(x, axis=0)).tolist()


class TestPieces:
    @pytest.mark.parametrize("pieces", [3, 5, 8, 0, -1, -2])
    def test_not_dividing(self, x: Any, pieces: int) -> None:
        words = (f"pieces={pieces}", "length 4", "divides")
        refused(ValueError, words, multiact.maxout, x, pieces)

    @pytest.mark.parametrize("pieces", [2.0, "2", None, (2,)])
    def test_no_integer(self, x: Any, pieces: Any) -> None:
        refused(TypeError, ("pieces", type(pieces).__name__), multiact.maxout, x, pieces)


class TestParameters:
    """Parameters that may be arrays: shape, dtype and framework."""

    NAMES = (
        ("prelu", "slope"),
        ("rrelu", "slope"),
        ("elu", "alpha"),
        ("softplus", "beta"),
        ("silu", "beta"),
    )
    each = pytest.mark.parametrize(("name", "key"), NAMES)

    @each
    @pytest.mark.parametrize("shape", [(2,), (3, 3), (2, 4), (1, 3, 4), (2, 3, 4), (1, 1, 1)])
    def test_shape(
        self, backend: Backend, x: Any, name: str, key: str, shape: tuple[int, ...]
    ) -> None:
        parameter = backend.array(np.ones(shape), "float32")
        size = str(shape[0])
        refused(
            ValueError, (key, size, r"\(3, 4\)"), getattr(multiact, name), x, **{key: parameter}
        )

    @each
    def test_a_scalar_is_not_enlarged(self, backend: Backend, name: str, key: str) -> None:
        x, parameter = backend.array(-1.0, "float32"), backend.array([0.5, 0.25], "float32")
        refused(ValueError, (key, r"\(2,\)"), getattr(multiact, name), x, **{key: parameter})

    @each
    @pytest.mark.parametrize("half", ["float16", "bfloat16", "float32"])
    def test_float64_for_narrower_x(self, backend: Backend, name: str, key: str, half: str) -> None:
        with backend.allowing("float64"):
            x, parameter = backend.array([-1.0, 2.0], half), backend.array(0.5, "float64")
            words = (key, "float64", half)
            refused(TypeError, words, getattr(multiact, name), x, **{key: parameter})

    @each
    @pytest.mark.parametrize("wrong", ["int32", "bool", "uint8"])
    def test_no_floating_dtype(
        self, backend: Backend, x: Any, name: str, key: str, wrong: str
    ) -> None:
        parameter = backend.array([1, 0, 1, 1], wrong)
        refused(TypeError, (key, wrong), getattr(multiact, name), x, **{key: parameter})

    @each
    @pytest.mark.parametrize("wrong", ["0.5", [0.5], (0.25,), 1j, {}])
    def test_no_number(self, x: Any, name: str, key: str, wrong: Any) -> None:
        with pytest.raises(TypeError) as caught:
            getattr(multiact, name)(x, **{key: wrong})
        assert key in str(caught.value)
        assert type(wrong).__name__ in str(caught.value)

    @pytest.mark.parametrize(("name", "key"), [n for n in NAMES if n[0] != "rrelu"])
    def test_none(self, x: Any, name: str, key: str) -> None:
        with pytest.raises(TypeError, match=f"{key} of type NoneType"):
            getattr(multiact, name)(x, **{key: None})

    @each
    @pytest.mark.parametrize("other", list(Backend), ids=lambda other: other.value)
    def test_two_frameworks(
        self, backend: Backend, x: Any, name: str, key: str, other: Backend
    ) -> None:
        if other is backend:
            return
        parameter = other.array([0.5], "float32")
        with pytest.raises(TypeError) as caught:
            getattr(multiact, name)(x, **{key: parameter})
        message = str(caught.value)
        assert key in message
        for array in (x, parameter):
            assert type(array).__qualname__ in message

    @pytest.mark.parametrize("wrong", [None, "0.1", [0.1]])
    def test_the_slope_of_leaky_relu_is_a_number(self, x: Any, wrong: Any) -> None:
        words = ("negative_slope", type(wrong).__name__, "Python number")
        refused(TypeError, words, multiact.leaky_relu, x, wrong)

    def test_the_slope_of_leaky_relu_is_no_array(self, backend: Backend, x: Any) -> None:
        wrong = backend.array([0.1], "float32")
        refused(TypeError, ("negative_slope",), multiact.leaky_relu, x, wrong)

    @pytest.mark.parametrize("zero", [0, 0.0, -0.0])
    def test_softplus_of_beta_zero(self, x: Any, zero: float) -> None:
        refused(ValueError, ("beta=-?0",), multiact.softplus, x, beta=zero)


class TestRandomised:
    @pytest.mark.parametrize(
        ("lower", "upper"),
        [(0.5, 0.25), (float("nan"), 1.0), (0.0, float("nan")), (0.0, float("inf"))],
    )
    @pytest.mark.parametrize("training", [False, True])
    def test_interval(self, x: Any, lower: float, upper: float, training: bool) -> None:
        words = (f"lower={lower!r}", f"upper={upper!r}")
        refused(ValueError, words, multiact.rrelu, x, lower, upper, training=training, rng=0)

    @pytest.mark.parametrize("wrong", [None, "0.1", [0.1], 1j])
    def test_no_number(self, x: Any, wrong: Any) -> None:
        refused(TypeError, ("lower", type(wrong).__name__), multiact.rrelu, x, lower=wrong)
        refused(TypeError, ("upper", type(wrong).__name__), multiact.rrelu, x, upper=wrong)

    @pytest.mark.parametrize("wrong", [None, 1, 0, "yes", [True]])
    def test_training_is_a_bool(self, x: Any, wrong: Any) -> None:
        words = (re.escape(f"training={wrong!r}"), "bool")
        refused(TypeError, words, multiact.rrelu, x, training=wrong)

    @pytest.mark.parametrize("wrong", ["0", 0.5, [1], {}])
    def test_generator(self, x: Any, wrong: Any) -> None:
        words = ("rng", type(wrong).__name__, "int seed")
        refused(TypeError, words, multiact.rrelu, x, training=True, rng=wrong)


class TestMask:
    @pytest.mark.parametrize("wrong", ["float32", "int32", "uint8"])
    def test_not_boolean(self, backend: Backend, x: Any, wrong: str) -> None:
        where = backend.array(np.ones((3, 4)), wrong)
        refused(TypeError, ("where", wrong, "boolean"), multiact.softmax, x, where=where)

    @pytest.mark.parametrize("wrong", [True, [True], "mask"])
    def test_no_array(self, x: Any, wrong: Any) -> None:
        with pytest.raises(TypeError, match="where"):
            multiact.softmax(x, where=wrong)

    @pytest.mark.parametrize("shape", [(3,), (2, 4), (2, 3, 4), (1, 3, 4)])
    def test_shape(self, backend: Backend, x: Any, shape: tuple[int, ...]) -> None:
        where = backend.array(np.ones(shape), "bool")
        words = ("where", re.escape(str(shape)), r"\(3, 4\)")
        refused(ValueError, words, multiact.softmax, x, where=where)


class TestDtypes:
    @every_function
    def test_complex(self, backend: Backend, case: Case) -> None:
        name, params = case
        z = backend.array([1j, 2.0], "complex64")
        words = (name, "complex64", "float16, bfloat16, float32 or float64")
        refused(TypeError, words, getattr(multiact, name), z, **params)

    @every_function
    @pytest.mark.parametrize("float8", ["float8_e4m3fn", "float8_e5m2"])
    def test_float8(self, backend: Backend, case: Case, float8: str) -> None:
        name, params = case
        source = np.array([1.0, 2.0], getattr(ml_dtypes, float8))
        if backend is Backend.TORCH:
            torch = backend.framework
            x = torch.tensor([1.0, 2.0]).to(getattr(torch, float8))
        elif backend is Backend.NUMPY:
            x = source
        elif backend is Backend.TENSORFLOW:
            x = backend.framework.constant(source)
        else:
            x = backend.framework.numpy.asarray(source)
        refused(TypeError, (name, float8), getattr(multiact, name), x, **params)

    @every_function
    @pytest.mark.parametrize("values", [["a", "b"], [b"a", b"b"], [None, {}]], ids=str)
    def test_strings_and_objects(self, case: Case, values: list[Any]) -> None:
        name, params = case
        refused(TypeError, (name,), getattr(multiact, name), np.array(values), **params)

    @every_function
    def test_tensorflow_strings(self, case: Case) -> None:
        name, params = case
        x = Backend.TENSORFLOW.framework.constant(["a", "b"])
        refused(TypeError, (name, "string"), getattr(multiact, name), x, **params)

    @every_function
    @pytest.mark.parametrize("dtype", ["longdouble", "datetime64[s]", "timedelta64[s]"])
    def test_other_numpy_dtypes(self, case: Case, dtype: str) -> None:
        name, params = case
        x = np.zeros(2, dtype)
        refused(
            TypeError, (name, str(x.dtype).partition("[")[0]), getattr(multiact, name), x, **params
        )

    def test_structured_arrays(self) -> None:
        refused(TypeError, ("relu",), multiact.relu, np.zeros(2, [("a", "f4")]))

    @pytest.mark.parametrize("x", [None, [1.0], (1.0,), "1.0", 1j, {1.0}], ids=repr)
    def test_no_arrays(self, x: Any) -> None:
        for name, params in default_cases():
            refused(TypeError, (type(x).__name__,), getattr(multiact, name), x, **params)
        refused(TypeError, (type(x).__name__,), multiact.vjp, multiact.relu, x, x)
        refused(TypeError, (type(x).__name__,), multiact.derivative, multiact.relu, x)


class TestGradients:
    def test_derivative_of_whole_rows(self, x: Any) -> None:
        words = ("softmax", "elementwise", "multiact.vjp")
        refused(ValueError, words, multiact.derivative, multiact.softmax, x)
        words = ("maxout", "elementwise", "multiact.vjp")
        refused(ValueError, words, multiact.derivative, multiact.maxout, x, pieces=2)

    @pytest.mark.parametrize("order", [0, 3, -1, 1.5, None, "1"])
    def test_order(self, x: Any, order: Any) -> None:
        words = (re.escape(f"order={order!r}"), "1, 2")
        refused(ValueError, words, multiact.derivative, multiact.tanh, x, order=order)

    @pytest.mark.parametrize("case", elementwise_cases(first_only=True), ids=case_id)
    @pytest.mark.parametrize("integer", ["int32", "bool", "uint8"])
    def test_integers(self, backend: Backend, case: Case, integer: str) -> None:
        name, params = case
        f, x = getattr(multiact, name), backend.array([1, 0], integer)
        refused(TypeError, (name, integer), multiact.derivative, f, x, **params)
        refused(TypeError, (name, integer), multiact.vjp, f, x, x, **params)

    def test_complex(self, backend: Backend) -> None:
        z = backend.array([1j], "complex64")
        refused(TypeError, ("tanh", "complex64"), multiact.derivative, multiact.tanh, z)
        refused(TypeError, ("tanh", "complex64"), multiact.vjp, multiact.tanh, z, z)

    @every_function
    def test_shape_of_the_cotangent(self, backend: Backend, x: Any, case: Case) -> None:
        name, params = case
        result = re.escape(str(tuple(getattr(multiact, name)(x, **params).shape)))
        for shape in ((), (1,), (3, 1), (4, 3), (1, 3, 4)):
            cotangent = backend.array(np.ones(shape), "float32")
            words = (name, "cotangent", re.escape(str(shape)), result)
            refused(
                ValueError, words, multiact.vjp, getattr(multiact, name), x, cotangent, **params
            )

    @pytest.mark.parametrize("other", list(Backend), ids=lambda other: other.value)
    def test_framework_of_the_cotangent(self, backend: Backend, x: Any, other: Backend) -> None:
        if other is backend:
            return
        cotangent = other.array(np.ones((3, 4)), "float32")
        for f in (multiact.relu, multiact.mish, multiact.softmax):
            with pytest.raises(TypeError, match="cotangent"):
                multiact.vjp(f, x, cotangent)

    @pytest.mark.parametrize("wrong", [None, [1.0], "1", {}], ids=repr)
    def test_cotangent_is_no_array(self, x: Any, wrong: Any) -> None:
        with pytest.raises(TypeError, match=f"cotangent of type {type(wrong).__name__}"):
            multiact.vjp(multiact.relu, x, wrong)

    def test_wrong_arguments_of_the_function(self, x: Any) -> None:
        with pytest.raises(TypeError):
            multiact.vjp(multiact.relu, x, x, slope=1.0)
        with pytest.raises(ValueError, match="approximate"):
            multiact.derivative(multiact.gelu, x, approximate="erf")
