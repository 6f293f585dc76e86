"""What the defining formulas of functions of whole rows share.

For a row x, a cotangent c of the result's length and a direction v: the value f(x), the gradient of
c·f(x), and the gradient of that gradient's product with v.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from flint import arb

from multiact_compare.oracle.enclosure import Value

Row: TypeAlias = Sequence[float]
Answers: TypeAlias = tuple[Sequence[Value], Sequence[Value], Sequence[Value]]
RowFormula: TypeAlias = Callable[[Row, Row, Row], Answers]
RowFormulas: TypeAlias = dict[str, Callable[..., RowFormula]]


def hopeless(x: Row) -> bool:
    """Whether a row has a NaN, or no finite largest entry to be measured by."""
    return any(map(math.isnan, x)) or math.isinf(max(x))


def nothing(results: int, entries: int) -> Answers:
    """The answers where nothing exists."""
    return [None] * results, [None] * entries, [None] * entries


def dot(left: Sequence[arb], right: Row) -> arb:
    return total([a * b for a, b in zip(left, right, strict=True)])


def total(terms: Sequence[arb]) -> arb:
    found = arb(0)
    for term in terms:
        found += term
    return found
