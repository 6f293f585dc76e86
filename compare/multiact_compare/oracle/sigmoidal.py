"""Definitions of the smooth S-shaped functions, and of the sigmoid's logarithm."""

from __future__ import annotations

from flint import arb

from multiact_compare.oracle.enclosure import Value
from multiact_compare.oracle.point import (
    NEAR_ZERO,
    ONE,
    Formulas,
    Kinks,
    Point,
    logistic,
    normal,
    tanh_pair,
)


def sigmoid() -> Point:
    def at(x: float, second: bool) -> tuple[Value, ...]:
        s, c = logistic(arb(-abs(x)).exp(), x > 0)
        slope = s * c
        if not second:
            return s, slope
        # 1 − 2σ cancels near the origin, where it is −tanh(x/2).
        return s, slope, slope * (c - s if abs(x) > NEAR_ZERO else -arb(x / 2).tanh())

    return at


def tanh() -> Point:
    return _scaled_tanh(ONE, ONE)


def lecun_tanh() -> Point:
    return _scaled_tanh(arb("1.7159"), arb(2) / 3)


def log_sigmoid() -> Point:
    def at(x: float, second: bool) -> tuple[Value, ...]:
        e = arb(-abs(x)).exp()
        s, c = logistic(e, x > 0)
        value = -e.log1p()
        if x < 0:
            value += x
        return (value, c, -s * c) if second else (value, c)

    return at


def arctan() -> Point:
    def at(x: float, second: bool) -> tuple[Value, ...]:
        point = arb(x)
        value, slope = point.atan(), ONE / (ONE + point * point)
        return (value, slope, -2 * x * slope * slope) if second else (value, slope)

    return at


def softsign() -> Point:
    """x/(1 + |x|): the second derivative jumps at 0."""

    def at(x: float, second: bool) -> tuple[Value, ...]:
        inverse = ONE / (ONE + abs(x))
        slope = inverse * inverse
        if not second:
            return inverse * x, slope
        bend = None if x == 0 else (-2 if x > 0 else 2) * slope * inverse
        return inverse * x, slope, bend

    return at


def laplace(mu: float = 0.707107, sigma: float = 0.282095) -> Point:
    """The normal distribution's cumulative function with a mean and a deviation."""
    centre, inverse = arb(mu), 1 / arb(sigma)
    distribution = normal()

    def at(x: float, second: bool) -> tuple[Value, ...]:
        u = (x - centre) * inverse
        value, density = distribution(u, (x - mu) / sigma)
        slope = density * inverse
        return (value, slope, -u * inverse * slope) if second else (value, slope)

    return at


def _scaled_tanh(height: arb, steepness: arb) -> Point:
    """height·tanh(steepness·x)."""
    steep = height * steepness
    bent = -2 * steep * steepness

    def at(x: float, second: bool) -> tuple[Value, ...]:
        t, fall = tanh_pair(steepness * abs(x), abs(x) < NEAR_ZERO)
        if x < 0:
            t = -t
        value, slope = height * t, steep * fall
        return (value, slope, bent * t * fall) if second else (value, slope)

    return at


FORMULAS: Formulas = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "log_sigmoid": log_sigmoid,
    "lecun_tanh": lecun_tanh,
    "arctan": arctan,
    "softsign": softsign,
    "laplace": laplace,
}
KINKS: Kinks = {}
