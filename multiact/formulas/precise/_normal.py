"""The normal distribution's tail, accurate relative to itself.

Φ(−a) = e^(−a²/2)·P(t)/(1 + 3a/4) with a polynomial in t = (a − K)/(a + K) (Shepherd and Laframboise
1981 for erfc). The square is taken of a number of half the bits, which is exact: an error of half
an ULP in a²/2 would be multiplied by a²/2 in the exponential.
"""

from __future__ import annotations

from typing import Any

from multiact.formulas.precise._arithmetic import plus, scaled_exp, split
from multiact.formulas.precise._coefficients import FARTHEST, MILLS, PIVOT
from multiact.formulas.precise._polynomials import polynomial

DENSITY = 0.3989422804014327
"""φ(0) = 1/√(2π)."""


def reach(xp: Any, x: Any) -> Any:
    """|x|, or where the tail vanishes if that is less; from the left differentiable at 0."""
    return xp.minimum(xp.where(x > 0, x, -x), FARTHEST)


def bell(xp: Any, a: Any, rest: Any = None) -> tuple[Any, Any]:
    """e^(−(a + rest)²/2) for 0 ≤ a ≤ FARTHEST, scaled as by :func:`scaled_exp`."""
    e, deep, q = _bell(xp, a, rest)
    return e + e * (q + (q * q) * (0.5 + q * (1 / 6))), deep


def tail(xp: Any, a: Any, rest: Any = None) -> tuple[Any, Any]:
    """Φ(−a − rest) for 0 ≤ a ≤ FARTHEST, likewise."""
    e, deep, q = _bell(xp, a, rest)
    t, share = place(a), 0.75 * a
    varying = t * polynomial(MILLS[1:], t)
    above, below = MILLS[0] + varying, 1 + share
    # Of the roundings in above·e/below only those of e and the last sum remain: the quotient is a
    # number of half the bits and a rest, and so is e.
    above_rest = varying - (above - MILLS[0])
    # What a lacks matters to 1 + 3a/4, and hardly to the polynomial.
    below_rest = plus(
        ((a - share) - 0.25 * a) + (share - (below - 1)), 0.75 * rest if rest is not None else None
    )
    below_high, below_low = split(xp, below)
    ratio = xp.truncate(above / below)
    missed = ((above - ratio * below_high) - ratio * below_low) + above_rest
    ratio_rest = (missed - ratio * below_rest) / below
    e_high, e_low = split(xp, e)
    whole = ratio * e_high
    cross = ratio * e_low + ratio_rest * e
    growth = q + (q * q) * (0.5 + q * (1 / 6))
    return whole + (cross + (whole + cross) * growth), deep


def mills(a: Any) -> Any:
    """Φ(−a)·e^(a²/2)."""
    return polynomial(MILLS, place(a)) / (1 + 0.75 * a)


def place(a: Any) -> Any:
    """The argument t of the polynomials."""
    return (a - PIVOT) / (a + PIVOT)


def _bell(xp: Any, a: Any, rest: Any) -> tuple[Any, Any, Any]:
    """The bell as e^(a large number of few bits) and the small exponent q that this one lacks."""
    high = xp.truncate(a)
    low = plus(a - high, rest)
    e, deep = scaled_exp(xp, -0.5 * (high * high))
    return xp.where(a < FARTHEST, e, 0.0), deep, -low * (high + 0.5 * low)
