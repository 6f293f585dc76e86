"""Definitions of the functions made of straight and quadratic pieces."""

from __future__ import annotations

from flint import arb

from multiact_compare.oracle.enclosure import Value
from multiact_compare.oracle.point import HALF, ONE, Formulas, Kinks, Point, between


def hard_sigmoid() -> Point:
    sixth = ONE / 6
    return between(-3.0, 3.0, (0.0, 1.0), sixth, lambda x: (arb(x) + 3) * sixth)


def hard_tanh(min: float = -1.0, max: float = 1.0) -> Point:  # noqa: A002
    low, high = float(min), float(max)
    return between(low, high, (low, high), 1.0, lambda x: x)


def hard_silu() -> Point:
    """x·clip(x/6 + 1/2, 0, 1); at −3 and 3 the derivative is that of the straight piece."""
    third = ONE / 3
    sixth = third * HALF

    def at(x: float, second: bool) -> tuple[Value, ...]:
        if -3 < x < 3:
            value, slope = (arb(x) + 3) * sixth * x, arb(x) * third + HALF
            return (value, slope, third) if second else (value, slope)
        straight, steady = (0.0, 0.0) if x < 0 else (x, 1.0)
        bend = None if abs(x) == 3 else 0.0
        return (straight, steady, bend) if second else (straight, steady)

    return at


def sparse_sigmoid() -> Point:
    return between(-1.0, 1.0, (0.0, 1.0), 0.5, lambda x: (arb(x) + ONE) * HALF)


def sparse_plus() -> Point:
    """0, then (x + 1)²/4, then x: the second derivative jumps at −1 and 1."""

    def at(x: float, second: bool) -> tuple[Value, ...]:
        if -1 < x < 1:
            slope = (arb(x) + ONE) * HALF
            return (slope * slope, slope, 0.5) if second else (slope * slope, slope)
        straight, steady = (0.0, 0.0) if x < 0 else (x, 1.0)
        bend = None if abs(x) == 1 else 0.0
        return (straight, steady, bend) if second else (straight, steady)

    return at


def _ends(min: float = -1.0, max: float = 1.0) -> tuple[float, ...]:  # noqa: A002
    return float(min), float(max)


FORMULAS: Formulas = {
    "hard_sigmoid": hard_sigmoid,
    "hard_tanh": hard_tanh,
    "hard_silu": hard_silu,
    "sparse_sigmoid": sparse_sigmoid,
    "sparse_plus": sparse_plus,
}
KINKS: Kinks = {
    "hard_sigmoid": lambda: (-3.0, 3.0),
    "hard_tanh": _ends,
    "hard_silu": lambda: (-3.0, 3.0),
    "sparse_sigmoid": lambda: (-1.0, 1.0),
}
