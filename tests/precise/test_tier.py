"""multiact.precise on every framework: the same bits, the limits at ±inf, the same door."""

from __future__ import annotations

import inspect
import math
from types import FunctionType
from typing import Any

import numpy as np
import pytest
from multiact_compare import oracle

import multiact
from multiact.formulas import precise_elementwise
from multiact.formulas.smooth import SILU_UNIT
from tests.backends import DTYPES, Backend, common_dtypes, float64_only
from tests.functions.contract import case_id, default_cases, elementwise_cases

Case = tuple[str, dict[str, Any]]
ROWWISE_NAMES = [name for name, record in multiact.records.items() if record.kind == "rowwise"]
# One of each make; ``multiact parity --tier precise`` measures all in every way.
COMPILED = ("relu", "selu", "tanh", "silu", "mish", "gelu", "snake", "tanhshrink")
# Where formulas turn: tails, roots of derivatives, both sides of 0, subnormal numbers.
POINTS = np.concatenate(
    [
        np.linspace(-30, 30, 1201),
        -np.geomspace(1e-45, 1e38, 400),
        np.geomspace(1e-45, 1e38, 400),
        [-1.2784645, -0.75179166, -1.1924275, -88.5, -103.9, 0.0, -0.0, -np.inf, np.inf],
    ]
)


def bits(array: Any) -> Any:
    """The bit patterns, every NaN being the same."""
    pattern = array.view(f"u{array.dtype.itemsize}").copy()
    pattern[np.isnan(array.astype(np.float64))] = 0
    return pattern


def slope(name: str, params: dict[str, Any], x: Any) -> Any:
    return multiact.derivative(getattr(multiact.precise, name), x, **params)


def compiled(backend: Backend, function: Any) -> Any:
    """Compiled anew: Dynamo stops after some functions of the same code."""
    if backend is Backend.TORCH:
        backend.framework.compiler.reset()
    return backend.compile(function)


def assert_same_bits(x: Any, got: Any, want: Any) -> None:
    differ = np.flatnonzero(bits(got) != bits(want))
    shown = [(x[i], got[i], want[i]) for i in differ[:5]]
    assert differ.size == 0, f"{differ.size} inputs (x, got, on NumPy): {shown}"


@pytest.mark.parametrize("name", [*multiact.records])
def test_the_names_are_those_of_the_default_tier(name: str) -> None:
    record, function = multiact.records[name], getattr(multiact.precise, name)
    assert type(function) is FunctionType
    assert function is not record.function
    assert inspect.signature(function) == record.signature
    assert (function.__module__, function.__name__) == ("multiact.precise", name)
    assert function.__doc__ == record.function.__doc__
    for alias in record.aliases:
        assert getattr(multiact.precise, alias) is function
    assert {name, *record.aliases} <= set(multiact.precise.__all__)


def test_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = multiact.precise.nonsense


@pytest.mark.parametrize(
    ("half", "case"),
    [
        *(("bfloat16", case) for case in elementwise_cases(first_only=True)),
        *(("float16", (name, {})) for name in COMPILED),
        *(
            pytest.param("float16", case, marks=pytest.mark.thorough)
            for case in elementwise_cases(first_only=True)
            if case[0] not in COMPILED
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else case_id(value),
)
def test_every_16_bit_input_gives_the_bits_of_numpy(
    differentiating: Backend, half: str, case: Case
) -> None:
    name, params = case
    f = getattr(multiact.precise, name)
    x = np.arange(1 << 16, dtype=np.uint16).view(DTYPES[half])
    values = differentiating.array(x, half)

    def both(x: Any) -> tuple[Any, Any]:
        return f(x, **params), slope(name, params, x)

    y, dy = map(differentiating.to_numpy, differentiating.at_once(both)(values))
    assert_same_bits(x, y, f(x, **params))
    assert_same_bits(x, dy, slope(name, params, x))


@pytest.mark.parametrize(
    ("mode", "case"),
    [
        *(("eager", case) for case in elementwise_cases(first_only=True)),
        *(("compiled", (name, {})) for name in COMPILED),
    ],
    ids=lambda value: value if isinstance(value, str) else case_id(value),
)
def test_float32_points_give_the_bits_of_numpy(
    differentiating: Backend, mode: str, case: Case
) -> None:
    name, params = case
    f = getattr(multiact.precise, name)
    x = POINTS.astype(np.float32)

    def both(x: Any) -> tuple[Any, Any]:
        return f(x, **params), slope(name, params, x)

    # JAX goes step by step for one of each make alone.
    eager = both if name in COMPILED else differentiating.at_once(both)
    run = compiled(differentiating, both) if mode == "compiled" else eager
    y, dy = map(differentiating.to_numpy, run(differentiating.array(x, "float32")))
    assert_same_bits(x, y, f(x, **params))
    assert_same_bits(x, dy, slope(name, params, x))


@pytest.mark.parametrize(
    ("backend", "case"),
    [
        # JAX compiles each of them, and has NumPy's bits at ±inf too, where settings are the first.
        pytest.param(backend, case, marks=pytest.mark.thorough if backend is Backend.JAX else ())
        for backend in Backend
        for record in multiact.records.values()
        if record.kind == "elementwise"
        for case in ((record.name, dict(params)) for params in record.cases)
    ],
    indirect=["backend"],
    ids=lambda value: value.value if isinstance(value, Backend) else case_id(value),
)
@pytest.mark.parametrize("dtype", ["float32"], indirect=True)
def test_infinities_give_the_limit(backend: Backend, dtype: str, case: Case) -> None:
    name, params = case
    f, limits = getattr(multiact.precise, name), oracle.limits(name, params)

    def both(x: Any) -> tuple[Any, Any]:
        return f(x, **params), slope(name, params, x)

    run = backend.at_once(both)
    for order, result in enumerate(run(backend.array([-np.inf, np.inf, np.nan], dtype))):
        got = backend.doubles(result)
        want = np.array([limits[-np.inf][order], limits[np.inf][order]])
        want = want.astype(DTYPES[dtype]).astype(np.float64)
        assert np.array_equal(got[:2], want, equal_nan=True), (order, got, want)
        assert np.isnan(got[2]) or multiact.records[name].kinks


@float64_only
def test_halves_of_x_may_be_subnormal(differentiating: Backend, dtype: str) -> None:
    """phish'(x) is x near 0, also for frameworks that take a subnormal x/2 as 0."""
    x = np.array([-3e-308, 2.5e-308, 4.3e-308, 1e-307])
    got = slope("phish", {}, differentiating.array(x, dtype))
    assert differentiating.doubles(got).tolist() == x.tolist()


OWN_ROOTS: dict[str, tuple[dict[str, float], tuple[float, ...]]] = {
    "xielu": ({}, (-2.432484276931448, -0.9808292530117262)),
    "acon_c": (
        {"p1": 1.2, "p2": -0.8, "beta": 1.5},
        (-0.13515503603605478, -0.06711744472988374),
    ),
}


@float64_only
@pytest.mark.parametrize(
    ("mode", "name"), [("eager", "xielu"), ("eager", "acon_c"), ("compiled", "acon_c")]
)
def test_next_to_roots_that_depend_on_parameters(
    differentiating: Backend, dtype: str, mode: str, name: str
) -> None:
    """No bit of a sum would be right there."""
    params, roots = OWN_ROOTS[name]
    f = getattr(multiact.precise, name)
    x = np.multiply.outer(roots, 1 + np.arange(-10, 11) * 2.0**-52).ravel()
    value, _, first, *_ = oracle.elementwise(name, params, x)

    def both(x: Any) -> tuple[Any, Any]:
        return f(x, **params), slope(name, params, x)

    eager = differentiating.at_once(both)
    run = compiled(differentiating, both) if mode == "compiled" else eager
    y, dy = map(differentiating.doubles, run(differentiating.array(x, dtype)))
    np.testing.assert_allclose(y, value, rtol=4 * 2.0**-52, atol=0)
    np.testing.assert_allclose(dy, first, rtol=8 * 2.0**-52, atol=0)


@pytest.mark.parametrize("transform", ["none", "vmap"])
@pytest.mark.parametrize("name", ["snake", "silu", "squareplus"])
def test_infinities_under_dynamo(name: str, transform: str) -> None:
    """A derivative that does not exist there, as that of snake, must not spoil the value."""
    torch = pytest.importorskip("torch")
    f = getattr(multiact.precise, name)
    program = torch.func.vmap(f) if transform == "vmap" else f
    x = torch.tensor([-math.inf, math.inf, 1.5], dtype=torch.float64)
    torch.compiler.reset()
    got = torch.compile(lambda x: program(x), backend="aot_eager", fullgraph=True)(x)
    assert torch.equal(got, f(x))


@pytest.mark.parametrize(
    ("backend", "case"),
    [
        # JAX compiles each of them, and has NumPy's bits of those with a value per element.
        pytest.param(
            backend, (name, params),
            marks=pytest.mark.thorough
            if backend is Backend.JAX and name not in (*COMPILED, *ROWWISE_NAMES)
            else (),
        )
        for backend in Backend
        for name, params in default_cases()
    ],
    indirect=["backend"],
    ids=lambda value: value.value if isinstance(value, Backend) else case_id(value),
)  # fmt: skip
@common_dtypes
def test_the_default_tier_is_near(backend: Backend, dtype: str, case: Case) -> None:
    """Rows too: a wrong axis, mask or parameter would show."""
    name, params = case
    x = backend.array([[0.5, -1.5, 2.0, 1.0], [3.0, -0.25, 0.75, -4.0]], dtype)

    def both(x: Any) -> list[Any]:
        return [getattr(tier, name)(x, **params) for tier in (multiact.precise, multiact)]

    precise, default = backend.at_once(both)(x)
    assert backend.dtype_of(precise) == dtype
    tolerance = 4 * float(np.finfo(np.float32).eps) if dtype == "float32" else 0.02
    assert np.allclose(
        backend.doubles(precise), backend.doubles(default), rtol=tolerance, atol=tolerance
    )


@pytest.mark.parametrize("dtype", ["float32"], indirect=True)
def test_gradients_to_parameters(backend: Backend, dtype: str) -> None:
    x = backend.array([[-2.0, 3.0], [-4.0, -1.0]], dtype)
    slopes = backend.array([0.5, 0.25], dtype)
    ones = backend.array([[1.0, 1.0], [1.0, 1.0]], dtype)
    found = multiact.vjp(multiact.precise.prelu, x, ones, slope=slopes)
    assert backend.doubles(found.x).tolist() == [[0.5, 1.0], [0.5, 0.25]]
    assert backend.doubles(found.params["slope"]).tolist() == [-6.0, -1.0]
    assert backend.dtype_of(found.params["slope"]) == dtype


@pytest.mark.parametrize("dtype", ["float32"], indirect=True)
def test_second_derivatives(differentiating: Backend, dtype: str) -> None:
    xs = np.array([-3.0, -1.0, 0.0, 0.5, 4.0])
    x = differentiating.array(xs, dtype)

    def bend(x: Any) -> Any:
        return multiact.derivative(multiact.precise.silu, x, order=2)

    s = 1 / (1 + np.exp(-xs))
    want = s * (1 - s) * (2 + xs * (1 - 2 * s))
    for run in (bend, differentiating.compile(bend)):
        assert np.allclose(differentiating.doubles(run(x)), want, rtol=1e-5, atol=1e-7)


def test_jax_differentiates_twice_with_its_switch_off() -> None:
    """What cuts bits off is differentiated outside of the scope where 64 bits exist."""
    jax = Backend.JAX.framework

    def sine(x: Any) -> Any:
        return multiact.precise.sine(x, 2.3)

    xs = np.array([-1.0, 0.0, 0.5])
    bend = jax.vmap(jax.grad(jax.grad(sine)))(Backend.JAX.array(xs, "float32"))
    np.testing.assert_allclose(bend, -(2.3**2) * np.sin(2.3 * xs), rtol=2**-22)


def test_integers(backend: Backend) -> None:
    x = backend.array([-1, 0, 2], "int32")
    assert backend.to_numpy(multiact.precise.relu(x)).tolist() == [0, 0, 2]
    assert "int32" in str(backend.to_numpy(multiact.precise.relu(x)).dtype)
    assert "float" in str(backend.to_numpy(multiact.precise.sigmoid(x)).dtype)


def test_rows_have_no_elementwise_derivative(backend: Backend) -> None:
    with pytest.raises(ValueError, match=r"multiact\.vjp"):
        multiact.derivative(multiact.precise.softmax, backend.array([1.0, 2.0], "float32"))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda x: multiact.precise.relu([1.0]), TypeError),
        (lambda x: multiact.precise.gelu(x, "exact"), ValueError),
        (lambda x: multiact.precise.softmax(x, axis=3), ValueError),
        (lambda x: multiact.precise.silu(x, "1"), TypeError),
    ],
)
def test_bad_input(backend: Backend, call: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        call(backend.array([1.0, 2.0], "float32"))


def test_jax_keeps_its_switch() -> None:
    jax = Backend.JAX.framework
    x = Backend.JAX.array([0.5], "float32")
    for switch in (False, True):
        with jax.enable_x64(switch):
            assert multiact.precise.gelu(x).dtype == "float32"
            assert jax.config.jax_enable_x64 is switch
            with pytest.raises(ValueError, match="approximate"):
                multiact.precise.gelu(x, "exact")
            assert jax.config.jax_enable_x64 is switch


def test_settings_of_torch_are_kept() -> None:
    torch = Backend.TORCH.framework
    torch.set_default_dtype(torch.float64)
    try:
        assert multiact.precise.mish(torch.ones(2, dtype=torch.float32)).dtype == torch.float32
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


def test_a_formula_without_its_own_form_is_used_as_it_is() -> None:
    limits = precise_elementwise(SILU_UNIT)
    assert limits.name == "silu"
    assert len(limits.partials) == 1
