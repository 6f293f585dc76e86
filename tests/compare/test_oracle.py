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
from multiact_compare.oracle.enclosure import UndeterminedError, settle
from multiact_compare.rows import Block

Series = Any

X = [-760.0, -104.5, -88.7, -49.0, -17.0, -5.5, -1.2784645, -0.75, -1e-3, -1e-30, -5e-324]
POINTS = np.array(X + [-x for x in X])


def _sigma(x: Series) -> Series:
    return 1 / (1 + (-x).exp())


def _erf(x: Series) -> Series:
    return x.erf()


DEFINITIONS: list[tuple[str, dict[str, Any], Callable[[Series], Series]]] = [
    ("sigmoid", {}, _sigma),
    ("tanh", {}, lambda x: (x.exp() - (-x).exp()) / (x.exp() + (-x).exp())),
    ("softplus", {}, lambda x: (1 + x.exp()).log()),
    ("softplus", {"beta": 0.5}, lambda x: (1 + (x * 0.5).exp()).log() / 0.5),
    ("softplus", {"beta": -2.0}, lambda x: (1 + (x * -2).exp()).log() / -2),
    ("silu", {}, lambda x: x * _sigma(x)),
    ("silu", {"beta": 1.5}, lambda x: x * _sigma(x * 1.5)),
    ("silu", {"beta": -0.3}, lambda x: x * _sigma(x * -0.3)),
    ("mish", {}, lambda x: x * (((1 + x.exp()) ** 2 - 1) / ((1 + x.exp()) ** 2 + 1))),
    ("gelu", {}, lambda x: x * (1 + _erf(x / arb(2).sqrt())) / 2),
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


def _mp_gelu(x: Any) -> Any:
    return x * mpmath.ncdf(x)


def _mp_mish(x: Any) -> Any:
    return x * mpmath.tanh(mpmath.log1p(mpmath.exp(x)))


def _mp_selu(x: Any) -> Any:
    alpha = mpmath.mpf("1.6732632423543772848170429916717")
    scale = mpmath.mpf("1.0507009873554804934193349852946")
    return scale * (x if x > 0 else alpha * mpmath.expm1(x))


def _mp_elu(x: Any) -> Any:
    return x if x > 0 else mpmath.mpf(1.5) * mpmath.expm1(x)


@pytest.mark.parametrize(
    ("name", "params", "function"),
    [
        ("gelu", {}, _mp_gelu),
        ("mish", {}, _mp_mish),
        ("selu", {}, _mp_selu),
        ("elu", {"alpha": 1.5}, _mp_elu),
        ("tanh", {}, mpmath.tanh),
    ],
)
def test_agrees_with_mpmath(
    name: str, params: dict[str, Any], function: Callable[[Any], Any]
) -> None:
    xs = np.array([-30.0, -6.25, -1.5, -0.125, 0.375, 2.5, 40.0])
    found = oracle.elementwise(name, params, xs)
    with mpmath.workdps(60):
        for column, x in enumerate(xs.tolist()):
            for order in range(3):
                truth = mpmath.diff(function, mpmath.mpf(x), order) if order else function(x)
                value = mpmath.mpf(found[2 * order, column]) + mpmath.mpf(
                    found[2 * order + 1, column]
                )
                # mpmath differentiates numerically: it loses half of its digits.
                assert abs(value - truth) <= mpmath.mpf(10) ** -18 * (abs(truth) + 1e-6)


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


def test_the_precision_is_capped() -> None:
    with pytest.raises(UndeterminedError):
        settle(lambda: lambda: (arb(0, 1),))


def _block(values: list[float], cotangents: list[float], directions: list[float]) -> Block:
    return Block(*(np.array([row], np.float64) for row in (values, cotangents, directions)))


def test_softmax_and_its_gradients() -> None:
    x, c, v = [0.5, -1.0, 2.0], [1.0, -0.5, 0.25], [0.125, 1.0, -0.75]
    value, gradient, second = oracle.rowwise("softmax", {}, _block(x, c, v))

    def objective(t: Any, row: list[Any]) -> Any:
        shifted = [mpmath.mpf(a) + t * b for a, b in zip(x, row, strict=True)]
        parts = [mpmath.exp(a) for a in shifted]
        return sum(b * p for b, p in zip(c, parts, strict=True)) / sum(parts)

    with mpmath.workdps(60):
        total = sum(mpmath.exp(a) for a in x)
        for i in range(3):
            unit = [float(i == j) for j in range(3)]
            assert value[0, 0, i] == pytest.approx(float(mpmath.exp(x[i]) / total), rel=1e-16)
            slope = mpmath.diff(lambda t, unit=unit: objective(t, unit), 0)
            assert gradient[0, 0, i] == pytest.approx(float(slope), rel=1e-14)
            mixed = mpmath.diff(
                lambda t, s, unit=unit: objective(
                    1, [t * a + s * b for a, b in zip(unit, v, strict=True)]
                ),
                (0, 0),
                (1, 1),
            )
            assert second[0, 0, i] == pytest.approx(float(mixed), rel=1e-10)


def test_softmax_of_masked_and_impossible_rows() -> None:
    row = [0.0, -math.inf]
    value, gradient, _ = oracle.rowwise("softmax", {}, _block(row, [1.0, 1.0], [1.0, 0.0]))
    assert value[0].tolist() == [[1.0, 0.0]]
    assert gradient[0].tolist() == [[0.0, 0.0]]
    for row in ([-math.inf] * 2, [math.inf, 0.0], [math.nan, 0.0]):
        value, *_ = oracle.rowwise("softmax", {}, _block(row, [1.0, 1.0], [1.0, 0.0]))
        assert np.isnan(value[0]).all()


def test_maxout_shares_ties() -> None:
    row = [1.0, 3.0, 3.0, 2.0, 2.0, 2.0]
    block = _block(row, [1.0, 0.5, 0, 0, 0, 0], [0.0] * 6)
    value, gradient, second = oracle.rowwise("maxout", {"pieces": 3}, block)
    assert value[0].tolist() == [[3.0, 2.0]]
    assert gradient[0, 0].tolist() == [0.0, 0.5, 0.5] + [0.5 / 3] * 3
    assert np.isnan(second[0]).all()
