"""snake and sine for the precise tier.

The product with the frequency is carried as an exact sum p + r. Frequencies that are numbers arrive
in parts, whose sum is exact in float64.
"""

from __future__ import annotations

import math
from typing import Any

from multiact.formulas._kinds import Elementwise
from multiact.formulas.precise import _far_angles
from multiact.formulas.precise._angles import REDUCIBLE, Angle, Position
from multiact.formulas.precise._arithmetic import narrows, product, split, total
from multiact.formulas.precise._far_angles import HUGE_BITS, MODERATE, SMALLER, Reduced

# Up to TINY the product is not split, lest its parts become subnormal; from HUGE on that of smaller
# factors is, lest it overflow.
TINY, HUGE = 2.0**-800, 2.0**HUGE_BITS
LESS, LESS_FREQUENT = 2.0**-600, 2.0 ** (600 - SMALLER)
# Numbers are below 2 to this power in float32 and in float64.
NARROW_BITS, BITS = 128, 1024
# Between these x and sin²(ax)/a, if of opposite sign, cancel by more than a tenth.
CANCELLING = (1 / 16, 4.0)


def _frequency(parts: tuple[Any, ...]) -> Any:
    return sum(parts[1:], parts[0])


def _position(xp: Any, x: Any, parts: tuple[Any, ...] = (1.0,)) -> Position:
    """frequency·x, the frequency being an array, or a number in parts."""
    frequency = _frequency(parts)
    about = x * frequency
    # NaN is far.
    near = xp.abs(about) < REDUCIBLE
    tiny = xp.abs(about) <= TINY
    high, low = xp.where(near, x, 0.0), None
    if not (isinstance(frequency, float) and frequency == 1):
        high, low = product(xp, xp.where(tiny, 0.0, high), frequency)
        high = xp.where(tiny, about, high)
    fixed, bits = xp.where(near, 0.0, xp.detach(x)), BITS
    if narrows(xp):
        bits = NARROW_BITS
        # What is infinite comes as the largest number in float64.
        fixed = xp.where(xp.abs(fixed) < 2.0**bits, fixed, 0.0)
    moved = (x - xp.detach(x)) * frequency
    if isinstance(frequency, (int, float)) and _moderate(frequency):
        reduced = _far_angles.of_number(xp, fixed, frequency, bits)
    else:
        # A float64 scalar does not widen the result on PyTorch.
        reduced, drift = _product(xp, fixed, frequency, bits + BITS)
        moved = moved + drift
    return Position(high, low, ~near, reduced, moved)


def _moderate(number: float) -> bool:
    mantissa, exponent = math.frexp(number)
    return abs(mantissa) < 1 and abs(exponent) < MODERATE


def _product(xp: Any, x: Any, frequency: Any, bits: int) -> tuple[Reduced, Any]:
    """x·frequency reduced, and 0 with the derivative to the frequency."""
    fixed, drift = frequency, 0.0
    if not isinstance(frequency, (int, float)):
        fixed = xp.detach(frequency)
        drift = x * (frequency - fixed)
    huge = xp.abs(x * fixed) >= HUGE
    fixed = xp.where(huge, LESS_FREQUENT * fixed, fixed + 0 * x)
    p, r = product(xp, xp.where(huge, x * LESS, x), fixed)
    return _far_angles.of_product(xp, p, r, huge, bits), drift


def _sine_value(xp: Any, position: Position) -> Any:
    # The sum of the parts would turn −0 into 0.
    still = (position.high == 0) & ~position.far
    if position.low is not None:
        still = still & (position.low == 0)
    return xp.where(still, position.high, Angle(xp, position).sine(xp))


def _cosine(xp: Any, position: Position) -> Any:
    return Angle(xp, position, 1.0).sine(xp)


def _sine(xp: Any, x: Any, *omega: Any) -> Any:
    return _sine_value(xp, _position(xp, x, omega))


def _sine_dx(xp: Any, x: Any, *omega: Any) -> Any:
    return _frequency(omega) * _cosine(xp, _position(xp, x, omega))


def _sine_domega(xp: Any, x: Any, *omega: Any) -> Any:
    return x * _cosine(xp, _position(xp, x, omega))


def _over(xp: Any, sine: Any, x: Any, a: Any) -> Any:
    """sin(a·x)/a, which goes to x as a goes to 0."""
    if isinstance(a, (int, float)):
        return sine / a
    divides = xp.abs(a) > 0
    return xp.where(divides, sine / xp.where(divides, a, 1.0), x)


def _snake_value(xp: Any, x: Any, a: Any, position: Position) -> Any:
    angle = Angle(xp, position)
    sine = angle.sine(xp)
    plain = x + sine * _over(xp, sine, x, a)
    # (ax + sin²(ax))/a with the square in two parts.
    low, high = CANCELLING
    p, r = position.high, 0.0 if position.low is None else position.low
    cancelling = (p < -low) & (p > -high)
    term, small = angle.reduced(xp)
    head, _ = split(xp, term + small)
    rest = (term - head) + small
    whole, error = total(p, head * head)
    whole = whole + (error + (r + rest * (2 * head + rest)))
    return xp.where(cancelling, _over(xp, xp.where(cancelling, whole, 0.0), x, a), plain)


def _snake_slope(xp: Any, position: Position) -> Any:
    """1 + sin(2ax) = 2·sin²(ax + π/4)."""
    high, low = Angle(xp, position, 0.5).reduced(xp)
    sine = high + low
    return 2 * (sine * sine)


def _snake(xp: Any, x: Any, *a: Any) -> Any:
    return _snake_value(xp, x, _frequency(a), _position(xp, x, a))


def _snake_dx(xp: Any, x: Any, *a: Any) -> Any:
    return _snake_slope(xp, _position(xp, x, a))


def _snake_da(xp: Any, x: Any, *a: Any) -> Any:
    position = _position(xp, x, a)
    t = _over(xp, _sine_value(xp, position), x, _frequency(a))
    return t * (2 * x * _cosine(xp, position) - t)


SINE_UNIT = Elementwise(
    "sine",
    value=lambda xp, x: _sine_value(xp, _position(xp, x)),
    partials=(lambda xp, x: _cosine(xp, _position(xp, x)),),
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
    value=lambda xp, x: _snake_value(xp, x, 1.0, _position(xp, x)),
    partials=(lambda xp, x: _snake_slope(xp, _position(xp, x)),),
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
