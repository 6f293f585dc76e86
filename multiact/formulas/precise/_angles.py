"""Sine and cosine of an angle p + r, relatively accurate at their zeros.

The frameworks' own are not, and of a rounded angle they could not be. Up to REDUCIBLE the angle is
brought within an eighth of a turn by subtracting quarter turns, kept in several parts. Beyond, the
frameworks' sine and cosine of p say to 53 bits how far p is from a quarter turn, and those of
2^22·p and 2^44·p what comes after these bits: 97 in all, as far as the multiples are numbers.
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
# How many bits the next multiple of a far angle adds, and how far all are numbers.
MORE, LEVELS = 2.0**22, 3
FARTHEST = 2.0**979


def _floor(xp: Any, x: Any) -> Any:
    """The largest integer up to x, for |x| ≤ REDUCIBLE."""
    integer = xp.detach(xp.truncate(x + INTEGERS) - INTEGERS)
    # Without access to the bits, truncate rounds to the nearest.
    return xp.where(integer > x, integer - 1, integer)


def _roughly(xp: Any, p: Any) -> tuple[Any, Any]:
    """p less the nearest number of quarter turns, and that number modulo 4."""
    sine, cosine = xp.sin(p), xp.cos(p)
    upright = xp.abs(sine) > xp.abs(cosine)
    above, below = xp.where(upright, -cosine, sine), xp.where(upright, sine, cosine)
    nothing = 0 * below
    quarters = xp.where(below > 0, nothing, 2.0) + xp.where(upright, 1.0, nothing)
    return xp.atan(above / below), quarters


def _turned(xp: Any, p: Any) -> tuple[Any, Any, Any]:
    """The same as a sum of two numbers."""
    bits = xp.detach(p)
    inside = xp.where(xp.abs(bits) < FARTHEST, bits, 0.0)
    rough, quarters = _roughly(xp, bits)
    near = [rough] + [_roughly(xp, inside * MORE**level)[0] for level in range(1, LEVELS)]
    high, low = near[-1], 0 * bits
    first, second, third, fourth = QUARTER_TURN
    for coarse, finer in zip(near[-2::-1], near[:0:-1], strict=True):
        turns = _floor(xp, (MORE * coarse - finer) * (2 / math.pi) + 0.5)
        whole, rest = total(turns * first, turns * second)
        whole, more = total(whole, high)
        high, low = total(whole, (rest + more) + (low + turns * (third + fourth)))
        high, low = high / MORE, low / MORE
    fits = xp.abs(bits) < FARTHEST
    high, low = xp.where(fits, high, rough), xp.where(fits, low, 0.0)
    return high + (p - bits), low, quarters


class Angle:
    """p + r, reduced after ``offset`` quarter turns were added."""

    def __init__(self, xp: Any, p: Any, r: Any, offset: float = 0.0) -> None:
        # NaN is far.
        near = xp.abs(p) < REDUCIBLE
        far, farther = _turned(xp, xp.where(near, 0.0, p)), _turned(xp, xp.where(near, 0.0, r))
        turned, missed = total(far[0], farther[0])
        missed = missed + (far[1] + farther[1])
        p, r = xp.where(near, p, turned), xp.where(near, r, missed)
        k = _floor(xp, p * (2 / math.pi) + (0.5 + offset))
        turns = k - offset
        first, second, third, fourth = QUARTER_TURN
        # The products with the first three, and the first two differences, are exact.
        high = (p - turns * first) - turns * second
        low, lower = total(r, -(turns * third))
        self.t, rest = total(high, low)
        self.rest = rest + (lower - turns * fourth)
        self.square = self.t * self.t
        k = k + xp.where(near, 0.0, far[2] + farther[2])
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
