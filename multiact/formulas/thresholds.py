"""relu6, clipped_relu, threshold, thresholded_relu, squared_relu, star_relu: cut, capped, squared.

Where a function is cut the derivative is that of the flat piece, also for a backend that
differentiates the value itself instead of using the partials: x = bound belongs to the side x ≤
bound there. So ``maximum`` is flat at its bound and ``minimum`` is not, and a value that shall be
flat at both ends is made of ``maximum`` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact import _arguments
from multiact.formulas._kinds import Elementwise, Lift, unary
from multiact.formulas.precise import thresholds as precise

RELU6_CEILING = 6.0


def clip(xp: Any, x: Any, low: Any, high: Any) -> Any:
    """x, but at least ``low`` and at most ``high``."""
    return -xp.maximum(-xp.maximum(x, low), -high)


def between(xp: Any, x: Any, low: Any, high: Any, inside: Any) -> Any:
    """``inside`` where low < x < high, 0 outside and at both ends, NaN where x is NaN."""
    outside = (x <= low) | (x >= high)
    return xp.where(outside, 0.0, xp.where(x > low, inside, x))


def above(xp: Any, x: Any, bound: Any) -> Any:
    """1 where x > bound, 0 where x ≤ bound, NaN where x is NaN."""
    return xp.where(x > bound, 1.0, xp.where(x <= bound, 0.0, x))


CLIP = Elementwise(
    "clip",
    value=clip,
    partials=(
        lambda xp, x, low, high: between(xp, x, low, high, 1.0),
        lambda xp, x, low, high: xp.astype_like(x <= low, x),
        lambda xp, x, low, high: xp.astype_like(x >= high, x),
    ),
    parameters=("min", "max"),
)

RELU6 = Elementwise(
    "relu6",
    value=lambda xp, x: clip(xp, x, 0.0, RELU6_CEILING),
    partials=(lambda xp, x: between(xp, x, 0.0, RELU6_CEILING, 1.0),),
)

THRESHOLD = Elementwise(
    "threshold",
    # The comparison is false for NaN, which stays.
    value=lambda xp, x, threshold, value: xp.where(x <= threshold, value, x),
    partials=(
        lambda xp, x, threshold, value: above(xp, x, threshold),
        # The jump moves with the threshold; beside it nothing changes.
        lambda xp, x, threshold, value: 0 * above(xp, x, threshold),
        lambda xp, x, threshold, value: xp.astype_like(x <= threshold, x),
    ),
    parameters=("threshold", "value"),
)


def _squared_relu(xp: Any, x: Any) -> Any:
    up = xp.maximum(x, 0)
    return up * up


SQUARED_RELU = Elementwise(
    "squared_relu",
    value=_squared_relu,
    partials=(lambda xp, x: 2 * xp.maximum(x, 0),),
)


def _star_relu(xp: Any, x: Any, scale: Any, bias: Any) -> Any:
    up = xp.maximum(x, 0)
    return (scale * up) * up + bias


STAR_RELU = Elementwise(
    "star_relu",
    value=_star_relu,
    partials=(
        lambda xp, x, scale, bias: (2 * scale) * xp.maximum(x, 0),
        lambda xp, x, scale, bias: _squared_relu(xp, x),
        # 1 in the shape of x.
        lambda xp, x, scale, bias: xp.astype_like(x == x, x),
    ),
    parameters=("scale", "bias"),
    precise=precise.STAR_RELU,
)

relu6 = unary(RELU6)
squared_relu = unary(SQUARED_RELU)


def clipped_relu(lift: Lift) -> Callable[..., Any]:
    """A ceiling that is one number."""
    apply = lift.elementwise(CLIP, "clipped_relu")

    def clipped_relu(x: Any, max_value: float) -> Any:
        _arguments.check_positive("clipped_relu", "max_value", max_value)
        return apply(x, 0.0, max_value)

    return clipped_relu


def threshold(lift: Lift) -> Callable[..., Any]:
    """A threshold and a substitute that are numbers."""
    apply = lift.elementwise(THRESHOLD, "threshold")

    def threshold(x: Any, threshold: float, value: float) -> Any:
        _arguments.check_numbers("threshold", threshold=threshold, value=value)
        return apply(x, threshold, value)

    return threshold


def thresholded_relu(lift: Lift) -> Callable[..., Any]:
    """A threshold that is one number."""
    apply = lift.elementwise(THRESHOLD, "thresholded_relu")

    def thresholded_relu(x: Any, alpha: float = 1.0) -> Any:
        _arguments.check_numbers("thresholded_relu", alpha=alpha)
        return apply(x, alpha, 0.0)

    return thresholded_relu


def star_relu(lift: Lift) -> Callable[..., Any]:
    """scale and bias may be tensors."""
    apply = lift.elementwise(STAR_RELU, "star_relu")

    def star_relu(x: Any, scale: Any = 0.8944, bias: Any = -0.4472) -> Any:
        return apply(x, scale, bias)

    return star_relu
