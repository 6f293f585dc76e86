"""The formulas of the precise tier against certified arithmetic, on NumPy arrays.

float64 results are bounded in ULP, everywhere: at all exponents, in the tails, and ever closer to
the roots of a function and its derivative. float32 results are right to a ten-thousandth of an ULP
more than rounding takes.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple

import flint
import numpy as np
import pytest
from multiact_compare import inputs, oracle, ulp
from multiact_compare import rows as parity_rows
from multiact_compare.dtypes import DTYPES, Doubles, DType
from multiact_compare.rows import Block

import multiact
from multiact.formulas.precise import _far_angles
from multiact.formulas.precise._acon_roots import NOWHERE, crossings

SINGLE, DOUBLE = DTYPES["float32"], DTYPES["float64"]
VALUE_BOUND, SLOPE_BOUND, ROUNDED_BOUND = 4.0, 8.0, 0.5001
# How many numbers on either side of a root are taken, all of them.
BESIDE = {"float32": 200, "float64": 40}
SWEEP = {"float32": 2000, "float64": 4000}


class Case(NamedTuple):
    """A function with parameters."""

    name: str
    params: Mapping[str, Any] = {}


# The absolute error that is left at roots which depend on arrays.
BLUR = 2.0**-70
CASES = [
    *map(Case, ("sigmoid", "tanh", "log_sigmoid", "lecun_tanh", "arctan", "softsign")),
    Case("laplace"),
    Case("laplace", {"mu": -3.7, "sigma": 0.1}),
    Case("laplace", {"mu": 0.0, "sigma": 1.0}),
    *(Case("softplus", {"beta": beta}) for beta in (1.0, 0.5, -0.3, 1e-3, 1e300)),
    *(Case("silu", {"beta": beta}) for beta in (1.0, 1.7, -0.77, 1e-5)),
    *map(Case, ("quick_gelu", "mish", "gelu", "gelu_10", "serf", "phish", "tanhshrink")),
    Case("gelu", {"approximate": "tanh"}),
    Case("gelu", {"approximate": "sigmoid"}),
    *(Case("squareplus", {"b": b}) for b in (4.0, 0.25, 1e-8, 0.0)),
    *(Case("elu", {"alpha": alpha}) for alpha in (1.0, 0.75, -2.0)),
    Case("selu"),
    *(Case("celu", {"alpha": alpha}) for alpha in (1.0, 3.3, -1.3, 1e200)),
    Case("xielu"),
    Case("xielu", {"alpha_p": -0.5, "alpha_n": 0.6, "beta": 0.3}),
    Case("xielu", {"alpha_p": 0.8, "alpha_n": 0.8, "beta": -0.25}),
    Case("xielu", {"alpha_p": 0.8, "alpha_n": 1.0, "beta": 1 - 2.0**-20}),
    Case("xielu", {"alpha_p": 0.8, "alpha_n": 1.0, "beta": 1e-9}),
    Case("xielu", {"alpha_p": 0.8, "alpha_n": 1e-10, "beta": 3e-11}),
    Case("xielu", {"alpha_p": 0.8, "alpha_n": 0.8, "beta": 0.8}),
    Case("acon_c", {"p1": 1.0, "p2": 0.0, "beta": 1.3}),
    Case("acon_c", {"p1": 1.2, "p2": -0.3, "beta": 1.1}),
    Case("acon_c", {"p1": 0.3, "p2": 0.9, "beta": -2.0}),
    Case("acon_c", {"p1": -0.07, "p2": -1.4, "beta": 0.9}),
    Case("acon_c", {"p1": 1.0, "p2": -1.0, "beta": 1.0}),
    Case("acon_c", {"p1": 1.0, "p2": 2.0**-30, "beta": 1.0}),
    Case("acon_c", {"p1": 1.0, "p2": 0.05, "beta": 1.3}),
    *(Case("snake", {"a": a}) for a in (1.0, 0.7, -2.5, 30.0)),
    *(Case("sine", {"omega": omega}) for omega in (1.0, 0.7, -2.5, 30.0)),
    *(Case("star_relu", {"scale": scale, "bias": bias}) for scale, bias in ((0.8944, -0.4472),)),
    Case("leaky_relu", {"negative_slope": 0.1}),
    *map(Case, ("relu", "relu6", "squared_relu", "hard_sigmoid", "hard_tanh", "hard_silu")),
    *map(Case, ("sparse_sigmoid", "sparse_plus", "softshrink", "hardshrink", "identity")),
    Case("shrink", {"lambd": 0.5, "bias": 0.3}),
    Case("threshold", {"threshold": 0.3, "value": 0.1}),
]


def label(case: Case) -> str:
    return "-".join([case.name, *(f"{key}={value}" for key, value in case.params.items())])


every_case = pytest.mark.parametrize("case", CASES, ids=label)


GRID = np.linspace(-40.0, 40.0, 1601) + 1e-3


def roots(case: Case, grid: Doubles = GRID) -> list[float]:
    """Where the value or the derivative changes sign, to the nearest float64."""
    truth = np.sign(oracle.elementwise(case.name, case.params, grid))
    found = []
    for row in (0, 2):
        for i in np.flatnonzero(truth[row, :-1] * truth[row, 1:] < 0):
            low, high = grid[i], grid[i + 1]
            side = truth[row, i]
            while (middle := (low + high) / 2) not in (low, high):
                there = oracle.elementwise(case.name, case.params, np.array([middle]))[row, 0]
                low, high = (middle, high) if np.sign(there) == side else (low, middle)
            found.append(float(low))
    return found


def points(dtype: DType, case: Case) -> Doubles:
    """Finite inputs: a sweep over all exponents, and everything next to the roots."""
    centres = roots(case)
    at = dtype.ordinals(dtype.encode(np.array([0.0, *centres])))
    steps = np.arange(-BESIDE[dtype.name], BESIDE[dtype.name] + 1)
    close = dtype.from_ordinals((at[:, None] + steps).ravel())
    bits = [inputs.sweep(dtype, SWEEP[dtype.name], centres), close, inputs.edges(dtype, ())]
    x = dtype.decode(np.concatenate(bits))
    return np.unique(x[np.abs(x) <= dtype.largest])


def values_and_slopes(case: Case, x: Any) -> tuple[Any, Any]:
    function = getattr(multiact.precise, case.name)
    return function(x, **case.params), multiact.derivative(function, x, **case.params)


def worst(
    got: Any, truth: Doubles, dtype: DType, x: Doubles, blur: float = 0.0
) -> tuple[float, Any]:
    """The largest error in ULP and where it is; NaN in the truth says that there is none."""
    high, low = truth
    known = ~np.isnan(high)
    high, low, got = high[known], low[known], got[known].astype(np.float64)
    errors = np.maximum(ulp.absolute_errors(got, high, low, dtype) - blur, 0.0)
    scaled = ulp.in_ulps(errors, ulp.spacing_exponents(high, low, dtype))
    place = int(scaled.argmax())
    return float(scaled[place]), (x[known][place], got[place], high[place])


@every_case
def test_float64_within_a_few_ulp(case: Case) -> None:
    x = points(DOUBLE, case)
    truth = oracle.elementwise(case.name, case.params, x)
    truth[2, np.isin(x, oracle.kinks(case.name, case.params))] = np.nan
    value, slope = values_and_slopes(case, x)
    error, where = worst(value, truth[:2], DOUBLE, x)
    assert error <= VALUE_BOUND, ("value", error, where)
    error, where = worst(slope, truth[2:4], DOUBLE, x)
    assert error <= SLOPE_BOUND, ("slope", error, where)


@every_case
def test_float32_is_rounded_correctly(case: Case) -> None:
    x = points(SINGLE, case)
    truth = oracle.elementwise(case.name, case.params, x)
    truth[2, np.isin(x, oracle.kinks(case.name, case.params))] = np.nan
    value, slope = values_and_slopes(case, x.astype(np.float32))
    assert (value.dtype, slope.dtype) == (np.float32, np.float32)
    error, where = worst(value, truth[:2], SINGLE, x)
    assert error <= ROUNDED_BOUND, ("value", error, where)
    error, where = worst(slope, truth[2:4], SINGLE, x)
    assert error <= ROUNDED_BOUND, ("slope", error, where)


@every_case
def test_nan_stays(case: Case) -> None:
    value, slope = values_and_slopes(case, np.array([np.nan, 1.0]))
    assert np.isnan(value[0])
    if case.name != "identity":
        assert np.isnan(slope[0])


@every_case
def test_second_derivatives_are_finite(case: Case) -> None:
    x = np.concatenate([np.linspace(-30.0, 30.0, 121), [-1e300, -1e30, -700.0, 700.0, 1e30]])
    everything = oracle.elementwise(case.name, case.params, x)
    finite = np.isfinite(everything[2])
    x, truth = x[finite], everything[4, finite]
    function = getattr(multiact.precise, case.name)
    got = multiact.derivative(function, x, order=2, **case.params)
    assert np.isfinite(got).all()
    known = ~np.isnan(truth)
    scale = np.maximum(1.0, np.abs(truth[known]))
    assert (np.abs(got[known] - truth[known]) <= 1e-13 * scale).all()


SIGNED = (
    "tanh", "lecun_tanh", "arctan", "softsign", "silu", "quick_gelu", "mish", "gelu", "elu", "selu",
    "celu", "serf", "tanhshrink", "sine",
)  # fmt: skip


@pytest.mark.parametrize("name", SIGNED)
def test_zeros_keep_their_sign(name: str) -> None:
    value = getattr(multiact.precise, name)(np.array([0.0, -0.0]))
    assert value.tolist() == [0.0, 0.0]
    assert np.signbit(value).tolist() == [False, True]


@pytest.mark.parametrize(
    ("name", "parameter", "partial"),
    [
        # Each is checked against the derivative along x of an equivalent function.
        ("silu", "beta", lambda x, beta: x * x * _logistic_slope(beta * x)),
        ("elu", "alpha", lambda x, alpha: np.where(x > 0, 0.0, np.expm1(np.minimum(x, 0)))),
        ("xielu", "alpha_p", lambda x, alpha_p: np.where(x > 0, x * x, 0.0)),
        ("snake", "a", lambda x, a: (a * x * np.sin(2 * a * x) - np.sin(a * x) ** 2) / a**2),
    ],
)
def test_partial_derivatives(name: str, parameter: str, partial: Any) -> None:
    x, p = np.linspace(-5.0, 5.0, 41), np.full(41, 1.25)
    function = getattr(multiact.precise, name)
    _, gradients = multiact.vjp(function, x, np.ones(41), **{parameter: p})
    np.testing.assert_allclose(gradients[parameter], partial(x, p), rtol=1e-13, atol=1e-15)


def _logistic_slope(z: Any) -> Any:
    return 1 / (2 + np.exp(z) + np.exp(-z))


ROWS = [
    ("softmax", {}),
    ("softmin", {}),
    ("log_softmax", {}),
    ("sparsemax", {}),
    ("entmax15", {}),
    ("gumbel_softmax", {"temperature": 0.5, "noise": 0.0}),
    ("glu", {}),
    ("geglu", {}),
    ("swiglu", {}),
    ("maxout", {"pieces": 2}),
]


def rows(length: int, dtype: DType) -> Doubles:
    """Rows of all scales, with ties, ruled by one entry, and with entries next to a threshold."""
    generator = np.random.default_rng(length)
    scales = (0.01, 0.3, 1.0, 5.0, 20.0, 300.0, 1e3)
    parts = [generator.normal(0.0, scale, (8, length)) for scale in scales]
    constants = np.repeat([[0.0], [1.0], [-3.0], [1e4]], length, axis=1)
    ruled = np.where(np.arange(length) == 0, 0.0, -np.arange(5.0, 45.0, 10.0)[:, None])
    parts += [constants, ruled, np.linspace(-700.0, 0.0, length)[None]]
    return dtype.decode(dtype.encode(np.concatenate(parts)))


@pytest.mark.parametrize(("name", "params"), ROWS, ids=[name for name, _ in ROWS])
@pytest.mark.parametrize("dtype", [SINGLE, DOUBLE], ids=lambda dtype: str(dtype.name))
def test_rows(name: str, params: dict[str, Any], dtype: DType) -> None:
    for length in (2, 4, 10, 128):
        x = rows(length, dtype)
        halves = name in ("glu", "geglu", "swiglu", "maxout")
        cotangents = np.ones((len(x), length // 2 if halves else length))
        truth = oracle.rowwise(name, params, Block(x, cotangents, np.zeros_like(x)))[0]
        got = getattr(multiact.precise, name)(x.astype(dtype.native), **params)
        error, where = worst(got, truth.reshape(2, *got.shape), dtype, np.zeros(got.shape))
        assert error <= (VALUE_BOUND if dtype is DOUBLE else ROUNDED_BOUND), (length, error, where)


@pytest.mark.parametrize(("name", "params"), ROWS[:6], ids=[name for name, _ in ROWS[:6]])
@pytest.mark.parametrize("dtype", [SINGLE, DOUBLE], ids=lambda dtype: str(dtype.name))
def test_gradients_of_rows(name: str, params: dict[str, Any], dtype: DType) -> None:
    """In ULP of the largest entry of the row."""
    for block in parity_rows.blocks(dtype):
        chosen = np.isfinite(block.values).all(axis=1)
        block = Block(block.values[chosen], block.cotangents[chosen], block.directions[chosen])
        high, low = oracle.rowwise(name, params, block)[1].reshape(2, -1)
        x, c = (part.astype(dtype.native) for part in (block.values, block.cotangents))
        got = multiact.vjp(getattr(multiact.precise, name), x, c, **params).x
        known = ~np.isnan(high)
        largest = np.abs(high.reshape(x.shape)).max(axis=1, keepdims=True)
        spacing = ulp.spacing_exponents(largest, np.zeros_like(largest), dtype)
        errors = ulp.absolute_errors(got.astype(np.float64).ravel(), high, low, dtype)[known]
        scaled = ulp.in_ulps(errors, np.broadcast_to(spacing, x.shape).ravel()[known])
        bound = SLOPE_BOUND if dtype is DOUBLE else ROUNDED_BOUND
        assert scaled.max(initial=0.0) <= bound, (x.shape, int(scaled.argmax()))


def test_a_confident_row_has_a_gradient() -> None:
    """The gradient of −ln softmax at an entry with a weight of almost 1 is not rounded to 0."""
    x, cotangent = np.array([[0.0, -40.0]], np.float32), np.array([[1.0, 0.0]], np.float32)
    weight = np.exp(-40.0)
    gradient, _ = multiact.vjp(multiact.precise.log_softmax, x, cotangent)
    np.testing.assert_allclose(gradient, [[weight, -weight]], rtol=1e-6)
    gradient, _ = multiact.vjp(multiact.precise.softmax, x, cotangent)
    np.testing.assert_allclose(gradient, [[weight, -weight]], rtol=1e-6)


@pytest.mark.parametrize("frequency", [1.0, 2.3, -11.0, 0.1, 1e30, -3e307, 1e-300])
@pytest.mark.parametrize("kind", ["sine number", "snake number", "snake array"])
def test_a_huge_angle_is_not_rounded(kind: str, frequency: float) -> None:
    """Its rounding error is many turns; nor is it bounded where its product overflows."""
    grid = np.random.default_rng(0).uniform(1.0, 2.0, (8, 1)) * 2.0 ** np.arange(-60, 1024, 4)
    # No float64 is closer to a multiple of π/2 than the first.
    x = np.array([6381956970095103 * 2.0**797, 1.7976931348623157e308, *grid.ravel()])
    x = np.concatenate([x, -x])
    name, given = kind.split()
    parameter = "omega" if name == "sine" else "a"
    truth = oracle.elementwise(name, {parameter: frequency}, x, second=False)
    params = {parameter: np.array(frequency) if given == "array" else frequency}
    value, slope = values_and_slopes(Case(name, params), x)
    assert worst(value, truth[:2], DOUBLE, x)[0] <= VALUE_BOUND
    assert worst(slope, truth[2:4], DOUBLE, x)[0] <= SLOPE_BOUND


def test_a_scalar_that_does_not_widen_the_result() -> None:
    torch = pytest.importorskip("torch")
    x = np.array([1e30, 3e38, 7.7e20], np.float32)
    a = torch.tensor(1e100, dtype=torch.float64)
    slope = multiact.derivative(multiact.precise.snake, torch.as_tensor(x), a=a)
    truth = oracle.elementwise("snake", {"a": 1e100}, x.astype(np.float64), second=False)
    assert np.array_equal(slope.numpy(), truth[2].astype(np.float32))


def test_two_over_pi() -> None:
    with flint.ctx.workprec(_far_angles.PLACES + 64):
        truth = (flint.arb(2) / flint.arb.pi() * flint.arb(2) ** _far_angles.PLACES).floor()
    assert int(truth.unique_fmpz()) == _far_angles.TWO_OVER_PI


@pytest.mark.parametrize("b", [0.01, 4.0, 50.0])
def test_the_limit_is_not_the_value_at_the_largest_number(b: float) -> None:
    x = np.array([-np.inf, -1.7e308])
    y = multiact.precise.squareplus(x, b=b)
    assert y[0] == 0 < y[1]


@pytest.mark.parametrize(
    ("case", "array"),
    [
        (Case("xielu", {"alpha_p": 0.8, "alpha_n": 0.6, "beta": 0.3}), "alpha_n"),
        (Case("acon_c", {"p1": 1.2, "p2": -0.3, "beta": 1.1}), "p2"),
        (Case("acon_c", {"p1": 0.3, "p2": 0.9, "beta": -2.0}), "beta"),
    ],
    ids=lambda value: label(value) if isinstance(value, Case) else value,
)
def test_roots_that_depend_on_an_array(case: Case, array: str) -> None:
    x = points(DOUBLE, case)
    truth = oracle.elementwise(case.name, case.params, x)
    given = case._replace(params={**case.params, array: np.array(case.params[array])})
    value, slope = values_and_slopes(given, x)
    assert worst(value, truth[:2], DOUBLE, x, BLUR)[0] <= VALUE_BOUND
    assert worst(slope, truth[2:4], DOUBLE, x, BLUR)[0] <= SLOPE_BOUND


@pytest.mark.parametrize("p2", [0.0907, 0.0907762755, 0.09077627822686758, 0.0907762783, 0.091])
def test_where_the_derivative_all_but_touches_0(p2: float) -> None:
    """It has two roots ever closer together, then none."""
    case = Case("acon_c", {"p1": 1.0, "p2": p2, "beta": 1.3})
    found = crossings(**case.params)
    at = DOUBLE.ordinals(DOUBLE.encode(np.array([found.near.at, found.far.at])))
    steps = np.arange(-40, 41)
    distances = np.exp2(np.random.default_rng(0).uniform(-50.0, 0.0, 2000))
    around = found.near.at * (1 + np.concatenate([distances, -distances]))
    x = np.concatenate([DOUBLE.decode(DOUBLE.from_ordinals((at[:, None] + steps).ravel())), around])
    truth = oracle.elementwise(case.name, case.params, x)[2:4]
    error, where = worst(values_and_slopes(case, x)[1], truth, DOUBLE, x)
    assert error <= SLOPE_BOUND, where


EXTREMES = (0.0, 1.0, -1.0, 1e-300, 1e300, 2.0**59.9, -(2.0**-59.9), np.inf, -np.inf, np.nan)


@pytest.mark.parametrize("p1", EXTREMES)
def test_no_parameters_are_too_extreme_to_look_for_roots(p1: float) -> None:
    for p2, beta in itertools.product(EXTREMES, EXTREMES):
        found = crossings(p1, p2, beta)
        assert np.isfinite(found.flat()).all()
        if found is not NOWHERE:
            assert all(0 < abs(number) < np.inf for number in (p1, p2, beta))


def test_the_tail_of_a_shifted_and_scaled_argument() -> None:
    # What the argument (x − mu)/sigma has lost in rounding is as large as the errors allowed.
    x = np.random.default_rng(0).uniform(-9.8, 1.0, 20_000)
    truth = oracle.elementwise("laplace", {}, x, second=False)
    error, where = worst(multiact.precise.laplace(x), truth[:2], DOUBLE, x)
    assert error <= 3.0, where


def test_a_product_with_subnormal_parts() -> None:
    params = {"alpha_p": 0.25, "alpha_n": 0.5, "beta": 0.0}
    x = -np.random.default_rng(0).uniform(1.0, 2.0, 50) * 2.0 ** np.arange(-1070, -1020)
    truth = oracle.elementwise("xielu", params, x)[2:4]
    _, slope = values_and_slopes(Case("xielu", params), x)
    assert worst(slope, truth, DOUBLE, x)[0] <= 1
