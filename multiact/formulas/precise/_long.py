"""Arithmetic of about 75 bits, where a sum cancels at a point that depends on parameters.

A number is a head of at most 26 bits and a rest in float64, so that the product of two heads is
exact.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from multiact.formulas.precise import _arithmetic
from multiact.formulas.precise._coefficients import LONG_EXPM1
from multiact.formulas.precise._polynomials import polynomial

# e^x is (e^(x/128))^128. Beyond REACH e^x is so small that float64 has the bits.
HALVINGS = 7
REACH = 16.0
# Within this of 0 there is nothing to halve.
SHORT = REACH * 2.0**-HALVINGS
# 1/k! from the last k of LONG_EXPM1 on, for which float64 is long enough.
REMAINDER = tuple(1 / math.factorial(k) for k in range(len(LONG_EXPM1) + 1, 15))


class Long(NamedTuple):
    """The sum of two float64 numbers, the first with at most 26 bits."""

    head: Any
    rest: Any

    @classmethod
    def of(cls, xp: Any, value: Any, rest: Any = None) -> Long:
        """A number, or the sum of one and a small one."""
        head, low = _arithmetic.split(xp, value)
        return cls(head, _arithmetic.plus(low, rest))

    def plus(self, xp: Any, other: Long) -> Long:
        """The sum; a constant is the argument."""
        high, low = _arithmetic.total(self.head, other.head)
        head, rest = _arithmetic.split(xp, high)
        return Long(head, rest + (low + (self.rest + other.rest)))

    def minus(self, xp: Any, other: Long) -> Long:
        return self.plus(xp, Long(-other.head, -other.rest))

    def times(self, xp: Any, other: Long) -> Long:
        whole = self.head * other.head
        cross = self.head * other.rest + self.rest * (other.head + other.rest)
        head, _ = _arithmetic.split(xp, whole + cross)
        return Long(head, (whole - head) + cross)

    def rounded(self) -> Any:
        return self.head + self.rest

    def settled(self, xp: Any) -> Any:
        """Rounded so that rounding it once more is right."""
        return _arithmetic.settle(xp, self.head, self.rest)


ONE = Long(1.0, 0.0)


def where(xp: Any, condition: Any, x: Long, y: Long) -> Long:
    return Long(xp.where(condition, x.head, y.head), xp.where(condition, x.rest, y.rest))


def expm1(xp: Any, y: Any, rest: Any) -> Long:
    """e^(y + rest) − 1 for y ≤ 0."""
    near = xp.where(y > -REACH, y, 0.0) * 2.0**-HALVINGS
    r = Long.of(xp, near, None if rest is None else rest * 2.0**-HALVINGS)
    m = r.times(xp, r.times(xp, _bend(xp, r)).plus(xp, ONE))
    return where(xp, y > -REACH, _doubled(xp, m), _far(xp, y, rest))


def expm1_and_bent(xp: Any, y: Any) -> tuple[Long, Long]:
    """e^y − 1 for y ≤ 0, and what that is beyond y, divided by y, for y > −SHORT."""
    short = y > -SHORT
    near = xp.where(y > -REACH, y, 0.0)
    r = Long.of(xp, xp.where(short, near, near * 2.0**-HALVINGS))
    bent = r.times(xp, _bend(xp, r))
    m = r.times(xp, bent.plus(xp, ONE))
    whole = where(xp, short, m, _doubled(xp, m))
    return where(xp, y > -REACH, whole, _far(xp, y, None)), bent


def _bend(xp: Any, r: Long) -> Long:
    """(e^r − 1 − r)/r² for −SHORT ≤ r ≤ 0."""
    s = Long.of(xp, polynomial(REMAINDER, r.rounded()))
    for coefficient in reversed(LONG_EXPM1[1:]):
        s = r.times(xp, s).plus(xp, Long(*coefficient))
    return s


def _doubled(xp: Any, m: Long) -> Long:
    """e^y − 1 from that of y·2^-HALVINGS."""
    for _ in range(HALVINGS):
        m = m.times(xp, m.plus(xp, Long(2.0, 0.0)))
    return m


def _far(xp: Any, y: Any, rest: Any) -> Long:
    """e^(y + rest) − 1 for y ≤ −REACH."""
    beyond = xp.where(y > -REACH, -REACH, y)
    if _arithmetic.narrows(xp):
        # A power that vanishes, or is subnormal to some frameworks only, could not break a tie.
        beyond = xp.maximum(beyond, _arithmetic.DEEP)
    e = xp.exp(beyond)
    return Long.of(xp, e if rest is None else e + e * rest).plus(xp, Long(-1.0, 0.0))
