"""mish, serf, phish and acon_c for the precise tier.

As in :mod:`multiact.formulas.precise.smooth`, f'(x) = g'(x)·N(x) for f(x) = x·g(x) where x < 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact.formulas._kinds import Elementwise
from multiact.formulas.precise import _long, _normal
from multiact.formulas.precise._acon_roots import NOWHERE, Crossing, Crossings
from multiact.formulas.precise._arithmetic import (
    FAR,
    below,
    both_below,
    erf_near,
    exponent,
    log1p_unit,
    narrows,
    plus,
    product,
    scaled_exp,
    settle,
    settled_product,
    shifted_exponential,
    tanh,
    total,
    unscaled,
)
from multiact.formulas.precise._coefficients import (
    EXPM1,
    FARTHEST,
    MISH_ROOT,
    PHISH_ROOT,
    PHISH_SLOPE,
    PHISH_SLOPE_ROOT,
    SERF_FACTOR,
    SERF_ROOT,
    SILU_ROOT,
    SQRT_TWO,
)
from multiact.formulas.precise._long import Long
from multiact.formulas.precise._near import near_root
from multiact.formulas.precise._polynomials import polynomial
from multiact.formulas.precise.smooth import gated_dx, gelu_dx

TWO_OVER_SQRT_PI = 1.1283791670955126
PHISH_NEAR = 2.0**-40
# Within this the derivative of phish is x.
FAINT = 2.0**-300
PHISH_BEND = 0.7978845608028654
# Of z, within which two terms of its hyperbolic tangent are enough, and of x.
ACON_NEAR, LARGE = 2.0**-12, 2.0**500
# Of its gate, within which the minor part is a correction, and a power that stands for smaller
# ones.
ACON_FAR, LEAST_POWER = 2.0**-20, 2.0**-800
# (sinh(w)/w − 1)/w² for small w.
SINH = (1 / 6, 1 / 120, 1 / 5040, 1 / 362880, 1 / 39916800, 1 / 6227020800)


def _mish(xp: Any, x: Any) -> Any:
    # x/(1 + 2e²/(1 + 2e)) with e = e^−x, and x·e/(1 + e·(1 + e)/(2 + e)) with e = e^x.
    e, deep = scaled_exp(xp, below(xp, x))
    right = x > 0
    upper = xp.where(right, 2 * e, 1 + e)
    lower = xp.where(right, 1 + 2 * e, 2 + e)
    return xp.where(right, x, unscaled(xp, x * e, deep)) / (1 + e * upper / lower)


def _mish_dx(xp: Any, x: Any) -> Any:
    y = xp.maximum(below(xp, x), -FAR)
    e, deep = scaled_exp(xp, y)
    power = xp.where(deep, 0.0, e)
    factor = (1 + y) + power * (1.5 + y + power * (1 + 0.25 * power))
    factor = MISH_ROOT.mend(xp, y - MISH_ROOT.at, factor)
    h = e * (1 + 0.5 * e)
    left = unscaled(xp, (e * factor) / (1 + h * (2 + h)), deep)
    d = 1 + power * (2 + 2 * power)
    right = 1 - power * power * ((2 + 4 * y) + power * (4 + 4 * y + 4 * power)) / (d * d)
    return xp.where(x > 0, right, left)


def _softplus(xp: Any, x: Any) -> tuple[Any, Any, Any]:
    """e = e^−|x| and L = ln(1 + e^x), and where these, if x < 0, are scaled."""
    e, deep = scaled_exp(xp, below(xp, x))
    rest = log1p_unit(xp, e)
    return e, xp.where(x > 0, x + xp.where(deep, 0.0, rest), rest), deep


def _erf(xp: Any, z: Any) -> Any:
    """The error function for z ≥ 0."""
    tail, deep = _normal.tail(xp, xp.minimum(SQRT_TWO[0] * z, FARTHEST))
    return xp.where(z < 1, erf_near(xp, z), 1 - 2 * unscaled(xp, tail, deep))


def _serf(xp: Any, x: Any) -> Any:
    _, log, deep = _softplus(xp, x)
    y = x * _erf(xp, log)
    return xp.where(x > 0, y, unscaled(xp, y, deep))


def _serf_dx(xp: Any, x: Any) -> Any:
    e, log, deep = _softplus(xp, x)
    y, near = below(xp, x), xp.minimum(log, FARTHEST)
    bell = TWO_OVER_SQRT_PI * xp.exp(-near * near) / (1 + e)
    power = xp.where(deep, 0.0, e)
    factor = (1 + y) + power * polynomial(SERF_FACTOR, power)
    factor = SERF_ROOT.mend(xp, y - SERF_ROOT.at, factor)
    left = unscaled(xp, e * bell * factor, deep)
    right = _erf(xp, log) + xp.minimum(x, FARTHEST) * bell
    return xp.where(x > 0, right, left)


def _phish(xp: Any, x: Any) -> Any:
    a = _normal.reach(xp, x)
    tail, deep = _normal.tail(xp, a)
    small = a * tail
    inner = xp.where(x > 0, x - unscaled(xp, small, deep), -small)
    y = xp.where(x > 0, x, -a) * tanh(xp, inner)
    y = xp.where(x > 0, y, unscaled(xp, y, deep))
    return xp.where(xp.abs(x) < PHISH_NEAR, _phish_near(xp, x), y)


def _phish_near(xp: Any, x: Any) -> Any:
    """x²/2·(1 + 2·φ(0)·x), where what follows is below 2**-80.

    x²/2 can lie halfway between two numbers of a narrower dtype.
    """
    high = 0.5 * x * x
    return settle(xp, high, high * (PHISH_BEND * x))


def _phish_dx(xp: Any, x: Any) -> Any:
    a = _normal.reach(xp, x)
    e, deep = _normal.bell(xp, a)
    power = xp.where(deep, 0.0, e)
    mills = _normal.mills(a)
    # Below 0: −a·(1 − tanh²g)·e^(−a²/2)·N, N = Φ(−a)·e^(a²/2)·(1 + sinh(2g)/2g) − a·φ(0).
    small = a * mills * power
    square = 4 * small * small
    high, lacking = PHISH_SLOPE_ROOT
    factor = (high - a) * polynomial(PHISH_SLOPE, _normal.place(a)) + lacking
    factor = factor + mills * (square * polynomial(SINH, square))
    factor = PHISH_ROOT.mend(xp, a - PHISH_ROOT.at, factor)
    left = -unscaled(xp, a * e * factor * _sech_square(xp, small), deep)
    g = xp.minimum(x, FARTHEST) - small
    right = tanh(xp, g) + a * _sech_square(xp, xp.abs(g)) * gelu_dx(xp, a)
    # Both have halves of x in them, which must not be subnormal.
    return xp.where(xp.abs(x) < FAINT, x, xp.where(x > 0, right, left))


def _sech_square(xp: Any, a: Any) -> Any:
    """1 − tanh²(a) for a ≥ 0."""
    e = xp.exp(-2 * a)
    return 4 * e / (1 + e * (2 + e))


def _acon_exponent(xp: Any, x: Any, p1: Any, p2: Any, beta: Any) -> tuple[Any, Any]:
    """beta·(p1 − p2)·x as a sum."""
    apart, apart_rest = total(p1, -p2)
    steep, steep_rest = product(xp, apart, beta)
    return exponent(xp, x, steep, steep_rest + apart_rest * beta)


class _Acon:
    """acon_c = x·(p1·σ(z) + p2·σ(−z)) at z = beta·(p1 − p2)·x, in powers of e^−|z|.

    On either side that is x·(minor·e + major)/(1 + e), and the derivative is
    (minor·e·(1 + e + y) + major·(1 + e − e·y))/(1 + e)² with y = −|z|. Both may cancel.
    """

    def __init__(self, xp: Any, x: Any, p1: Any, p2: Any, beta: Any) -> None:
        high, low = _acon_exponent(xp, x, p1, p2, beta)
        self.z, self.p1, self.p2 = high, p1, p2
        right, nothing = high > 0, 0 * high
        self.minor = xp.where(right, p2 + nothing, p1 + nothing)
        self.major = xp.where(right, p1 + nothing, p2 + nothing)
        self.y, self.rest = both_below(xp, high, low)
        self.scaled, self.deep = scaled_exp(xp, self.y, self.rest)
        self.e = unscaled(xp, self.scaled, self.deep)
        one = Long(1.0, 0.0)
        self.power = _long.expm1(xp, self.y, self.rest).plus(xp, one)
        # Where the sum with 1 has rounded off bits, next to a major part that is as small.
        far = Long.of(xp, self.e)
        self.power = _long.where(xp, self.y > -_long.REACH, self.power, far)
        self.more = self.power.plus(xp, one)

    def gate(self, xp: Any) -> Any:
        """What x is multiplied by, if there is a major part."""
        both = self.power.times(xp, Long.of(xp, self.minor)).plus(xp, Long.of(xp, self.major))
        return both.rounded() / (1 + self.e)

    def value(self, xp: Any, x: Any, gate: Any) -> Any:
        # Without a major part the minor one must keep its own relative accuracy in the tail.
        alone = unscaled(xp, x * self.scaled * self.minor, self.deep) / (1 + self.e)
        y = xp.where(self.major == 0, alone, x * gate)
        return self._near(xp, x, self._far(xp, x, y)) if narrows(xp) else y

    def _far(self, xp: Any, x: Any, elsewhere: Any) -> Any:
        """Where the gate is almost the major part: the product with few bits may be in the middle.

        Then the minor one decides, however small.
        """
        power = xp.where(self.deep, LEAST_POWER, self.scaled)
        rest = (self.minor - self.major) * (power / (1 + power))
        far = xp.abs(rest) < ACON_FAR * xp.abs(self.major)
        y = settled_product(xp, x, self.major, xp.where(far, rest, 0.0))
        return xp.where(far, y, elsewhere)

    def _near(self, xp: Any, x: Any, elsewhere: Any) -> Any:
        """Near 0 x·((p1 + p2)/2 + (p1 − p2)/2·tanh(z/2)), the first product in two parts.

        With few bits it may lie in the middle between two numbers, and only the second decides.
        """
        near = (self.y > -ACON_NEAR) & (xp.abs(x) < LARGE)
        x, z = xp.where(near, x, 0.0), xp.where(near, self.z, 0.0)
        half, half_rest = total(0.5 * self.p1 + 0 * z, 0.5 * self.p2)
        high, low = product(xp, x, half)
        square = z * z
        bend = (x * z) * (1 - square * (1 / 12 - square * (1 / 120)))
        low = low + (x * half_rest + (0.25 * (self.p1 - self.p2)) * bend)
        return xp.where(near, settle(xp, high, low), elsewhere)

    def slope(self, xp: Any) -> Any:
        y = Long.of(xp, self.y, self.rest)
        bent = self.power.times(xp, self.more.plus(xp, y)).times(xp, Long.of(xp, self.minor))
        straight = self.more.minus(xp, self.power.times(xp, y))
        both = bent.plus(xp, straight.times(xp, Long.of(xp, self.major)))
        factor = (1 + self.y) + plus(self.e, self.rest)
        factor = SILU_ROOT.mend(xp, plus(self.y - SILU_ROOT.at, self.rest), factor)
        alone = unscaled(xp, self.minor * self.scaled * factor, self.deep)
        return xp.where(self.major == 0, alone, both.rounded()) / (1 + self.e * (2 + self.e))


def _over(value: Any, line: Any, curve: Any, grown: Any) -> Any:
    """(value + line + curve)/(1 + grown), rounded once where all but one of them are small."""
    less = (value + (line + curve)) * (grown / (1 + grown))
    return value + (line + (curve - less))


def _acon_c(xp: Any, x: Any, p1: Any, p2: Any, beta: Any, crossings: Crossings) -> Any:
    root = crossings.root

    def beside(d: Any) -> Any:
        w = crossings.rate * d
        bend = shifted_exponential(xp, w)
        line, curve = root.slope * d, crossings.minor * (root.shut * bend)
        return _over(root.value, line, curve, root.shut * (w + bend))

    acon = _Acon(xp, x, p1, p2, beta)
    gate = near_root(xp, x, root.at, -root.reach, root.reach, acon.gate(xp), beside)
    return acon.value(xp, x, gate)


def _acon_c_dx(xp: Any, x: Any, p1: Any, p2: Any, beta: Any, crossings: Crossings) -> Any:
    early = xp.abs(x) < crossings.summit
    nothing = 0 * xp.astype_like(early, x)
    pairs = zip(crossings.near, crossings.far, strict=True)
    near = Crossing(*(xp.where(early, near + nothing, far) for near, far in pairs))
    y, major, minor = crossings.rate * near.at, crossings.major, crossings.minor

    def beside(d: Any) -> Any:
        w = crossings.rate * d
        # The numerator is major + e·e^w·(powers + w·(minor − major) + minor·e·e^w).
        cubic = w * polynomial(EXPM1[1:], w)
        bend = 0.5 + cubic
        more = w + (w * w) * bend
        powers = major * (1 - y) + minor * (1 + y)
        straight = near.open * (powers * cubic + (minor - major) * (w * bend))
        twice = minor * near.shut * (2 * cubic + (more + w) * bend)
        curve = (w * w) * (near.curve + near.shut * (straight + twice))
        grown = near.shut * more
        return _over(near.value, near.slope * d, curve, grown * (2 + grown))

    elsewhere = _Acon(xp, x, p1, p2, beta).slope(xp)
    return near_root(xp, x, near.at, -near.reach, near.reach, elsewhere, beside)


def _acon_c_dp1(xp: Any, x: Any, p1: Any, p2: Any, beta: Any, *crossings: Any) -> Any:
    return x * gated_dx(xp, *_acon_exponent(xp, x, p1, p2, beta))


def _acon_c_dp2(xp: Any, x: Any, p1: Any, p2: Any, beta: Any, *crossings: Any) -> Any:
    high, low = _acon_exponent(xp, x, p1, p2, beta)
    return x * gated_dx(xp, -high, -low)


def _acon_c_dbeta(xp: Any, x: Any, p1: Any, p2: Any, beta: Any, *crossings: Any) -> Any:
    e, deep = scaled_exp(xp, *both_below(xp, *_acon_exponent(xp, x, p1, p2, beta)))
    u = (p1 - p2) * x
    return unscaled(xp, (u * e) / (1 + e) * (u / (1 + e)), deep)


def _nothing(xp: Any, x: Any, *parameters: Any) -> Any:
    return 0 * x


def _whole(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of p1, p2, beta and crossings for all of them as numbers."""

    def of_numbers(xp: Any, x: Any, p1: Any, p2: Any, beta: Any, *crossings: Any) -> Any:
        return function(xp, x, p1, p2, beta, Crossings.of(*crossings))

    return of_numbers


MISH = Elementwise("mish", value=_mish, partials=(_mish_dx,))
SERF = Elementwise("serf", value=_serf, partials=(_serf_dx,))
PHISH = Elementwise("phish", value=_phish, partials=(_phish_dx,))
# The parameters arrive with the roots they make.
ACON_C = Elementwise(
    "acon_c",
    value=_whole(_acon_c),
    partials=(
        _whole(_acon_c_dx),
        _acon_c_dp1,
        _acon_c_dp2,
        _acon_c_dbeta,
        *(_nothing,) * len(NOWHERE.flat()),
    ),
    parameters=("p1", "p2", *("beta",) * (1 + len(NOWHERE.flat()))),
)
