"""Definitions of softmax, its relatives and their logarithms.

An entry of −inf takes no part.
"""

from __future__ import annotations

import math

from flint import arb

from multiact_compare.oracle.enclosure import Value
from multiact_compare.oracle.point import ONE
from multiact_compare.oracle.row import (
    Answers,
    Row,
    RowFormula,
    RowFormulas,
    dot,
    hopeless,
    nothing,
    total,
)


def softmax() -> RowFormula:
    """e^x_i / Σ e^x_j."""
    return lambda x, c, v: weighted(x, c, v, ONE)


def softmin() -> RowFormula:
    """softmax(−x)."""

    def at(x: Row, c: Row, v: Row) -> Answers:
        value, gradient, second = weighted([-a for a in x], c, v, ONE)
        return value, [None if a is None else -a for a in gradient], second

    return at


def log_softmax() -> RowFormula:
    """x_i − ln Σ e^x_j."""

    def at(x: Row, c: Row, v: Row) -> Answers:
        if hopeless(x):
            return nothing(len(x), len(x))
        largest, rest = max(x), _log_of_the_rest(x)
        value: list[Value] = [arb(a) - largest - rest if a != -math.inf else a for a in x]
        s = _weights(x, ONE)
        whole = total([arb(a) for a in c])
        gradient = [a - b * whole for a, b in zip(c, s, strict=True)]
        second = [-a * whole for a in _moved(s, v)]
        return value, gradient, second

    return at


def logsumexp(keepdims: bool = False) -> RowFormula:
    """ln Σ e^x_j, a single result."""

    def at(x: Row, c: Row, v: Row) -> Answers:
        if hopeless(x):
            _, gradient, second = nothing(1, len(x))
            return [None if any(map(math.isnan, x)) else max(x)], gradient, second
        s = _weights(x, ONE)
        moved = [a * c[0] for a in _moved(s, v)]
        return [_log_of_the_rest(x) + max(x)], [a * c[0] for a in s], moved

    return at


def weighted(x: Row, c: Row, v: Row, scale: arb, noise: Row = ()) -> Answers:
    """softmax(scale·(x + noise))."""
    if hopeless(x):
        return nothing(len(x), len(x))
    s = _weights(x, scale, noise)
    mean = dot(s, c)
    spread = [a - mean for a in map(arb, c)]
    gradient = [scale * a * b for a, b in zip(s, spread, strict=True)]
    moved = _moved(s, v)
    shift = dot(moved, c)
    second = [
        scale * scale * (da * b - a * shift) for a, da, b in zip(s, moved, spread, strict=True)
    ]
    return s, gradient, second


def _weights(x: Row, scale: arb, noise: Row = ()) -> list[arb]:
    largest = max(x)
    added = noise or [0.0] * len(x)
    parts = [
        ((arb(a) - largest + b) * scale).exp() if a != -math.inf else arb(0)
        for a, b in zip(x, added, strict=True)
    ]
    whole = total(parts)
    return [part / whole for part in parts]


def _moved(s: list[arb], v: Row) -> list[arb]:
    """The softmax Jacobian times v."""
    drift = dot(s, v)
    return [a * (arb(b) - drift) for a, b in zip(s, v, strict=True)]


def _log_of_the_rest(x: Row) -> arb:
    """ln Σ e^(x_j − max), from what the entries beside the largest one add to 1."""
    largest, *rest = sorted(x, reverse=True)
    return total([(arb(a) - largest).exp() for a in rest if a != -math.inf]).log1p()


ROW_FORMULAS: RowFormulas = {
    "softmax": softmax,
    "softmin": softmin,
    "log_softmax": log_softmax,
    "logsumexp": logsumexp,
}
