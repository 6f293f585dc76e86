"""Numbers as integers with many binary places, where float64 has not a bit of a result.

What is done to them Dynamo can do as well while it traces a call.
"""

from __future__ import annotations

import math

# Binary places of the integers; a float64 has 53 bits.
PLACES = 256
ONE = 1 << PLACES
# Parameters beyond, in either direction, have too few bits in these places.
LARGE = 2.0**60


def places(number: float) -> int:
    """In units of 2^-PLACES."""
    mantissa, exponent = math.frexp(number)
    shift = PLACES + exponent - 53
    integer = int(mantissa * 2.0**53)
    return integer << shift if shift >= 0 else integer >> -shift


def exponential(exponent: int) -> int:
    """e to the power of a number in these units."""
    distance = abs(exponent)
    term = grown = ONE
    n = 0
    while term:
        n = n + 1
        term = (term * distance // n) >> PLACES
        grown = grown + term
    return grown if exponent > 0 else (ONE << PLACES) // grown
