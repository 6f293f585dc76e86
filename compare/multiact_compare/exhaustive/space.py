"""All numbers of a dtype in a row, and the parts of that row where different rules hold.

A *key* is the position of a bit pattern in increasing order: NaNs with a sign, −inf, negative
numbers, −0, +0, positive numbers, +inf, NaNs.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from multiact_compare.dtypes import Bits, DType
from multiact_compare.plan import Where


@dataclass(frozen=True)
class Segment:
    """Keys from ``start`` to before ``stop`` that are judged alike.

    ``where`` is the kind of place, ``about`` a number inside. ``alone`` marks zeros, infinities and
    the borders between the pieces of a function, where no polynomial is of use.
    """

    start: int
    stop: int
    where: Where
    judged: bool
    alone: bool
    about: float


def bits_between(dtype: DType, start: int, stop: int) -> Bits:
    """The bit patterns of consecutive keys; all have the same sign."""
    half = 1 << (dtype.width - 1)
    ramp = np.arange(stop - start, dtype=dtype.carrier)
    first = start - half if start >= half else 2 * half - 1 - start
    base = dtype.carrier.type(first)
    bits: Bits = base + ramp if start >= half else base - ramp
    return bits


def number(dtype: DType, key: int) -> float:
    """The number with a key."""
    return float(dtype.decode(bits_between(dtype, key, key + 1))[0])


def key_of(dtype: DType, bits: int) -> int:
    """The key of a bit pattern."""
    half = 1 << (dtype.width - 1)
    return bits + half if bits < half else 2 * half - 1 - bits


def first_from(dtype: DType, x: float) -> int:
    """The key of the first number that is at least x; for 0, of −0."""
    key = key_of(dtype, int(dtype.encode(np.array([x]))[0]))
    if x == 0:
        return (1 << (dtype.width - 1)) - 1
    return key if number(dtype, key) >= x else key + 1


def last_until(dtype: DType, x: float) -> int:
    """The key of the last number that is at most x; for 0, of +0."""
    return (1 << dtype.width) - 1 - first_from(dtype, -x)


def segments(
    dtype: DType,
    start: int,
    stop: int,
    *,
    reach: float,
    infinities: bool,
    kinks: Sequence[float],
    joints: Sequence[float],
) -> list[Segment]:
    """The keys from ``start`` to before ``stop``, cut wherever a rule changes.

    Up to a magnitude of ``reach`` numbers are judged; infinities are if so said.
    """
    least = 2.0**dtype.min_exponent
    points = {0.0, -math.inf, math.inf, *kinks, *joints}
    edges = {start, stop}
    edges |= {first_from(dtype, x) for x in points}
    edges |= {last_until(dtype, x) + 1 for x in points}
    # The first normal number below and above, and what lies beyond the reach.
    edges |= {last_until(dtype, -least) + 1, first_from(dtype, least)}
    edges |= {first_from(dtype, -reach), last_until(dtype, reach) + 1}
    inside = sorted(edge for edge in edges if start <= edge <= stop)
    found = []
    for left, right in itertools.pairwise(inside):
        about = number(dtype, (left + right) // 2)
        magnitude = abs(about)
        where: Where = "finite"
        if math.isnan(about):
            where = "nan"
        elif about in kinks:
            where = "kink"
        elif 0 < magnitude < least:
            where = "subnormal"
        judged = infinities if math.isinf(about) else not magnitude > reach
        alone = about in points
        found.append(Segment(left, right, where, judged, alone, about))
    return found
