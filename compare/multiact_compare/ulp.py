"""Errors in units in the last place, measured against double-double references.

The reference of a point is the unevaluated sum ``high + low`` of two float64 numbers, so the
error of a float64 result is known to far less than one ULP.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from multiact_compare.dtypes import Bits, Doubles, DType


def spacing_exponents(high: Doubles, low: Doubles, dtype: DType) -> NDArray[np.int64]:
    """The exponent of one ULP of the true value in ``dtype``.

    Below the smallest normal number it is that of the subnormal spacing. A true value that lies
    just inside a power of two belongs to the finer binade below it.
    """
    mantissa, exponent = np.frexp(high)
    inside = (np.abs(mantissa) == 0.5) & (np.sign(low) * np.sign(high) < 0)
    binade = exponent.astype(np.int64) - 1 - inside
    # The ULP of a value beyond the largest finite one is that of the largest binade.
    binade = np.clip(binade, dtype.min_exponent, dtype.max_exponent)
    spacing = binade - (dtype.precision - 1)
    return np.where(high == 0, dtype.spacing_exponent, spacing)


def absolute_errors(got: Doubles, high: Doubles, low: Doubles, dtype: DType) -> Doubles:
    """How far results are from the truth: infinite where only one of the two is.

    An overflow to infinity counts as the first number that ``dtype`` cannot hold, so it is no
    error where the truth lies beyond, and NaN is an infinite error.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        error: Doubles = np.abs((got - high) - low)
    error[np.isnan(got)] = np.inf
    for index in np.flatnonzero(np.isinf(got) | np.isinf(high)):
        error[index] = _infinite_error(float(got[index]), float(high[index]), dtype)
    return error


def _infinite_error(got: float, high: float, dtype: DType) -> float:
    beyond = math.ldexp(1.0, dtype.max_exponent + 1) if dtype.max_exponent < 1023 else math.inf
    if math.isinf(got) and math.copysign(1.0, got) == math.copysign(1.0, high):
        return max(beyond - abs(high), 0.0) if abs(high) < beyond else 0.0
    return math.nan if math.isnan(high) else math.inf


def in_ulps(errors: Doubles, exponents: NDArray[np.int64]) -> Doubles:
    """Absolute errors over ULP of the given exponents, as float64 (which may overflow to inf)."""
    # Where 2**1074 would be needed, which is no float64, go in two steps.
    first = exponents // 2 if exponents.min(initial=0) < -1000 else exponents
    with np.errstate(over="ignore"):
        scaled: Doubles = np.ldexp(errors, -first)
        if first is not exponents:
            scaled = np.ldexp(scaled, first - exponents)
    return scaled


def spread(results: Sequence[Bits], dtype: DType) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """How many representable numbers several results are apart at most, and which are NaN.

    NaN takes no part, and both zeros are the same number. Distances of float64 numbers beyond
    2**62 are rounded.
    """
    ordinals = np.stack([dtype.ordinals(bits) for bits in results])
    nan = np.abs(ordinals) > dtype.infinity_bits
    low = np.where(nan, dtype.infinity_bits, ordinals).min(axis=0)
    high = np.where(nan, -dtype.infinity_bits, ordinals).max(axis=0)
    low = np.minimum(low, high)
    # The difference of far ordinals leaves int64; that of their halves does not.
    halves = high // 2 - low // 2
    far = halves >= 2**61
    near = np.where(far, 0, high) - np.where(far, 0, low)
    return np.where(far, np.minimum(halves, 2**62 - 1) * 2, near), nan
