"""snake and sine for the precise tier.

The product with the frequency is carried as an exact sum p + r. Frequencies that are numbers arrive
in parts, whose sum is exact in float64.
"""

from __future__ import annotations

from typing import Any

from multiact.formulas._kinds import Elementwise
from multiact.formulas.precise._angles import Angle
from multiact.formulas.precise._arithmetic import product, split, total

LARGEST = 1.7976931348623157e308
# Up to TINY the product is not split, lest its parts become subnormal; from HUGE on that of x/LESS
# is, lest it overflow.
TINY, HUGE, LESS = 2.0**-800, 2.0**1000, 2.0**100
# Between these x and sin²(ax)/a, if of opposite sign, cancel by more than a tenth.
CANCELLING = (1 / 16, 4.0)


def _angle(xp: Any, x: Any, frequency: Any) -> tuple[Any, Any]:
    """frequency·x as a sum."""
    about = x * frequency
    size = xp.abs(about)
    huge, tiny = size >= HUGE, size <= TINY
    high, low = product(xp, xp.where(huge, x / LESS, xp.where(tiny, 0.0, x)), frequency)
    high, low = xp.where(huge, high * LESS, high), xp.where(huge, low * LESS, low)
    high = xp.maximum(xp.minimum(high, LARGEST), -LARGEST)
    return xp.where(tiny, about, high), low


def _whole(parts: tuple[Any, ...]) -> Any:
    return sum(parts[1:], parts[0])


def _sine_value(xp: Any, p: Any, r: Any) -> Any:
    # The sum of the parts would turn −0 into 0.
    return xp.where((p == 0) & (r == 0), p, Angle(xp, p, r).sine(xp))


def _cosine(xp: Any, p: Any, r: Any) -> Any:
    return Angle(xp, p, r, 1.0).sine(xp)


def _sine(xp: Any, x: Any, *omega: Any) -> Any:
    return _sine_value(xp, *_angle(xp, x, _whole(omega)))


def _sine_dx(xp: Any, x: Any, *omega: Any) -> Any:
    frequency = _whole(omega)
    return frequency * _cosine(xp, *_angle(xp, x, frequency))


def _sine_domega(xp: Any, x: Any, *omega: Any) -> Any:
    return x * _cosine(xp, *_angle(xp, x, _whole(omega)))


def _over(xp: Any, sine: Any, x: Any, a: Any) -> Any:
    """sin(a·x)/a, which goes to x as a goes to 0."""
    if isinstance(a, (int, float)):
        return sine / a
    divides = xp.abs(a) > 0
    return xp.where(divides, sine / xp.where(divides, a, 1.0), x)


def _snake_value(xp: Any, x: Any, a: Any, p: Any, r: Any) -> Any:
    angle = Angle(xp, p, r)
    sine = angle.sine(xp)
    plain = x + sine * _over(xp, sine, x, a)
    # (ax + sin²(ax))/a with the square in two parts.
    low, high = CANCELLING
    cancelling = (p < -low) & (p > -high)
    term, small = angle.reduced(xp)
    head, _ = split(xp, term + small)
    rest = (term - head) + small
    whole, error = total(p, head * head)
    whole = whole + (error + (r + rest * (2 * head + rest)))
    return xp.where(cancelling, _over(xp, xp.where(cancelling, whole, 0.0), x, a), plain)


def _snake_slope(xp: Any, p: Any, r: Any) -> Any:
    """1 + sin(2ax) = 2·sin²(ax + π/4)."""
    high, low = Angle(xp, p, r, 0.5).reduced(xp)
    sine = high + low
    return 2 * (sine * sine)


def _snake(xp: Any, x: Any, *a: Any) -> Any:
    frequency = _whole(a)
    return _snake_value(xp, x, frequency, *_angle(xp, x, frequency))


def _snake_dx(xp: Any, x: Any, *a: Any) -> Any:
    return _snake_slope(xp, *_angle(xp, x, _whole(a)))


def _snake_da(xp: Any, x: Any, *a: Any) -> Any:
    frequency = _whole(a)
    p, r = _angle(xp, x, frequency)
    t = _over(xp, _sine_value(xp, p, r), x, frequency)
    return t * (2 * x * _cosine(xp, p, r) - t)


SINE_UNIT = Elementwise(
    "sine",
    value=lambda xp, x: _sine_value(xp, x, 0 * x),
    partials=(lambda xp, x: _cosine(xp, x, 0 * x),),
    oscillates="value",
)
SINE = Elementwise(
    "sine",
    value=_sine,
    partials=(_sine_dx, _sine_domega, _sine_domega, _sine_domega),
    parameters=("omega",) * 3,
    oscillates="value",
)
SNAKE_UNIT = Elementwise(
    "snake",
    value=lambda xp, x: _snake_value(xp, x, 1.0, x, 0 * x),
    partials=(lambda xp, x: _snake_slope(xp, x, 0 * x),),
    oscillates="derivative",
)
SNAKE_SHORT = Elementwise(
    "snake",
    value=_snake,
    partials=(_snake_dx, _snake_da, _snake_da, _snake_da),
    parameters=("a",) * 3,
    oscillates="derivative",
)
SNAKE = Elementwise(
    "snake",
    value=_snake,
    partials=(_snake_dx, _snake_da),
    parameters=("a",),
    oscillates="derivative",
)
