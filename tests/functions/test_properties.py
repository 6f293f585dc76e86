"""What must hold for every shape and value, by hypothesis."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import multiact
from tests.backends import Backend
from tests.functions.contract import (
    assert_close,
    assert_contract,
    case_id,
    default_cases,
    elementwise_cases,
    eps,
)

Case = tuple[str, dict[str, Any]]
every_elementwise = pytest.mark.parametrize("case", elementwise_cases(first_only=True), ids=case_id)
# Frameworks may flush subnormal numbers to zero.
numbers = st.floats(-1e4, 1e4, width=32, allow_subnormal=False)
# One shape for values, so that nothing is compiled anew; several for shapes.
values = arrays.arrays(np.float64, (16,), elements=numbers)
shaped = st.sampled_from([(), (1,), (3, 0, 2), (2, 1, 4)]).flatmap(
    lambda shape: arrays.arrays(np.float64, shape, elements=numbers)
)
TWO = {"both sides": 2.0}


def apply(backend: Backend, case: Case, x: Any, dtype: str = "float32") -> Any:
    name, params = case
    return backend.doubles(getattr(multiact, name)(backend.array(x, dtype), **params))


@every_elementwise
@given(x=values)
def test_values_keep_the_contract(backend: Backend, case: Case, x: Any) -> None:
    name, params = case
    assert_contract(apply(backend, case, x), name, params, x, "float32")


@every_elementwise
@given(x=values)
def test_range(backend: Backend, case: Case, x: Any) -> None:
    low, high = multiact.records[case[0]].range
    y = apply(backend, case, x)
    slack = 2 * eps("float32")
    assert (y >= low - slack).all()
    assert (y <= high + slack).all()


@pytest.mark.parametrize(
    "case",
    [case for case in elementwise_cases(first_only=True) if multiact.records[case[0]].monotonic],
    ids=case_id,
)
@given(x=values)
def test_monotonic(backend: Backend, case: Case, x: Any) -> None:
    y = apply(backend, case, np.sort(x))
    slack = 4 * eps("float32") * np.maximum(1, np.abs(y[1:]))
    assert (np.diff(y) >= -slack).all()


@given(x=values)
def test_symmetries(backend: Backend, x: Any) -> None:
    up, down = (apply(backend, ("sigmoid", {}), side) for side in (x, -x))
    assert (np.abs(up + down - 1) <= 2 * eps("float32")).all()
    assert_close(apply(backend, ("tanh", {}), -x), -apply(backend, ("tanh", {}), x), "float32")
    for name in ("silu", "gelu"):
        # f(x) − f(−x) = x for x·σ(x) and x·Φ(x).
        odd = apply(backend, (name, {}), x) - apply(backend, (name, {}), -x)
        assert_close(odd, x, "float32", {"both sides": 4.0})
    plus = apply(backend, ("softplus", {}), x) - apply(backend, ("softplus", {}), -x)
    assert_close(plus, x, "float32", {"both sides": 4.0})


@every_elementwise
@given(x=arrays.arrays(np.float64, (4, 4), elements=numbers))
def test_elements_do_not_depend_on_their_place(backend: Backend, case: Case, x: Any) -> None:
    """Reshaping and transposing before is the same as after."""
    y = apply(backend, case, x)
    assert_close(apply(backend, case, x.T), y.T, "float32", TWO)
    assert_close(apply(backend, case, x.reshape(16)), y.reshape(16), "float32", TWO)


@pytest.mark.parametrize("case", default_cases(), ids=case_id)
@given(x=shaped)
def test_shapes(backend: Backend, case: Case, x: Any) -> None:
    name, _ = case
    rowwise = multiact.records[name].kind == "rowwise"
    if rowwise and (not x.ndim or x.shape[-1] % 2):
        return
    shape = x.shape
    if name == "logsumexp":
        shape = x.shape[:-1]
    elif name == "crelu":
        shape = (*x.shape[:-1], 2 * x.shape[-1])
    elif name == "maxout" or multiact.records[name].family == "gated":
        shape = (*x.shape[:-1], x.shape[-1] // 2)
    y = apply(backend, case, x)
    assert y.shape == shape
    # The sum over nothing is 0, and its logarithm −inf.
    assert np.isfinite(y).all() or (name == "logsumexp" and not x.shape[-1])


@pytest.mark.parametrize("case", default_cases(), ids=case_id)
@given(x=values)
def test_backends_agree(case: Case, x: Any) -> None:
    results = [apply(backend, case, x) for backend in Backend]
    for result in results[1:]:
        assert_close(result, results[0], "float32", TWO)


@given(x=values, shift=st.integers(-64, 64))
def test_softmax(backend: Backend, x: Any, shift: int) -> None:
    x = np.round(x)  # so that the shift is exact
    y = apply(backend, ("softmax", {}), x)
    assert (y >= 0).all()
    assert abs(y.sum() - 1) <= 8 * eps("float32")
    assert_close(apply(backend, ("softmax", {}), x + shift), y, "float32", TWO)
    assert (np.argmax(y) == np.argmax(x)) or y[np.argmax(x)] == y.max()


@given(x=values)
def test_maxout(backend: Backend, x: Any) -> None:
    for pieces in (1, 2, 8, 16):
        y = apply(backend, ("maxout", {"pieces": pieces}), x)
        assert y.tolist() == x.reshape(-1, pieces).max(-1).tolist()


@given(x=values, slope=st.floats(-2, 2, width=16))
def test_prelu_is_leaky_relu_with_a_learnable_slope(backend: Backend, x: Any, slope: float) -> None:
    learnable = multiact.prelu(backend.array(x, "float32"), backend.array(slope, "float32"))
    fixed = apply(backend, ("leaky_relu", {"negative_slope": slope}), x)
    assert_close(backend.doubles(learnable), fixed, "float32", {"slope": 2 * max(1, abs(slope))})


@given(x=values, beta=st.sampled_from([0.25, 0.5, 2.0, 4.0, -1.0]))
def test_beta_scales(backend: Backend, x: Any, beta: float) -> None:
    """softplus(x; beta) = softplus(beta·x)/beta, and the same for silu."""
    for name in ("softplus", "silu"):
        direct = apply(backend, (name, {"beta": beta}), x)
        scaled = apply(backend, (name, {}), beta * x) / beta
        assert_close(direct, scaled, "float32", {"both sides": 2 * max(4.0, abs(beta))})
