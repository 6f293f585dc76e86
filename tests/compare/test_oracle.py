"""The oracle against the bare definitions: differentiated automatically, and in mpmath."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, arb_series, ctx
from multiact_compare import oracle
from multiact_compare.oracle.elementwise import FORMULAS, KINKS
from multiact_compare.oracle.enclosure import UndeterminedError, settle

import multiact
from tests.backends import DTYPES
from tests.functions.definitions import DEFINITIONS as BARE
from tests.functions.definitions import SLOPES_AT_KINKS, truth

Series = Any

X = [-760.0, -104.5, -88.7, -49.0, -17.0, -5.5, -1.2784645, -0.75, -1e-3, -1e-30, -5e-324]
POINTS = np.array(X + [-x for x in X])


def _sigma(x: Series) -> Series:
    return 1 / (1 + (-x).exp())


def _erf(x: Series) -> Series:
    return x.erf()


def _tanh(x: Series) -> Series:
    return 1 - 2 / (1 + (2 * x).exp())


def _softplus(x: Series) -> Series:
    return (1 + x.exp()).log()


def _gelu(x: Series) -> Series:
    return x * (1 + _erf(x / arb(2).sqrt())) / 2


def _normal(x: Series) -> Series:
    return (1 + _erf(x / arb(2).sqrt())) / 2


def _xielu(x: Series, alpha_p: float, alpha_n: float, beta: float) -> Series:
    return beta * x + (alpha_p * x * x if x[0] > 0 else alpha_n * (x.exp() - 1 - x))


def _zero(x: Series) -> Series:
    return x * 0


def _split(left: Callable[[Series], Series]) -> Callable[[Series], Series]:
    """x on the right of 0, another function on the left."""
    return lambda x: x if x[0] > 0 else left(x)


DEFINITIONS: list[tuple[str, dict[str, Any], Callable[[Series], Series]]] = [
    ("sigmoid", {}, _sigma),
    ("tanh", {}, lambda x: (x.exp() - (-x).exp()) / (x.exp() + (-x).exp())),
    ("lecun_tanh", {}, lambda x: arb("1.7159") * _tanh(2 * x / 3)),
    ("log_sigmoid", {}, lambda x: -_softplus(-x)),
    ("arctan", {}, lambda x: x.atan()),
    ("softsign", {}, lambda x: x / (1 + (x if x[0] > 0 else -x))),
    ("laplace", {}, lambda x: _normal((x - arb(0.707107)) / arb(0.282095))),
    ("laplace", {"mu": -1.0, "sigma": 2.0}, lambda x: _normal((x + 1) / 2)),
    ("celu", {}, _split(lambda x: x.exp() - 1)),
    ("celu", {"alpha": 2.5}, _split(lambda x: 2.5 * ((x / 2.5).exp() - 1))),
    ("celu", {"alpha": -8.0}, _split(lambda x: -8.0 * ((x / -8.0).exp() - 1))),
    ("xielu", {}, lambda x: _xielu(x, 0.8, 0.8, 0.5)),
    (
        "xielu",
        {"alpha_p": 0.25, "alpha_n": 1.5, "beta": -2.0},
        lambda x: _xielu(x, 0.25, 1.5, -2.0),
    ),
    ("hard_silu", {}, lambda x: x * (x / 6 + arb(0.5)) if abs(x[0]) < 3 else _split(_zero)(x)),
    ("sparse_plus", {}, lambda x: (x + 1) * (x + 1) / 4 if abs(x[0]) < 1 else _split(_zero)(x)),
    ("squareplus", {}, lambda x: (x + (x * x + 4).sqrt()) / 2),
    ("squareplus", {"b": 0.25}, lambda x: (x + (x * x + 0.25).sqrt()) / 2),
    ("quick_gelu", {}, lambda x: x * _sigma(arb("1.702") * x)),
    ("serf", {}, lambda x: x * _erf(_softplus(x))),
    ("phish", {}, lambda x: x * _tanh(_gelu(x))),
    ("acon_c", {}, lambda x: x * _sigma(x)),
    (
        "acon_c",
        {"p1": 1.5, "p2": -0.25, "beta": -2.0},
        lambda x: 1.75 * x * _sigma(-3.5 * x) - 0.25 * x,
    ),
    ("snake", {}, lambda x: x + x.sin() * x.sin()),
    ("snake", {"a": -3.0}, lambda x: x + (x * -3).sin() * (x * -3).sin() / -3),
    ("sine", {}, lambda x: x.sin()),
    ("sine", {"omega": 30.0}, lambda x: (x * 30).sin()),
    ("tanhshrink", {}, lambda x: x - _tanh(x)),
    ("softplus", {}, _softplus),
    ("softplus", {"beta": 0.5}, lambda x: (1 + (x * 0.5).exp()).log() / 0.5),
    ("softplus", {"beta": -2.0}, lambda x: (1 + (x * -2).exp()).log() / -2),
    ("silu", {}, lambda x: x * _sigma(x)),
    ("silu", {"beta": 1.5}, lambda x: x * _sigma(x * 1.5)),
    ("silu", {"beta": -0.3}, lambda x: x * _sigma(x * -0.3)),
    ("mish", {}, lambda x: x * (((1 + x.exp()) ** 2 - 1) / ((1 + x.exp()) ** 2 + 1))),
    ("gelu", {}, _gelu),
    (
        "gelu",
        {"approximate": "tanh"},
        lambda x: x * _sigma(2 * (2 / arb.pi()).sqrt() * (x + arb("0.044715") * x * x * x)),
    ),
    ("gelu", {"approximate": "sigmoid"}, lambda x: x * _sigma(arb("1.702") * x)),
]


@pytest.mark.parametrize(("name", "params", "definition"), DEFINITIONS)
def test_derivatives_are_those_of_the_definition(
    name: str, params: dict[str, Any], definition: Callable[[Series], Series]
) -> None:
    found = oracle.elementwise(name, params, POINTS)
    before, ctx.prec = ctx.prec, 4000
    try:
        for column, x in enumerate(POINTS.tolist()):
            jet = definition(arb_series([x, 1], 3))
            for order in range(3 if abs(x) <= oracle.SECOND_REACH else 2):
                truth = jet[order] * math.factorial(order)
                high, low = found[2 * order : 2 * order + 2, column].tolist()
                error = abs(arb(high) + arb(low) - truth)
                assert error <= abs(truth) * 2**-90 + arb(2) ** -1074, (x, order)
    finally:
        ctx.prec = before


CASES: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in BARE if name not in ("prelu", "clipped_relu", "threshold")),
    ("leaky_relu", {"negative_slope": 1.5}),
    ("prelu", {"slope": -0.25}),
    ("rrelu", {"lower": 0.25, "upper": 0.75}),
    ("clipped_relu", {"max_value": 2.5}),
    ("threshold", {"threshold": 0.5, "value": -4.0}),
    ("threshold", {"threshold": -2.0, "value": 20.0}),
    ("thresholded_relu", {"alpha": 2.5}),
    ("star_relu", {"scale": -2.0, "bias": 0.5}),
    ("elu", {"alpha": 1.5}),
    ("celu", {"alpha": 0.5}),
    ("xielu", {"alpha_p": 0.25, "alpha_n": 1.5, "beta": -2.0}),
    ("laplace", {"mu": -1.0, "sigma": 2.0}),
    ("hard_tanh", {"min": -0.125, "max": 2.5}),
    ("softplus", {"beta": -3.0}),
    ("squareplus", {"b": 0.25}),
    ("silu", {"beta": 1.5}),
    ("gelu", {"approximate": "tanh"}),
    ("gelu", {"approximate": "sigmoid"}),
    ("acon_c", {"p1": 1.5, "p2": -0.25, "beta": -2.0}),
    ("snake", {"a": 0.25}),
    ("sine", {"omega": 30.0}),
    ("softshrink", {"lambd": 1.5}),
    ("hardshrink", {"lambd": 0.375}),
    ("shrink", {"lambd": 1.5, "bias": 0.375}),
]
every_case = pytest.mark.parametrize(("name", "params"), CASES)


def _sum(table: Any, order: int, column: int) -> Any:
    """What the oracle says, from its two parts."""
    return mpmath.mpf(table[2 * order, column]) + mpmath.mpf(table[2 * order + 1, column])


def test_every_function_of_the_catalogue_is_known_twice() -> None:
    assert set(FORMULAS) == set(BARE)
    assert all(oracle.knows(name) for name in multiact.records)


@every_case
def test_agrees_with_mpmath(name: str, params: dict[str, Any]) -> None:
    kinks = oracle.kinks(name, params)
    xs = np.array([-30.0, -6.25, -1.5, -0.125, -1e-9, 0.375, 2.5, 10.5, 40.0, *kinks])
    found = oracle.elementwise(name, params, xs)
    with mpmath.workdps(60):
        for column, x in enumerate(xs.tolist()):
            for order in range(3):
                value = truth(name, params, x, order)
                if value is None:
                    assert math.isnan(found[2 * order, column])
                    continue
                error = abs(_sum(found, order, column) - value)
                # mpmath differentiates numerically: it loses half of its digits.
                assert error <= mpmath.mpf(10) ** -20 * (abs(value) + 1e-6), (x, order)


@every_case
def test_at_kinks(name: str, params: dict[str, Any]) -> None:
    """The slopes are those agreed on; the others that are listed are jumps of the bend."""
    slopes = SLOPES_AT_KINKS[name](**params) if name in SLOPES_AT_KINKS else {}
    kinks = oracle.kinks(name, params)
    assert set(map(mpmath.mpf, kinks)) <= set(slopes)
    for kink, slope in slopes.items():
        x = float(kink)
        sides = np.array([np.nextafter(x, -np.inf), x, np.nextafter(x, np.inf)])
        found = oracle.elementwise(name, params, sides)
        assert found[2, 1] + found[3, 1] == pytest.approx(float(slope), rel=1e-16)
        assert math.isnan(found[4, 1])
        left, at, right = found[2]
        if x in kinks:
            jump = left != pytest.approx(right) or found[0, 0] != pytest.approx(found[0, 2])
            # With alpha = 1 the two sides of elu meet.
            assert jump or (name, params) == ("elu", {})
        else:
            assert (left, right) == pytest.approx((at, at))
            assert found[4, 0] != pytest.approx(found[4, 2])


@pytest.mark.parametrize("record", multiact.records.values(), ids=lambda record: record.name)
def test_records_have_the_same_kinks(record: Any) -> None:
    assert set(record.kinks) == set(oracle.kinks(record.name, record.cases[0]))
    for case in record.cases:
        for kink in oracle.kinks(record.name, case):
            # Else a dtype would round the parameter to the other side of some x.
            assert {float(dtype.type(kink)) for dtype in DTYPES.values()} == {kink}


def test_kinks_of_families_without_any() -> None:
    assert oracle.kinks("softmax", {}) == ()
    assert not set(KINKS) - set(FORMULAS)
    assert oracle.kinks("squareplus", {"b": 0.0}) == (0.0,)
    assert oracle.kinks("hardshrink", {"lambd": 0.0}) == ()


def test_sine_of_many_turns() -> None:
    """sin(10²²), the classic test of a reduction by π."""
    value, low = oracle.elementwise("sine", {}, np.array([1e22]))[:2, 0]
    assert value == -0.8522008497671888
    assert low != 0


@pytest.mark.parametrize(
    ("name", "params", "slope"),
    [
        ("relu", {}, 0.0),
        ("leaky_relu", {"negative_slope": 1.5}, 1.5),
        ("prelu", {"slope": -0.25}, -0.25),
        ("rrelu", {"lower": 0.25, "upper": 0.75}, 0.5),
        ("rrelu", {"slope": 0.125}, 0.125),
    ],
)
def test_two_lines(name: str, params: dict[str, Any], slope: float) -> None:
    found = oracle.elementwise(name, params, np.array([-2.0, 0.0, 3.0]))
    assert found[0].tolist() == [-2.0 * slope, 0.0, 3.0]
    assert found[2].tolist() == [slope, slope, 1.0]
    assert found[4, [0, 2]].tolist() == [0.0, 0.0]
    assert math.isnan(found[4, 1])


def test_kinks_of_the_exponential_ones() -> None:
    at_zero = np.array([0.0])
    assert oracle.elementwise("elu", {"alpha": 0.75}, at_zero)[2, 0] == 0.75
    assert oracle.elementwise("selu", {}, at_zero)[2, 0] == pytest.approx(1.7580993408473768)
    assert math.isnan(oracle.elementwise("elu", {}, at_zero)[4, 0])


def test_low_parts_reach_beyond_float64() -> None:
    high, low = oracle.elementwise("leaky_relu", {"negative_slope": 0.1}, np.array([-0.1]))[:2, 0]
    assert high == -(0.1 * 0.1)
    assert 0 < abs(low) < math.ulp(high)
    with mpmath.workdps(60):
        assert mpmath.mpf(high) + mpmath.mpf(low) == -(mpmath.mpf(0.1) ** 2)


def test_overflow_is_infinite() -> None:
    found = oracle.elementwise("leaky_relu", {"negative_slope": 2.0}, np.array([-1.7e308]))
    assert found[:4, 0].tolist() == [-math.inf, 0.0, 2.0, 0.0]


def test_limits() -> None:
    assert oracle.limits("silu", {}) == {-math.inf: (0.0, 0.0), math.inf: (math.inf, 1.0)}
    assert oracle.limits("sigmoid", {}) == {-math.inf: (0.0, 0.0), math.inf: (1.0, 0.0)}
    assert oracle.limits("leaky_relu", {"negative_slope": -2.0})[-math.inf] == (math.inf, -2.0)
    assert oracle.limits("arctan", {})[-math.inf] == (-math.pi / 2, 0.0)
    assert oracle.limits("squared_relu", {})[math.inf] == (math.inf, math.inf)
    assert oracle.limits("threshold", {"threshold": 0.0, "value": 5.0})[-math.inf] == (5.0, 0.0)


def test_no_limits() -> None:
    for value, slope in oracle.limits("sine", {"omega": 2.0}).values():
        assert math.isnan(value)
        assert math.isnan(slope)
    for end, (value, slope) in oracle.limits("snake", {}).items():
        assert value == end
        assert math.isnan(slope)


def test_the_precision_is_capped() -> None:
    with pytest.raises(UndeterminedError):
        settle(lambda: lambda: (arb(0, 1),))
