"""The shape of a function's result, for frameworks that ask before they compute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from multiact._arguments import check_axis
from multiact._record import Record

Shape = tuple[int | None, ...]


def output_shape(record: Record, shape: Shape, params: Mapping[str, Any]) -> Shape:
    """The shape of ``record.function(x, **params)`` for an x of this shape; None is unknown."""
    if record.kind == "elementwise" or not shape:
        return shape
    index = check_axis(record.name, params.get("axis", -1), len(shape))
    length = shape[index]
    if length is None:
        # Any length that can be divided shows whether the axis goes, or becomes 1.
        length = 4 * params.get("pieces", 2)
    # The function itself on one row, at the price of that row.
    row = np.zeros([length if axis == index else 1 for axis in range(len(shape))], np.float32)
    found = record.function(row, **params).shape
    if len(found) < len(shape):
        return shape[:index] + shape[index + 1 :]
    new = None if shape[index] is None and found[index] != 1 else found[index]
    return (*shape[:index], new, *shape[index + 1 :])
