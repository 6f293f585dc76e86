"""softplus, silu, mish, gelu: smooth everywhere, close to relu far from 0.

Throughout, s = σ(z) and r = σ(−z) = 1 − s. Where r is a factor both are computed, because each is
accurate only in its own tail. They are smooth, so that a derivative can be differentiated again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from multiact import _errors
from multiact.formulas._kinds import Elementwise, Lift, unary

SQRT_HALF = math.sqrt(0.5)
INV_SQRT_PI = 1 / math.sqrt(math.pi)
# 2·√(2/π): gelu's tanh form is x·σ(2u), u = √(2/π)·(x + 0.044715·x³).
TANH_FORM_SCALE = 2 * math.sqrt(2 / math.pi)
TANH_FORM_CUBIC = 0.044715
SIGMOID_FORM_SCALE = 1.702


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
)


def _silu_unit_dx(xp: Any, x: Any) -> Any:
    s, r = xp.sigmoids(x)
    return s * (1 + x * r)


def _silu_dx(xp: Any, x: Any, beta: Any) -> Any:
    # silu(x, beta) = silu(beta·x)/beta.
    return _silu_unit_dx(xp, beta * x)


def _silu_dbeta(xp: Any, x: Any, beta: Any) -> Any:
    s, r = xp.sigmoids(beta * x)
    return (x * s) * (x * r)


SILU_UNIT = Elementwise("silu", value=lambda xp, x: x * xp.sigmoid(x), partials=(_silu_unit_dx,))
SILU = Elementwise(
    "silu",
    value=lambda xp, x, beta: x * xp.sigmoid(beta * x),
    partials=(_silu_dx, _silu_dbeta),
    parameters=("beta",),
)


def _mish(xp: Any, x: Any) -> Any:
    # tanh(softplus(x)) = (1 − r²)/(1 + r²) = p/(2 − p) with p = 1 − r² = s·(2 − s).
    s = xp.sigmoid(x)
    p = s * (2 - s)
    return x * (p / (2 - p))


def _mish_dx(xp: Any, x: Any) -> Any:
    s = xp.sigmoid(x)
    r, t = 1 - s, 2 - s
    q = 2 - s * t
    return s * (t * q + 4 * x * (r * r)) / (q * q)


MISH = Elementwise("mish", value=_mish, partials=(_mish_dx,))


def _gelu(xp: Any, x: Any) -> Any:
    return (0.5 * x) * xp.erfc(-SQRT_HALF * x)


def _gelu_dx(xp: Any, x: Any) -> Any:
    # Φ(x) + x·φ(x) in z = −x/√2; e^(−z²) is also part of erfc(z), and compilers share it.
    z = -SQRT_HALF * x
    return 0.5 * xp.erfc(z) - (INV_SQRT_PI * z) * xp.exp(-(z * z))


GELU = Elementwise("gelu", value=_gelu, partials=(_gelu_dx,))


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
)

GELU_FORMS = ("none", "tanh", "sigmoid")

mish = unary(MISH)


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
    sigmoid_form = lift.elementwise(SILU, "gelu")

    def gelu(x: Any, approximate: str | bool = "none") -> Any:
        # An array would be compared element by element.
        if isinstance(approximate, (str, bool)):
            if approximate is False or approximate == "none":
                return none(x)
            if approximate is True or approximate == "tanh":
                return tanh_form(x)
            if approximate == "sigmoid":
                return sigmoid_form(x, SIGMOID_FORM_SCALE)
        raise _errors.option("gelu", "approximate", approximate, (*GELU_FORMS, False, True))

    return gelu
