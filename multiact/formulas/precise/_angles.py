"""Sine and cosine of an angle p + r, relatively accurate at their zeros.

The frameworks' own are not, and of a rounded angle they could not be. Up to REDUCIBLE the angle is
brought within an eighth of a turn by subtracting quarter turns, kept in several parts; beyond,
the frameworks' functions of p and of r are put together.
"""

from __future__ import annotations

import math
from typing import Any

from multiact.formulas.precise._arithmetic import settle, total
from multiact.formulas.precise._coefficients import COSINE, QUARTER_TURN, SINE
from multiact.formulas.precise._polynomials import polynomial

REDUCIBLE = 2.0**24
# From 2^25 on numbers of 26 bits are integers.
INTEGERS = 1.5 * 2.0**25


def _floor(xp: Any, x: Any) -> Any:
    """The largest integer up to x, for |x| ≤ REDUCIBLE."""
    integer = xp.detach(xp.truncate(x + INTEGERS) - INTEGERS)
    # Without access to the bits, truncate rounds to the nearest.
    return xp.where(integer > x, integer - 1, integer)


class Angle:
    """p + r, reduced after ``offset`` quarter turns were added."""

    def __init__(self, xp: Any, p: Any, r: Any, offset: float = 0.0) -> None:
        self.near = xp.abs(p) < REDUCIBLE
        self.far = xp.where(self.near, 0.0, p), xp.where(self.near, 0.0, r)
        p, r = xp.where(self.near, p, 0.0), xp.where(self.near, r, 0.0)
        k = _floor(xp, p * (2 / math.pi) + (0.5 + offset))
        turns = k - offset
        first, second, third, fourth = QUARTER_TURN
        # The products with the first three, and the first two differences, are exact.
        high = (p - turns * first) - turns * second
        low, lower = total(r, -(turns * third))
        self.t, rest = total(high, low)
        self.rest = rest + (lower - turns * fourth)
        self.square = self.t * self.t
        self.quadrant = k - 4 * _floor(xp, 0.25 * k)
        self.odd = (self.quadrant == 1) | (self.quadrant == 3)

    def reduced(self, xp: Any) -> tuple[Any, Any]:
        """sin t, or in odd quadrants cos t, as a term and a smaller one."""
        z = self.square
        sine = self.rest * (1 - 0.5 * z) - (self.t * z) * polynomial(SINE, z)
        cosine = ((z * z) * polynomial(COSINE, z) - self.t * self.rest) - 0.5 * z
        return xp.where(self.odd, 1.0, self.t), xp.where(self.odd, cosine, sine)

    def sine(self, xp: Any) -> Any:
        """sin(p + r + offset·π/2); the offset is lost beyond REDUCIBLE."""
        high, low = self.reduced(xp)
        value = settle(xp, high, low)
        p, r = self.far
        beyond = xp.sin(p) * xp.cos(r) + xp.cos(p) * xp.sin(r)
        return xp.where(self.near, xp.where(self.quadrant < 2, value, -value), beyond)
