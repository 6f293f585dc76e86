"""elu and its relatives for the precise tier.

xielu and its derivative have roots that depend on the parameters. Near these they are sums of
about 75 bits; where the parameters are numbers, they are sums of what vanishes at the root.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from multiact.formulas._kinds import Elementwise
from multiact.formulas.precise import _long
from multiact.formulas.precise._arithmetic import (
    DEEP,
    FAR,
    below,
    expm1,
    narrows,
    product,
    quotient,
    scaled_exp,
    settle,
    settled_product,
    shifted_exponential,
    total,
    unscaled,
)
from multiact.formulas.precise._coefficients import EXPM1
from multiact.formulas.precise._long import Long
from multiact.formulas.precise._near import near_root
from multiact.formulas.precise._polynomials import polynomial
from multiact.formulas.precise._xielu_roots import CLOSE, Descent

SELU_SCALE = 1.0507009873554804934193349852946
SELU_PRODUCT = 1.7580993408473768599402175208123
TINY = 2.0**-60
# Within this two terms of e^x − 1 are enough.
MINUTE = 2.0**-20
# Within this the second term of e^x − 1 − x is lost beside the first.
FAINT = 2.0**-100
# Within this a product has parts that are subnormal.
MINUSCULE = 2.0**-800
# Where an exact product might overflow, a sum of it with anything else no longer cancels.
HUGE = 2.0**500


def _grown(xp: Any, x: Any, right: Any, factor: Any) -> Any:
    """``right`` above 0, factor·e^x below."""
    e, deep = scaled_exp(xp, below(xp, x))
    return xp.where(x > 0, right, unscaled(xp, factor * e, deep))


def _elu(xp: Any, x: Any, alpha: Any) -> Any:
    y = below(xp, x)
    left = alpha * expm1(xp, y)
    if narrows(xp):
        # alpha·x may lie in the middle between two numbers, and only what follows decides.
        near = y > -MINUTE
        small = xp.where(near, y, 0.0)
        high, low = product(xp, small, alpha)
        low = low + alpha * ((small * small) * (0.5 + small * (1 / 6)))
        left = xp.where(near, settle(xp, high, low), left)
    return xp.where(x > 0, x, left)


def _elu_dalpha(xp: Any, x: Any, alpha: Any) -> Any:
    return xp.where(x > 0, 0.0, expm1(xp, below(xp, x)))


def _selu(xp: Any, x: Any) -> Any:
    return xp.where(x > 0, SELU_SCALE * x, SELU_PRODUCT * expm1(xp, below(xp, x)))


def _celu_exponent(xp: Any, x: Any, alpha: Any) -> tuple[Any, Any]:
    """x/alpha below 0, as a sum; positive if alpha is negative."""
    return quotient(xp, xp.where(x > 0, 0.0, x), None, alpha, FAR)


def _celu(xp: Any, x: Any, alpha: Any) -> Any:
    z, rest = _celu_exponent(xp, x, alpha)
    # Where the quotient may have underflowed the function is x.
    straight = (x > 0) | (xp.abs(z) < TINY)
    # Only where the power grows, which it does if alpha is negative, does the rest matter.
    return xp.where(straight, x, alpha * (expm1(xp, z) * (1 + xp.where(z > 1, rest, 0.0))))


def _celu_dx(xp: Any, x: Any, alpha: Any) -> Any:
    z, rest = _celu_exponent(xp, x, alpha)
    return xp.exp(z) * (1 + rest)


def _celu_dalpha(xp: Any, x: Any, alpha: Any) -> Any:
    z, _ = _celu_exponent(xp, x, alpha)
    return expm1(xp, z) - z * xp.exp(z)


def _line(xp: Any, x: Any, factor: Any, constant: Any) -> tuple[Any, Any]:
    """factor·x + constant as a sum, accurate near its root as well."""
    about = x * factor
    inside = (xp.abs(about) < HUGE) & (xp.abs(about) > MINUSCULE)
    high, low = product(xp, xp.where(inside, x, 0.0), factor)
    head, rest = total(high, constant)
    return xp.where(inside, head, about + constant), xp.where(inside, rest + low, 0.0)


def _xielu(xp: Any, x: Any, alpha_p: Any, alpha_n: Any, beta: Any, descent: Descent) -> Any:
    up, down = xp.where(x > 0, x, 0.0), xp.where(x > 0, 0.0, x)
    # alpha_n·(e^x − 1) + (beta − alpha_n)·x far from 0, alpha_n·(e^x − 1 − x) + beta·x nearer, and
    # (alpha_n·(e^x − 1 − x)/x + beta)·x next to it, where the square of x may underflow.
    reached = xp.maximum(down, -HUGE)
    point = Long.of(xp, reached)
    m, bent = _long.expm1_and_bent(xp, reached)
    near, short, nothing = reached > -1.0, reached > -_long.SHORT, 0 * reached
    bent = _long.where(xp, short, bent, _long.where(xp, near, m.minus(xp, point), m))
    bent = bent.times(xp, Long.of(xp, alpha_n))
    slope = Long.of(xp, *total(beta + nothing, -alpha_n))
    straight = _long.where(xp, near, Long.of(xp, beta + nothing), slope)
    inner = bent.plus(xp, straight).times(xp, point)
    left = _long.where(xp, short, inner, bent.plus(xp, straight.times(xp, point))).settled(xp)
    small = xp.where(short, reached, 0.0)
    steep = xp.where(near, beta + 0.5 * alpha_n * small, beta - alpha_n + nothing)
    about = steep * down
    about = xp.where(near, about, about - alpha_n)
    inside = (down > -HUGE) & (down < -MINUSCULE) & (xp.abs(about) < math.inf)
    # Where the result is as small, two terms are enough, and three factors have all bits.
    inside = inside & ((down < -FAINT) | (xp.abs(about) > MINUSCULE))
    left = xp.where(inside, left, about)

    def beside(d: Any) -> Any:
        # Neither d² nor its product with a large alpha_n may be out of range.
        bend = (descent.power * d) * (d * polynomial(EXPM1, d))
        return descent.value + (descent.slope * d + bend)

    left = near_root(xp, down, descent.at, -CLOSE, descent.reach, left, beside)
    return xp.where(x > 0, settled_product(xp, up, *_line(xp, up, alpha_p, beta)), left)


def _xielu_dx(xp: Any, x: Any, alpha_p: Any, alpha_n: Any, beta: Any, descent: Descent) -> Any:
    down = xp.where(x > 0, 0.0, x)
    m, _ = _long.expm1_and_bent(xp, down)
    left = m.times(xp, Long.of(xp, alpha_n)).plus(xp, Long.of(xp, beta)).settled(xp)
    left = xp.where(down < -MINUSCULE, left, alpha_n * down + beta)
    # Where next to 1 the power is short of bits, it may be what is left of alpha_n and beta.
    high, low = total(beta + 0 * down, -alpha_n)
    reached = xp.maximum(down, DEEP) if narrows(xp) else down
    head, rest = total(high, _grown(xp, reached, 0.0, alpha_n))
    left = xp.where(down > -_long.REACH, left, settle(xp, head, rest + low))

    def beside(d: Any) -> Any:
        return descent.slope_value + descent.slope_power * expm1(xp, d)

    left = near_root(xp, down, descent.slope_at, -CLOSE, descent.slope_reach, left, beside)
    return xp.where(x > 0, settle(xp, *_line(xp, x, 2 * alpha_p, beta)), left)


def _xielu_dalpha_p(xp: Any, x: Any, *parameters: Any) -> Any:
    up = xp.where(x > 0, x, 0.0)
    return up * up


def _xielu_dalpha_n(xp: Any, x: Any, *parameters: Any) -> Any:
    return shifted_exponential(xp, xp.where(x > 0, 0.0, x))


def _xielu_dbeta(xp: Any, x: Any, *parameters: Any) -> Any:
    return x


def _nothing(xp: Any, x: Any, *parameters: Any) -> Any:
    return 0 * x


def _whole(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of alpha_p, alpha_n, beta and a descent for the middle two in two parts."""

    def of_parts(
        xp: Any,
        x: Any,
        alpha_p: Any,
        alpha_n: Any,
        alpha_n_rest: Any,
        beta: Any,
        beta_rest: Any,
        *descent: Any,
    ) -> Any:
        alpha_n, beta = alpha_n + alpha_n_rest, beta + beta_rest
        return function(xp, x, alpha_p, alpha_n, beta, Descent(*descent))

    return of_parts


ELU = Elementwise(
    "elu",
    value=_elu,
    partials=(lambda xp, x, alpha: _grown(xp, x, 1.0, alpha), _elu_dalpha),
    parameters=("alpha",),
)
ELU_UNIT = Elementwise(
    "elu",
    value=lambda xp, x: xp.where(x > 0, x, expm1(xp, below(xp, x))),
    partials=(lambda xp, x: xp.exp(xp.where(x > 0, 0.0, x)),),
)
SELU = Elementwise(
    "selu",
    value=_selu,
    partials=(lambda xp, x: _grown(xp, x, SELU_SCALE, SELU_PRODUCT),),
)
CELU = Elementwise(
    "celu",
    value=_celu,
    partials=(_celu_dx, _celu_dalpha),
    parameters=("alpha",),
)
# alpha_n and beta arrive in parts, whose sums are exact in float64, and with the roots they make.
XIELU = Elementwise(
    "xielu",
    value=_whole(_xielu),
    partials=(
        _whole(_xielu_dx),
        _xielu_dalpha_p,
        *(_xielu_dalpha_n,) * 2,
        *(_xielu_dbeta,) * 2,
        *(_nothing,) * len(Descent._fields),
    ),
    parameters=("alpha_p", *("alpha_n",) * 2, *("beta",) * (2 + len(Descent._fields))),
)
