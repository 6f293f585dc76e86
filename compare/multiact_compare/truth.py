"""What each result must be: references and the contract's range, laid out like the results."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from multiact_compare import contract, inputs, oracle, rows, ulp
from multiact_compare.contract import Expected
from multiact_compare.dtypes import Doubles, DType
from multiact_compare.plan import Case, Measurement, Quantity
from multiact_compare.tiers import Tier

ROW_REACH = 1e4
"""Largest |x| of rows that are judged."""

PART: dict[Quantity, int] = {"value": 0, "derivative": 1, "second": 2}
"""Which pair of rows of a reference table belongs to a quantity."""


class Truth:
    """What a quantity must be at every position of a long array, and how to name positions.

    ``absolute`` are the errors that are always allowed, ``x`` the inputs, or those that results
    of rows are named after.
    """

    def __init__(
        self,
        expected: Expected,
        x: Doubles,
        absolute: Doubles,
        shapes: Sequence[tuple[int, int]] = (),
        limits: Mapping[float, float] | None = None,
    ) -> None:
        self.expected = expected
        self.x = x
        self.absolute = absolute
        self.limits = limits or {}
        self._shapes = shapes

    def selection(self, directory: Path, measurement: Measurement) -> NDArray[np.int64]:
        """The positions that a measurement covers."""
        variant = measurement.variant
        if not self._shapes:
            if variant.layout in ("long", "strided"):
                return np.arange(self.x.size)
            name = measurement.case.inputs(measurement.dtype)
            short: NDArray[np.int64] = np.load(directory / f"inputs/{name}.short.npy")
            return short[:: variant.step]
        step = variant.step if variant.layout == "row" else 1
        chosen, start = [], 0
        for original, (count, length) in zip(rows.LENGTHS, self._shapes, strict=True):
            grid = np.arange(start, start + count * length).reshape(count, length)
            if original in measurement.lengths:
                chosen.append(grid[::step].ravel())
            start += count * length
        return np.concatenate(chosen)

    def place(self, position: int) -> str:
        """The position in words."""
        if not self._shapes:
            return f"x = {self.x[position]:.10g}"
        start = 0
        for count, length in self._shapes:
            if position < start + count * length:
                row, entry = divmod(position - start, length)
                return f"entry {entry} of row {row} of {length}"
            start += count * length
        raise IndexError(position)


def truth_of(directory: Path, case: Case, dtype: DType, quantity: Quantity, tier: Tier) -> Truth:
    """The truth about a case in one dtype, from the references on disk."""
    if case.kind == "rowwise":
        return _rowwise_truth(directory, case, dtype, quantity, tier)
    name = case.inputs(dtype.name)
    x = dtype.decode(np.load(directory / f"inputs/{name}.points.npy"))
    finite = np.isfinite(x)
    index = np.load(directory / f"inputs/{name}.index.npy")
    table = np.load(directory / f"references/{case.reference}.npy", mmap_mode="r")
    part = 2 * PART[quantity]
    high, low = np.full(x.size, np.nan), np.zeros(x.size)
    high[finite], low[finite] = table[part][index], table[part + 1][index]
    limits = {}
    if quantity != "second":
        both = oracle.limits(case.function, case.params)
        limits = {x: pair[PART[quantity]] for x, pair in both.items()}
    judged, nowhere = finite & (np.abs(x) <= tier.reach[quantity]), np.isnan(x)
    if tier.infinities:
        for end, limit in limits.items():
            at_end = x == end
            high[at_end] = limit
            judged, nowhere = judged | at_end, nowhere | (at_end & math.isnan(limit))
    expected = Expected.of(
        dtype,
        high,
        low,
        judged=judged,
        must_be_nan=nowhere & (quantity != "second"),
        x=x,
        kinks=case.kinks,
        roots=inputs.roots(case.function, PART[quantity], case.params) if case.arrays else (),
    )
    absolute = tier.absolute_bound(quantity, dtype, contract.parameter_scale(case.params))
    return Truth(expected, x, np.full(x.size, absolute), limits=limits)


def _rowwise_truth(
    directory: Path, case: Case, dtype: DType, quantity: Quantity, tier: Tier
) -> Truth:
    high, low = np.load(directory / f"references/{case.reference}.{dtype.name}.{quantity}.npy")
    xs, inside, tainted, scales, shapes = [], [], [], [], []
    for block in rows.blocks(dtype, case.shape):
        x = block.values
        if quantity == "value":
            x = x[:, case.shape.names(x.shape[1])]
        count, length = x.shape
        shapes.append((count, length))
        xs.append(x.ravel())
        scales.append(contract.row_scales(case, block.values, quantity).ravel())
        # Whole rows are judged as far as the default tier goes: beyond, infinite entries mask.
        reach = min(tier.reach[quantity], ROW_REACH)
        inside.append(np.repeat((np.abs(block.values) <= reach).all(axis=1), length))
        tainted.append(np.repeat(np.isnan(block.values).any(axis=1), length))
    expected = Expected.of(
        dtype,
        high,
        low,
        judged=np.concatenate(inside),
        must_be_nan=np.concatenate(tainted) & np.isnan(high) & (quantity == "value"),
    )
    bound, scale = tier.absolute_bound(quantity, dtype), np.concatenate(scales)
    # The first half of a gated unit's row may be infinite.
    absolute = bound * scale if bound else np.zeros_like(scale)
    if quantity == "derivative" and not tier.epsilons:
        # A tier without an absolute bound: a product with a Jacobian is in ULP of its row.
        row_ulps = _row_spacings(high, shapes, dtype)
        absolute = np.maximum(absolute, tier.allowed_ulps(dtype, quantity) * row_ulps)
    return Truth(expected, np.concatenate(xs), absolute, shapes)


def _row_spacings(high: Doubles, shapes: Sequence[tuple[int, int]], dtype: DType) -> Doubles:
    """For every entry, one ULP of the largest entry of its row."""
    found, start = [], 0
    for count, length in shapes:
        block = np.abs(high[start : start + count * length].reshape(count, length))
        largest = np.nanmax(np.where(np.isfinite(block), block, 0.0), axis=1, initial=0.0)
        spacing = np.ldexp(1.0, ulp.spacing_exponents(largest, np.zeros(count), dtype))
        found.append(np.repeat(spacing, length))
        start += count * length
    return np.concatenate(found)
