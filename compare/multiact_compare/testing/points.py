"""The inputs of :func:`assert_parity`: a stratified set, or what the caller gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from multiact_compare import inputs
from multiact_compare.dtypes import Bits, DType
from multiact_compare.testing.backends import kind_of

DEFAULT = 2000
REACH = 1e4
"""The largest magnitude of the points that are chosen here."""

SCALE = 3.0
"""The standard deviation of random entries: far enough out for functions to saturate."""


def points(wanted: Any, dtype: DType, kinks: Sequence[float], subnormals: bool) -> Bits:
    """The inputs in a dtype: chosen by number, random in a shape, or the caller's own numbers.

    By number: stratified over the exponents up to |x| = :data:`REACH`, denser in the tails and
    towards the kinks and 0, with the kinks themselves, ±0 and NaN. The 16-bit dtypes take every
    number in that range. Infinities are left to the caller, and subnormal numbers if the results
    may be.
    """
    if isinstance(wanted, tuple) and all(isinstance(n, int) for n in wanted):
        generator = np.random.default_rng([inputs.SEED, dtype.width])
        return dtype.encode(generator.normal(0.0, SCALE, wanted))
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        if wanted < 1:
            raise ValueError(
                f"points is {wanted}; allowed is a number from 1 on, a shape, an array"
            )
        return _chosen(wanted, dtype, kinks, subnormals)
    return _given(wanted, dtype)


def _chosen(size: int, dtype: DType, kinks: Sequence[float], subnormals: bool) -> Bits:
    bits = inputs.points(dtype, size, kinks)
    magnitude = np.abs(dtype.decode(bits))
    smallest = 0.0 if subnormals else 2.0**dtype.min_exponent
    inside = (magnitude <= REACH) & ((magnitude >= smallest) | (magnitude == 0))
    nan = dtype.encode(np.array([np.nan]))
    return np.concatenate([bits[inside], nan])


def _given(wanted: Any, dtype: DType) -> Bits:
    try:
        values = np.array(wanted, np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"points is {kind_of(wanted)}; allowed are a number of points, a shape (a tuple of "
            f"int), a NumPy array or a list of numbers ({error})"
        ) from None
    if not values.size:
        raise ValueError("points is empty: there is nothing to compare")
    return dtype.encode(values)
