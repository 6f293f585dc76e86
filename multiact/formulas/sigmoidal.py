"""sigmoid, tanh and other S-shaped functions, and the sigmoid's logarithm.

The derivatives of the sigmoid and tanh are products of two sigmoids: both factors are accurate in
their own tail, where 1 − y² or y·(1 − y) would cancel, and they are smooth, so that they can be
differentiated again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from multiact import _arguments, _errors
from multiact.formulas import _exact
from multiact.formulas._kinds import Elementwise, Lift, unary
from multiact.formulas.precise import sigmoidal as precise

# LeCun et al. 1998, section 4.4: f(±1) = ±1, and the gain is about 1 near 0.
LECUN_HEIGHT = 1.7159
LECUN_STEEPNESS = 2 / 3
SQRT_HALF = math.sqrt(0.5)
# √½ beyond float64.
SQRT_HALF_REST = -4.833646656726457e-17


def _sigmoid_dx(xp: Any, x: Any) -> Any:
    s, r = xp.sigmoids(x)
    return s * r


def _tanh_dx(xp: Any, x: Any) -> Any:
    s, r = xp.sigmoids(2 * x)
    return 4 * (s * r)


SIGMOID = Elementwise(
    "sigmoid",
    value=lambda xp, x: xp.sigmoid(x),
    partials=(_sigmoid_dx,),
    precise=precise.SIGMOID,
)
TANH = Elementwise(
    "tanh",
    value=lambda xp, x: xp.tanh(x),
    partials=(_tanh_dx,),
    precise=precise.TANH,
)

LOG_SIGMOID = Elementwise(
    "log_sigmoid",
    value=lambda xp, x: xp.minimum(x, 0) - xp.log1p(xp.exp(-xp.abs(x))),
    partials=(lambda xp, x: xp.sigmoid(-x),),
    precise=precise.LOG_SIGMOID,
)


def _lecun_tanh_dx(xp: Any, x: Any) -> Any:
    # Not the product of two sigmoids: with this factor their errors would be too large.
    e = xp.exp((-2 * LECUN_STEEPNESS) * xp.abs(x))
    return (4 * LECUN_HEIGHT * LECUN_STEEPNESS) * (e / ((1 + e) * (1 + e)))


LECUN_TANH = Elementwise(
    "lecun_tanh",
    value=lambda xp, x: LECUN_HEIGHT * xp.tanh(LECUN_STEEPNESS * x),
    partials=(_lecun_tanh_dx,),
    precise=precise.LECUN_TANH,
)

ARCTAN = Elementwise(
    "arctan",
    value=lambda xp, x: xp.atan(x),
    partials=(lambda xp, x: 1 / (1 + x * x),),
    precise=precise.ARCTAN,
)


def _softsign_dx(xp: Any, x: Any) -> Any:
    gate = 1 / (1 + xp.abs(x))
    return gate * gate


SOFTSIGN = Elementwise(
    "softsign",
    value=lambda xp, x: x / (1 + xp.abs(x)),
    partials=(_softsign_dx,),
    precise=precise.SOFTSIGN,
)


def _laplace(xp: Any, x: Any, mu: Any, mu_rest: Any, *steepness: Any) -> Any:
    # Φ(u) = erfc(−u/√2)/2 is relatively accurate in both tails.
    return 0.5 * xp.erfc(sum(steepness) * (mu_rest - (x - mu)))


def _laplace_density(xp: Any, x: Any, mu: Any, mu_rest: Any, *steepness: Any) -> Any:
    # The density is large where sigma is small, and its exponent z² multiplies the rounding of z
    # in the tails, so the distance from the mean and z are carried with their errors.
    near = _exact.bounded(xp, x)
    distance = near - mu
    taken = distance - near
    error = (near - (distance - taken)) - (mu + taken) - mu_rest
    z, rest = _exact.product_with_short(xp, distance, steepness)
    return _exact.gaussian(xp, z, rest + sum(steepness) * error) / math.sqrt(math.pi)


def _laplace_dx(xp: Any, x: Any, mu: Any, mu_rest: Any, *steepness: Any) -> Any:
    return sum(steepness) * _laplace_density(xp, x, mu, mu_rest, *steepness)


def _laplace_dmu(xp: Any, x: Any, mu: Any, mu_rest: Any, *steepness: Any) -> Any:
    return -_laplace_dx(xp, x, mu, mu_rest, *steepness)


def _laplace_dsteepness(xp: Any, x: Any, mu: Any, mu_rest: Any, *steepness: Any) -> Any:
    return (x - mu - mu_rest) * _laplace_density(xp, x, mu, mu_rest, *steepness)


# mu and 1/(sigma·√2) are numbers in parts.
LAPLACE = Elementwise(
    "laplace",
    value=_laplace,
    partials=(_laplace_dx, *(_laplace_dmu,) * 2, *(_laplace_dsteepness,) * 3),
    parameters=("mu",) * 2 + ("sigma",) * 3,
    precise=precise.LAPLACE,
)

sigmoid = unary(SIGMOID)
tanh = unary(TANH)
log_sigmoid = unary(LOG_SIGMOID)
lecun_tanh = unary(LECUN_TANH)
arctan = unary(ARCTAN)
softsign = unary(SOFTSIGN)


def laplace(lift: Lift) -> Callable[..., Any]:
    """mu and sigma are numbers."""
    apply = lift.elementwise(LAPLACE, "laplace")

    def laplace(x: Any, mu: float = 0.707107, sigma: float = 0.282095) -> Any:
        if not isinstance(mu, (int, float)):
            raise _errors.scalar("laplace", "mu", mu)
        _arguments.check_positive("laplace", "sigma", sigma)
        width = float(sigma)
        rest = _exact.ratio_rest(SQRT_HALF, width) + SQRT_HALF_REST / width
        # Next to mu a rounding of it to float32 would show if sigma is small.
        return apply(x, *_exact.halves(float(mu)), *_exact.short(SQRT_HALF / width, rest))

    return laplace
