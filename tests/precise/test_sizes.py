"""The precise tier where parameters are very large, very small, or of very different sizes.

Roots are then far from 1, or where an exponential has fewer bits than what it is subtracted from.
"""

from __future__ import annotations

import flint
import numpy as np
import pytest
from multiact_compare import oracle
from multiact_compare.dtypes import Doubles

import multiact
from multiact.formulas.precise import _integers
from multiact.formulas.precise._xielu_roots import NOWHERE, descent
from tests.backends import Backend, float64_only
from tests.precise.test_formulas import (
    DOUBLE,
    EXTREMES,
    SLOPE_BOUND,
    VALUE_BOUND,
    Case,
    roots,
    values_and_slopes,
    worst,
)

# p1, p2, beta, and how many roots the value and the derivative have.
ACON = [
    (1.0, 1e-20, 1.0, 2),
    (1.0, -1e-20, 1.0, 2),
    (1e-30, -1e25, 1.0, 2),
    (1e-30, 1e25, 1.0, 2),
    (1.0, 1e-250, 1.0, 2),
    (-1e-250, 1.0, -1.3, 2),
    (1.2, -0.3, 1e40, 2),
    (1e40, 0.05e40, 1e-40, 2),
    (1e30, -1e30 * (1 + 2.0**-50), 1.0, 2),
    (1e-200, -1e-240, 1e200, 2),
    (1e-250, -1.5e-250, 1e250, 2),
]
# alpha_n and beta.
XIELU = [
    (1.0, 1e-20),
    (1e40, 1e-40),
    (1e250, 1.0),
    (1e-200, 1e-230),
    (1e-30, 3e-31),
    (5.0, 2e-8),
    (1e-100, 1e-100 * (1 - 2.0**-30)),
    (1.0, 1 - 2.0**-53),
]


def close(centres: list[float]) -> Doubles:
    """Everything next to the roots, and ever less close to them."""
    at = DOUBLE.ordinals(DOUBLE.encode(np.array(centres)))
    beside = DOUBLE.decode(DOUBLE.from_ordinals((at[:, None] + np.arange(-8, 9)).ravel()))
    distances = np.exp2(np.random.default_rng(0).uniform(-50.0, -1.0, 60))
    scales = 1 + np.concatenate([distances, -distances])
    return np.concatenate([beside, np.outer(centres, scales).ravel()])


def assert_accurate(case: Case, x: Doubles) -> None:
    truth = oracle.elementwise(case.name, case.params, x, second=False)
    value, slope = values_and_slopes(case, x)
    error, where = worst(value, truth[:2], DOUBLE, x)
    assert error <= VALUE_BOUND, ("value", error, where)
    error, where = worst(slope, truth[2:4], DOUBLE, x)
    assert error <= SLOPE_BOUND, ("slope", error, where)


@pytest.mark.parametrize(("p1", "p2", "beta", "count"), ACON, ids=str)
def test_roots_of_acon_c(p1: float, p2: float, beta: float, count: int) -> None:
    case = Case("acon_c", {"p1": p1, "p2": p2, "beta": beta})
    z = np.concatenate([np.exp2(np.arange(-56.0, 0.0)), np.linspace(1.0, 700.0, 400)])
    right = z / abs(beta * (p1 - p2))
    centres = roots(case, right) + roots(case, -right)
    assert len(centres) == count
    assert_accurate(case, np.concatenate([close(centres), right, -right]))


@pytest.mark.parametrize(("alpha_n", "beta"), XIELU, ids=str)
def test_roots_of_xielu(alpha_n: float, beta: float) -> None:
    case = Case("xielu", {"alpha_p": 0.8, "alpha_n": alpha_n, "beta": beta})
    # The farther one is about −alpha_n/(alpha_n − beta), and where that is large the nearer one
    # a logarithm of it.
    grid = -(beta / alpha_n) * np.exp2(np.linspace(60.0, -4.0, 257))
    centres = roots(case, grid)
    assert len(centres) == 2
    assert_accurate(case, np.concatenate([close(centres), grid]))


@pytest.mark.parametrize(("alpha_n", "beta"), [(1.0, 1e-20), (5.0, 2e-8), (1e5, 0.1), (1e3, 0.1)])
def test_the_neighbourhood_of_a_root_that_an_array_moves_to_0(alpha_n: float, beta: float) -> None:
    x = (
        -2
        * (beta / alpha_n)
        * (1 + np.array([-1.0, 1.0]) * np.exp2(-np.arange(1.0, 18.0))[:, None])
    )
    x = x.ravel()
    params = {"alpha_p": 0.8, "alpha_n": alpha_n, "beta": beta}
    truth = oracle.elementwise("xielu", params, x, second=False)
    got = multiact.precise.xielu(x, **{**params, "alpha_n": np.array(alpha_n)})
    error, where = worst(got, truth[:2], DOUBLE, x)
    assert error <= 1.0, where


# Functions, their parameters, and where results are normal numbers, but hardly so.
NEARLY_SUBNORMAL = [
    ("xielu", {"alpha_p": 0.25, "alpha_n": 0.5, "beta": 0.0}, (1e-153, 3.3e-150, 7.1e-299)),
    ("star_relu", {"scale": -1.5, "bias": 0.0}, (1.1e-153, 3.1e-150)),
    ("softplus", {"beta": 3.0}, (225.85244421863254, 226.24121741497444, 235.1)),
    ("softplus", {"beta": -2.0}, (340.23901063487716, 350.7)),
    ("squareplus", {"b": 50.0}, (9.1e307, 1.45e308)),
]


@float64_only
@pytest.mark.parametrize(("name", "params", "points"), NEARLY_SUBNORMAL, ids=str)
def test_steps_on_the_way_to_a_normal_number(
    backend: Backend, dtype: str, name: str, params: dict[str, float], points: tuple[float, ...]
) -> None:
    """TensorFlow and JAX take subnormal numbers for 0, also as parts of larger ones."""
    x = np.array([sign * point for point in points for sign in (-1.0, 1.0)])
    truth = oracle.elementwise(name, params, x, second=False)
    array, function = backend.array(x, dtype), getattr(multiact.precise, name)
    results = function(array, **params), multiact.derivative(function, array, **params)
    for row, bound, got in zip((0, 2), (VALUE_BOUND, SLOPE_BOUND), results, strict=True):
        normal = abs(truth[row]) > 2.0**-1022
        parts = truth[row : row + 2, normal]
        error, where = worst(backend.to_numpy(got)[normal], parts, DOUBLE, x[normal])
        assert error <= bound, (row, error, where)


@float64_only
def test_weights_that_are_hardly_normal_numbers(backend: Backend, dtype: str) -> None:
    row = [0.1, -690.3, -700.7, -705.9]
    y = backend.doubles(multiact.precise.softmax(backend.array(row, dtype)))
    with flint.ctx.workprec(200):
        powers = [flint.arb(entry).exp() for entry in row]
        truth = [float(power / sum(powers)) for power in powers]
    assert y == pytest.approx(truth, rel=4 * 2.0**-52, abs=0)


def test_the_tail_where_alpha_n_is_beta() -> None:
    x = -np.exp2(np.linspace(-3.0, 9.4, 200))
    assert_accurate(Case("xielu", {"alpha_n": 0.8, "beta": 0.8}), x)
    assert multiact.precise.xielu(np.array(-np.inf), alpha_n=0.8, beta=0.8) == -0.8


def test_a_product_that_overflows() -> None:
    x = np.array([-1e60, -1e100])
    assert np.array_equal(multiact.precise.xielu(x, alpha_n=1e250, beta=1.0), [np.inf, np.inf])


@pytest.mark.parametrize("alpha_n", EXTREMES)
def test_no_numbers_are_too_extreme_to_look_for_roots_of_xielu(alpha_n: float) -> None:
    for beta in EXTREMES:
        found = descent(alpha_n, beta)
        assert np.isfinite(found).all()
        if found is not NOWHERE:
            assert 0 < beta < alpha_n


@pytest.mark.parametrize("exponent", [-600.0, -20.5, -1.0, -(2.0**-70), 0.0, 2.0**-70, 3.0, 600.0])
@pytest.mark.parametrize("places", [256, 1200])
def test_exponentials_in_integers(exponent: float, places: int) -> None:
    got = _integers.exponential(_integers.scaled(exponent, places), places)
    truth = _exponential(exponent, places)
    # Of the squarings and of the argument, which is rounded as well.
    assert abs(got - truth) <= 1 + (abs(truth) >> places - 16)


def _exponential(exponent: float, places: int) -> int:
    with flint.ctx.workprec(4 * places):
        return int((flint.arb(exponent).exp() * flint.arb(2) ** places).mid().floor().unique_fmpz())
