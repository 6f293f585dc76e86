"""Definitions of the units that are an exponential on the left."""

from __future__ import annotations

from typing import Any

from flint import arb

from multiact_compare.oracle.enclosure import Value
from multiact_compare.oracle.point import NEAR_ZERO, ONE, Formulas, Kinks, Point


def elu(alpha: float = 1.0) -> Point:
    return _exponential_linear(arb(alpha), arb(1))


def selu() -> Point:
    alpha = arb("1.6732632423543772848170429916717")
    scale = arb("1.0507009873554804934193349852946")
    return _exponential_linear(alpha, scale)


def celu(alpha: float = 1.0) -> Point:
    """x on the right, alpha·(e^(x/alpha) − 1) on the left: the slopes meet, the bends do not."""
    factor = arb(alpha)
    steep = 1 / factor

    def at(x: float, second: bool) -> tuple[Value, ...]:
        if x > 0:
            return (x, 1.0, 0.0) if second else (x, 1.0)
        grown, less = _exponentials(steep * x, x / alpha > -NEAR_ZERO)
        if not second:
            return factor * less, grown
        return factor * less, grown, grown * steep if x < 0 else None

    return at


def xielu(alpha_p: float = 0.8, alpha_n: float = 0.8, beta: float = 0.5) -> Point:
    """alpha_p·x² + beta·x on the right, alpha_n·(e^x − 1 − x) + beta·x on the left."""
    right, left, line = arb(alpha_p), arb(alpha_n), arb(beta)
    bend, rest = 2 * right, line - left
    agree = 2 * alpha_p == alpha_n

    def at(x: float, second: bool) -> tuple[Value, ...]:
        if x > 0:
            rising = right * x
            value, slope = (rising + line) * x, 2 * rising + line
            return (value, slope, bend) if second else (value, slope)
        grown, less = _exponentials(arb(x), x > -NEAR_ZERO)
        value, slope = left * less + rest * x, left * less + line
        if not second:
            return value, slope
        return value, slope, left * grown if x < 0 or agree else None

    return at


def _exponential_linear(alpha: arb, scale: arb) -> Point:
    """scale·x on the right, scale·alpha·(e^x − 1) on the left and at the kink."""
    steep = scale * alpha

    def at(x: float, second: bool) -> tuple[Value, ...]:
        if x > 0:
            return (scale * x, scale, 0.0) if second else (scale * x, scale)
        grown, less = _exponentials(arb(x), x > -NEAR_ZERO)
        slope = steep * grown
        return (steep * less, slope, slope if x < 0 else None) if second else (steep * less, slope)

    return at


def _exponentials(u: arb, small: bool) -> tuple[arb, arb]:
    """e^u and e^u − 1, neither by a cancelling subtraction."""
    if small:
        less = u.expm1()
        return ONE + less, less
    grown = u.exp()
    return grown, grown - ONE


def _origin(**params: Any) -> tuple[float, ...]:
    return (0.0,)


FORMULAS: Formulas = {"elu": elu, "selu": selu, "celu": celu, "xielu": xielu}
KINKS: Kinks = {"elu": _origin, "selu": _origin}
