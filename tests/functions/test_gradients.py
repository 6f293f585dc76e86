"""multiact.vjp and multiact.derivative, and the frameworks' own checkers of gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import multiact
from tests.backends import Backend, common_dtypes, float64_only
from tests.functions.contract import assert_close, case_id, default_cases, elementwise_cases

Case = tuple[str, dict[str, Any]]
every_function = pytest.mark.parametrize("case", default_cases(), ids=case_id)

# Away from kinks and ties, where finite differences mean something.
# Beside every kink.
X = np.array([[-2.5, -0.75, 0.25, 1.5], [3.25, -4.0, 0.625, -0.125]])
PARAMETERS = [
    ("prelu", {"slope": np.array([0.25, 0.5, -0.5, 2.0])}),
    ("prelu", {"slope": np.array(0.25)}),
    ("rrelu", {"slope": np.array([[0.25], [0.5]])}),
    ("elu", {"alpha": np.array([0.5, 1.0, 1.5, 2.0])}),
    ("softplus", {"beta": np.array([[0.5], [2.0]])}),
    ("silu", {"beta": np.array([[0.5, 1.0, 1.5, -2.0]] * 2)}),
]
parametrised = pytest.mark.parametrize(
    ("name", "params"),
    PARAMETERS,
    ids=[f"{n}-{next(iter(p.values())).shape}" for n, p in PARAMETERS],
)


def cotangent_like(y: Any) -> Any:
    """Different multiples of 1/4."""
    return (np.arange(y.size).reshape(y.shape) % 7 - 3) / 4


def difference(f: Any, at: Any, cotangent: Any, step: float = 1e-5) -> Any:
    """The gradient of Σ cotangent·f by central differences."""
    gradient = np.empty(at.shape)
    for index in np.ndindex(at.shape):
        shift = np.zeros(at.shape)
        shift[index] = step
        gradient[index] = ((f(at + shift) - f(at - shift)) * cotangent).sum() / (2 * step)
    return gradient


@every_function
@float64_only
def test_vjp_is_the_limit_of_finite_differences(backend: Backend, dtype: str, case: Case) -> None:
    name, params = case
    f = getattr(multiact, name)

    def value(at: Any) -> Any:
        return backend.doubles(f(backend.array(at, dtype), **params))

    cotangent = cotangent_like(value(X))
    got = multiact.vjp(f, backend.array(X, dtype), backend.array(cotangent, dtype), **params)
    assert got.params == {}
    # The differences are right to their step squared.
    want = difference(value, X, cotangent)
    np.testing.assert_allclose(backend.doubles(got.x), want, rtol=1e-8, atol=1e-9)


@parametrised
@float64_only
def test_parameters_too(backend: Backend, dtype: str, name: str, params: dict[str, Any]) -> None:
    f, (key, at) = getattr(multiact, name), next(iter(params.items()))
    x = backend.array(X, dtype)

    def value(parameter: Any) -> Any:
        return backend.doubles(f(x, **{key: backend.array(parameter, dtype)}))

    cotangent = cotangent_like(X)
    got = multiact.vjp(f, x, backend.array(cotangent, dtype), **{key: backend.array(at, dtype)})
    want = difference(value, at, cotangent)
    assert backend.doubles(got.params[key]).shape == at.shape
    np.testing.assert_allclose(backend.doubles(got.params[key]), want, rtol=1e-8, atol=1e-9)


@parametrised
@pytest.mark.parametrize("half", ["float16", "bfloat16"])
def test_parameters_wider_than_x(
    backend: Backend, half: str, name: str, params: dict[str, Any]
) -> None:
    f, (key, at) = getattr(multiact, name), next(iter(params.items()))
    x, cotangent = backend.array(X, half), backend.array(cotangent_like(X), half)
    got = multiact.vjp(f, x, cotangent, **{key: backend.array(at, "float32")})
    assert backend.dtype_of(got.x) == half
    assert backend.dtype_of(got.params[key]) == "float32"
    # Every value above is exact in 16 bits, so the float32 gradient must be right in float32.
    wide = multiact.vjp(f, X, cotangent_like(X), **params)
    assert_close(backend.doubles(got.params[key]), wide.params[key], "float32", {"terms": 16.0})


@every_function
@common_dtypes
def test_all_backends_agree_on_gradients(differentiating: Backend, dtype: str, case: Case) -> None:
    name, params = case
    f, cotangent = getattr(multiact, name), cotangent_like(getattr(multiact, name)(X, **params))

    def gradient(x: Any, cotangent: Any) -> Any:
        return multiact.vjp(f, x, cotangent, **params).x

    ours, theirs = (
        backend.doubles(
            backend.at_once(gradient)(backend.array(X, dtype), backend.array(cotangent, dtype))
        )
        for backend in (Backend.NUMPY, differentiating)
    )
    # Each side may be off by the contract.
    assert_close(theirs, ours, dtype, {"both sides": 2.0})


@pytest.mark.parametrize("case", elementwise_cases(first_only=True), ids=case_id)
def test_shapes_of_gradients(backend: Backend, case: Case) -> None:
    name, params = case
    f = getattr(multiact, name)

    def both(x: Any, cotangent: Any) -> tuple[Any, Any]:
        return multiact.vjp(f, x, cotangent, **params).x, multiact.derivative(f, x, **params)

    # JAX compiles every shape anew.
    for shape in ((), (2, 1, 3)) if backend is Backend.JAX else ((), (2, 0), (2, 1, 3)):
        x, ones = (backend.array(np.full(shape, value), "float32") for value in (-0.5, 1.0))
        for got in backend.at_once(both)(x, ones):
            assert backend.doubles(got).shape == shape


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 1), (2, 1), (2, 3)])
def test_a_parameter_gradient_has_the_parameters_shape(
    backend: Backend, shape: tuple[int, ...]
) -> None:
    x, one = backend.array(-np.ones((2, 3)), "float32"), backend.array(np.ones((2, 3)), "float32")
    for name, key in (("prelu", "slope"), ("elu", "alpha"), ("silu", "beta")):
        parameter = backend.array(np.ones(shape), "float32")
        got = multiact.vjp(getattr(multiact, name), x, one, **{key: parameter})
        assert backend.doubles(got.params[key]).shape == shape


def test_result_is_a_named_tuple(backend: Backend) -> None:
    x = backend.array([1.0, -1.0], "float32")
    got = multiact.vjp(multiact.relu, x, x)
    assert isinstance(got, multiact.Gradients)
    assert got.x is got[0]
    assert got.params is got[1]


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "silu", "mish", "gelu"])
@float64_only
def test_vjp_nests(differentiating: Backend, dtype: str, name: str) -> None:
    f, x = getattr(multiact, name), differentiating.array(X, dtype)
    one = differentiating.array(np.ones_like(X), dtype)
    twice = multiact.vjp(lambda x: multiact.vjp(f, x, one).x, x, one).x
    direct = multiact.derivative(f, x, order=2)
    closed = multiact.derivative(f, X, order=2)
    for got in (twice, direct):
        np.testing.assert_allclose(differentiating.doubles(got), closed, rtol=1e-12, atol=1e-15)


def test_a_users_own_function(differentiating: Backend) -> None:
    x, a = (differentiating.array([0.5, 2.0], "float32") for _ in range(2))

    def f(x: Any, scale: Any, power: int) -> Any:
        return multiact.relu(scale * x) * x**power

    got = multiact.vjp(f, x, x, scale=a, power=1)
    assert differentiating.doubles(got.x).tolist() == [0.5 * 2 * 0.25, 2.0 * 2 * 4.0]
    assert differentiating.doubles(got.params["scale"]).tolist() == [0.5 * 0.25, 2.0 * 4.0]
    assert set(got.params) == {"scale"}


@pytest.mark.parametrize("call", ["vjp", "derivative"])
def test_numpy_cannot_differentiate_a_users_function(call: str) -> None:
    x = np.ones(3)
    arguments = (x,) if call == "vjp" else ()
    for f in (lambda x: x * x, np.tanh):
        with pytest.raises(TypeError, match="no automatic differentiation"):
            getattr(multiact, call)(f, x, *arguments)


def test_integer_params_get_no_gradient(backend: Backend) -> None:
    x = backend.array([[1.0, 2.0]], "float32")
    got = multiact.vjp(multiact.maxout, x, backend.array([[1.0]], "float32"), pieces=2, axis=1)
    assert got.params == {}
    where = backend.array([[True, False]], "bool")
    assert multiact.vjp(multiact.softmax, x, x, where=where).params == {}


@parametrised
def test_compiled_gradients_at_and_around_zero(
    differentiating: Backend, name: str, params: dict[str, Any]
) -> None:
    """Compiled code must take the closed form too, not the derivative of the value's steps."""
    f, (key, at) = getattr(multiact, name), next(iter(params.items()))
    x = np.where(np.abs(X) < 1, [[-0.0, 0.0, 0.0, -0.0]], X)
    cotangent = differentiating.array(cotangent_like(X), "float32")
    array, parameter = (differentiating.array(value, "float32") for value in (x, at))

    def gradients(x: Any, parameter: Any) -> tuple[Any, Any]:
        got = multiact.vjp(f, x, cotangent, **{key: parameter})
        return got.x, got.params[key]

    want = multiact.vjp(f, x, cotangent_like(X), **params)
    dx, dp = differentiating.compile(gradients)(array, parameter)
    assert_close(differentiating.doubles(dx), want.x, "float32", {"both sides": 2.0})
    assert_close(differentiating.doubles(dp), want.params[key], "float32", {"terms": 16.0})


class TestTorch:
    """PyTorch's own tools."""

    @staticmethod
    def function(name: str, params: dict[str, Any]) -> Any:
        f = getattr(multiact, name)
        return lambda x: f(x, **params)

    @every_function
    def test_gradcheck(self, case: Case) -> None:
        torch = Backend.TORCH.framework
        x = torch.tensor(X, requires_grad=True)
        assert torch.autograd.gradcheck(self.function(*case), (x,), check_forward_ad=True)
        assert torch.autograd.gradgradcheck(self.function(*case), (x,))

    @parametrised
    def test_gradcheck_of_parameters(self, name: str, params: dict[str, Any]) -> None:
        torch = Backend.TORCH.framework
        key, at = next(iter(params.items()))
        x, parameter = (torch.tensor(v, requires_grad=True) for v in (X, at))

        def f(x: Any, parameter: Any) -> Any:
            return getattr(multiact, name)(x, **{key: parameter})

        assert torch.autograd.gradcheck(f, (x, parameter), check_forward_ad=True)
        assert torch.autograd.gradgradcheck(f, (x, parameter))

    @every_function
    def test_function_transforms(self, case: Case) -> None:
        torch = Backend.TORCH.framework
        f, x = self.function(*case), torch.tensor(X)
        # Not row by row: without AVX-512 the kernels give the last few elements of an array other
        # bits than the same numbers among many.
        assert torch.func.vmap(f)(x).tolist() == f(x).tolist()
        reverse = torch.func.jacrev(f)(x)
        np.testing.assert_allclose(torch.func.jacfwd(f)(x), reverse, rtol=1e-13, atol=1e-15)
        row = x[0]
        hessian = torch.func.hessian(lambda r: f(r).sum())(row)
        assert torch.isfinite(hessian).all()

    @every_function
    @pytest.mark.parametrize("kind", ["bfloat16", "float32"])
    def test_only_inputs_are_kept_for_backward(self, case: Case, kind: str) -> None:
        torch = Backend.TORCH.framework
        name, params = case
        x = Backend.TORCH.array(X, kind).requires_grad_()
        kept: list[Any] = []
        with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t) or t, lambda t: t):
            y = getattr(multiact, name)(x, **params)
        own = {x.data_ptr(), y.data_ptr()}
        # Native kernels may keep their output, which lives anyway; nothing else may be kept.
        assert {t.data_ptr() for t in kept} <= own
        assert y.requires_grad

    @parametrised
    def test_only_inputs_and_parameters_are_kept(self, name: str, params: dict[str, Any]) -> None:
        torch = Backend.TORCH.framework
        key, at = next(iter(params.items()))
        x = torch.tensor(X, requires_grad=True)
        parameter = torch.tensor(at, requires_grad=True)
        kept: list[Any] = []
        with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t) or t, lambda t: t):
            getattr(multiact, name)(x, **{key: parameter})
        assert {t.data_ptr() for t in kept} <= {x.data_ptr(), parameter.data_ptr()}

    @every_function
    def test_nothing_is_recorded_without_need(self, case: Case) -> None:
        torch = Backend.TORCH.framework
        name, params = case
        x = torch.tensor(X)
        assert not getattr(multiact, name)(x, **params).requires_grad
        with torch.no_grad():
            assert not getattr(multiact, name)(x.requires_grad_(), **params).requires_grad


# One of each make: piecewise, smooth, a root or a sum inside, rows, halves. The contract is tested
# for the gradients of all.
OF_EACH_MAKE = ("relu", "elu", "gelu", "softmax", "sparsemax", "glu")
some_functions = pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=() if case[0] in OF_EACH_MAKE else pytest.mark.thorough)
        for case in default_cases()
    ],
    ids=case_id,
)


class TestJax:
    """JAX's own tools.

    What is about rules of differentiation alone goes step by step: the steps are compiled once for
    all functions.
    """

    @some_functions
    def test_check_grads(self, case: Case) -> None:
        jax = Backend.JAX.framework
        from jax.test_util import check_grads

        name, params = case
        f = getattr(multiact, name)
        with jax.enable_x64(True), jax.disable_jit():
            check_grads(lambda x: f(x, **params), (jax.numpy.asarray(X),), order=2)

    @parametrised
    def test_check_grads_of_parameters(self, name: str, params: dict[str, Any]) -> None:
        jax = Backend.JAX.framework
        from jax.test_util import check_grads

        key, at = next(iter(params.items()))

        def f(x: Any, parameter: Any) -> Any:
            return getattr(multiact, name)(x, **{key: parameter})

        with jax.enable_x64(True), jax.disable_jit():
            check_grads(f, (jax.numpy.asarray(X), jax.numpy.asarray(at)), order=2)

    @some_functions
    def test_transforms_compose(self, case: Case) -> None:
        jax = Backend.JAX.framework
        name, params = case
        f = getattr(multiact, name)

        def total(row: Any) -> Any:
            return f(row, **params).sum()

        x = jax.numpy.asarray(X, "float32")
        together = jax.jit(jax.vmap(jax.grad(total)))(x)
        with jax.disable_jit():
            alone = [jax.grad(total)(row) for row in x]
            hessian = jax.hessian(total)(x[0])
        assert_close(np.asarray(together), np.stack(alone), "float32", {"both sides": 2.0})
        assert np.isfinite(hessian).all()


class TestTensorFlow:
    """TensorFlow's own tools."""

    @every_function
    def test_compute_gradient(self, case: Case) -> None:
        tf = Backend.TENSORFLOW.framework
        name, params = case
        f = getattr(multiact, name)
        theory, numeric = tf.test.compute_gradient(lambda x: f(x, **params), [tf.constant(X)], 1e-5)
        np.testing.assert_allclose(theory[0], numeric[0], rtol=1e-8, atol=1e-9)

    @parametrised
    def test_compute_gradient_of_parameters(self, name: str, params: dict[str, Any]) -> None:
        tf = Backend.TENSORFLOW.framework
        key, at = next(iter(params.items()))

        def f(x: Any, parameter: Any) -> Any:
            return getattr(multiact, name)(x, **{key: parameter})

        theory, numeric = tf.test.compute_gradient(f, [tf.constant(X), tf.constant(at)], 1e-5)
        for ours, theirs in zip(theory, numeric, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-9)

    @every_function
    def test_variables_on_a_persistent_tape(self, case: Case) -> None:
        tf = Backend.TENSORFLOW.framework
        name, params = case
        variable = tf.Variable(X)
        with tf.GradientTape(persistent=True) as tape:
            y = getattr(multiact, name)(variable, **params)
        first, again = tape.gradient(y, variable), tape.gradient(y, variable)
        assert first.numpy().tolist() == again.numpy().tolist()
        want = multiact.vjp(getattr(multiact, name), X, np.ones(y.shape), **params).x
        np.testing.assert_allclose(first, want, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        pytest.param(record.name, dict(params), id=f"{record.name}-{index}")
        for record in multiact.records.values()
        if record.kind == "elementwise"
        for index, params in enumerate(record.cases)
    ],
)
def test_a_single_number_has_the_derivatives_of_an_array(name: str, params: Any) -> None:
    f = getattr(multiact, name)
    for x in (-30.0, -1.5, -0.0, 0.0, 0.375, 1.0, 2.5):
        for order in (1, 2):
            single = multiact.derivative(f, np.float64(x), order=order, **params)
            (whole,) = multiact.derivative(f, np.array([x]), order=order, **params)
            np.testing.assert_allclose(single, whole, rtol=1e-14, atol=1e-300)
