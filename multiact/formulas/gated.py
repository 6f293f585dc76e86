"""glu, reglu, geglu, swiglu, bilinear: a·g(b), the halves of the features being a and b."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact import _arguments, _errors
from multiact.formulas._kinds import Elementwise, Lift, Rowwise
from multiact.formulas._tiers import precise_elementwise
from multiact.formulas.precise import gated as precise
from multiact.formulas.rectifiers import RELU
from multiact.formulas.sigmoidal import SIGMOID
from multiact.formulas.smooth import GELU, SILU_UNIT


def _gated(name: str, gate: Elementwise, accurate: Rowwise | None = None) -> Rowwise:
    """The formula of a·g(b)."""
    opened, slope = gate.value, gate.partials[0]

    def value(xp: Any, x: Any, mask: None, axis: int) -> Any:
        a, b = xp.halves(x, axis)
        return a * opened(xp, b)

    def pushforward(xp: Any, x: Any, tangent: Any, mask: None, axis: int) -> Any:
        a, b = xp.halves(x, axis)
        da, db = xp.halves(tangent, axis)
        return da * opened(xp, b) + (a * slope(xp, b)) * db

    def pullback(xp: Any, x: Any, cotangent: Any, mask: None, axis: int) -> Any:
        a, b = xp.halves(x, axis)
        return xp.concat((opened(xp, b) * cotangent, (a * slope(xp, b)) * cotangent), axis)

    return Rowwise(name, value, pushforward, pullback, precise=accurate)


def _factory(formula: Rowwise) -> Callable[[Lift], Callable[..., Any]]:
    """The factory of a gated unit; the axis must have two halves."""

    def factory(lift: Lift) -> Callable[..., Any]:
        apply = lift.rowwise(formula)

        def function(x: Any, axis: int = -1) -> Any:
            axis = _arguments.row_axis(lift, formula.name, axis, x)
            shape = lift.shape(x)
            length = None if shape is None else shape[axis]
            if length is not None and length % 2:
                raise _errors.halves(formula.name, axis, length)
            return apply(x, None, axis)

        return function

    return factory


GLU = _gated("glu", SIGMOID, precise.GLU)
# The precise relu has a sign of 0 of its own, the frameworks' maximum theirs.
REGLU = _gated("reglu", RELU, _gated("reglu", precise_elementwise(RELU)))
GEGLU = _gated("geglu", GELU, precise.GEGLU)
SWIGLU = _gated("swiglu", SILU_UNIT, precise.SWIGLU)
BILINEAR = _gated(
    "bilinear", Elementwise("bilinear", value=lambda xp, b: b, partials=(lambda xp, b: 1.0,))
)

glu = _factory(GLU)
reglu = _factory(REGLU)
geglu = _factory(GEGLU)
swiglu = _factory(SWIGLU)
bilinear = _factory(BILINEAR)
