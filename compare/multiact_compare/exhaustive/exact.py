"""The verdict of the oracle itself, point by point."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from multiact_compare import contract, oracle, ulp
from multiact_compare.dtypes import Bits, Doubles, DType
from multiact_compare.plan import Case, Quantity
from multiact_compare.tiers import Tier
from multiact_compare.truth import PART


@dataclass(frozen=True)
class Rules:
    """What holds for the results of a case in a dtype: a tier's bounds, and the limits at ±inf."""

    case: Case
    dtype: DType
    quantity: Quantity
    tier: Tier

    @cached_property
    def allowed_ulps(self) -> float:
        """How many ULP a result may be from the truth."""
        return self.tier.allowed_ulps(self.dtype, self.quantity)

    @cached_property
    def absolute(self) -> float:
        """The error that is always allowed."""
        scale = contract.parameter_scale(self.case.params)
        return self.tier.absolute_bound(self.quantity, self.dtype, scale)

    def limit(self, end: float) -> float:
        """The limit at −inf or +inf; NaN if there is none."""
        pair = oracle.limits(self.case.function, self.case.params)[end]
        return pair[PART[self.quantity]]


@dataclass(frozen=True)
class Verdicts:
    """Of each point: the truth, the error in ULP, as a share of what is allowed, and whether the
    truth is above the absolute bound. Errors are NaN where there is no truth."""

    expected: Doubles
    ulps: Doubles
    ratios: Doubles
    sized: NDArray[np.bool_]


def verdicts(rules: Rules, x: Doubles, bits: Bits) -> Verdicts:
    """Judge results at any numbers, infinities included."""
    case, dtype = rules.case, rules.dtype
    finite = np.isfinite(x)
    table = np.full((4, x.size), np.nan)
    table[:, finite] = oracle.elementwise(case.function, case.params, x[finite], second=False)[:4]
    part = 2 * PART[rules.quantity]
    high, low = table[part], np.nan_to_num(table[part + 1])
    for index in np.flatnonzero(~finite):
        high[index] = rules.limit(float(x[index])) if not math.isnan(x[index]) else math.nan
    got = dtype.decode(bits)
    exponents = ulp.spacing_exponents(high, low, dtype)
    errors = ulp.absolute_errors(got, high, low, dtype)
    # As in parity: an infinity that is due is no error, NaN instead of a number always is.
    errors[np.isinf(high) & (got == high)] = 0.0
    ulps = ulp.in_ulps(errors, exponents)
    allowed = np.maximum(np.ldexp(rules.allowed_ulps, exponents), rules.absolute)
    with np.errstate(over="ignore", invalid="ignore"):
        ratios = errors / allowed
    nowhere = np.isnan(high)
    ulps[nowhere] = ratios[nowhere] = np.nan
    return Verdicts(high, ulps, ratios, np.abs(high) >= rules.absolute)
