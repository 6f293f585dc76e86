"""Definitions of the functions with a sine in them."""

from __future__ import annotations

from flint import arb

from multiact_compare.oracle.enclosure import Value
from multiact_compare.oracle.point import Formulas, Kinks, Point, exponent, more_precisely

MANY_TURNS = 2.0**16
"""Beyond this magnitude the reduction by π costs bits that matter."""


def snake(a: float = 1.0) -> Point:
    """x + sin²(ax)/a, whose derivative 1 + sin(2ax) is (sin(ax) + cos(ax))²."""
    frequency = arb(a)
    inverse, twice = 1 / frequency, 2 * frequency

    def at(x: float, second: bool) -> tuple[Value, ...]:
        sine, cosine = _sine_and_cosine(frequency * x, a * x)
        both = sine + cosine
        value, slope = sine * sine * inverse + x, both * both
        return (value, slope, twice * both * (cosine - sine)) if second else (value, slope)

    return at


def sine(omega: float = 1.0) -> Point:
    frequency = arb(omega)
    square = -frequency * frequency

    def at(x: float, second: bool) -> tuple[Value, ...]:
        sine, cosine = _sine_and_cosine(frequency * x, omega * x)
        slope = frequency * cosine
        return (sine, slope, square * sine) if second else (sine, slope)

    return at


def _sine_and_cosine(u: arb, about: float) -> tuple[arb, ...]:
    """sin(u) and cos(u); ``about`` is u roughly."""
    return more_precisely(exponent(about) if abs(about) > MANY_TURNS else 0, u.sin_cos)


FORMULAS: Formulas = {"snake": snake, "sine": sine}
KINKS: Kinks = {}
