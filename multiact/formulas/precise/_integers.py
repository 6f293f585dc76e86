"""Numbers as integers with many binary places, where float64 has not a bit of a result.

What is done to them Dynamo can do as well while it traces a call.
"""

from __future__ import annotations

import math

# Binary places of numbers about 1; a float64 has 53 bits. Smaller ones need as many more.
PLACES = 256
# Exponents of parameters, and of what results from them, beyond which float64 runs short.
FARTHEST_EXPONENT = 900
# An exponential is the square of the square … of one whose exponent is below 2^-SHORT.
SHORT = 6


def scaled(number: float, places: int) -> int:
    """In units of 2^-places."""
    mantissa, exponent = math.frexp(number)
    shift = places + exponent - 53
    integer = int(mantissa * 2.0**53)
    return integer << shift if shift >= 0 else integer >> -shift


def exponential(exponent: int, places: int) -> int:
    """e to the power of a number in these units."""
    one = 1 << places
    distance, squarings = abs(exponent), 0
    while distance >> squarings > one >> SHORT:
        squarings = squarings + 1
    # Each squaring takes a bit.
    spare = squarings
    distance, unit = (distance << spare) >> squarings, places + spare
    term = grown = 1 << unit
    n = 0
    while term:
        n = n + 1
        term = (term * distance // n) >> unit
        grown = grown + term
    for _ in range(squarings):
        grown = grown * grown >> unit
    return grown >> spare if exponent > 0 else (one << unit) // grown
