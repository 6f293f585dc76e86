"""Definitions of the functions that pair or group the entries of a row."""

from __future__ import annotations

import math

from flint import arb

from multiact_compare.oracle.enclosure import Value
from multiact_compare.oracle.row import Answers, Row, RowFormula, RowFormulas


def maxout(pieces: int) -> RowFormula:
    """The maximum of each group of consecutive features; ties share the gradient equally.

    Linear wherever the maximum is unique; at a tie there is no second derivative.
    """

    def at(x: Row, c: Row, v: Row) -> Answers:
        values: list[Value] = []
        gradient: list[Value] = []
        second: list[Value] = []
        for start in range(0, len(x), pieces):
            group = x[start : start + pieces]
            if any(map(math.isnan, group)):
                values.append(None)
                gradient += [None] * pieces
                second += [None] * pieces
                continue
            largest = max(group)
            tied = sum(a == largest for a in group)
            share = arb(c[start // pieces]) / tied
            values.append(largest)
            gradient += [share if a == largest else 0.0 for a in group]
            second += [0.0 if tied == 1 else None] * pieces
        return values, gradient, second

    return at


def crelu() -> RowFormula:
    """max(x, 0) of all entries, then max(−x, 0) of all."""

    def at(x: Row, c: Row, v: Row) -> Answers:
        both = [*x, *(-a for a in x)]
        value: list[Value] = [None if math.isnan(a) else max(a, 0.0) for a in both]
        gradient: list[Value] = []
        for a, right, left in zip(x, c[: len(x)], c[len(x) :], strict=True):
            gradient.append(None if math.isnan(a) else right if a > 0 else -left if a < 0 else 0.0)
        return value, gradient, [0.0 if a < 0 or a > 0 else None for a in x]

    return at


ROW_FORMULAS: RowFormulas = {"maxout": maxout, "crelu": crelu}
