"""Definitions of the smooth relatives of relu."""

from __future__ import annotations

from flint import arb

from multiact_compare.oracle.enclosure import Value
from multiact_compare.oracle.point import (
    HALF,
    ONE,
    Formulas,
    Kinks,
    Point,
    Smooth,
    logistic,
    normal,
    two_lines,
)


def softplus(beta: float = 1.0) -> Point:
    factor, inverse, steep = arb(beta), 1 / arb(beta), abs(arb(beta))

    def at(x: float, second: bool) -> tuple[Value, ...]:
        e = (steep * -abs(x)).exp()
        right = (x > 0) == (beta > 0)
        rest = e.log1p() * inverse
        s, c = logistic(e, right)
        value = rest + x if right else rest
        return (value, s, factor * s * c) if second else (value, s)

    return at


def squareplus(b: float = 4.0) -> Point:
    """(x + √(x² + b))/2; with b = 0 it is relu."""
    if b == 0:
        return two_lines(arb(0))
    width = arb(b)

    def at(x: float, second: bool) -> tuple[Value, ...]:
        inverse = (arb(x) * x + width).rsqrt()
        # 1 + |x|/√(x² + b) is twice the derivative on the right; the left one makes b of the two.
        ratio = inverse * abs(x)
        slope = (ONE + ratio) * HALF
        if x < 0:
            slope = width * inverse * inverse / (4 * slope)
        value = slope / inverse
        if not second:
            return value, slope
        return value, slope, width * HALF * inverse * inverse * inverse

    return at


def silu(beta: float = 1.0) -> Point:
    return gated_by_logistic(arb(beta))


def quick_gelu() -> Smooth:
    return gated_by_logistic(arb("1.702"))


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


def gelu(approximate: str | bool = "none") -> Smooth:
    if approximate in ("tanh", True):
        return _gelu_tanh()
    if approximate == "sigmoid":
        return quick_gelu()
    if approximate not in ("none", False):
        raise ValueError(f"no definition for approximate={approximate!r}")
    distribution = normal()

    def at(x: float, second: bool) -> tuple[arb, ...]:
        point = arb(x)
        cumulative, bell = distribution(point, x)
        value, first = cumulative * x, cumulative + bell * x
        return (value, first, bell * (2 - point * x)) if second else (value, first)

    return at


def gelu_10() -> Point:
    """clip(gelu(x), −10, 10), where gelu never comes near −10.

    gelu(x) = 10 at x = 10 + 8e−23, which is the kink at 10 in every dtype.
    """
    inside = gelu()

    def at(x: float, second: bool) -> tuple[Value, ...]:
        if x < 10:
            return inside(x, second)
        return (10.0, 0.0, None if x == 10 else 0.0) if second else (10.0, 0.0)

    return at


def gated_by_logistic(beta: arb) -> Smooth:
    """x·σ(βx)."""
    steep, rising = abs(beta), beta > 0

    def at(x: float, second: bool) -> tuple[arb, ...]:
        s, c = logistic((steep * -abs(x)).exp(), (x > 0) == rising)
        u = beta * x
        density = s * c
        value, first = s * x, s + u * density
        return (value, first, beta * density * (2 + u * (c - s))) if second else (value, first)

    return at


def _gelu_tanh() -> Smooth:
    # (1 + tanh u)/2 = σ(2u), and w is 2u.
    factor = 2 * (2 / arb.pi()).sqrt()
    cubic = factor * arb("0.044715")
    triple, sixfold = 3 * cubic, 6 * cubic

    def at(x: float, second: bool) -> tuple[arb, ...]:
        square = arb(x) * x
        s, c = logistic(((factor + cubic * square) * -abs(x)).exp(), x > 0)
        density = s * c
        rise = factor + triple * square
        slope = density * rise
        value, first = s * x, s + slope * x
        if not second:
            return value, first
        bend = density * ((c - s) * rise * rise + sixfold * x)
        return value, first, 2 * slope + bend * x

    return at


FORMULAS: Formulas = {
    "softplus": softplus,
    "squareplus": squareplus,
    "silu": silu,
    "quick_gelu": quick_gelu,
    "mish": mish,
    "gelu": gelu,
    "gelu_10": gelu_10,
}
KINKS: Kinks = {
    "squareplus": lambda b=4.0: () if b else (0.0,),
    "gelu_10": lambda: (10.0,),
}
