"""Angles of many turns, less whole quarter turns.

A number y·2^K has y·C quarter turns, C being what 2^K·(2/π) is beyond multiples of 4, where y is an
integer. So the bits of 2/π that matter at a number's size are chosen by comparisons, for WIDTH
sizes at once. C comes in limbs of 25 bits: their products with a half of y are exact, and so are
sums of two.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from multiact.formulas.precise._arithmetic import product, split, total

# 2/π in units of 2^-PLACES.
PLACES = 2400
TWO_OVER_PI = int(
    "a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e0"
    "06492eea09d1921cfe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f4"
    "9c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d"
    "7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b6babf0cfbc209af4361d"
    "a9e391615ee61b086599855f14a068408dffd8804d73273106061556ca73a8c960e27bc08c6b47c4"
    "19c367cddce8092a8359c4768b961ca6ddaf44d15719053ea5ff07053f7e33e832c2de4f98327dbb"
    "c33d26ef6b1e5ef89f3a1f35caf27f1d87f121907c7c246afa6ed5772d30433b15c614b59d19c3c2"
    "c4ad414d2c5d000c467d862d71e39ac69b006233",
    16,
)
# Up to 2^START a number of quarter turns has few enough bits to be multiplied exactly.
START, WIDTH = 24, 64
# How far below its size the bits of a number, and of a product of two, end.
BITS, PRODUCT_BITS = 53, 106
# The largest product is below 2^WIDEST; from 2^HUGE_BITS on it is kept smaller by 2^SMALLER.
WIDEST, HUGE_BITS, SMALLER = 2048, START + 15 * WIDTH, 1100
# Frequencies of such sizes leave powers of two in a number's rows that float64 has.
MODERATE = 900
# Of limbs, and after the point of the last but one.
LIMB_BITS, LAST = 25, 128
# Added to a number of units it leaves no fraction, where there are fewer than 2^REACH.
FULL, REACH = 1.5 * 2.0**52, 51
# Multiples of 2^-FINE that are small have an exact sum. What is below 2^-SMALL or 2^-SMALLEST
# matters to a sum's second and third part only.
FINE, SMALL, SMALLEST = 48, 50, 100
HALF_PI = (1.5707963267948966, 6.123233995736766e-17)


class Row(NamedTuple):
    """Serves sizes from 2^``bits`` on: y is the number divided by 2^``exponent``."""

    bits: int
    exponent: int
    limbs: tuple[float, ...]


def _rows(spare: int, first: int, last: int, factor: float = 1.0) -> list[Row]:
    """Those for ``factor`` times numbers from 2^``first`` to 2^``last``."""
    mantissa, exponent = math.frexp(factor)
    turns = TWO_OVER_PI * int(mantissa * 2.0**53)
    return [
        Row(bits, bits - spare, _limbs(turns, bits - spare + exponent - 53, spare))
        for bits in range(first, max(last, first + 1), WIDTH)
    ]


def _limbs(turns: int, exponent: int, spare: int) -> tuple[float, ...]:
    """turns·2^``exponent`` modulo 4, the turns being in units of 2^-PLACES."""
    circle = 4 << PLACES
    left = (turns << exponent if exponent > 0 else turns >> -exponent) % circle
    if 2 * left >= circle:
        left = left - circle
    limbs = []
    for k in range(1, (WIDTH + spare + LAST) // LIMB_BITS):
        unit = PLACES + 2 - LIMB_BITS * k
        limb = (left + (1 << (unit - 1))) >> unit
        limbs.append(math.ldexp(limb, unit - PLACES))
        left = left - (limb << unit)
    return (*limbs, left / (1 << PLACES))


UNIT_ROWS = _rows(BITS, START, 1024)
PRODUCT_ROWS = _rows(PRODUCT_BITS, START, WIDEST)


class Term(NamedTuple):
    """A number of quarter turns below 2^``size``, a multiple of 2^``grid``."""

    turns: Any
    size: int
    grid: int


class Reduced(NamedTuple):
    """An angle as high + low and quarter turns, which may lack multiples of 4."""

    high: Any
    low: Any
    quarters: Any


def of_number(xp: Any, x: Any, factor: float, bits: int) -> Reduced:
    """factor·x, where that is 0 or at least 2^START, for x below 2^``bits``."""
    if factor == 1:
        rows = [row for row in UNIT_ROWS if row.bits < bits]
    else:
        rows = _rows(BITS, START - math.frexp(factor)[1], bits, factor)
    scale, *limbs = _chosen(xp, xp.abs(x), None, rows)
    return _sum(xp, _terms(xp, x * scale, limbs, WIDTH + BITS, 0))


def of_product(xp: Any, p: Any, r: Any, huge: Any, bits: int) -> Reduced:
    """p + r, an exact product, where that is 0 or at least 2^START, for p below 2^``bits``.

    Where ``huge`` both are smaller by 2^SMALLER than what they stand for.
    """
    rows = [row for row in PRODUCT_ROWS if row.bits < bits]
    scale, *limbs = _chosen(xp, xp.abs(p), huge, rows)
    terms = _terms(xp, p * scale, limbs, WIDTH + PRODUCT_BITS, BITS)
    # Halves of r may be numbers of few bits.
    rests = _terms(xp, r * scale, limbs[:-1], WIDTH + BITS + 1, -LIMB_BITS)
    return _sum(xp, terms + rests)


def _chosen(xp: Any, size: Any, huge: Any, rows: list[Row]) -> list[Any]:
    """The factor that makes y of a number, and the limbs of C."""
    chosen = [0 * size + number for number in (2.0 ** -rows[0].exponent, *rows[0].limbs)]
    for row in rows[1:]:
        smaller = 0 if huge is None or row.bits < HUGE_BITS else SMALLER
        above = size >= 2.0 ** (row.bits - smaller)
        if smaller:
            above = huge if row.bits == HUGE_BITS else huge & above
        numbers = (2.0 ** (smaller - row.exponent), *row.limbs)
        chosen = [xp.where(above, *pair) for pair in zip(numbers, chosen, strict=True)]
    return chosen


def _terms(xp: Any, y: Any, limbs: list[Any], size: int, grid: int) -> list[Term]:
    """y·C modulo 4, where y is below 2^``size`` and a multiple of 2^``grid``.

    The turns of all terms but the last are exact.
    """
    high, low = split(xp, y)
    terms = []
    for k, limb in enumerate(limbs):
        place = 2 - LIMB_BITS * k
        # Else a multiple of 4.
        if grid + place < 2:
            turns = high * limb + low * limbs[k - 1] if k else high * limb
            terms.append(_less(xp, Term(turns, size + place, grid + place)))
    return terms


def _less(xp: Any, term: Term) -> Term:
    """Less multiples of 4."""
    turns, size, grid = term
    units = range(2, size, REACH)
    for unit in reversed(units):
        turns = _modulo(xp, turns, 2.0**unit)
    return Term(turns, min(size, 2), grid)


def _sum(xp: Any, terms: list[Term]) -> Reduced:
    exact = [term.turns for term in terms if term.grid >= -FINE]
    high = sum(exact[1:], exact[0])
    low = lower = 0 * high
    for turns, size, grid in terms:
        if grid >= -FINE:
            continue
        error = turns
        if size > -SMALL:
            high, error = total(high, error)
        if size > -SMALLEST:
            low, error = total(low, error)
        lower = lower + error
    quarters = high - _modulo(xp, high, 1.0)
    high, low = total(high - quarters, low)
    low = low + lower
    angle, rest = product(xp, high, HALF_PI[0])
    return Reduced(angle, rest + (high * HALF_PI[1] + low * HALF_PI[0]), quarters)


def _modulo(xp: Any, turns: Any, unit: float) -> Any:
    """The distance from the nearest multiple of the unit, for |turns| < 2^51 units."""
    # Put together from its bits: no compiler can take the sum with FULL and the difference for x.
    head, rest = split(xp, turns + FULL * unit)
    return turns - ((head - FULL * unit) + rest)
