"""The defining formulas of functions of whole rows: value, gradient, second-order product.

For a row x, a cotangent c and a direction v: the value f(x), the gradient of c·f(x), and the
gradient of that gradient's product with v.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from flint import arb

from multiact_compare.oracle.enclosure import Value

Row: TypeAlias = Sequence[float]
Answers: TypeAlias = tuple[list[Value], list[Value], list[Value]]
RowFormula: TypeAlias = Callable[[Row, Row, Row], Answers]


def softmax() -> RowFormula:
    """e^x_i / Σ e^x_j; an entry of −inf takes no part."""

    def at(x: Row, c: Row, v: Row) -> Answers:
        largest = max(x)
        if math.isnan(sum(x)) or math.isinf(largest):
            nothing: list[Value] = [None] * len(x)
            return nothing, nothing, nothing
        parts = [(arb(a) - largest).exp() if a != -math.inf else arb(0) for a in x]
        total = _sum(parts)
        s = [part / total for part in parts]
        mean = _dot(s, c)
        spread = [a - mean for a in map(arb, c)]
        gradient = [a * b for a, b in zip(s, spread, strict=True)]
        drift = _dot(s, v)
        moved = [a * (arb(b) - drift) for a, b in zip(s, v, strict=True)]
        shift = _dot(moved, c)
        second = [da * b - a * shift for a, da, b in zip(s, moved, spread, strict=True)]
        return list(s), list(gradient), list(second)

    return at


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


def _dot(left: Sequence[arb], right: Row) -> arb:
    return _sum([a * b for a, b in zip(left, right, strict=True)])


def _sum(terms: Sequence[arb]) -> arb:
    total = arb(0)
    for term in terms:
        total += term
    return total


ROW_FORMULAS: dict[str, Callable[..., RowFormula]] = {"softmax": softmax, "maxout": maxout}
