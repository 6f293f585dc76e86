"""Values and gradients of custom activations: alike on every framework, eager and compiled."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import multiact
from tests.backends import Backend, float64_only
from tests.custom.samples import dynamic, everything, gated, relu_cos

X = [-3.5, -1.0, -0.0, 0.0, 0.5, 2.0, 7.25]
FUNCTIONS: list[tuple[Callable[..., Any], dict[str, float]]] = [
    (relu_cos, {}),
    (relu_cos, {"amplitude": 1.5}),
    (dynamic, {"slope": 0.25}),
    (gated, {"beta": 1.702}),
    (everything, {}),
]
EPS = float(np.finfo(np.float64).eps)


def exact(function: Any, x: float, params: dict[str, float]) -> float:
    """The definition in plain NumPy."""
    if function is relu_cos:
        return max(x, 0.0) + params.get("amplitude", 0.5) * np.cos(x)
    if function is dynamic:
        return x if x > 0 else params["slope"] * x
    assert function is gated
    return x / (1 + np.exp(-params["beta"] * x))


@float64_only
@pytest.mark.parametrize(("function", "params"), FUNCTIONS[:-1])
def test_values(backend: Backend, dtype: str, function: Any, params: dict[str, float]) -> None:
    x = backend.array(X, dtype)
    expected = [exact(function, value, params) for value in X]
    for program in (function, backend.compile(lambda x: function(x, **params))):
        y = program(x, **params) if program is function else program(x)
        assert backend.dtype_of(y) == dtype
        np.testing.assert_allclose(backend.doubles(y), expected, rtol=8 * EPS, atol=2 * EPS)


@float64_only
@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize(("function", "params"), FUNCTIONS)
def test_frameworks_agree(
    backend: Backend, dtype: str, function: Any, params: dict[str, float], order: int
) -> None:
    """With NumPy, whose gradients are the closed form; kinks included."""

    def program(x: Any) -> Any:
        if order == 0:
            return function(x, **params)
        return multiact.derivative(function, x, order=order, **params)

    expected = program(np.array(X))
    scale = np.abs(expected).max()
    for run in (program, backend.compile(program)):
        y = backend.doubles(run(backend.array(X, dtype)))
        np.testing.assert_allclose(y, expected, rtol=16 * EPS, atol=16 * EPS * scale)


@float64_only
@pytest.mark.parametrize(("function", "params"), FUNCTIONS)
def test_derivatives_are_those_of_the_value(
    backend: Backend, dtype: str, function: Any, params: dict[str, float]
) -> None:
    points = np.array([-2.3, -0.7, 0.4, 1.6, 2.7])
    step = 1e-6
    for order in (1, 2):
        lower = (
            (lambda x: function(x, **params))
            if order == 1
            else (lambda x: multiact.derivative(function, x, **params))
        )
        ends = [backend.doubles(lower(backend.array(points + s, dtype))) for s in (-step, step)]
        got = multiact.derivative(function, backend.array(points, dtype), order=order, **params)
        expected = (ends[1] - ends[0]) / (2 * step)
        np.testing.assert_allclose(backend.doubles(got), expected, rtol=1e-6, atol=1e-6)


def test_sixteen_bits_are_rounded_once(backend: Backend, dtype: str) -> None:
    x = backend.array(X, dtype)
    y = relu_cos(x)
    assert backend.dtype_of(y) == dtype
    wide = relu_cos(backend.doubles(x).astype(np.float64))
    eps = {"float16": 2.0**-11, "bfloat16": 2.0**-8}.get(dtype, 2.0**-22)
    np.testing.assert_allclose(backend.doubles(y), wide, rtol=eps)


@float64_only
def test_gradients_of_parameters(backend: Backend, dtype: str) -> None:
    x, cotangent = backend.array([X, X], dtype), backend.array(np.ones((2, 7)), dtype)
    found = multiact.vjp(relu_cos, x, cotangent, amplitude=backend.array(0.5, dtype))
    assert backend.doubles(found.params["amplitude"]) == pytest.approx(2 * np.cos(X).sum())
    slopes = backend.array(np.linspace(-1, 1, 7), dtype)
    found = multiact.vjp(dynamic, x, cotangent, slope=slopes)
    expected = 2 * np.minimum(X, 0.0)
    np.testing.assert_allclose(backend.doubles(found.params["slope"]), expected, rtol=EPS)
    found = multiact.vjp(gated, x, cotangent, beta=backend.array(1.5, dtype))
    s = 1 / (1 + np.exp(-1.5 * np.array(X)))
    total = 2 * (np.array(X) ** 2 * s * (1 - s)).sum()
    assert backend.doubles(found.params["beta"]) == pytest.approx(total)


@float64_only
def test_a_slope_from_another_tensor(backend: Backend, dtype: str) -> None:
    """A dynamic activation: the slope is the result of a computation, one for each element."""
    x = backend.array(X, dtype)
    slope = multiact.sigmoid(x)
    expected = np.where(np.array(X) > 0, X, np.array(X) / (1 + np.exp(-np.array(X))))
    for program in (dynamic, backend.compile(dynamic)):
        np.testing.assert_allclose(backend.doubles(program(x, slope)), expected, rtol=4 * EPS)


@float64_only
def test_the_derivative_given_is_the_one_used(backend: Backend, dtype: str) -> None:
    @multiact.activation(derivative=lambda xp, x: 17.0)
    def marked(xp: Any, x: Any) -> Any:
        return x * x

    got = multiact.derivative(marked, backend.array(X, dtype))
    np.testing.assert_array_equal(backend.doubles(got), 17.0)


@float64_only
def test_nan_stays_nan(backend: Backend, dtype: str) -> None:
    @multiact.activation
    def step(xp: Any, x: Any) -> Any:
        return xp.where(x > 0, 1.0, 0.0)

    x = backend.array([np.nan, 1.0, -1.0], dtype)
    np.testing.assert_array_equal(backend.doubles(step(x)), [np.nan, 1.0, 0.0])
    slope = multiact.derivative(step, x)
    np.testing.assert_array_equal(backend.doubles(slope), [np.nan, 0.0, 0.0])


def test_precise_rounds_once(backend: Backend) -> None:
    x = backend.array(X, "float32")
    wide = relu_cos(np.array(X))
    got = backend.to_numpy(relu_cos.precise(x))  # type: ignore[attr-defined]
    np.testing.assert_array_equal(got, wide.astype(np.float32))


def test_integers_are_promoted(backend: Backend) -> None:
    y = relu_cos(backend.array([-1, 2], "int32"))
    np.testing.assert_allclose(backend.doubles(y), relu_cos(np.array([-1.0, 2.0])), rtol=1e-6)


@pytest.mark.parametrize("function", [relu_cos, everything])
def test_numbers_of_numpy(function: Any) -> None:
    """They count as Python's floats, and are results all the same."""
    for x in (-1000.0, -1.5, 0.0, 2.5, 1000.0):
        for order in (0, 1, 2):

            def program(x: Any, order: int = order) -> Any:
                return multiact.derivative(function, x, order=order) if order else function(x)

            single, whole = program(np.float64(x)), program(np.array([x]))
            np.testing.assert_array_equal(single, whole[0])


def test_a_number_of_numpy_may_overflow() -> None:
    @multiact.activation
    def growing(xp: Any, x: Any) -> Any:
        return xp.exp(2 * x)

    assert growing(np.float64(1000.0)) == np.inf


def test_one_made_after_its_framework_was_loaded_and_before() -> None:
    import torch

    @multiact.activation
    def late(xp: Any, x: Any) -> Any:
        return 2 * x

    assert late(torch.tensor([1.5])).tolist() == [3.0]
    compiled = torch.compile(late, fullgraph=True, backend="eager")
    assert compiled(torch.tensor([2.5])).tolist() == [5.0]


def test_redefinition_replaces() -> None:
    """A cell of a notebook that is run again."""

    def make(factor: float) -> Any:
        @multiact.activation
        def again(xp: Any, x: Any) -> Any:
            return factor * x * x * x

        return again

    first = make(2.0)
    second = make(3.0)
    assert second(np.float64(1.0)) == 3.0
    # The name has one meaning, so that the old function follows, in both tiers.
    assert first(np.float64(1.0)) == 3.0
    x = np.linspace(0, 1, 1000, dtype=np.float32)
    rounded, exact = (multiact.derivative(f, x) for f in (second, second.precise))
    assert (rounded != exact).any()
    assert np.array_equal(multiact.derivative(first, x), rounded)
    assert np.array_equal(multiact.derivative(first.precise, x), exact)


def test_threads() -> None:
    results: list[Any] = []

    @multiact.activation
    def shared(xp: Any, x: Any) -> Any:
        return xp.tanh(x)

    def work() -> None:
        results.append(shared(np.array(X)))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    for result in results:
        np.testing.assert_array_equal(result, np.tanh(X))


def test_it_is_a_plain_function_with_its_own_name() -> None:
    assert relu_cos.__name__ == "relu_cos"
    assert relu_cos.__doc__ == "ReLU plus a cosine."
    assert pickle.loads(pickle.dumps(relu_cos)) is relu_cos
    import inspect

    assert str(inspect.signature(relu_cos)).startswith("(x: 'Any', amplitude: 'Any' = 0.5)")


def test_symbolic_trace_of_torch() -> None:
    import torch

    traced = torch.fx.symbolic_trace(lambda x: relu_cos(x, 0.25))
    x = torch.tensor(X)
    torch.testing.assert_close(traced(x), relu_cos(x, 0.25), rtol=0, atol=0)


@pytest.mark.filterwarnings("ignore:`torch.jit.script")
def test_training_under_compile() -> None:
    import torch

    results = []
    for wrapped in (relu_cos, torch.compile(relu_cos, fullgraph=True)):
        x = torch.tensor(X, dtype=torch.float64, requires_grad=True)
        amplitude = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
        wrapped(x, amplitude).sum().backward()
        results.append((x.grad, amplitude.grad))
    torch.testing.assert_close(*results, rtol=1e-14, atol=1e-15)


def test_arrays_of_the_standard() -> None:
    strict = pytest.importorskip("array_api_strict")
    dask_array = pytest.importorskip("dask.array")
    expected = relu_cos(np.array(X))
    np.testing.assert_array_equal(np.asarray(relu_cos(strict.asarray(X))), expected)
    lazy = relu_cos(dask_array.from_array(np.array(X), chunks=3))
    assert lazy.chunks == ((3, 3, 1),)
    np.testing.assert_array_equal(lazy.compute(), expected)
    slope = multiact.derivative(relu_cos, strict.asarray(X))
    expected = multiact.derivative(relu_cos, np.array(X))
    np.testing.assert_array_equal(np.asarray(slope), expected)
