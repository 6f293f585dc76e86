"""glu, geglu and swiglu for the precise tier.

The linear half is multiplied in before what e^y was scaled by is taken out: a subnormal gate would
have lost its bits by then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact.formulas._kinds import Rowwise
from multiact.formulas.precise._arithmetic import below, scaled_exp, unscaled
from multiact.formulas.precise.sigmoidal import logistic_slope
from multiact.formulas.precise.smooth import gated, gated_dx, gelu, gelu_dx

Gate = Callable[[Any, Any, Any], Any]


def _sigmoid(xp: Any, b: Any, factor: Any) -> Any:
    e, deep = scaled_exp(xp, below(xp, b))
    return xp.where(b > 0, factor, unscaled(xp, factor * e, deep)) / (1 + e)


def _sigmoid_dx(xp: Any, b: Any, factor: Any) -> Any:
    return logistic_slope(xp, below(xp, b), None, factor)


def _rowwise(name: str, gate: Gate, slope: Gate) -> Rowwise:
    """a·g(b), the halves being a and b; ``gate`` and ``slope`` are g and g' times a factor."""

    def value(xp: Any, x: Any, mask: None, axis: int) -> Any:
        a, b = xp.halves(x, axis)
        return gate(xp, b, a)

    def pushforward(xp: Any, x: Any, tangent: Any, mask: None, axis: int) -> Any:
        a, b = xp.halves(x, axis)
        da, db = xp.halves(tangent, axis)
        return gate(xp, b, da) + slope(xp, b, a * db)

    def pullback(xp: Any, x: Any, cotangent: Any, mask: None, axis: int) -> Any:
        a, b = xp.halves(x, axis)
        return xp.concat((gate(xp, b, cotangent), slope(xp, b, a * cotangent)), axis)

    return Rowwise(name, value, pushforward, pullback)


GLU = _rowwise("glu", _sigmoid, _sigmoid_dx)
GEGLU = _rowwise("geglu", gelu, gelu_dx)
SWIGLU = _rowwise(
    "swiglu",
    lambda xp, b, factor: gated(xp, b, b, None, factor),
    lambda xp, b, factor: gated_dx(xp, b, None, factor),
)
