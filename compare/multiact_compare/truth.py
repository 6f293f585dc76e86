"""What each result must be: references and the contract's range, laid out like the results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from multiact_compare import contract, oracle, rows
from multiact_compare.contract import Expected
from multiact_compare.dtypes import Doubles, DType
from multiact_compare.plan import Case, Measurement, Quantity

PART: dict[Quantity, int] = {"value": 0, "derivative": 1, "second": 2}
"""Which pair of rows of a reference table belongs to a quantity."""


class Truth:
    """What a quantity must be at every position of a long array, and how to name positions."""

    def __init__(
        self,
        expected: Expected,
        x: Doubles,
        scale: float,
        shapes: Sequence[tuple[int, int]] = (),
        limits: Mapping[float, float] | None = None,
    ) -> None:
        self.expected = expected
        self.x = x
        self.scale = scale
        self.limits = limits or {}
        self._shapes = shapes

    def selection(self, directory: Path, measurement: Measurement) -> NDArray[np.int64]:
        """The positions that a measurement covers."""
        variant = measurement.variant
        if not self._shapes:
            if variant.layout in ("long", "strided"):
                return np.arange(self.x.size)
            short: NDArray[np.int64] = np.load(directory / f"inputs/{measurement.dtype}.short.npy")
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


def truth_of(directory: Path, case: Case, dtype: DType, quantity: Quantity) -> Truth:
    """The truth about a case in one dtype, from the references on disk."""
    if case.kind == "rowwise":
        return _rowwise_truth(directory, case, dtype, quantity)
    x = dtype.decode(np.load(directory / f"inputs/{dtype.name}.points.npy"))
    finite = np.isfinite(x)
    index = np.load(directory / f"inputs/{dtype.name}.index.npy")
    table = np.load(directory / f"references/{case.key}.npy", mmap_mode="r")
    part = 2 * PART[quantity]
    high, low = np.full(x.size, np.nan), np.zeros(x.size)
    high[finite], low[finite] = table[part][index], table[part + 1][index]
    reach = contract.SECOND_REACH if quantity == "second" else contract.REACH
    expected = Expected.of(
        dtype,
        high,
        low,
        judged=finite & (np.abs(x) <= reach),
        must_be_nan=np.isnan(x) & (quantity != "second"),
        x=x,
        kinks=case.kinks,
    )
    limits = {}
    if quantity != "second":
        both = oracle.limits(case.function, case.params)
        limits = {x: pair[PART[quantity]] for x, pair in both.items()}
    return Truth(expected, x, contract.parameter_scale(case.params), limits=limits)


def _rowwise_truth(directory: Path, case: Case, dtype: DType, quantity: Quantity) -> Truth:
    high, low = np.load(directory / f"references/{case.key}.{dtype.name}.{quantity}.npy")
    reach = contract.SECOND_REACH if quantity == "second" else contract.REACH
    xs, inside, tainted, shapes = [], [], [], []
    for block in rows.blocks(dtype, case.group):
        x = block.values
        if quantity == "value":
            # One result for each group of entries: name it by the group's first.
            x = x[:, :: case.group]
        count, length = x.shape
        shapes.append((count, length))
        xs.append(x.ravel())
        inside.append(np.repeat((np.abs(block.values) <= reach).all(axis=1), length))
        tainted.append(np.repeat(np.isnan(block.values).any(axis=1), length))
    expected = Expected.of(
        dtype,
        high,
        low,
        judged=np.concatenate(inside),
        must_be_nan=np.concatenate(tainted) & np.isnan(high) & (quantity == "value"),
    )
    # Cotangents and directions are at most 1, and the number of pieces scales nothing.
    return Truth(expected, np.concatenate(xs), 1.0, shapes)
