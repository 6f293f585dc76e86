"""softplus, squareplus, silu, gelu and its variants: close to relu far from 0.

Throughout, s = σ(z) and r = σ(−z) = 1 − s. Where r is a factor both are computed, because each is
accurate only in its own tail. They are smooth, so that a derivative can be differentiated again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from multiact import _errors
from multiact.formulas._kinds import Elementwise, Lift, unary
from multiact.formulas.precise import smooth as precise
from multiact.formulas.rectifiers import RELU

SQRT_HALF = math.sqrt(0.5)
INV_SQRT_PI = 1 / math.sqrt(math.pi)
# 2·√(2/π): gelu's tanh form is x·σ(2u), u = √(2/π)·(x + 0.044715·x³).
TANH_FORM_SCALE = 2 * math.sqrt(2 / math.pi)
TANH_FORM_CUBIC = 0.044715
SIGMOID_FORM_SCALE = 1.702
# Where gelu reaches this it is x to within 1e-22.
GELU_CEILING = 10
# Its square is finite in float32, and beside it b is nothing.
SQUARABLE = 2.0**60


def _softplus(xp: Any, x: Any, beta: Any) -> Any:
    z = beta * x
    return (xp.maximum(z, 0) + xp.log1p(xp.exp(-xp.abs(z)))) / beta


def _softplus_dbeta(xp: Any, x: Any, beta: Any) -> Any:
    # ∂/∂beta = −(softplus(z) − z·σ(z))/beta², the bracket in a form that is even in z and positive.
    a = xp.abs(beta * x)
    return -(xp.log1p(xp.exp(-a)) + a * xp.sigmoid(-a)) / (beta * beta)


SOFTPLUS = Elementwise(
    "softplus",
    value=_softplus,
    partials=(lambda xp, x, beta: xp.sigmoid(beta * x), _softplus_dbeta),
    parameters=("beta",),
    precise=precise.SOFTPLUS,
)


def _squareplus_root(xp: Any, x: Any, b: Any) -> tuple[Any, Any]:
    """|x| and √(x² + b), in a form that does not overflow."""
    a = xp.abs(x)
    small = xp.minimum(a, SQUARABLE)
    return a, xp.sqrt(small * small + b) + xp.maximum(a - SQUARABLE, 0)


def _squareplus(xp: Any, x: Any, b: Any) -> Any:
    # f(x) − f(−x) = x, and f(−|x|) = b/(2·(√(x² + b) + |x|)) does not cancel.
    a, root = _squareplus_root(xp, x, b)
    return xp.maximum(x, 0) + (0.5 * b) / (a + root)


def _squareplus_dx(xp: Any, x: Any, b: Any) -> Any:
    # (1 + x/root)/2, the derivative, and its own derivative cancel far from 0. There
    # f(−|x|)/root is what the derivative is less than 1 on the right, and the whole on the left.
    a, root = _squareplus_root(xp, x, b)
    square, rest = x * a, ((0.5 * b) / root) / (a + root)
    right = xp.where(square > b, 1 - rest, 0.5 + 0.5 * (x / root))
    return xp.where(square < -b, rest, right)


def _squareplus_db(xp: Any, x: Any, b: Any) -> Any:
    _, root = _squareplus_root(xp, x, b)
    return 0.25 / root


SQUAREPLUS = Elementwise(
    "squareplus",
    value=_squareplus,
    partials=(_squareplus_dx, _squareplus_db),
    parameters=("b",),
    precise=precise.SQUAREPLUS,
)
# For b = 0.
SQUAREPLUS_SHARP = replace(RELU, name="squareplus", keeps_integers=False)


def _silu_unit_dx(xp: Any, x: Any) -> Any:
    s, r = xp.sigmoids(x)
    return s * (1 + x * r)


def _silu_dx(xp: Any, x: Any, beta: Any) -> Any:
    # silu(x, beta) = silu(beta·x)/beta.
    return _silu_unit_dx(xp, beta * x)


def _silu_dbeta(xp: Any, x: Any, beta: Any) -> Any:
    s, r = xp.sigmoids(beta * x)
    return (x * s) * (x * r)


SILU_UNIT = Elementwise(
    "silu",
    value=lambda xp, x: x * xp.sigmoid(x),
    partials=(_silu_unit_dx,),
    precise=precise.SILU_UNIT,
)
SILU = Elementwise(
    "silu",
    value=lambda xp, x, beta: x * xp.sigmoid(beta * x),
    partials=(_silu_dx, _silu_dbeta),
    parameters=("beta",),
    precise=precise.SILU,
)
QUICK_GELU = Elementwise(
    "quick_gelu",
    value=lambda xp, x: SILU.value(xp, x, SIGMOID_FORM_SCALE),
    partials=(lambda xp, x: _silu_dx(xp, x, SIGMOID_FORM_SCALE),),
    precise=precise.QUICK_GELU,
)


def _gelu(xp: Any, x: Any) -> Any:
    return (0.5 * x) * xp.erfc(-SQRT_HALF * x)


def _gelu_dx(xp: Any, x: Any) -> Any:
    # Φ(x) + x·φ(x) in z = −x/√2; e^(−z²) is also part of erfc(z), and compilers share it.
    z = -SQRT_HALF * x
    return 0.5 * xp.erfc(z) - (INV_SQRT_PI * z) * xp.exp(-(z * z))


GELU = Elementwise("gelu", value=_gelu, partials=(_gelu_dx,), precise=precise.GELU)

# Chosen by x, since the value alone does not say which side of the kink it is on.
GELU_10 = Elementwise(
    "gelu_10",
    value=lambda xp, x: xp.where(x >= GELU_CEILING, float(GELU_CEILING), _gelu(xp, x)),
    partials=(lambda xp, x: xp.where(x >= GELU_CEILING, 0.0, _gelu_dx(xp, x)),),
    precise=precise.GELU_10,
)


def _tanh_form_argument(x: Any) -> Any:
    return TANH_FORM_SCALE * (x * (1 + TANH_FORM_CUBIC * (x * x)))


def _gelu_tanh_dx(xp: Any, x: Any) -> Any:
    s, r = xp.sigmoids(_tanh_form_argument(x))
    slope = TANH_FORM_SCALE * (1 + (3 * TANH_FORM_CUBIC) * (x * x))
    return s * (1 + x * (slope * r))


GELU_TANH = Elementwise(
    "gelu",
    value=lambda xp, x: x * xp.sigmoid(_tanh_form_argument(x)),
    partials=(_gelu_tanh_dx,),
    precise=precise.GELU_TANH,
)

GELU_FORMS = ("none", "tanh", "sigmoid")

quick_gelu = unary(QUICK_GELU)
gelu_10 = unary(GELU_10)


def softplus(lift: Lift) -> Callable[..., Any]:
    """beta may be a tensor."""
    apply = lift.elementwise(SOFTPLUS, "softplus")

    def softplus(x: Any, beta: Any = 1.0) -> Any:
        if isinstance(beta, (int, float)) and beta == 0:
            raise ValueError(
                "softplus got beta=0, where ln(1 + e^(beta·x))/beta has no value. Allowed is any "
                "other number; as beta goes to 0 the function grows beyond every bound."
            )
        return apply(x, beta)

    return softplus


def squareplus(lift: Lift) -> Callable[..., Any]:
    """b is one number."""
    apply = lift.elementwise(SQUAREPLUS, "squareplus")
    sharp = lift.elementwise(SQUAREPLUS_SHARP, "squareplus")

    def squareplus(x: Any, b: float = 4.0) -> Any:
        if not isinstance(b, (int, float)):
            raise _errors.scalar("squareplus", "b", b)
        if not 0 <= b < math.inf:
            raise _errors.number("squareplus", "b", b, "a finite number from 0, which gives relu")
        return apply(x, b) if b else sharp(x)

    return squareplus


def silu(lift: Lift) -> Callable[..., Any]:
    """beta may be a tensor."""
    apply = lift.elementwise(SILU, "silu")
    unit = lift.elementwise(SILU_UNIT, "silu")

    def silu(x: Any, beta: Any = 1.0) -> Any:
        if isinstance(beta, (int, float)) and beta == 1:
            return unit(x)
        return apply(x, beta)

    return silu


def gelu(lift: Lift) -> Callable[..., Any]:
    """Three forms, also spelled False and True."""
    none = lift.elementwise(GELU, "gelu")
    tanh_form = lift.elementwise(GELU_TANH, "gelu")
    sigmoid_form = lift.elementwise(QUICK_GELU, "gelu")

    def gelu(x: Any, approximate: str | bool = "none") -> Any:
        # An array would be compared element by element.
        if isinstance(approximate, (str, bool)):
            if approximate is False or approximate == "none":
                return none(x)
            if approximate is True or approximate == "tanh":
                return tanh_form(x)
            if approximate == "sigmoid":
                return sigmoid_form(x)
        raise _errors.option("gelu", "approximate", approximate, (*GELU_FORMS, False, True))

    return gelu
