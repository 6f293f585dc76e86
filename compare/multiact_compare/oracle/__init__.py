"""The truth: defining formulas in certified interval arithmetic, independent of multiact.

:func:`elementwise` and :func:`rowwise` give double-double references for the exact inputs and the
exact float64 parameters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from multiact_compare import customs
from multiact_compare.dtypes import Doubles
from multiact_compare.oracle import custom
from multiact_compare.oracle.elementwise import FORMULAS, KINKS
from multiact_compare.oracle.enclosure import (
    ACCURACY,
    START_PRECISION,
    Value,
    pairs,
    settle,
    settled,
    split,
)
from multiact_compare.oracle.point import Point
from multiact_compare.oracle.row import RowFormula
from multiact_compare.oracle.rowwise import ROW_FORMULAS
from multiact_compare.rows import Block

__all__ = ["SECOND_REACH", "elementwise", "kinks", "knows", "limits", "rowwise"]

SECOND_REACH = 50.0
"""Second derivatives are evaluated up to this magnitude, where the contract speaks of them."""

FAR = 2.0**100
"""Where a function of the catalogue has reached its limit, or its growth is beyond doubt."""


def knows(name: str) -> bool:
    """Whether there is a definition for this function."""
    return name in FORMULAS or name in ROW_FORMULAS or customs.is_custom(name)


def elementwise(
    name: str,
    params: Mapping[str, object],
    xs: Doubles,
    second: bool | NDArray[np.bool_] = True,
) -> Doubles:
    """References at finite points: a matrix with a row per part, a column per point.

    Rows: value, derivative, second derivative, each as high and low part. NaN marks what does not
    exist (at a kink) or was not asked for (the second derivative beyond :data:`SECOND_REACH`, or
    where ``second`` is false).
    """
    near = (np.abs(xs) <= SECOND_REACH) & second
    result = np.full((6, xs.size), np.nan)
    result[5] = 0.0
    result[:, near] = _evaluate(name, params, xs[near].tolist(), second=True)
    result[:4, ~near] = _evaluate(name, params, xs[~near].tolist(), second=False)
    return result


def kinks(name: str, params: Mapping[str, object]) -> tuple[float, ...]:
    """Where the derivative jumps, or the function itself; rows have no kinks."""
    if customs.is_custom(name):
        return customs.records[name].kinks
    return KINKS[name](**params) if name in KINKS else ()


def definition(name: str) -> Callable[..., Point]:
    """The definition of an elementwise function, of the catalogue or of a user."""
    return custom.definition(name) if customs.is_custom(name) else FORMULAS[name]


def limits(name: str, params: Mapping[str, object]) -> dict[float, tuple[float, float]]:
    """The limits of value and derivative at −inf and +inf, NaN where there is none.

    Those of a user's activation are asked for only if its record says that it has some.
    """
    if customs.is_custom(name) and customs.records[name].limits is None:
        return {}
    found = {}
    for sign in (-1.0, 1.0):
        table = elementwise(name, params, sign * np.array([FAR, 2 * FAR]))
        value, slope = (_limit(*table[row].tolist()) for row in (0, 2))
        found[sign * np.inf] = (value, slope)
    return found


def rowwise(name: str, params: Mapping[str, object], block: Block) -> list[Doubles]:
    """References for a block: value, gradient, second-order product, each of shape (2, …).

    The leading axis holds high and low part, the rest is the shape of the result.
    """
    columns: tuple[list[Value], list[Value], list[Value]] = ([], [], [])
    for x, c, v in zip(block.values, block.cotangents, block.directions, strict=True):
        row = (x.tolist(), c.tolist(), v.tolist())
        for column, values in zip(columns, _settled_row(name, params, row), strict=True):
            column.extend(values)
    rows = len(block.values)
    return [pairs(column).reshape(2, rows, -1) for column in columns]


def _limit(far: float, farther: float) -> float:
    """What two results on the way to infinity tend to."""
    if min(abs(far), abs(farther)) > FAR**0.5:
        return math.copysign(math.inf, farther) if far * farther > 0 else math.nan
    if max(abs(far), abs(farther)) < FAR**-0.5:
        return 0.0
    return farther if math.isclose(far, farther, rel_tol=1e-9) else math.nan


def _evaluate(name: str, params: Mapping[str, object], xs: list[float], second: bool) -> Doubles:
    """The hot loop: a matrix with two rows per quantity, a column per point."""
    parts: list[float] = []
    hard: list[int] = []
    append, accuracy = parts.append, arb.rel_accuracy_bits
    before, ctx.prec = ctx.prec, START_PRECISION
    try:
        at = definition(name)(**params)
        for index, x in enumerate(xs):
            for value in at(x, second):
                if isinstance(value, arb) and accuracy(value) >= ACCURACY:
                    high = float(value)
                    append(high)
                    append(float(value - high))
                elif isinstance(value, float):
                    append(value)
                    append(0.0)
                else:
                    parts += split(value)
                    if not settled(value):
                        hard.append(index)
    finally:
        ctx.prec = before
    table = np.array(parts, np.float64).reshape(len(xs), 6 if second else 4).T
    for index in dict.fromkeys(hard):
        values = settle(_at_point(name, params, xs[index], second))
        table[:, index] = [part for value in values for part in split(value)]
    # Nothing can be added to an overflow.
    table[1::2][np.isinf(table[::2])] = 0.0
    return table


def _at_point(
    name: str, params: Mapping[str, object], x: float, second: bool
) -> Callable[[], Callable[[], tuple[Value, ...]]]:
    def build() -> Callable[[], tuple[Value, ...]]:
        at: Point = definition(name)(**params)
        return lambda: at(x, second)

    return build


def _settled_row(
    name: str, params: Mapping[str, object], row: tuple[list[float], list[float], list[float]]
) -> list[list[Value]]:
    sizes: list[int] = []

    def build() -> Callable[[], tuple[Value, ...]]:
        at: RowFormula = ROW_FORMULAS[name](**params)

        def flat() -> tuple[Value, ...]:
            answers = at(*row)
            sizes[:] = [len(answer) for answer in answers]
            return tuple(value for answer in answers for value in answer)

        return flat

    values = list(settle(build))
    ends = np.cumsum(sizes).tolist()
    return [values[end - size : end] for end, size in zip(ends, sizes, strict=True)]
