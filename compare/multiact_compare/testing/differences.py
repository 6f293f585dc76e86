"""How far results are apart, in units in the last place.

The rules are the same for two backends and for a backend and a reference. NaN agrees with NaN and
with nothing else. An infinity is the number that follows the largest finite one. Both zeros are
the same number unless their signs are asked for. Numbers below the smallest normal one are the
same number, zero, unless they are asked for: XLA and TensorFlow take them for zero. (In float16,
which they compute in float32, they never are.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from multiact_compare import ulp
from multiact_compare.dtypes import DTYPES, Bits, Doubles, DType
from multiact_compare.testing.backends import Backend, kind_of, owner


@dataclass(frozen=True)
class Rules:
    """What counts as a difference beside the distance; ``atol`` is how far apart always agrees."""

    atol: float = 0.0
    signed_zeros: bool = False
    subnormals: bool = False

    def least(self, dtype: DType) -> float:
        """The magnitude below which all numbers are one."""
        flushed = not self.subnormals and dtype.min_exponent < DTYPES["float16"].min_exponent
        return 2.0**dtype.min_exponent if flushed else 0.0


@dataclass(frozen=True)
class Reference:
    """The truth as the sum of two float64 numbers; NaN is the truth where ``known``."""

    high: Doubles
    low: Doubles
    known: NDArray[np.bool_]


def ulp_distance(a: Any, b: Any) -> Doubles:
    """How many representable numbers lie from a to b, elementwise.

    Parameters
    ----------
    a, b : arrays
        Of any framework, not necessarily of one, of the same floating dtype; their shapes
        broadcast.

    Returns
    -------
    numpy.ndarray
        float64: 0 where both are the same number (both zeros are) or both are NaN, infinite where
        one is NaN. An infinity is the number that follows the largest finite one.

    Raises
    ------
    TypeError
        One is no array of a known framework, is not floating, or the dtypes differ.

    Examples
    --------
    >>> import numpy as np
    >>> from multiact_compare.testing import ulp_distance
    >>> x = np.float32([1.0, 0.0, np.nan])
    >>> ulp_distance(x, np.nextafter(x, np.float32(2)))
    array([1., 1., 0.])
    """
    first, second = _as_numpy(a), _as_numpy(b)
    if first.dtype != second.dtype:
        raise TypeError(f"got {first.dtype} and {second.dtype}; cast one of them, distances in ULP "
                        "exist within one dtype")  # fmt: skip
    dtype = DTYPES.get(first.dtype.name)
    if dtype is None:
        raise TypeError(f"got {first.dtype}; allowed are {', '.join(DTYPES)}")
    one, other = (
        np.array(x, order="C").view(dtype.carrier) for x in np.broadcast_arrays(first, second)
    )
    return between(one, other, dtype, Rules(subnormals=True))


def between(a: Bits, b: Bits, dtype: DType, rules: Rules) -> Doubles:
    """The distance of two results, 0 where the rules let them agree."""
    first, second = dtype.ordinals(a), dtype.ordinals(b)
    nan = np.abs(first) > dtype.infinity_bits, np.abs(second) > dtype.infinity_bits
    least = int(dtype.ordinals(dtype.encode(np.array([rules.least(dtype)])))[0])
    first, second = (np.sign(n) * np.maximum(np.abs(n) - least, 0) for n in (first, second))
    # The difference of far ordinals leaves int64; rounded to float64 it does not matter.
    rounded = first.astype(np.float64) - second.astype(np.float64)
    with np.errstate(over="ignore"):
        distance = np.abs(np.where(np.abs(rounded) < 2.0**62, first - second, rounded))
    distance = np.where(nan[0] | nan[1], np.where(nan[0] & nan[1], 0.0, np.inf), distance)
    x, y = dtype.decode(a), dtype.decode(b)
    if rules.signed_zeros:
        distance[(x == 0) & (y == 0) & (np.signbit(x) != np.signbit(y))] = np.inf
    return _within(distance, x, y, rules)


def from_truth(result: Bits, truth: Reference, dtype: DType, rules: Rules) -> Doubles:
    """The error of a result in ULP of the truth, 0 where the rules or ignorance let it pass."""
    got, high, low = dtype.decode(result), truth.high.copy(), truth.low.copy()
    exact = got.copy()
    least = rules.least(dtype)
    small, tiny = np.abs(got) < least, np.abs(high) < least
    got = np.where(small, np.clip(high, -least, least), got)
    low[small & tiny] = 0.0
    high = np.where(tiny & ~small, np.copysign(least, got), high)
    error = ulp.in_ulps(
        ulp.absolute_errors(got, high, low, dtype), ulp.spacing_exponents(high, low, dtype)
    )
    nan = np.isnan(truth.high)
    error = np.where(nan, np.where(np.isnan(exact), 0.0, np.inf), error)
    if rules.signed_zeros:
        zeros = (exact == 0) & (truth.high == 0)
        error[zeros & (np.signbit(exact) != np.signbit(truth.high))] = np.inf
    error = _within(error, exact, truth.high, rules)
    return np.where(truth.known, error, 0.0)


def _within(distance: Doubles, x: Doubles, y: Doubles, rules: Rules) -> Doubles:
    """Nothing where two numbers differ by no more than what was allowed absolutely."""
    if not rules.atol:
        return distance
    with np.errstate(invalid="ignore"):
        close = np.abs(x - y) <= rules.atol
    return np.where(close & np.isfinite(distance), 0.0, distance)


def _as_numpy(array: Any) -> NDArray[Any]:
    name = owner(array)
    if name is None:
        raise TypeError(
            f"got {kind_of(array)}; allowed are arrays of NumPy, PyTorch, TensorFlow and JAX"
        )
    return np.asarray(array) if name == "numpy" else Backend(name).to_numpy(array)
