"""Definitions of the gated linear units: the first half of a row times a gate of the second."""

from __future__ import annotations

import math
from collections.abc import Callable

from flint import arb

from multiact_compare.oracle import plain, rectifiers, sigmoidal, smooth
from multiact_compare.oracle.enclosure import Value
from multiact_compare.oracle.point import Point
from multiact_compare.oracle.row import Answers, Row, RowFormula, RowFormulas, nothing


def _gated_by(gate: Callable[[], Point]) -> Callable[[], RowFormula]:
    """a·g(b), with the halves a and b."""

    def build() -> RowFormula:
        g = gate()

        def at(x: Row, c: Row, v: Row) -> Answers:
            half = len(x) // 2
            value, gradient, second = (list(part) for part in nothing(half, len(x)))
            for i, a, b in zip(range(half), x[:half], x[half:], strict=True):
                if not (math.isfinite(a) and math.isfinite(b)):
                    continue
                opened, slope, bend = g(b, True)
                linear, along, across = arb(a), arb(v[i]), arb(v[half + i])
                value[i] = _times(linear, opened)
                gradient[i] = _times(arb(c[i]), opened)
                rising = linear * c[i]
                gradient[half + i] = _times(rising, slope)
                second[i] = _times(across * c[i], slope)
                curved, straight = _times(rising * across, bend), _times(along * c[i], slope)
                if curved is not None and straight is not None:
                    second[half + i] = curved + straight
            return value, gradient, second

        return at

    return build


def _times(factor: arb, value: Value) -> arb | None:
    return None if value is None else factor * value


ROW_FORMULAS: RowFormulas = {
    "glu": _gated_by(sigmoidal.sigmoid),
    "reglu": _gated_by(rectifiers.relu),
    "geglu": _gated_by(smooth.gelu),
    "swiglu": _gated_by(smooth.silu),
    "bilinear": _gated_by(plain.identity),
}
