"""What the precise formulas are built from, over float64 arrays.

Everything rests on ``+ − * /``, ``exp``, ``sqrt``, comparisons and ``truncate``: the other
functions of the frameworks lose accuracy near 0 once they are compiled. Sums and products are
written so that what compilers do to them changes a result by less than its rounding: they fold
constants together, fuse a multiplication into an addition, and put the terms of nested additions
(not of subtractions, nor of a sum that is used twice) into another order.
"""

from __future__ import annotations

import math
from typing import Any

from multiact.formulas.precise._coefficients import ERF, EXPM1, LOG1P, SHIFT, TANH, UNSHIFT
from multiact.formulas.precise._polynomials import polynomial

# Below this exponent e^y is kept e^SHIFT times larger: it would become subnormal, and lose bits,
# before all factors are multiplied.
DEEP = -600.0
# Exponents this large are as good as infinite, in both directions.
FAR = 2000.0
# The step by which a number that may lie between two narrower ones is moved to its side.
STEP = 2.0**-52
# Within this halves of the narrower dtypes may be subnormal.
MINUSCULE = 2.0**-100
# A product beyond is not split, lest it overflow.
SPLITTABLE = 2.0**900


def split(xp: Any, value: Any) -> tuple[Any, Any]:
    """Two numbers of half the bits whose sum is ``value``, which may be a Python number."""
    if not isinstance(value, (int, float)):
        high = xp.truncate(value)
        return high, value - high
    # In this form also a constant to Dynamo, which takes numbers that change for symbols.
    mantissa, exponent = math.frexp(value)
    if not abs(mantissa) < 1:
        # NaN or infinite.
        return value, 0 * value
    high = math.ldexp(int(mantissa * 2.0**26), exponent - 26)
    return high, math.ldexp(mantissa, exponent) - high


def total(x: Any, y: Any) -> tuple[Any, Any]:
    """x + y as a rounded sum and its error. A constant comes second, or compilers fold it away."""
    high = x + y
    share = high - x
    return high, (x - (high - share)) + (y - share)


def product(xp: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """x·y as the sum of a rounded product and its error, exact while nothing underflows."""
    x_high, x_low = split(xp, x)
    y_high, y_low = split(xp, y)
    # Put together from its bits: no compiler can replace it by an unrounded product.
    head, rest = split(xp, x * y)
    high = head + split(xp, rest)[0]
    return high, x_low * y_low - (((high - x_high * y_high) - x_low * y_high) - x_high * y_low)


def narrows(xp: Any) -> bool:
    """Whether the result is going to be rounded once more, to a dtype narrower than float64."""
    return getattr(xp, "narrows", False)


def settle(xp: Any, high: Any, low: Any) -> Any:
    """high + low, rounded so that rounding it once more is right.

    Products of numbers with few bits, and what is almost linear near 0, come to lie so close to the
    middle between two numbers of a narrower dtype that their sum in float64 is the middle itself.
    To one with so few bits a step is added in the direction of what the rounding has lost: the
    next middle is far away.
    """
    if not narrows(xp):
        return high + low
    head, rest = total(high, low)
    head_bits, rest = xp.detach(head), xp.detach(rest)
    short = xp.truncate(head_bits) == head_bits
    step = STEP * head_bits
    # Not "unequal to 0", which NaN is.
    moved = short & ((rest > 0) | (rest < 0))
    away = (rest > 0) == (head_bits > 0)
    return head + xp.where(moved, xp.where(away, step, -step), 0.0)


def settled_product(xp: Any, x: Any, factor: Any, factor_rest: Any = None) -> Any:
    """x·(factor + factor_rest), rounded likewise; not for an x in float64 where it narrows."""
    about = x * plus(factor, factor_rest)
    if not narrows(xp):
        return about
    inside = xp.abs(about) < SPLITTABLE
    near = xp.where(inside, x, 0.0)
    high, low = product(xp, near, factor)
    if factor_rest is not None:
        low = low + near * factor_rest
    return xp.where(inside, settle(xp, high, low), about)


def settled_half(xp: Any, x: Any, bend: Any, elsewhere: Any) -> Any:
    """``elsewhere`` is f(x) = x/2 + bend·x² + …; where x/2 may be subnormal it is settled."""
    if not narrows(xp):
        return elsewhere
    near = xp.abs(x) < MINUSCULE
    small = xp.where(near, x, 0.0)
    return xp.where(near, settle(xp, 0.5 * small, (bend * small) * small), elsewhere)


def exponent(xp: Any, x: Any, factor: Any, factor_rest: Any = None) -> tuple[Any, Any]:
    """x·(factor + factor_rest) as a sum, the second part tiny; cut off beyond ±FAR."""
    if isinstance(factor, (int, float)) and factor == 1 and factor_rest is None:
        return x, None
    about = x * factor
    inside = xp.abs(about) < FAR
    near = xp.where(inside, x, 0.0)
    high, low = product(xp, near, factor)
    if factor_rest is not None:
        low = low + near * factor_rest
    return xp.where(inside, high, xp.maximum(xp.minimum(about, FAR), -FAR)), low


def quotient(xp: Any, x: Any, x_rest: Any, divisor: Any, bound: float) -> tuple[Any, Any]:
    """(x + x_rest)/divisor as a sum, the second part tiny; cut off at ±bound."""
    about = x / divisor
    inside = xp.abs(about) < bound
    # Not a rounded quotient everywhere: some compilers multiply by a rounded 1/divisor.
    near = xp.where(inside, about, 0.0)
    high, low = product(xp, near, divisor)
    rest = (xp.where(inside, x, 0.0) - high) - low
    if x_rest is not None:
        rest = rest + xp.where(inside, x_rest, 0.0)
    return xp.maximum(xp.minimum(about, bound), -bound), rest / divisor


def below(xp: Any, x: Any) -> Any:
    """−|x|, differentiable at 0 from the left: what is analytic in it keeps its derivative."""
    return xp.where(x > 0, -x, x)


def both_below(xp: Any, high: Any, low: Any) -> tuple[Any, Any]:
    """−|high + low| as a sum, likewise."""
    return below(xp, high), None if low is None else xp.where(high > 0, -low, low)


def odd(xp: Any, x: Any, right: Any) -> Any:
    """The odd function whose value at |x| is ``right``; −0 stays −0."""
    return xp.where(x > 0, right, xp.where(x < 0, -right, x))


def scaled_exp(xp: Any, y: Any, rest: Any = None) -> tuple[Any, Any]:
    """e^(y + rest), e^SHIFT times larger where the second result, a condition, holds.

    There 1 + e^y is 1 to float64, with the scaled power as well.
    """
    deep = y < DEEP
    e = xp.exp(xp.where(deep, y + SHIFT, y))
    return (e if rest is None else e + e * rest), deep


def unscaled(xp: Any, value: Any, deep: Any) -> Any:
    """What has a factor from :func:`scaled_exp`, without its scale."""
    return xp.where(deep, value * UNSHIFT, value)


def plus(high: Any, low: Any) -> Any:
    """The rounded sum, where the second part may be absent."""
    return high if low is None else high + low


def expm1(xp: Any, x: Any) -> Any:
    """e^x − 1; −0 stays −0."""
    near = xp.maximum(xp.minimum(x, 0.7), -0.7)
    square = near * near
    small = xp.where(square > 0, near + square * polynomial(EXPM1, near), x)
    return xp.where(xp.abs(x) < 0.7, small, xp.exp(x) - 1)


def shifted_exponential(xp: Any, x: Any) -> Any:
    """e^x − 1 − x."""
    near = xp.maximum(xp.minimum(x, 0.7), -0.7)
    small = (near * near) * polynomial(EXPM1, near)
    return xp.where(xp.abs(x) < 0.7, small, (xp.exp(x) - 1) - x)


def log1p_unit(xp: Any, e: Any) -> Any:
    """ln(1 + e) for 0 ≤ e ≤ 1."""
    # ln(1 + e) = 2·artanh(s) = 2s + s·z·L(z), and 2s = e − s·e.
    s = e / (2 + e)
    z = s * s
    half = 0.5 * e * e
    return e - (half - s * (half + z * polynomial(LOG1P, z)))


def tanh_rest(xp: Any, a: Any) -> Any:
    """a − tanh(a) for 0 ≤ a ≤ 1; anything finite beyond."""
    near = xp.minimum(a, 1.0)
    square = near * near
    return (near * square) * polynomial(TANH, square)


def tanh(xp: Any, x: Any) -> Any:
    a = xp.abs(x)
    e = xp.exp(-2 * a)
    return odd(xp, x, xp.where(a < 1, a - tanh_rest(xp, a), (1 - e) / (1 + e)))


def erf_near(xp: Any, z: Any) -> Any:
    """The error function for |z| ≤ 1; anything finite beyond."""
    near = xp.minimum(z, 1.0)
    return near * polynomial(ERF, near * near)
