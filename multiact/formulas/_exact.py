"""Numbers and products in parts, for formulas that a rounding of their argument would spoil.

The parts come from multiplications by powers of two and from additions, and they have so few bits
that the products that matter are exact: nothing changes where a compiler fuses one with the
addition that follows. All of it is linear in x, so that automatic differentiation gives what it
would give for the plain product.
"""

from __future__ import annotations

import math
from typing import Any

# A factor of 2^s leaves a part with s bits less than the dtype has: of 24 bits 12, of 53 bits 41.
SINGLE = 2.0**12
# Of 53 bits 26, and of 24 bits none.
DOUBLE = 2.0**27
# Beyond, where the spacing of float32 is 2^67 and more, the parts are not exact, but finite.
FARTHEST = 2.0**90
# e^(−z²) is 0 in float64 beyond.
VANISHED = 30.0


def bounded(xp: Any, x: Any) -> Any:
    """x, or the farthest number whose parts are exact."""
    return xp.maximum(xp.minimum(x, FARTHEST), -FARTHEST)


def leading(number: float, bits: int) -> float:
    """A Python number rounded to so many bits."""
    mantissa, exponent = math.frexp(number)
    large = 2.0 ** (53 - bits) * mantissa
    return math.ldexp((mantissa + large) - large, exponent)


def halves(number: float) -> tuple[float, float]:
    """A Python number as the sum of one that float32 holds and a small rest."""
    first = leading(number, 24)
    return first, number - first


def constant(number: float) -> float:
    """The number, as a constant also for Dynamo.

    It takes a float argument that changes for a symbol, and simplifies (x + large) − large to x.
    """
    return math.ldexp(*math.frexp(number))


def mean(x: float, y: float) -> tuple[float, float]:
    """(x + y)/2 as a rounded number and the small rest, for finite numbers."""
    x, y = constant(x) / 2, constant(y) / 2
    rounded = x + y
    share = rounded - x
    return rounded, (x - (rounded - share)) + (y - share)


def short(number: float, more: float = 0.0) -> tuple[float, float, float]:
    """number + more as the sum of two numbers of 12 bits and a small rest."""
    first = leading(number, 12)
    second = leading(number - first, 12)
    return first, second, (number - first - second) + more


def ratio_rest(above: float, below: float) -> float:
    """What above/below is more than its rounding to float64."""
    ratio = above / below
    high, below_high = leading(ratio, 26), leading(below, 26)
    low, below_low = ratio - high, below - below_high
    left = (above - high * below_high) - high * below_low - low * below_high
    return (left - low * below_low) / below


def product_with_short(xp: Any, x: Any, parts: tuple[Any, Any, Any]) -> tuple[Any, Any]:
    """x·(first + second + rest), of :func:`short`, as a rounded number and a small correction."""
    first, second, rest = parts
    high = _upper(bounded(xp, x), SINGLE)
    low = x - high
    head, tail = _sum(first * high, first * low)
    head, more = _sum(head, second * high)
    return head, (tail + more) + (second * low + rest * x)


def product(xp: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """x·y as a rounded number and a small correction."""
    x_high = _half(xp, bounded(xp, x))
    y_high = _half(xp, y)
    x_low, y_low = x - x_high, y - y_high
    head, tail = _sum(y_high * x_high, y_high * x_low)
    head, more = _sum(head, y_low * x_high)
    return head, (tail + more) + y_low * x_low


def gaussian(xp: Any, z: Any, rest: Any) -> Any:
    """e^(−(z + rest)²) for a small rest."""
    # Capped where it is 0, lest the second factor overflow.
    near = xp.maximum(xp.minimum(z, VANISHED), -VANISHED)
    high = _half(xp, near)
    return xp.exp(-(high * high)) * xp.exp((high - near) * (high + near) - (2 * near + rest) * rest)


def _upper(x: Any, factor: float) -> Any:
    large = factor * x
    return (x + large) - large


def _half(xp: Any, x: Any) -> Any:
    """The upper half of x's bits, in float32 and in float64."""
    half = _upper(x, DOUBLE)
    return xp.where(xp.abs(half) > 0, half, _upper(x, SINGLE))


def _sum(large: Any, small: Any) -> tuple[Any, Any]:
    """The rounded sum and its error, for |large| ≥ |small|."""
    total = large + small
    return total, small - (total - large)
