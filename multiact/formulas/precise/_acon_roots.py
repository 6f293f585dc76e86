"""The roots of acon_c and of its derivative beside 0, for parameters that are numbers.

With t = tanh(z/2) the value is (p1 + p2)/2 + (p1 − p2)/2·t times x, and the derivative
(p1 + p2)/2 + (p1 − p2)/2·(t + z/2·(1 − t²)). Hence they vanish where t, or the bracket, is
(p1 + p2)/(p2 − p1), on one side of 0. The bracket rises to its PEAK and then sinks towards 1: it
is reached once if p1·p2 < 0, else twice or never.

In z only the ratio of p1 and p2 matters. Hence powers of two are taken from the larger one and from
beta before, and given back after.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from multiact.formulas.precise._integers import FARTHEST_EXPONENT, PLACES, exponential, scaled

# Where the bracket is largest, and how large it is there.
SUMMIT, PEAK = 2.3993572805154675, 1.1996786402577337
# So little beyond the peak the derivative has no root, but few bits of a sum at the summit.
MISSED = 2.0**-8
# Of z: within this of a root a function of the distance takes the place of a sum. Where e^−|z| is
# small, sums have fewer bits.
CLOSE, CLOSE_WHERE_SMALL, SMALL = 2.0**-4, 2.0**-1, 8
# No root is farther with the exponents that are allowed.
FARTHEST = 640.0
# What float64 leaves to integers, relatively, and the binary places of their last step; the next
# is its square.
NEAR, LAST = 2.0**-36, 64
# How often at most a root is brought nearer; at the summit its distance halves.
STEPS = 200


class Crossing(NamedTuple):
    """What there is beside a float64, up to ``reach``.

    At a distance d the value divided by x, or the derivative, is value + slope·d + curve·w² + …
    with w = rate·d, over a power of what (1 + e^−z) is multiplied by. The gates are σ(−z) and σ(z).
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
    """The numbers in units of 2^-places, except beta·(p1 − p2), which has twice the places.

    ``level`` is what the bracket is at a root. p1 and p2 have been divided by 2^height, the larger
    one to about 1, and beta·(p1 − p2) by 2^steepness.
    """

    places: int
    one: int
    p1: int
    p2: int
    steep: int
    level: int
    height: int
    steepness: int


def crossings(p1: float, p2: float, beta: float) -> Crossings:
    """All roots, or :data:`NOWHERE` if there are none, or float64 cannot hold what they need."""
    if not all(0 < abs(number) < math.inf for number in (p1, p2, beta)) or p1 == p2:
        return NOWHERE
    # The roots are where the larger one is multiplied by e^−|z|.
    p1, p2 = (p1, p2) if abs(p1) < abs(p2) else (p2, p1)
    setting = _setting(p1, p2, beta)
    if setting is None:
        return NOWHERE
    level, one = setting.level, setting.one
    ratio = level / one
    if ratio >= PEAK + MISSED:
        return NOWHERE
    root = far = NONE
    summit = scaled(SUMMIT, setting.places)
    if level < one:
        start = 2 * math.atanh(ratio) if ratio < 0.5 else math.log(-p2 / p1)
        root = _crossing(setting, _reached(setting, start, _gate), _value)
    else:
        far = _crossing(setting, max(_reached(setting, _far(setting), _rise), summit), _slope)
    near = _crossing(setting, min(_reached(setting, _near(ratio), _rise), summit), _slope)
    rate = math.ldexp(-setting.steep / (one * one), setting.steepness)
    return Crossings(rate, p1, p2, SUMMIT / abs(rate), root, near, far)


def _setting(p1: float, p2: float, beta: float) -> _Setting | None:
    """For p1 as the smaller one, if all exponents are allowed."""
    lower, height = math.frexp(p1)[1], math.frexp(p2)[1]
    mantissa, steepness = math.frexp(beta)
    steepness = steepness + height
    # Those of the parameters, of the distance to a root, and of the derivatives there.
    exponents = (lower, height, height - lower, steepness, lower + steepness, height + steepness)
    if max(map(abs, exponents)) > FARTHEST_EXPONENT:
        return None
    places = PLACES + height - lower
    small, large = scaled(p1, places - height), scaled(p2, places - height)
    apart = small - large
    level = (abs(small + large) << places) // abs(apart)
    steep = scaled(mantissa, places) * apart
    return _Setting(places, 1 << places, small, large, steep, level, height, steepness)


def _crossing(
    setting: _Setting, z: int, numerator: Callable[[_Setting, int, int], tuple[int, int, int, int]]
) -> Crossing:
    """What there is beside z, each number rounded once."""
    places, one, steep = setting.places, setting.one, setting.steep
    height, steepness = setting.height, setting.steepness
    at = (z << places) / steep
    y = -(steep * scaled(at, places)) >> 2 * places
    e = exponential(y, places)
    value, slope, curve, unit = numerator(setting, y, e)
    reach = CLOSE if abs(y) < SMALL << places else CLOSE_WHERE_SMALL
    return Crossing(
        math.ldexp(at, -steepness),
        math.ldexp(one * one / abs(steep) * reach, -steepness),
        math.ldexp(value / unit, height),
        math.ldexp(-slope * steep / (unit * one * one), height + steepness),
        math.ldexp(curve / (2 * unit), height),
        e / (one + e),
        one / (one + e),
    )


def _value(setting: _Setting, y: int, e: int) -> tuple[int, int, int, int]:
    """p1 + p2·e, its derivatives to y = −z, and what they are to be divided by: 1 + e."""
    one, rising = setting.one, setting.p2 * e
    return setting.p1 * one + rising, rising, rising, one * (one + e)


def _slope(setting: _Setting, y: int, e: int) -> tuple[int, int, int, int]:
    """p1·(1 + e − e·y) + p2·e·(1 + e + y), likewise, to be divided by (1 + e)²."""
    one, p1, p2 = setting.one, setting.p1, setting.p2
    value = p1 * (one * (one + e) - e * y) + p2 * (e * (one + e + y))
    slope = e * (p2 * (2 * (one + e) + y) - p1 * y)
    curve = e * (p2 * (3 * one + 4 * e + y) - p1 * (one + y))
    return value, slope, curve, one * (one + e) ** 2


def _reached(
    setting: _Setting, start: float, function: Callable[[_Setting, int], tuple[int, int]]
) -> int:
    """Where a function reaches the level, from the side where its slope has the same sign."""
    places, last = setting.places, setting.one >> LAST
    z = scaled(start, places)
    value, slope = function(setting, z)
    rising = slope > 0
    for _ in range(STEPS):
        if slope == 0 or (slope > 0) != rising:
            break
        step = ((setting.level - value) << places) // slope
        z = z + step
        if -last < step < last:
            break
        value, slope = function(setting, z)
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


def _far(setting: _Setting) -> float:
    """Somewhat beyond the point where the bracket sinks to a level above 1, if it does."""
    z, wanted = FARTHEST, math.log((setting.level - setting.one) / setting.one)
    for _ in range(STEPS):
        e = math.exp(-z)
        above = wanted + z - math.log(2 * (z - 1 - e)) + 2 * math.log1p(e)
        rise = 1 - (1 + e) / (z - 1 - e) - 2 * e / (1 + e)
        if above < NEAR or z - above / rise < SUMMIT:
            break
        z = z - above / rise
    return z


def _gate(setting: _Setting, z: int) -> tuple[int, int]:
    """tanh(z/2) and its derivative."""
    places, one = setting.places, setting.one
    e = exponential(-z, places)
    t = ((one - e) << places) // (one + e)
    return t, (one - (t * t >> places)) >> 1


def _rise(setting: _Setting, z: int) -> tuple[int, int]:
    """The bracket and its derivative."""
    places = setting.places
    t, bend = _gate(setting, z)
    return t + (z * bend >> places), bend * (2 * setting.one - (z * t >> places)) >> places
