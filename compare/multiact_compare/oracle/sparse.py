"""Definitions of the maps onto the simplex that give exact zeros, and of the random one.

Which entries of sparsemax and entmax15 are positive is decided with rational numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from flint import arb, fmpq

from multiact_compare.oracle.enclosure import Value
from multiact_compare.oracle.normalising import weighted
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


def hardmax() -> RowFormula:
    """1 at the first largest entry, 0 elsewhere; it has no slope anywhere."""

    def at(x: Row, c: Row, v: Row) -> Answers:
        if any(map(math.isnan, x)):
            return nothing(len(x), len(x))
        return _first_largest(x), [0.0] * len(x), [0.0] * len(x)

    return at


def sparsemax() -> RowFormula:
    """The nearest point of the simplex: max(x_i − τ, 0), with τ such that the sum is 1."""

    def at(x: Row, c: Row, v: Row) -> Answers:
        if hopeless(x):
            return nothing(len(x), len(x))
        exact, inside, borderline = _support(x, 1, fmpq(1))
        size = sum(inside)
        tau = (_rational_sum(exact, inside) - 1) / size
        mean = total([arb(b) for b, i in zip(c, inside, strict=True) if i]) / size
        value: list[Value] = [0.0] * len(x)
        gradient: list[Value] = [0.0] * len(x)
        for i in _chosen(inside):
            value[i] = arb(exact[i] - tau)
            gradient[i] = c[i] - mean
        return value, gradient, [None if borderline else 0.0] * len(x)

    return at


def entmax15() -> RowFormula:
    """max(x_i/2 − τ, 0)², with τ such that the sum is 1."""

    def at(x: Row, c: Row, v: Row) -> Answers:
        if hopeless(x):
            return nothing(len(x), len(x))
        exact, inside, borderline = _support(x, 2, fmpq(1, 2))
        size = sum(inside)
        mean = _rational_sum(exact, inside) / size
        spread = sum(((exact[i] - mean) ** 2 for i in _chosen(inside)), fmpq(0))
        margin = arb((1 - spread) / size).sqrt()
        chosen = _chosen(inside)
        # Roots of the results: x/2 − τ.
        roots = [arb(exact[i] - mean) + margin for i in chosen]
        whole = total(roots)
        cotangents, directions = [c[i] for i in chosen], [v[i] for i in chosen]
        level = dot(roots, cotangents) / whole
        spreads = [arb(a) - level for a in cotangents]
        drift = dot(roots, directions) / whole
        moves = [(arb(a) - drift) / 2 for a in directions]
        bend = total([a * b for a, b in zip(moves, spreads, strict=True)]) / whole
        value: list[Value] = [0.0] * len(x)
        gradient: list[Value] = [0.0] * len(x)
        second: list[Value] = [None if borderline else 0.0] * len(x)
        for i, root, apart, move in zip(chosen, roots, spreads, moves, strict=True):
            value[i] = root * root
            gradient[i] = root * apart
            if not borderline:
                second[i] = move * apart - root * bend
        return value, gradient, second

    return at


def gumbel_softmax(
    temperature: float = 1.0, hard: bool = False, noise: float | Sequence[float] = 0.0
) -> RowFormula:
    """softmax((x + noise)/temperature) for the noise of a row or of all its entries.

    A hard one has the value of hardmax and the gradients of the soft one.
    """
    scale = 1 / arb(temperature)

    def at(x: Row, c: Row, v: Row) -> Answers:
        added = [noise] * len(x) if isinstance(noise, (int, float)) else noise
        value, gradient, second = weighted(x, c, v, scale, added)
        if hard and not hopeless(x):
            noisy = [_rational(a) + _rational(b) for a, b in zip(x, added, strict=True)]
            value = _first_largest(noisy)
        return value, gradient, second

    return at


def _first_largest(x: Sequence[float] | Sequence[fmpq]) -> list[Value]:
    """1 at the first of the largest entries, 0 elsewhere."""
    largest = max(range(len(x)), key=x.__getitem__)
    return [float(i == largest) for i in range(len(x))]


def _support(x: Row, power: int, factor: fmpq) -> tuple[list[fmpq], list[bool], bool]:
    """The scaled row, which entries exceed the threshold, and whether one lies just on it.

    The threshold τ of Σ max(z_j − τ, 0)^power = 1 is below z_i if Σ_{z_j > z_i} (z_j − z_i)^power,
    which falls with z_i, is below 1.
    """
    z = [_rational(a) * factor for a in x]
    inside = [False] * len(z)
    borderline = False
    first, square = fmpq(0), fmpq(0)
    for count, i in enumerate(sorted(_finite(x), key=z.__getitem__, reverse=True)):
        excess = first - count * z[i]
        if power == 2:
            excess = square - 2 * z[i] * first + count * z[i] * z[i]
        borderline |= excess == 1
        if excess >= 1:
            break
        inside[i] = True
        first += z[i]
        square += z[i] * z[i]
    return z, inside, borderline


def _rational(a: float) -> fmpq:
    """The number exactly; 0 in place of −inf, which takes no part."""
    return fmpq(*a.as_integer_ratio()) if math.isfinite(a) else fmpq(0)


def _finite(x: Row) -> list[int]:
    return [i for i, a in enumerate(x) if math.isfinite(a)]


def _chosen(inside: list[bool]) -> list[int]:
    return [i for i, taken in enumerate(inside) if taken]


def _rational_sum(z: list[fmpq], inside: list[bool]) -> fmpq:
    return sum((z[i] for i in _chosen(inside)), fmpq(0))


ROW_FORMULAS: RowFormulas = {
    "hardmax": hardmax,
    "sparsemax": sparsemax,
    "entmax15": entmax15,
    "gumbel_softmax": gumbel_softmax,
}
