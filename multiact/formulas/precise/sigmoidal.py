"""sigmoid, tanh and their relatives for the precise tier."""

from __future__ import annotations

import math
from typing import Any

from multiact.formulas._exact import ratio_rest
from multiact.formulas._kinds import Elementwise
from multiact.formulas.precise import _normal
from multiact.formulas.precise._arithmetic import (
    below,
    both_below,
    exponent,
    log1p_unit,
    narrows,
    odd,
    product,
    scaled_exp,
    settle,
    tanh,
    total,
    unscaled,
)
from multiact.formulas.precise._coefficients import (
    ATAN,
    FARTHEST,
    FOUR_THIRDS,
    HALF_PI,
    QUARTER_PI,
    SQRT_TWO,
)
from multiact.formulas.precise._polynomials import polynomial

LECUN_HEIGHT = 1.7159
# Four times the height by the steepness 2/3.
LECUN_SLOPE = 4.575733333333333
# Their product 17159/15000 in two parts, and the square of the steepness by 3.
LECUN_RISE = (17159 / 15000, ratio_rest(17159, 15000))
LECUN_BEND = 4 / 27
MINUTE = 2.0**-20
TINY = 2.0**-30

EIGHTH_TURN = math.tan(math.pi / 8)
THREE_EIGHTHS_TURN = math.tan(3 * math.pi / 8)


def sigmoid_value(xp: Any, x: Any) -> Any:
    e = xp.exp(below(xp, x))
    return xp.where(x > 0, 1.0, e) / (1 + e)


def logistic_slope(xp: Any, y: Any, rest: Any, factor: Any = 1.0) -> Any:
    """factor·e^u/(1 + e^u)² for u = y + rest ≤ 0."""
    e, deep = scaled_exp(xp, y, rest)
    return unscaled(xp, (factor * e) / (1 + e * (2 + e)), deep)


def _log_sigmoid(xp: Any, x: Any) -> Any:
    # Negative as a whole: far to the right it is −0 also where subnormal numbers are taken for 0.
    return -(log1p_unit(xp, xp.exp(-xp.abs(x))) - xp.where(x < 0, x, 0.0))


def _lecun_tanh(xp: Any, x: Any) -> Any:
    # Near 0 without a step at which a small x would become subnormal.
    small = xp.abs(x) < TINY
    value = xp.where(small, (LECUN_SLOPE / 4) * x, LECUN_HEIGHT * tanh(xp, x / 1.5))
    if not narrows(xp):
        return value
    # For every 17,000th x the linear term is the middle between two numbers.
    rise, rest = LECUN_RISE
    minute = xp.abs(x) < MINUTE
    near = xp.where(minute, x, 0.0)
    high, low = product(xp, near, rise)
    low = low + near * (rest - (rise * LECUN_BEND) * (near * near))
    return xp.where(minute, settle(xp, high, low), value)


def _lecun_tanh_dx(xp: Any, x: Any) -> Any:
    y, rest = both_below(xp, *exponent(xp, x, *FOUR_THIRDS))
    return logistic_slope(xp, y, rest, LECUN_SLOPE)


def _arctan(xp: Any, x: Any) -> Any:
    a = xp.abs(x)
    middle, far = a > EIGHTH_TURN, a > THREE_EIGHTHS_TURN
    # atan(a) = π/4 + atan((a − 1)/(a + 1)) = π/2 + atan(−1/a).
    upper = xp.where(far, -1.0, xp.where(middle, a - 1, a))
    v = upper / xp.where(far, a, xp.where(middle, a + 1, 1.0))
    z = v * v
    near = v - (v * z) * polynomial(ATAN, z)
    (quarter, quarter_rest), (half, half_rest) = QUARTER_PI, HALF_PI
    turned = xp.where(far, half + (near + half_rest), quarter + (near + quarter_rest))
    return odd(xp, x, xp.where(middle, turned, near))


def _arctan_dx(xp: Any, x: Any) -> Any:
    # Of x and 1/x the one within 1, so that no square overflows.
    inside = xp.abs(x) < 1
    near = xp.where(inside, x, 1.0)
    inverse = 1 / xp.where(inside, 1.0, x)
    return xp.where(inside, 1 / (1 + near * near), inverse * inverse / (1 + inverse * inverse))


def _softsign_dx(xp: Any, x: Any) -> Any:
    inverse = 1 / (1 + xp.abs(x))
    return inverse * inverse


def _deviation(
    xp: Any, x: Any, mu: Any, mu_rest: Any, steepness: tuple[Any, ...]
) -> tuple[Any, Any, Any]:
    """u = (x − mu)/sigma as a sum, and 1/sigma; ``steepness`` is 1/(sigma·√2) in parts."""
    first, second, third = steepness
    (root, root_rest), short = SQRT_TWO, first + second
    inverse, lacking = product(xp, short, root)
    inverse, lacking = total(inverse, lacking + (short * root_rest + third * root))
    # The sum of both parts of mu is exact.
    centred, rest = total(x, -(mu + mu_rest))
    high, low = exponent(xp, centred, inverse, lacking)
    # Where the sum is cut off, the rest of a large x is not small.
    inside = xp.abs(high) < FARTHEST
    high, low = total(high, xp.where(inside, low + rest * inverse, 0.0))
    return high, low, inverse


def _laplace(xp: Any, x: Any, mu: Any, mu_rest: Any, *steepness: Any) -> Any:
    u, rest, _ = _deviation(xp, x, mu, mu_rest, steepness)
    left = u < 0
    a = _normal.reach(xp, u)
    tail = unscaled(xp, *_normal.tail(xp, a, xp.where(left, -rest, rest)))
    return xp.where(left, tail, 1 - tail)


def _density(xp: Any, x: Any, mu: Any, mu_rest: Any, steepness: tuple[Any, ...]) -> Any:
    """φ(u) and 1/sigma, the first scaled."""
    u, rest, inverse = _deviation(xp, x, mu, mu_rest, steepness)
    e, deep = _normal.bell(xp, _normal.reach(xp, u), xp.where(u < 0, -rest, rest))
    return e * _normal.DENSITY, deep, inverse


def _laplace_dx(xp: Any, x: Any, mu: Any, mu_rest: Any, *steepness: Any) -> Any:
    density, deep, inverse = _density(xp, x, mu, mu_rest, steepness)
    return unscaled(xp, density * inverse, deep)


def _laplace_dmu(xp: Any, x: Any, mu: Any, mu_rest: Any, *steepness: Any) -> Any:
    return -_laplace_dx(xp, x, mu, mu_rest, *steepness)


def _laplace_dsteepness(xp: Any, x: Any, mu: Any, mu_rest: Any, *steepness: Any) -> Any:
    density, deep, _ = _density(xp, x, mu, mu_rest, steepness)
    return unscaled(xp, density * (x - (mu + mu_rest)) * SQRT_TWO[0], deep)


SIGMOID = Elementwise(
    "sigmoid",
    value=sigmoid_value,
    partials=(lambda xp, x: logistic_slope(xp, below(xp, x), None),),
)
TANH = Elementwise(
    "tanh",
    value=tanh,
    partials=(lambda xp, x: logistic_slope(xp, 2 * below(xp, x), None, 4.0),),
)
LOG_SIGMOID = Elementwise(
    "log_sigmoid",
    value=_log_sigmoid,
    partials=(lambda xp, x: sigmoid_value(xp, -x),),
)
LECUN_TANH = Elementwise(
    "lecun_tanh",
    value=_lecun_tanh,
    partials=(_lecun_tanh_dx,),
)
ARCTAN = Elementwise("arctan", value=_arctan, partials=(_arctan_dx,))
SOFTSIGN = Elementwise(
    "softsign",
    value=lambda xp, x: x / (1 + xp.abs(x)),
    partials=(_softsign_dx,),
)
# mu and 1/(sigma·√2) are numbers in parts.
LAPLACE = Elementwise(
    "laplace",
    value=_laplace,
    partials=(_laplace_dx, *(_laplace_dmu,) * 2, *(_laplace_dsteepness,) * 3),
    parameters=("mu",) * 2 + ("sigma",) * 3,
)
