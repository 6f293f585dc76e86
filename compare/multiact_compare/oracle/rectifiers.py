"""Definitions of relu and the leaky family."""

from __future__ import annotations

from typing import Any

from flint import arb

from multiact_compare.oracle.point import Formulas, Kinks, Point, two_lines


def relu() -> Point:
    return leaky_relu(0.0)


def leaky_relu(negative_slope: float = 0.01) -> Point:
    return two_lines(arb(negative_slope))


def prelu(slope: float) -> Point:
    return two_lines(arb(slope))


def rrelu(lower: float = 1 / 8, upper: float = 1 / 3, slope: float | None = None) -> Point:
    """Evaluation mode: the mean slope, unless a slope is given."""
    return two_lines((arb(lower) + arb(upper)) / 2 if slope is None else arb(slope))


def _origin(**params: Any) -> tuple[float, ...]:
    return (0.0,)


FORMULAS: Formulas = {"relu": relu, "leaky_relu": leaky_relu, "prelu": prelu, "rrelu": rrelu}
KINKS: Kinks = dict.fromkeys(FORMULAS, _origin)
