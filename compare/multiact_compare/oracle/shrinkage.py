"""Definitions of the functions that draw their input towards 0."""

from __future__ import annotations

from flint import arb

from multiact_compare.oracle.enclosure import Value
from multiact_compare.oracle.point import (
    NEAR_ZERO,
    Formulas,
    Kinks,
    Point,
    exponent,
    more_precisely,
    tanh_pair,
)


def softshrink(lambd: float = 0.5) -> Point:
    return shrink(lambd, lambd)


def hardshrink(lambd: float = 0.5) -> Point:
    return shrink(lambd, 0.0)


def shrink(lambd: float = 0.5, bias: float = 0.0) -> Point:
    """x + bias below −lambd, x − bias above lambd, 0 between and at both ends."""
    step = arb(bias)

    def at(x: float, second: bool) -> tuple[Value, ...]:
        if x < -lambd or x > lambd:
            value: Value = x
            if bias:
                value = x + step if x < -lambd else x - step
            return (value, 1.0, 0.0) if second else (value, 1.0)
        return (0.0, 0.0, None if abs(x) == lambd else 0.0) if second else (0.0, 0.0)

    return at


def tanhshrink() -> Point:
    """x − tanh(x), whose derivative is tanh²(x)."""

    def at(x: float, second: bool) -> tuple[Value, ...]:
        small = abs(x) < NEAR_ZERO
        t, fall = tanh_pair(arb(abs(x)), small)
        if small:
            # About x³/3 is left over.
            difference = more_precisely(-2 * exponent(x), lambda: (arb(x) - arb(x).tanh(),))[0]
        else:
            difference = x - t if x > 0 else x + t
        slope = t * t
        if not second:
            return difference, slope
        return difference, slope, (2 if x > 0 else -2) * t * fall

    return at


def _ends(lambd: float = 0.5, bias: float = 0.0) -> tuple[float, ...]:
    return (-float(lambd), float(lambd)) if lambd else ((0.0,) if bias else ())


FORMULAS: Formulas = {
    "softshrink": softshrink,
    "hardshrink": hardshrink,
    "shrink": shrink,
    "tanhshrink": tanhshrink,
}
KINKS: Kinks = {"softshrink": _ends, "hardshrink": _ends, "shrink": _ends}
