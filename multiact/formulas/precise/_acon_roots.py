"""The roots of acon_c and of its derivative beside 0, for parameters that are numbers.

With t = tanh(z/2) the value is (p1 + p2)/2 + (p1 − p2)/2·t times x, and the derivative
(p1 + p2)/2 + (p1 − p2)/2·(t + z/2·(1 − t²)). Hence they vanish where t, or the bracket, is
(p1 + p2)/(p2 − p1), on one side of 0. The bracket rises to its PEAK and then sinks towards 1: it
is reached once if p1·p2 < 0, else twice or never.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from multiact.formulas.precise._integers import LARGE, ONE, PLACES, exponential, places

# Where the bracket is largest, and how large it is there.
SUMMIT, PEAK = 2.3993572805154675, 1.1996786402577337
# So little beyond the peak the derivative has no root, but few bits of a sum at the summit.
MISSED = 2.0**-8
# Of z: within this of a root a function of the distance takes the place of a sum. Where e^−|z| is
# small, sums have fewer bits.
CLOSE, CLOSE_WHERE_SMALL, SMALL = 2.0**-4, 2.0**-1, 8.0
# No root is farther with parameters of which integers have enough bits.
FARTHEST = 100.0
# What float64 leaves to integers, relatively, and the last step of these; the next is its square.
NEAR, LAST = 2.0**-36, ONE >> 64
SUMMIT_PLACES = places(SUMMIT)
# How often at most a root is brought nearer; at the summit its distance halves.
STEPS = 200


class Crossing(NamedTuple):
    """What there is beside a float64, up to ``reach``.

    At a distance d the value divided by x, or the derivative, is value + slope·d + curve·d² + …,
    over a power of what (1 + e^−z) is multiplied by. The gates are σ(−z) and σ(z).
    """

    at: float
    reach: float
    value: float
    slope: float
    curve: float
    shut: float
    open: float


class Crossings(NamedTuple):
    """Where the value changes sign, and the derivative before and beyond ``summit``.

    With −z = rate·x ≤ 0 there, the value is x·(major + minor·e^−z)/(1 + e^−z).
    """

    rate: float
    major: float
    minor: float
    summit: float
    root: Crossing
    near: Crossing
    far: Crossing

    def flat(self) -> tuple[float, ...]:
        return (*self[:4], *self.root, *self.near, *self.far)

    @classmethod
    def of(cls, *flat: float) -> Crossings:
        rate, major, minor, summit, *rest = flat
        root, near, far = (Crossing(*rest[i * WIDTH : (i + 1) * WIDTH]) for i in range(3))
        return cls(rate, major, minor, summit, root, near, far)


WIDTH = len(Crossing._fields)
# No distance is below a reach of 0.
NONE = Crossing(1.0, *(0.0,) * (WIDTH - 1))
NOWHERE = Crossings(0.0, 0.0, 0.0, 0.0, NONE, NONE, NONE)


class _Setting(NamedTuple):
    """p1 and p2, the smaller one first, as integers, and beta·(p1 − p2) with twice the places."""

    p1: int
    p2: int
    steep: int


def crossings(p1: float, p2: float, beta: float) -> Crossings:
    """All roots, or :data:`NOWHERE` if there are none."""
    if not all(1 / LARGE < abs(number) < LARGE for number in (p1, p2, beta)) or p1 == p2:
        return NOWHERE
    # The roots are where the larger one is multiplied by e^−|z|.
    p1, p2 = (p1, p2) if abs(p1) < abs(p2) else (p2, p1)
    setting = _Setting(places(p1), places(p2), places(beta) * (places(p1) - places(p2)))
    level = (abs(setting.p1 + setting.p2) << PLACES) // abs(setting.p1 - setting.p2)
    ratio = level / ONE
    if ratio >= PEAK + MISSED:
        return NOWHERE
    root = far = NONE
    if level < ONE:
        start = 2 * math.atanh(ratio) if ratio < 0.5 else math.log(-p2 / p1)
        root = _crossing(setting, _reached(level, start, _gate), _value)
    else:
        far = _crossing(setting, max(_reached(level, _far(level), _rise), SUMMIT_PLACES), _slope)
    near = _crossing(setting, min(_reached(level, _near(ratio), _rise), SUMMIT_PLACES), _slope)
    rate = -setting.steep / (ONE * ONE)
    return Crossings(rate, p1, p2, SUMMIT / abs(rate), root, near, far)


def _crossing(
    setting: _Setting, z: int, numerator: Callable[[_Setting, int, int], tuple[int, int, int, int]]
) -> Crossing:
    """What there is beside z, each number rounded once."""
    at = (z << PLACES) / setting.steep
    y = -(setting.steep * places(at)) >> 2 * PLACES
    e = exponential(y)
    value, slope, curve, unit = numerator(setting, y, e)
    rate = ONE * ONE / abs(setting.steep)
    return Crossing(
        at,
        rate * (CLOSE if abs(y) < SMALL * ONE else CLOSE_WHERE_SMALL),
        value / unit,
        -slope * setting.steep / (unit * ONE * ONE),
        curve * setting.steep**2 / (2 * unit * ONE**4),
        e / (ONE + e),
        ONE / (ONE + e),
    )


def _value(setting: _Setting, y: int, e: int) -> tuple[int, int, int, int]:
    """p1 + p2·e, its derivatives to y = −z, and what they are to be divided by: 1 + e."""
    rising = setting.p2 * e
    return setting.p1 * ONE + rising, rising, rising, ONE * (ONE + e)


def _slope(setting: _Setting, y: int, e: int) -> tuple[int, int, int, int]:
    """p1·(1 + e − e·y) + p2·e·(1 + e + y), likewise, to be divided by (1 + e)²."""
    p1, p2, _ = setting
    value = p1 * (ONE * (ONE + e) - e * y) + p2 * (e * (ONE + e + y))
    slope = e * (p2 * (2 * (ONE + e) + y) - p1 * y)
    curve = e * (p2 * (3 * ONE + 4 * e + y) - p1 * (ONE + y))
    return value, slope, curve, ONE * (ONE + e) ** 2


def _reached(level: int, start: float, function: Callable[[int], tuple[int, int]]) -> int:
    """Where a function reaches a level, from the side where its slope has the same sign."""
    z = places(start)
    _, first = function(z)
    for _ in range(STEPS):
        value, slope = function(z)
        if slope == 0 or (slope > 0) != (first > 0):
            break
        step = ((level - value) << PLACES) // slope
        z = z + step
        if -LAST < step < LAST:
            break
    return z


def _near(level: float) -> float:
    """Somewhat before the point where the bracket reaches a level, if it does."""
    z = 0.0
    for _ in range(STEPS):
        t = math.tanh(z / 2)
        lacking = level - (t + z / 2 * (1 - t * t))
        rise = (1 - t * t) * (1 - z * t / 2)
        if lacking < NEAR * level or lacking > rise * (SUMMIT - z):
            break
        z = z + lacking / rise
    return z


def _far(level: int) -> float:
    """Somewhat beyond the point where the bracket sinks to a level above 1, if it does."""
    z, wanted = FARTHEST, math.log((level - ONE) / ONE)
    for _ in range(STEPS):
        e = math.exp(-z)
        above = wanted + z - math.log(2 * (z - 1 - e)) + 2 * math.log1p(e)
        rise = 1 - (1 + e) / (z - 1 - e) - 2 * e / (1 + e)
        if above < NEAR or z - above / rise < SUMMIT:
            break
        z = z - above / rise
    return z


def _gate(z: int) -> tuple[int, int]:
    """tanh(z/2) and its derivative."""
    e = exponential(-z)
    t = ((ONE - e) << PLACES) // (ONE + e)
    return t, (ONE - (t * t >> PLACES)) >> 1


def _rise(z: int) -> tuple[int, int]:
    """The bracket and its derivative."""
    t, bend = _gate(z)
    return t + (z * bend >> PLACES), bend * (2 * ONE - (z * t >> PLACES)) >> PLACES
