"""softplus, silu, gelu and squareplus for the precise tier.

The derivative of x·g(x) is g'(x)·(x + g(x)/g'(x)) = g'(x)·N(x), and N has all of its cancellation.
Below 0, N is 1 + x and a small correction; near its root it is a polynomial in the distance from
the root. Above 0, f'(x) is 1 − f'(−x), or close to it.
"""

from __future__ import annotations

from typing import Any

from multiact.formulas._kinds import Elementwise
from multiact.formulas.precise import _normal
from multiact.formulas.precise._arithmetic import (
    below,
    both_below,
    exponent,
    log1p_unit,
    narrows,
    plus,
    scaled_exp,
    settle,
    settled_half,
    unscaled,
)
from multiact.formulas.precise._coefficients import (
    GELU_SLOPE,
    GELU_SLOPE_ROOT,
    QUICK_BETA,
    SILU_ROOT,
    TANH_FORM_CUBIC,
    TANH_FORM_LINEAR,
    TANH_FORM_ROOT,
)
from multiact.formulas.precise._normal import DENSITY
from multiact.formulas.precise._polynomials import polynomial

# Its square is finite, and beside it any sensible b is nothing.
SQUARABLE = 2.0**500
# Stands for what is so small that some frameworks take it as 0; that it is not decides ties.
VANISHING = 2.0**-600


def _softplus(xp: Any, x: Any, beta: Any) -> Any:
    high, low = exponent(xp, x, beta)
    e, deep = scaled_exp(xp, *both_below(xp, high, low))
    rest = unscaled(xp, log1p_unit(xp, e) / beta, deep)
    return xp.where(high > 0, x + rest, rest)


def _softplus_dx(xp: Any, x: Any, beta: Any) -> Any:
    high, low = exponent(xp, x, beta)
    e, deep = scaled_exp(xp, *both_below(xp, high, low))
    # The least of them would be subnormal as a whole, the others in their last bits.
    left = unscaled(xp, e, deep)
    return xp.where(high > 0, 1.0, left) / (1 + left)


def _softplus_dbeta(xp: Any, x: Any, beta: Any) -> Any:
    # −(softplus(z) − z·σ(z))/beta², the bracket in a form that is even in z and positive.
    y, rest = both_below(xp, *exponent(xp, x, beta))
    e, deep = scaled_exp(xp, y, rest)
    return -unscaled(xp, (log1p_unit(xp, e) - y * (e / (1 + e))) / beta, deep) / beta


def gated(xp: Any, x: Any, high: Any, low: Any, factor: Any = 1.0) -> Any:
    """factor·x·σ(high + low)."""
    e, deep = scaled_exp(xp, *both_below(xp, high, low))
    left = unscaled(xp, factor * (x * e), deep)
    if not narrows(xp):
        return xp.where(high > 0, factor * x, left) / (1 + e)
    # Far to the right all but factor·x is lost, which may lie in the middle between two numbers.
    whole = factor * x
    right = settle(xp, whole, -(whole * (xp.where(deep, VANISHING, e) / (1 + e))))
    return xp.where(high > 0, right, left / (1 + e))


def gated_dx(xp: Any, high: Any, low: Any, factor: Any = 1.0) -> Any:
    """factor·σ(z)·(1 + z·σ(−z)) for z = high + low."""
    y, rest = both_below(xp, high, low)
    e, deep = scaled_exp(xp, y, rest)
    power = xp.where(deep, 0.0, e)
    sign = (1 + y) + plus(power, rest)
    sign = SILU_ROOT.mend(xp, plus(y - SILU_ROOT.at, rest), sign)
    left = (e * sign) / (1 + e * (2 + e))
    left = unscaled(xp, factor * left, deep)
    return xp.where(high > 0, settle(xp, -left, factor), left)


def _silu_dbeta(xp: Any, x: Any, beta: Any) -> Any:
    e, deep = scaled_exp(xp, *both_below(xp, *exponent(xp, x, beta)))
    return unscaled(xp, (x * e) / (1 + e) * (x / (1 + e)), deep)


def _squareplus(xp: Any, x: Any, b: Any) -> Any:
    share, _ = _squareplus_share(xp, x, b)
    return xp.where(x > 0, x + share, share)


def _squareplus_dx(xp: Any, x: Any, b: Any) -> Any:
    share, root = _squareplus_share(xp, x, b)
    share = share * (1 / root)
    return xp.where(x > 0, 1 - share, share)


def _squareplus_share(xp: Any, x: Any, b: Any) -> tuple[Any, Any]:
    """(√(x² + b) − |x|)/2 without a cancellation, and the root."""
    a = -below(xp, x)
    far, root = a > SQUARABLE, _squareplus_root(xp, a, b)
    # Also where a compiler adds before it halves, nothing overflows.
    near = 0.5 * xp.where(far, 1.0, root) + 0.5 * xp.where(far, 1.0, a)
    return (0.25 * b) / xp.where(far, a, near), root


def _squareplus_db(xp: Any, x: Any, b: Any) -> Any:
    return 0.25 / _squareplus_root(xp, xp.abs(x), b)


def _squareplus_root(xp: Any, a: Any, b: Any) -> Any:
    """√(a² + b)."""
    far = a > SQUARABLE
    near = xp.where(far, 1.0, a)
    return xp.where(far, a, xp.sqrt(near * near + b))


def gelu(xp: Any, x: Any, factor: Any = 1.0) -> Any:
    """factor·x·Φ(x)."""
    a = _normal.reach(xp, x)
    tail, deep = _normal.tail(xp, a)
    left = -unscaled(xp, factor * (a * tail), deep)
    lacking = -(factor * (a * xp.where(deep, VANISHING, tail))) if narrows(xp) else left
    return xp.where(x >= 0, settle(xp, lacking, factor * x), left)


def _gelu(xp: Any, x: Any) -> Any:
    return settled_half(xp, x, DENSITY, gelu(xp, x))


def gelu_dx(xp: Any, x: Any, factor: Any = 1.0) -> Any:
    """factor·(Φ(x) + x·φ(x))."""
    a = _normal.reach(xp, x)
    e, deep = _normal.bell(xp, a)
    high, lacking = GELU_SLOPE_ROOT
    left = ((high - a) * polynomial(GELU_SLOPE, _normal.place(a)) + lacking) * e
    left = unscaled(xp, factor * left, deep)
    return xp.where(x > 0, settle(xp, -left, factor), left)


def _gelu_10_dx(xp: Any, x: Any) -> Any:
    return xp.where(x >= 10, 0.0, gelu_dx(xp, xp.minimum(x, 10.0)))


def _tanh_form(xp: Any, x: Any) -> tuple[Any, Any, Any, Any]:
    """For y = −|x|, the exponent u = y·(k + c·y²) as a sum, and y·u'.

    All high parts have half the bits, and their products are exact.
    """
    (k, k_rest), (c, c_rest) = TANH_FORM_LINEAR, TANH_FORM_CUBIC
    # Beyond, the exponential is 0.
    y = xp.maximum(below(xp, x), -24.0)
    high = xp.truncate(y)
    low = y - high
    whole = y * y
    square = xp.truncate(whole)
    cubic_rest = c * ((high * high - square) + low * (y + high)) + c_rest * whole
    slope = xp.truncate(k + c * square)
    slope_rest = (c * square - (slope - k)) + (cubic_rest + k_rest)
    u = xp.truncate(y * slope)
    u_rest = ((high * slope - u) + low * slope) + y * slope_rest
    return y, u, u_rest, u + (u_rest + 2 * y * (c * square + cubic_rest))


def _powers(xp: Any, u: Any, rest: Any) -> tuple[Any, Any]:
    """e^(u + rest) for a rest that is small, not tiny."""
    return scaled_exp(xp, u, rest + (rest * rest) * (0.5 + rest * (1 / 6)))


def _gelu_tanh(xp: Any, x: Any) -> Any:
    y, u, u_rest, _ = _tanh_form(xp, x)
    e, deep = _powers(xp, u, u_rest)
    value = xp.where(x > 0, x, unscaled(xp, y * e, deep)) / (1 + e)
    return settled_half(xp, x, DENSITY, value)


def _gelu_tanh_dx(xp: Any, x: Any) -> Any:
    y, u, u_rest, bend = _tanh_form(xp, x)
    e, deep = _powers(xp, u, u_rest)
    factor = (1 + bend) + xp.where(deep, 0.0, e)
    factor = TANH_FORM_ROOT.mend(xp, y - TANH_FORM_ROOT.at, factor)
    left = unscaled(xp, (e * factor) / (1 + e * (2 + e)), deep)
    return xp.where(x > 0, 1 - left, left)


def _quick_exponent(xp: Any, x: Any) -> tuple[Any, Any]:
    return exponent(xp, x, *QUICK_BETA)


SOFTPLUS = Elementwise(
    "softplus",
    value=_softplus,
    partials=(_softplus_dx, _softplus_dbeta),
    parameters=("beta",),
)
SQUAREPLUS = Elementwise(
    "squareplus",
    value=_squareplus,
    partials=(_squareplus_dx, _squareplus_db),
    parameters=("b",),
)
SILU_UNIT = Elementwise(
    "silu",
    value=lambda xp, x: settled_half(xp, x, 0.25, gated(xp, x, x, None)),
    partials=(lambda xp, x: gated_dx(xp, x, None),),
)
SILU = Elementwise(
    "silu",
    value=lambda xp, x, beta: settled_half(
        xp, x, 0.25 * beta, gated(xp, x, *exponent(xp, x, beta))
    ),
    partials=(lambda xp, x, beta: gated_dx(xp, *exponent(xp, x, beta)), _silu_dbeta),
    parameters=("beta",),
)
GELU = Elementwise("gelu", value=_gelu, partials=(gelu_dx,))
GELU_10 = Elementwise(
    "gelu_10",
    value=lambda xp, x: xp.where(x >= 10, 10.0, _gelu(xp, x)),
    partials=(_gelu_10_dx,),
)
GELU_TANH = Elementwise("gelu", value=_gelu_tanh, partials=(_gelu_tanh_dx,))
QUICK_GELU = Elementwise(
    "quick_gelu",
    value=lambda xp, x: settled_half(
        xp, x, 0.25 * QUICK_BETA[0], gated(xp, x, *_quick_exponent(xp, x))
    ),
    partials=(lambda xp, x: gated_dx(xp, *_quick_exponent(xp, x)),),
)
