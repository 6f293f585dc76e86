"""What the defining formulas of elementwise functions share.

A formula takes the parameters, makes its constants at the current precision and returns a
function of one point: ``at(x, second)`` gives value and derivative, and the second derivative if
asked for. Only definitions from the literature are used, none of multiact's own formulas; the
derivatives are checked against automatic differentiation of the definition in the tests.

At a kink the derivative is the one the contract fixes, and there is no second derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from math import frexp
from typing import TypeAlias

from flint import arb, ctx

from multiact_compare.oracle.enclosure import Value

Point: TypeAlias = Callable[[float, bool], tuple[Value, ...]]
Smooth: TypeAlias = Callable[[float, bool], tuple[arb, ...]]
"""A :data:`Point` whose values are enclosures, to calculate on with."""

Formulas: TypeAlias = dict[str, Callable[..., Point]]

Kinks: TypeAlias = dict[str, Callable[..., tuple[float, ...]]]
"""Where the derivative of a function jumps, or the function itself, by its parameters.

Where only the second derivative jumps is no kink: the formula gives ``None`` for it there.
"""

NEAR_ZERO = 0.0625
"""Below this magnitude differences from 1 would cancel, and are computed otherwise."""

FAR_OUT = 64.0
"""Beyond this magnitude e^(−x²/2) is less than 2**-2900, which no float64 number can show."""

# Arithmetic between enclosures is faster than with Python's numbers.
ZERO, ONE, HALF = arb(0), arb(1), arb(0.5)


def logistic(e: arb, right: bool) -> tuple[arb, arb]:
    """σ(u) and 1 − σ(u) from e^−|u| and whether u > 0, neither by a subtraction."""
    large = ONE / (ONE + e)
    small = e * large
    return (large, small) if right else (small, large)


def tanh_pair(u: arb, small: bool) -> tuple[arb, arb]:
    """tanh(u) and 1 − tanh²(u) for u ≥ 0, or for a small u of either sign."""
    twice = -2 * u
    if small:
        # Of e^−2u and 1 − e^−2u, one comes from the other by a benign subtraction.
        less = -twice.expm1()
        e = ONE - less
    else:
        e = twice.exp()
        less = ONE - e
    inverse = ONE / (ONE + e)
    return less * inverse, 4 * e * inverse * inverse


def normal() -> Callable[[arb, float], tuple[arb, arb]]:
    """The standard normal distribution and its density, at u and given u roughly."""
    root, density = HALF.sqrt(), (2 * arb.pi()).rsqrt()

    def at(u: arb, about: float) -> tuple[arb, arb]:
        if abs(about) > FAR_OUT:
            return (ONE if about > 0 else ZERO), ZERO
        return (root * -u).erfc() * HALF, density * (u * u * -HALF).exp()

    return at


def two_lines(slope: arb) -> Point:
    """x on the right, slope·x on the left and at the kink."""

    def at(x: float, second: bool) -> tuple[Value, ...]:
        if x > 0:
            return (x, 1.0, 0.0) if second else (x, 1.0)
        left = slope * x
        return (left, slope, 0.0 if x < 0 else None) if second else (left, slope)

    return at


def between(
    left: float,
    right: float,
    values: tuple[float, float],
    slope: Value,
    line: Callable[[float], Value],
) -> Point:
    """A line from ``left`` to ``right``, constant beyond; both kinks are saturated."""
    low, high = values

    def at(x: float, second: bool) -> tuple[Value, ...]:
        found: tuple[Value, ...]
        if left < x < right:
            found = line(x), slope, 0.0
        else:
            found = low if x <= left else high, 0.0, None if x in (left, right) else 0.0
        return found if second else found[:2]

    return at


def exponent(x: float) -> int:
    """The power of two just above |x|."""
    return frexp(x)[1]


def more_precisely(bits: int, evaluate: Callable[[], tuple[arb, ...]]) -> tuple[arb, ...]:
    """The result of a function that is known to lose so many bits."""
    ctx.prec += bits
    try:
        return evaluate()
    finally:
        ctx.prec -= bits
