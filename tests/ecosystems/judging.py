"""The contract of the default tier as a judgement of results that came back from elsewhere."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from multiact_compare import contract, oracle
from multiact_compare.dtypes import DTYPES
from multiact_compare.plan import Case
from multiact_compare.testing import points, references
from multiact_compare.tiers import DEFAULT

from tests.ecosystems.catalogue import Call

FLOAT32 = DTYPES["float32"]


def numbers(kinks: tuple[float, ...] = ()) -> Any:
    """A stratified sweep up to |x| = 1e4 with ±0 and NaN, dense near 0 and the kinks."""
    return FLOAT32.decode(points.points(1000, FLOAT32, kinks, subnormals=False)).astype(np.float32)


def rows() -> Any:
    """Normal random numbers, six in a row: a length that suits every function of rows."""
    return FLOAT32.decode(points.points((200, 6), FLOAT32, (), subnormals=False)).astype(np.float32)


def kinks(call: Call) -> tuple[float, ...]:
    """Where an elementwise function has kinks with these parameters."""
    return oracle.kinks(call.name, call.params) if call.elementwise else ()


def ratio(call: Call, x: Any, results: Any) -> float:
    """The largest error over what the contract allows; infinite where NaN does not give NaN."""
    wide = x.astype(np.float64)
    case = Case("", call.name, call.record.kind, call.params, kinks(call))
    truth = references.truth(call.name, "float64", "value", call.params, wide)
    assert (results.dtype, results.shape) == (np.float32, truth.high.shape)
    if call.elementwise:
        nan, at = np.isnan(wide), wide
        scale: Any = contract.parameter_scale(call.params)
    else:
        nan, at = np.zeros(truth.high.size, bool), None
        scale = contract.row_scales(case, wide, "value").ravel()
    expected = contract.Expected.of(
        FLOAT32, truth.high.ravel(), truth.low.ravel(),
        judged=truth.known.ravel() & ~nan, must_be_nan=nan, x=at, kinks=case.kinks,
    )  # fmt: skip
    bits = np.ascontiguousarray(results).ravel().view(FLOAT32.carrier)
    bound = DEFAULT.absolute_bound("value", FLOAT32) * scale
    verdict = contract.judge(bits, FLOAT32, expected, bound)
    assert verdict.judged
    return math.inf if verdict.failures["nan"] else verdict.worst_ratio
