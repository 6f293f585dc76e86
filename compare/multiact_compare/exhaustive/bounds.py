"""Lower and upper bounds of errors in ULP, for results beside float64 references."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from multiact_compare.dtypes import Bits, Doubles, DType
from multiact_compare.exhaustive.tally import BINS, BINS_PER_ULP

Spacing: TypeAlias = float | Doubles
"""One ULP: the same for all, or of each."""

EXPONENT = np.int64(0x7FF0_0000_0000_0000)


@dataclass(frozen=True)
class Bounds:
    """Of every result: its error, within ``slack``, and between which bounds that is in ULP.

    ``fine`` and ``coarse`` are the ULP of the truth, which is uncertain beside a power of two.
    ``smallest`` and ``largest`` bound the truth's magnitude.
    """

    errors: Doubles
    slack: float
    low: Doubles
    high: Doubles
    fine: Spacing
    coarse: Spacing
    smallest: float
    largest: float


class Comparison:
    """Compares slices of up to ``size`` results; its arrays are used again and again."""

    def __init__(self, dtype: DType, size: int) -> None:
        self._dtype = dtype
        self._beyond = math.ldexp(1.0, dtype.max_exponent + 1)
        self._got, self._errors, self._low, self._high, self._reference = np.empty((5, size))

    def reference(self, count: int) -> Doubles:
        """Room for the references of the next comparison."""
        return self._reference[:count]

    def bounds(self, bits: Bits, reference: Doubles, slack: float) -> Bounds:
        """Bounds for results, given references that are within ``slack`` of the truth."""
        count = bits.size
        got, errors = self._got[:count], self._errors[:count]
        np.copyto(got, bits.view(self._dtype.native))
        np.subtract(got, reference, out=errors)
        np.abs(errors, out=errors)
        if not errors.max() < math.inf:
            self._without_infinities(got, reference, errors)
        first, last = float(reference.min()), float(reference.max())
        largest = max(-first, last)
        smallest = max(first, -last, 0.0)
        fine: Spacing = self._spacing(smallest - slack)
        coarse: Spacing = self._spacing(largest + slack)
        if fine != coarse:
            magnitudes = np.abs(reference)
            fine, coarse = self._spacings(magnitudes - slack), self._spacings(magnitudes + slack)
        # Divisions by powers of two; the multiplication is what float64 is quick at.
        high = np.multiply(errors, 1 / fine, out=self._high[:count])
        low = high
        if slack:
            high = np.add(errors, slack, out=self._high[:count])
            np.multiply(high, 1 / fine, out=high)
            low = np.subtract(errors, slack, out=self._low[:count])
            np.multiply(low, 1 / coarse, out=low)
        return Bounds(
            errors, slack, low, high, fine, coarse, max(smallest - slack, 0.0), largest + slack
        )

    def _without_infinities(self, got: Doubles, reference: Doubles, errors: Doubles) -> None:
        """An infinity counts as the first number that the dtype cannot hold, NaN as all wrong.

        Where the truth is beyond that number, an infinity is right.
        """
        at = np.flatnonzero(np.isinf(got))
        signs, truth = np.sign(got[at]), reference[at]
        same = signs * truth > 0
        short = np.maximum(self._beyond - np.abs(truth), 0.0)
        errors[at] = np.where(same, short, np.inf)
        errors[np.isnan(got)] = np.inf

    def _spacing(self, magnitude: float) -> float:
        """One ULP at a magnitude."""
        exponent = math.frexp(magnitude)[1] - 1 if magnitude > 0 else -math.inf
        exponent = min(max(exponent, self._dtype.min_exponent), self._dtype.max_exponent)
        return math.ldexp(1.0, int(exponent) - (self._dtype.precision - 1))

    def _spacings(self, magnitudes: Doubles) -> Doubles:
        """One ULP at each magnitude."""
        powers = (np.maximum(magnitudes, 0.0).view(np.int64) & EXPONENT).view(np.float64)
        least, most = 2.0**self._dtype.min_exponent, 2.0**self._dtype.max_exponent
        clipped: Doubles = np.clip(powers, least, most)
        return clipped * self._dtype.eps


def quarters(ulps: Doubles, worst: float) -> NDArray[np.int64]:
    """The bin of each error, none larger than ``worst``; the last bin takes all that is beyond."""
    scaled = ulps * BINS_PER_ULP
    if not worst * BINS_PER_ULP < BINS - 1:
        np.minimum(scaled, BINS - 1, out=scaled)
    return scaled.astype(np.int64)
