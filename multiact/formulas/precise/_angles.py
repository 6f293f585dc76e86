"""Sine and cosine of an angle, relatively accurate at their zeros.

The frameworks' own are not, and of a rounded angle they could not be. The angle is brought within
an eighth of a turn by subtracting quarter turns, kept in several parts.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from multiact.formulas.precise._arithmetic import settle, total
from multiact.formulas.precise._coefficients import COSINE, QUARTER_TURN, SINE
from multiact.formulas.precise._far_angles import START, Reduced
from multiact.formulas.precise._polynomials import polynomial

REDUCIBLE = 2.0**START
# From 2^25 on numbers of 26 bits are integers.
INTEGERS = 1.5 * 2.0**25


class Position(NamedTuple):
    """An angle in radians: high + low, or a reduced one where it is ``far``, and these are 0.

    ``low`` may be absent. ``moved`` is 0, with the derivative of the angle.
    """

    high: Any
    low: Any
    far: Any
    reduced: Reduced
    moved: Any


def _floor(xp: Any, x: Any) -> Any:
    """The largest integer up to x, for |x| ≤ REDUCIBLE."""
    integer = xp.detach(xp.truncate(x + INTEGERS) - INTEGERS)
    # Without access to the bits, truncate rounds to the nearest.
    return xp.where(integer > x, integer - 1, integer)


class Angle:
    """A position, reduced after ``offset`` quarter turns were added."""

    def __init__(self, xp: Any, position: Position, offset: float = 0.0) -> None:
        near, low, far, reduced, moved = position
        p = xp.where(far, reduced.high + moved, near)
        r = xp.where(far, reduced.low, 0.0 if low is None else low)
        k = _floor(xp, p * (2 / math.pi) + (0.5 + offset))
        turns = k - offset
        first, second, third, fourth = QUARTER_TURN
        # The products with the first three, and the first two differences, are exact.
        high = (p - turns * first) - turns * second
        low, lower = total(r, -(turns * third))
        self.t, rest = total(high, low)
        self.rest = rest + (lower - turns * fourth)
        self.square = self.t * self.t
        k = k + xp.where(far, reduced.quarters, 0.0)
        self.quadrant = k - 4 * _floor(xp, 0.25 * k)
        self.odd = (self.quadrant == 1) | (self.quadrant == 3)

    def reduced(self, xp: Any) -> tuple[Any, Any]:
        """sin t, or in odd quadrants cos t, as a term and a smaller one."""
        z = self.square
        sine = self.rest * (1 - 0.5 * z) - (self.t * z) * polynomial(SINE, z)
        cosine = ((z * z) * polynomial(COSINE, z) - self.t * self.rest) - 0.5 * z
        return xp.where(self.odd, 1.0, self.t), xp.where(self.odd, cosine, sine)

    def sine(self, xp: Any) -> Any:
        """sin(p + r + offset·π/2)."""
        high, low = self.reduced(xp)
        value = settle(xp, high, low)
        return xp.where(self.quadrant < 2, value, -value)
