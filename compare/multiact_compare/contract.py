"""The judgement of one array of results against the truth and a tier's bounds.

NaN in, NaN out, always. What lies beyond a tier's reach is measured and reported, not judged; the
bounds are in :mod:`multiact_compare.tiers`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from multiact_compare import rows, ulp
from multiact_compare.dtypes import Bits, Doubles, DType
from multiact_compare.plan import QUANTITIES, WHERES, Case, Quantity, Where

CORRECT = 0.5 * (1 + 2.0**-40)
"""The largest error, in ULP, of a correctly rounded result, as float64 arithmetic measures it."""

NEAR_ROOT = 2.0**-18
"""What is within this of a root, relatively, is next to it."""


@dataclass(frozen=True)
class Expected:
    """The truth for an array of results, flattened: what each must be, and whether it is judged.

    ``high + low`` is the reference, NaN where there is none, and 2 to the power of ``exponents``
    its ULP. ``judged`` marks positions within the contract, ``must_be_nan`` those where NaN came
    in, ``kink`` and ``subnormal`` those where x is one, ``underflow`` those where the reference
    is subnormal, and ``root`` those next to a root, see :data:`NEAR_ROOT`.
    """

    high: Doubles
    low: Doubles
    exponents: NDArray[np.int64]
    judged: NDArray[np.bool_]
    must_be_nan: NDArray[np.bool_]
    kink: NDArray[np.bool_]
    subnormal: NDArray[np.bool_]
    underflow: NDArray[np.bool_]
    root: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        dtype: DType,
        high: Doubles,
        low: Doubles,
        *,
        judged: NDArray[np.bool_],
        must_be_nan: NDArray[np.bool_],
        x: Doubles | None = None,
        kinks: Sequence[float] = (),
        roots: Sequence[float] = (),
    ) -> Expected:
        """The truth for results in ``dtype``; ``x`` are the inputs of elementwise functions."""
        nowhere, least, size = np.zeros(high.size, bool), 2.0**dtype.min_exponent, np.abs(high)
        return cls(
            high=high,
            low=low,
            exponents=ulp.spacing_exponents(high, low, dtype),
            judged=judged & ~np.isnan(high),
            must_be_nan=must_be_nan,
            kink=nowhere if x is None else np.isin(x, kinks),
            subnormal=nowhere if x is None else (x != 0) & (np.abs(x) < least),
            # What is rounded to the smallest normal number is computed as a subnormal one.
            underflow=(size > 0) & (size <= least),
            root=nowhere if x is None else _next_to(x, roots),
        )

    def take(self, indices: NDArray[np.int64]) -> Expected:
        """The truth for a selection of the positions."""
        parts = (getattr(self, part.name)[indices] for part in fields(self))
        return Expected(*parts)


@dataclass(frozen=True)
class Verdict:
    """How an array of results compares with the truth.

    ``worst_ulp`` and ``worst_ratio`` are taken over the judged positions, with the positions where
    they occur; the ratio is error over allowed error, and the contract holds up to 1.
    ``sized_ulp`` leaves out results below the absolute bound, whose relative error says little.
    ``misrounded`` counts results that are not the number nearest to the truth.
    ``unjudged_ulp`` is the worst error where there is a reference but no contract. ``ulps`` are the
    errors of all judged results, 0 elsewhere.
    """

    judged: int
    worst_ulp: float
    worst_ulp_at: int
    sized_ulp: float
    sized_ulp_at: int
    worst_ratio: float
    worst_ratio_at: int
    failures: Mapping[Where, int]
    nan_failure_at: int | None
    unjudged_ulp: float
    unjudged_ulp_at: int | None
    misrounded: int
    ulps: Doubles


def parameter_scale(params: Mapping[str, object]) -> float:
    """The largest magnitude among the numeric parameters, at least 1."""
    numbers = [
        abs(float(value))
        for value in params.values()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    ]
    return max([1.0, *numbers])


def row_scales(case: Case, x: Doubles, quantity: Quantity) -> Doubles:
    """What scales each result of a rowwise function, at least 1.

    Cotangents and directions are at most 1, and the number of pieces scales nothing. The first half
    of a gated unit's row multiplies the gate and its derivatives, as a parameter would, and a
    temperature divides every derivative.
    """
    length = x.shape[1]
    if case.function in rows.GATED:
        linear = np.fmax(np.abs(x[:, : length // 2]), 1.0)
        return linear if quantity == "value" else np.hstack([np.ones_like(linear), linear])
    size = case.shape.results_of(length) if quantity == "value" else length
    factor = max(1.0, 1 / float(case.params.get("temperature", 1.0)))
    return np.full((len(x), size), factor ** QUANTITIES.index(quantity))


def allowed_errors(
    expected: Expected, absolute: float | Doubles, allowed_ulps: float = 8.0
) -> Doubles:
    """How far each result may be from the truth."""
    allowed: Doubles = np.maximum(np.ldexp(allowed_ulps, expected.exponents), absolute)
    return allowed


def judge(
    bits: Bits,
    dtype: DType,
    expected: Expected,
    absolute: float | Doubles,
    excused: Collection[Where] = (),
    allowed: Doubles | None = None,
) -> Verdict:
    """Measure results against the truth and count where they break the contract.

    Failures at ``excused`` kinds of places are counted, but set no worst ratio. Who judges many
    results against one truth gives ``allowed``, which :func:`allowed_errors` says otherwise.
    """
    got = dtype.decode(bits)
    high, judged = expected.high, expected.judged
    known = ~np.isnan(high)
    errors = ulp.absolute_errors(got, high, expected.low, dtype)
    errors[~known] = 0.0
    ulps = ulp.in_ulps(errors, expected.exponents)
    if allowed is None:
        allowed = allowed_errors(expected, absolute)
    with np.errstate(over="ignore"):
        ratios = np.where(judged, errors / allowed, 0.0)
    inside = np.where(judged, ulps, 0.0)
    sized = np.where(np.abs(high) >= absolute, inside, 0.0)
    outside = np.where(judged, 0.0, ulps)
    broken = ratios > 1.0
    not_nan = expected.must_be_nan & ~np.isnan(got)
    failing: dict[Where, NDArray[np.bool_]] = {"nan": not_nan}
    places = (expected.kink, expected.subnormal, expected.underflow, expected.root)
    for where, there in zip(WHERES[1:-1], places, strict=True):
        failing[where] = broken & there
        broken = broken & ~there
    failing[WHERES[-1]] = broken
    for where in excused:
        ratios[failing[where]] = 0.0
    ulp_at, sized_at, ratio_at, outside_at = map(_peak, (inside, sized, ratios, outside))
    return Verdict(
        judged=int(judged.sum() + expected.must_be_nan.sum()),
        worst_ulp=float(inside[ulp_at]),
        worst_ulp_at=ulp_at,
        sized_ulp=float(sized[sized_at]),
        sized_ulp_at=sized_at,
        worst_ratio=float(ratios[ratio_at]),
        worst_ratio_at=ratio_at,
        failures={where: int(failing[where].sum()) for where in WHERES},
        nan_failure_at=int(np.argmax(not_nan)) if not_nan.any() else None,
        unjudged_ulp=float(outside[outside_at]),
        unjudged_ulp_at=outside_at if (known & ~judged).any() else None,
        misrounded=int((inside > CORRECT).sum()),
        ulps=inside,
    )


def _next_to(x: Doubles, roots: Sequence[float]) -> NDArray[np.bool_]:
    found = np.zeros(x.shape, bool)
    with np.errstate(invalid="ignore"):  # among all of float16 are NaNs that signal
        for root in roots:
            found |= np.abs(x - root) <= NEAR_ROOT * abs(root)
    return found


def _peak(values: Doubles) -> int:
    return int(np.argmax(values))
