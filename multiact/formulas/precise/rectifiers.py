"""leaky_relu, prelu and rrelu for the precise tier: the product with the slope, rounded right.

With the slope 11/48 every 40th product lies next to the middle between two numbers of float32.
"""

from __future__ import annotations

from typing import Any

from multiact.formulas._kinds import Elementwise
from multiact.formulas.precise._arithmetic import settled_product


def _leaky(xp: Any, x: Any, slope: Any, slope_rest: Any = None) -> Any:
    # A sum, so that 0 times a negative x is 0 and not −0.
    below = settled_product(xp, xp.where(x > 0, 0.0, x), slope, slope_rest)
    return xp.where(x > 0, x, 0.0) + below


def _slope(xp: Any, x: Any, slope: Any, *_: Any) -> Any:
    return xp.where(x > 0, 1.0, xp.where(x <= 0, slope, x))


def _left(xp: Any, x: Any, *slope: Any) -> Any:
    return xp.where(x > 0, 0.0, x)


LEAKY_RELU = Elementwise(
    "leaky_relu",
    value=_leaky,
    partials=(_slope, _left),
    parameters=("slope",),
)
# The slope is the sum of two numbers, the second tiny.
RRELU = Elementwise(
    "rrelu",
    value=_leaky,
    partials=(_slope, _left, _left),
    parameters=("slope",) * 2,
)
