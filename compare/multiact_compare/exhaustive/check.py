"""The float64 oracle against the oracle itself, on points of every exponent: before every run."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from multiact_compare import oracle
from multiact_compare.dtypes import DType
from multiact_compare.exhaustive import space
from multiact_compare.exhaustive.definitions import DEFINITIONS
from multiact_compare.exhaustive.reference import Oracle
from multiact_compare.plan import Case, Quantity
from multiact_compare.truth import PART

RUNS, POINTS = 40, 6
"""Runs of keys, and points of each."""

LENGTH = 1 << 16
SEED = 20_251_121


class OracleError(ArithmeticError):
    """The float64 oracle is farther from the truth than it says."""


def check(
    case: Case,
    dtype: DType,
    quantities: Sequence[Quantity],
    keys: tuple[int, int] | None = None,
    runs: int = RUNS,
) -> tuple[int, float]:
    """How many points were checked, and the largest error as a share of its bound.

    Raises
    ------
    OracleError
        An error is larger than its bound.
    """
    if dtype.width == 16:
        return 0, 0.0
    definition = DEFINITIONS[case.function](**case.params)
    cheap = Oracle(definition, dtype, quantities)
    start, stop = keys or (0, 1 << dtype.width)
    parts = space.segments(
        dtype,
        start,
        stop,
        reach=math.inf,
        infinities=False,
        kinks=case.kinks,
        joints=definition.joints,
    )
    generator = np.random.default_rng(SEED)
    count, worst = 0, 0.0
    analytic = [part for part in parts if not part.alone and part.where != "nan"]
    for segment in analytic:
        # Keys are the logarithm of magnitudes, nearly: even steps meet every exponent.
        steps = max(runs * (segment.stop - segment.start) // (stop - start), 2)
        offsets = (np.arange(steps) + generator.random(steps)) / steps
        for share in offsets:
            left = segment.start + int(share * (segment.stop - segment.start))
            left = max(left // LENGTH * LENGTH, segment.start)
            right = min((left // LENGTH + 1) * LENGTH, segment.stop)
            for run in cheap.runs(segment, left, right):
                if run.references is None:
                    continue
                chosen = np.unique(generator.integers(0, run.stop - run.start, POINTS))
                x = np.array([space.number(dtype, run.start + int(i)) for i in chosen])
                table = oracle.elementwise(case.function, case.params, x, second=False)
                for quantity, reference in zip(quantities, run.references, strict=True):
                    part = 2 * PART[quantity]
                    values = reference.values(
                        0, run.stop - run.start, np.empty(run.stop - run.start)
                    )
                    errors = np.abs((values[chosen] - table[part]) - table[part + 1])
                    shares = errors / reference.error if reference.error else np.sign(errors) * 2
                    at = int(np.argmax(shares))
                    count, worst = count + chosen.size, max(worst, float(shares[at]))
                    if not shares[at] <= 1:
                        raise OracleError(
                            f"{case.function}({case.label}) {quantity} at x = {x[at]!r}: float64 "
                            f"gives {values[chosen][at]!r} ± {reference.error:.3g}, the truth is "
                            f"{table[part][at]!r}"
                        )
                # Runs that were divided are alike.
                break
    return count, worst
