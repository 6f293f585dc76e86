"""Definitions of the rectifiers with a threshold, a ceiling or a square."""

from __future__ import annotations

from flint import arb

from multiact_compare.oracle.enclosure import Value
from multiact_compare.oracle.point import Formulas, Kinks, Point, between


def relu6() -> Point:
    return clipped_relu(6.0)


def clipped_relu(max_value: float) -> Point:
    ceiling = float(max_value)
    return between(0.0, ceiling, (0.0, ceiling), 1.0, lambda x: x)


def threshold(threshold: float, value: float) -> Point:
    below = float(value)

    def at(x: float, second: bool) -> tuple[Value, ...]:
        if x > threshold:
            return (x, 1.0, 0.0) if second else (x, 1.0)
        return (below, 0.0, None if x == threshold else 0.0) if second else (below, 0.0)

    return at


def thresholded_relu(alpha: float = 1.0) -> Point:
    return threshold(alpha, 0.0)


def squared_relu() -> Point:
    return star_relu(1.0, 0.0)


def star_relu(scale: float = 0.8944, bias: float = -0.4472) -> Point:
    factor, base = arb(scale), arb(bias)
    twice = 2 * factor
    low = float(bias)

    def at(x: float, second: bool) -> tuple[Value, ...]:
        if x <= 0:
            return (low, 0.0, None if x == 0 else 0.0) if second else (low, 0.0)
        rising = factor * x
        value, slope = rising * x + base, twice * x
        return (value, slope, twice) if second else (value, slope)

    return at


FORMULAS: Formulas = {
    "relu6": relu6,
    "clipped_relu": clipped_relu,
    "threshold": threshold,
    "thresholded_relu": thresholded_relu,
    "squared_relu": squared_relu,
    "star_relu": star_relu,
}
KINKS: Kinks = {
    "relu6": lambda: (0.0, 6.0),
    "clipped_relu": lambda max_value: (0.0, float(max_value)),
    "threshold": lambda threshold, value: (float(threshold),),
    "thresholded_relu": lambda alpha=1.0: (float(alpha),),
}
