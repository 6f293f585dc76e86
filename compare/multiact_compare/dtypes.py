"""The four floating dtypes that parity measures, and how their values travel as bits.

Every array crosses process boundaries as unsigned integers: ``.npy`` knows no bfloat16, and a
bit pattern says exactly what a framework returned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

Bits = NDArray[Any]
"""An array of unsigned integers that holds the bit patterns of a :class:`DType`."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class DType:
    """A binary floating-point format.

    ``precision`` counts the significand's bits with the hidden one; ``min_exponent`` and
    ``max_exponent`` are those of the smallest and the largest normal number, as in ``1.m × 2^e``.
    """

    name: str
    precision: int
    min_exponent: int
    max_exponent: int
    carrier: np.dtype[Any]
    native: np.dtype[Any]

    @property
    def width(self) -> int:
        """The number of bits of a value."""
        return self.carrier.itemsize * 8

    @property
    def eps(self) -> float:
        """The distance from 1 to the next larger value."""
        return 2.0 ** (1 - self.precision)

    @property
    def largest(self) -> float:
        """The largest finite value."""
        return (2.0 - self.eps) * 2.0**self.max_exponent

    @property
    def spacing_exponent(self) -> int:
        """The subnormal numbers are multiples of 2 to this power."""
        return self.min_exponent - (self.precision - 1)

    @property
    def infinity_bits(self) -> int:
        """The bit pattern of +inf; larger magnitudes are NaN."""
        return ((1 << (self.width - self.precision)) - 1) << (self.precision - 1)

    def decode(self, bits: Bits) -> Doubles:
        """The exact values of bit patterns."""
        # Widening a signalling NaN raises the flag; the values are right.
        with np.errstate(invalid="ignore"):
            return bits.view(self.native).astype(np.float64)

    def encode(self, values: Doubles) -> Bits:
        """The bit patterns of the nearest values of this dtype."""
        with np.errstate(over="ignore", under="ignore"):
            rounded = np.asarray(values, np.float64).astype(self.native)
        return rounded.view(self.carrier)

    def ordinals(self, bits: Bits) -> NDArray[np.int64]:
        """Consecutive integers for consecutive values; both zeros are 0, NaN lies outside."""
        magnitude = (bits & self.carrier.type((1 << (self.width - 1)) - 1)).astype(np.int64)
        negative = (bits >> self.carrier.type(self.width - 1)).astype(bool)
        ordinals: NDArray[np.int64] = np.where(negative, -magnitude, magnitude)
        return ordinals

    def from_ordinals(self, ordinals: NDArray[np.int64]) -> Bits:
        """The inverse of :meth:`ordinals`; 0 becomes +0."""
        sign = (ordinals < 0).astype(self.carrier) << self.carrier.type(self.width - 1)
        bits: Bits = np.abs(ordinals).astype(self.carrier) | sign
        return bits


def _dtype(
    name: str, precision: int, min_exponent: int, max_exponent: int, native: type[Any]
) -> DType:
    native_dtype = np.dtype(native)
    carrier = np.dtype(f"u{native_dtype.itemsize}")
    return DType(name, precision, min_exponent, max_exponent, carrier, native_dtype)


DTYPES: dict[str, DType] = {
    dtype.name: dtype
    for dtype in (
        _dtype("float16", 11, -14, 15, np.float16),
        _dtype("bfloat16", 8, -126, 127, ml_dtypes.bfloat16),
        _dtype("float32", 24, -126, 127, np.float32),
        _dtype("float64", 53, -1022, 1023, np.float64),
    )
}
