"""From intervals to numbers: raise the precision until an enclosure is tight, then split it.

``arb`` gives an interval that certainly holds the true value. It is accepted once its radius is
2**-100 of its midpoint, or lies so far below every subnormal number that it rounds to zero, and
becomes the sum of two float64 numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from flint import arb, ctx

from multiact_compare.dtypes import Doubles

Value: TypeAlias = arb | float | None
"""An enclosure, a number known exactly, or ``None`` where the quantity does not exist."""

Pair: TypeAlias = tuple[float, float]

START_PRECISION = 128
MAX_PRECISION = 16_384
ACCURACY = 100
NEGLIGIBLE = 2.0**-1074
"""Divided by 2**100 again before use: the smallest subnormal number, with the same margin."""


class UndeterminedError(ArithmeticError):
    """The precision reached its cap and the enclosure is still too wide."""


def settled(value: Value) -> bool:
    """Whether an enclosure is tight enough to measure float64 errors against."""
    if not isinstance(value, arb):
        return True
    return value.rel_accuracy_bits() >= ACCURACY or _negligible(value)


def split(value: Value) -> Pair:
    """The sum of two float64 numbers nearest to a settled value; NaN for ``None``."""
    if value is None:
        return math.nan, 0.0
    if not isinstance(value, arb):
        return value, 0.0
    high = float(value)
    return high, 0.0 if math.isinf(high) else float(value - high)


def settle(build: Callable[[], Callable[[], tuple[Value, ...]]]) -> tuple[Value, ...]:
    """Evaluate at doubled precisions until every value is settled.

    ``build`` is called once per precision and makes the constants at that precision.
    """
    before = ctx.prec
    try:
        precision = START_PRECISION
        while precision <= MAX_PRECISION:
            ctx.prec = precision
            values = build()()
            if all(settled(value) for value in values):
                return values
            precision *= 2
    finally:
        ctx.prec = before
    raise UndeterminedError(f"no tight enclosure with {MAX_PRECISION} bits: {values}")


def pairs(values: list[Value]) -> Doubles:
    """A matrix of two rows, high and low parts."""
    return np.array([split(value) for value in values], np.float64).reshape(-1, 2).T


def _negligible(value: arb) -> bool:
    return bool(abs(value) * 2**100 < NEGLIGIBLE)
