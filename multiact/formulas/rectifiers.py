"""relu, leaky_relu, prelu, rrelu: linear on both sides of 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact import _arguments, _errors
from multiact.formulas import _exact
from multiact.formulas._kinds import Elementwise, Lift, unary
from multiact.formulas.precise import rectifiers as precise


def _by_sign(xp: Any, x: Any, positive: Any, otherwise: Any) -> Any:
    """``positive`` where x > 0, ``otherwise`` where x ≤ 0, NaN where x is NaN."""
    return xp.where(x > 0, positive, xp.where(x <= 0, otherwise, x))


RELU = Elementwise(
    "relu",
    value=lambda xp, x: xp.maximum(x, 0),
    partials=(lambda xp, x: _by_sign(xp, x, 1.0, 0.0),),
    keeps_integers=True,
)

# The sum of two one-sided pieces is right for every slope, also above 1 and below 0, and has no
# selection by sign, which processors mispredict on random data.
LEAKY_RELU = Elementwise(
    "leaky_relu",
    value=lambda xp, x, slope: xp.maximum(x, 0) + slope * xp.minimum(x, 0),
    partials=(
        lambda xp, x, slope: _by_sign(xp, x, 1.0, slope),
        lambda xp, x, slope: xp.minimum(x, 0),
    ),
    parameters=("slope",),
    precise=precise.LEAKY_RELU,
)

# The slope comes in two parts, which only the precise tier tells from their sum.
RRELU = Elementwise(
    "rrelu",
    value=lambda xp, x, slope, rest: LEAKY_RELU.value(xp, x, slope),
    partials=(
        lambda xp, x, slope, rest: LEAKY_RELU.partials[0](xp, x, slope),
        *(lambda xp, x, slope, rest: xp.minimum(x, 0),) * 2,
    ),
    parameters=("slope",) * 2,
    precise=precise.RRELU,
)

relu = unary(RELU)


def leaky_relu(lift: Lift) -> Callable[..., Any]:
    """A slope that is one number."""
    apply = lift.elementwise(LEAKY_RELU, "leaky_relu")

    def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
        if not isinstance(negative_slope, (int, float)):
            raise _errors.scalar("leaky_relu", "negative_slope", negative_slope)
        return apply(x, negative_slope)

    return leaky_relu


def prelu(lift: Lift) -> Callable[..., Any]:
    """A learnable slope, scalar or per channel."""
    apply = lift.elementwise(LEAKY_RELU, "prelu")

    def prelu(x: Any, slope: Any, axis: int = -1) -> Any:
        return apply(x, _arguments.per_channel(lift, "prelu", "slope", slope, x, axis))

    return prelu


def rrelu(lift: Lift) -> Callable[..., Any]:
    """A slope per element, drawn, averaged or given."""
    apply = lift.elementwise(LEAKY_RELU, "rrelu")
    averaged = lift.elementwise(RRELU, "rrelu")

    def rrelu(
        x: Any,
        lower: float = 1 / 8,
        upper: float = 1 / 3,
        training: bool = False,
        rng: Any = None,
        slope: Any = None,
    ) -> Any:
        if slope is None:
            _arguments.check_interval("rrelu", lower, upper)
            if _arguments.check_flag("rrelu", "training", training):
                slope = lift.uniform("rrelu", x, lower, upper, rng)
            else:
                return averaged(x, *_exact.mean(lower, upper))
        return apply(x, slope)

    return rrelu
