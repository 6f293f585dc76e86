"""The roots of xielu and of its derivative below 0, for parameters that are numbers.

Next to a root the function is what it is at the root's nearest float64, and a function of the
distance from there. The former is found in integers, because float64 has not a bit of it.

Only the ratio of the parameters matters to the roots. Where it is small they are about −2 and −1
times it, and the two terms that cancel there are about its square.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from multiact.formulas.precise._integers import FARTHEST_EXPONENT, PLACES, exponential, scaled

# e^x is 0 beyond, to so many places.
DEEPEST = 180.0
# Within this of its root a function of the distance takes the place of a sum.
CLOSE = 0.5
# For a smaller ratio the first term of a root is a better start than a step in float64.
FAINT = 2.0**-10
# How often at most a root is brought nearer; far to the left a convex function halves its distance.
STEPS = 60


class Descent(NamedTuple):
    """alpha_n·(e^x − 1 − x) + beta·x near its root ``at``, and its derivative near ``slope_at``.

    ``power`` and ``slope_power`` are alpha_n·e^x there, and up to ``reach`` and ``slope_reach`` on
    their right a function of the distance takes the place of a sum.
    """

    at: float
    reach: float
    value: float
    slope: float
    power: float
    slope_at: float
    slope_reach: float
    slope_value: float
    slope_power: float


# Above 0, where neither is evaluated.
NOWHERE = Descent(1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)


def descent(alpha_n: float, beta: float) -> Descent:
    """Both roots, or :data:`NOWHERE` if there are none, or float64 cannot hold them."""
    return USUAL if (alpha_n, beta) == DEFAULTS else _found(alpha_n, beta)


def _found(alpha_n: float, beta: float) -> Descent:
    if not 0.0 < beta < alpha_n < math.inf:
        return NOWHERE
    height, lower = math.frexp(alpha_n)[1], math.frexp(beta)[1]
    # The last one is that of the terms that cancel.
    if max(map(abs, (height, lower, height - lower, 2 * lower - height))) > FARTHEST_EXPONENT:
        return NOWHERE
    share = beta / alpha_n
    rise = 1.0 - share
    at = -2.0 * share if share < FAINT else -1.0 / rise
    for _ in range(0 if share < FAINT else STEPS):
        nearer = at - (math.expm1(at) - rise * at) / (math.expm1(at) + share)
        if not at < nearer < 0.0:
            break
        at = nearer
    value, slope, power = _at(at, alpha_n, beta)
    for _ in range(STEPS):
        nearer = at - value / slope
        if nearer == at:
            break
        at = nearer
        value, slope, power = _at(at, alpha_n, beta)
    slope_at = math.log1p(-share)
    _, slope_value, slope_power = _at(slope_at, alpha_n, beta)
    for _ in range(STEPS):
        nearer = slope_at - slope_value / slope_power
        if nearer == slope_at:
            break
        slope_at = nearer
        _, slope_value, slope_power = _at(slope_at, alpha_n, beta)
    return Descent(
        at,
        min(CLOSE, -0.25 * at),
        value,
        slope,
        power,
        slope_at,
        min(CLOSE, -0.5 * slope_at),
        slope_value,
        slope_power,
    )


def _at(x: float, alpha_n: float, beta: float) -> tuple[float, float, float]:
    """The function, its derivative and alpha_n·e^x at x < 0, each rounded once."""
    height = math.frexp(alpha_n)[1]
    depth = 2 * (height - math.frexp(beta)[1])
    places = PLACES + depth
    one = 1 << places
    # Without the power of two in alpha_n, which is then about 1.
    scale, start = scaled(alpha_n, places - height), scaled(beta, places - height)
    distance = scaled(-x, places)
    power = exponential(-distance, places) if -x < DEEPEST else 0
    value = scale * (power - one + distance) - start * distance
    slope = scale * (power - one) + start * one
    square = one * one
    return (
        math.ldexp((value << depth) / square, height - depth),
        math.ldexp(slope / square, height),
        math.ldexp(scale * power / square, height),
    )


DEFAULTS = (0.8, 0.5)
USUAL = _found(*DEFAULTS)
