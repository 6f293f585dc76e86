"""The defining formulas of elementwise functions, with first and second derivative.

Each function here takes the parameters, makes its constants at the current precision and returns
a function of one point: ``at(x, second)`` gives value and derivative, and the second derivative
if asked for. Only definitions from the literature are used, none of multiact's own formulas; the
derivatives are checked against automatic differentiation of the definition in the tests.

At a kink the derivative is the one the contract fixes, and there is no second derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from flint import arb

from multiact_compare.oracle.enclosure import Value

Point: TypeAlias = Callable[[float, bool], tuple[Value, ...]]

NEAR_ZERO = 0.0625
"""Below this magnitude differences from 1 would cancel, and are computed otherwise."""

# Arithmetic between enclosures is faster than with Python's numbers.
ONE, HALF = arb(1), arb(0.5)


def sigmoid() -> Point:
    def at(x: float, second: bool) -> tuple[Value, ...]:
        s, c = _logistic(arb(-abs(x)).exp(), x > 0)
        slope = s * c
        if not second:
            return s, slope
        # 1 − 2σ cancels near the origin, where it is −tanh(x/2).
        return s, slope, slope * (c - s if abs(x) > NEAR_ZERO else -arb(x / 2).tanh())

    return at


def tanh() -> Point:
    def at(x: float, second: bool) -> tuple[Value, ...]:
        # With e^−2|x| and 1 − e^−2|x|, of which one comes from the other by a benign subtraction.
        twice = arb(-2 * abs(x))
        if abs(x) > NEAR_ZERO:
            e = twice.exp()
            less = ONE - e
        else:
            less = -twice.expm1()
            e = ONE - less
        inverse = ONE / (ONE + e)
        t = less * inverse if x > 0 else -less * inverse
        slope = 4 * e * inverse * inverse
        return (t, slope, -2 * t * slope) if second else (t, slope)

    return at


def relu() -> Point:
    return leaky_relu(0.0)


def leaky_relu(negative_slope: float = 0.01) -> Point:
    return _two_lines(arb(negative_slope))


def prelu(slope: float) -> Point:
    return _two_lines(arb(slope))


def rrelu(lower: float = 1 / 8, upper: float = 1 / 3, slope: float | None = None) -> Point:
    """Evaluation mode: the mean slope, unless a slope is given."""
    return _two_lines((arb(lower) + arb(upper)) / 2 if slope is None else arb(slope))


def elu(alpha: float = 1.0) -> Point:
    return _exponential_linear(arb(alpha), arb(1))


def selu() -> Point:
    alpha = arb("1.6732632423543772848170429916717")
    scale = arb("1.0507009873554804934193349852946")
    return _exponential_linear(alpha, scale)


def softplus(beta: float = 1.0) -> Point:
    factor, inverse, steep = arb(beta), 1 / arb(beta), abs(arb(beta))

    def at(x: float, second: bool) -> tuple[Value, ...]:
        e = (steep * -abs(x)).exp()
        right = (x > 0) == (beta > 0)
        rest = e.log1p() * inverse
        s, c = _logistic(e, right)
        value = rest + x if right else rest
        return (value, s, factor * s * c) if second else (value, s)

    return at


def silu(beta: float = 1.0) -> Point:
    return _gated(arb(beta))


def mish() -> Point:
    def at(x: float, second: bool) -> tuple[Value, ...]:
        # tanh(ln(1 + e^x)) = (p − 1)/(p + 1) with p = (1 + e^x)²; over e^2x on the right.
        e = arb(-abs(x)).exp()
        one_more = ONE + e
        if x > 0:
            above = one_more + e
            below = above + 2 * e * e
            common = 4 * e * e
        else:
            above = e * (one_more + ONE)
            below = above + 2
            common = 4 * e
        inverse = ONE / below
        t = above * inverse
        slope = common * one_more * inverse * inverse
        value, first = t * x, t + slope * x
        if not second:
            return value, first
        if x > 0:
            bend = (one_more + ONE) * below - 4 * one_more * one_more
        else:
            bend = (one_more + e) * below - 4 * e * one_more * one_more
        return value, first, 2 * slope + bend * common * inverse * inverse * inverse * x

    return at


def gelu(approximate: str | bool = "none") -> Point:
    if approximate in ("tanh", True):
        return _gelu_tanh()
    if approximate == "sigmoid":
        return _gated(arb("1.702"))
    if approximate not in ("none", False):
        raise ValueError(f"no definition for approximate={approximate!r}")
    root = arb(0.5).sqrt()
    density = (2 * arb.pi()).rsqrt()

    def at(x: float, second: bool) -> tuple[Value, ...]:
        cumulative = (root * -x).erfc() * HALF
        square = arb(x) * x
        bell = density * (square * -HALF).exp()
        value, first = cumulative * x, cumulative + bell * x
        return (value, first, bell * (2 - square)) if second else (value, first)

    return at


def _gelu_tanh() -> Point:
    # (1 + tanh u)/2 = σ(2u), and w is 2u.
    factor = 2 * (2 / arb.pi()).sqrt()
    cubic = factor * arb("0.044715")
    triple, sixfold = 3 * cubic, 6 * cubic

    def at(x: float, second: bool) -> tuple[Value, ...]:
        square = arb(x) * x
        s, c = _logistic(((factor + cubic * square) * -abs(x)).exp(), x > 0)
        density = s * c
        rise = factor + triple * square
        slope = density * rise
        value, first = s * x, s + slope * x
        if not second:
            return value, first
        bend = density * ((c - s) * rise * rise + sixfold * x)
        return value, first, 2 * slope + bend * x

    return at


def _gated(beta: arb) -> Point:
    """x·σ(βx)."""
    steep, rising = abs(beta), beta > 0

    def at(x: float, second: bool) -> tuple[Value, ...]:
        s, c = _logistic((steep * -abs(x)).exp(), (x > 0) == rising)
        u = beta * x
        density = s * c
        value, first = s * x, s + u * density
        return (value, first, beta * density * (2 + u * (c - s))) if second else (value, first)

    return at


def _two_lines(slope: arb) -> Point:
    """x on the right, slope·x on the left and at the kink."""

    def at(x: float, second: bool) -> tuple[Value, ...]:
        if x > 0:
            return (x, 1.0, 0.0) if second else (x, 1.0)
        left = slope * x
        return (left, slope, 0.0 if x < 0 else None) if second else (left, slope)

    return at


def _exponential_linear(alpha: arb, scale: arb) -> Point:
    """scale·x on the right, scale·alpha·(e^x − 1) on the left and at the kink."""
    steep = scale * alpha

    def at(x: float, second: bool) -> tuple[Value, ...]:
        if x > 0:
            return (scale * x, scale, 0.0) if second else (scale * x, scale)
        if x > -NEAR_ZERO:
            less = arb(x).expm1()
            grown = ONE + less
        else:
            grown = arb(x).exp()
            less = grown - ONE
        slope = steep * grown
        return (steep * less, slope, slope if x < 0 else None) if second else (steep * less, slope)

    return at


def _logistic(e: arb, right: bool) -> tuple[arb, arb]:
    """σ(u) and 1 − σ(u) from e^−|u| and whether u > 0, neither by a subtraction."""
    large = ONE / (ONE + e)
    small = e * large
    return (large, small) if right else (small, large)


FORMULAS: dict[str, Callable[..., Point]] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "prelu": prelu,
    "rrelu": rrelu,
    "elu": elu,
    "selu": selu,
    "softplus": softplus,
    "silu": silu,
    "mish": mish,
    "gelu": gelu,
}
