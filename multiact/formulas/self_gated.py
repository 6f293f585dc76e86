"""mish, serf, phish, acon_c: x times a smooth gate of itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from multiact.formulas import _exact
from multiact.formulas._kinds import Elementwise, Lift, unary
from multiact.formulas.precise import self_gated as precise
from multiact.formulas.precise._acon_roots import NOWHERE, crossings
from multiact.formulas.smooth import GELU, SILU_UNIT

TWO_OVER_SQRT_PI = 2 / math.sqrt(math.pi)
# erf(L) is 1 from far below this L, and its derivative 0 in float64 from this one.
SATURATED = 30.0


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


MISH = Elementwise("mish", value=_mish, partials=(_mish_dx,), precise=precise.MISH)


def _capped_softplus(xp: Any, x: Any) -> Any:
    # Unlike softplus's other forms this one is not made of two halves that meet at 0, so that it
    # can be differentiated there; where it is capped, erf does not notice.
    return xp.log1p(xp.exp(xp.minimum(x, SATURATED)))


def _serf_dx(xp: Any, x: Any) -> Any:
    z = _capped_softplus(xp, x)
    return xp.erf(z) + (x * xp.sigmoid(x)) * (TWO_OVER_SQRT_PI * xp.exp(-(z * z)))


SERF = Elementwise(
    "serf",
    value=lambda xp, x: x * xp.erf(_capped_softplus(xp, x)),
    partials=(_serf_dx,),
    precise=precise.SERF,
)


def _phish(xp: Any, x: Any) -> Any:
    # tanh(g) = (1 − e)/(1 + e) with e = e^(−2g), which is never large: gelu is never far below 0.
    # Differentiated this way it vanishes on the right without a cancellation, which x would
    # magnify; near 0, where 1 − e cancels instead, expm1 takes its place.
    twice = -2 * GELU.value(xp, x)
    e = xp.exp(twice)
    return x * (xp.where(x < 1, -xp.expm1(twice), 1 - e) / (1 + e))


def _phish_dx(xp: Any, x: Any) -> Any:
    # tanh(g) + x·g'·(1 − tanh²(g)), the bracket being 4e/(1 + e)².
    twice = -2 * GELU.value(xp, x)
    e = xp.exp(twice)
    rise = 4 * (x * (e * GELU.partials[0](xp, x))) / (1 + e)
    return (rise - xp.expm1(twice)) / (1 + e)


PHISH = Elementwise("phish", value=_phish, partials=(_phish_dx,), precise=precise.PHISH)


def _acon_c(xp: Any, x: Any, p1: Any, p2: Any, beta: Any) -> Any:
    # (p1 − p2)·x·σ(z) + p2·x would cancel where σ(z) is 1 and p2 large.
    s, r = xp.sigmoids(_acon_argument(x, p1, p2, beta))
    return x * (p1 * s + p2 * r)


def _acon_argument(x: Any, p1: Any, p2: Any, beta: Any) -> Any:
    return (beta * (p1 - p2)) * x


def _acon_c_dx(xp: Any, x: Any, p1: Any, p2: Any, beta: Any) -> Any:
    z = _acon_argument(x, p1, p2, beta)
    s, r = xp.sigmoids(z)
    return (p1 * s + p2 * r) + (p1 - p2) * ((z * s) * r)


def _acon_c_dp1(xp: Any, x: Any, p1: Any, p2: Any, beta: Any) -> Any:
    z = _acon_argument(x, p1, p2, beta)
    s, r = xp.sigmoids(z)
    return (x * s) * (1 + z * r)


def _acon_c_dp2(xp: Any, x: Any, p1: Any, p2: Any, beta: Any) -> Any:
    z = _acon_argument(x, p1, p2, beta)
    s, r = xp.sigmoids(z)
    return (x * r) * (1 - z * s)


def _acon_c_dbeta(xp: Any, x: Any, p1: Any, p2: Any, beta: Any) -> Any:
    s, r = xp.sigmoids(_acon_argument(x, p1, p2, beta))
    u = (p1 - p2) * x
    return (u * s) * (u * r)


ACON_C = Elementwise(
    "acon_c",
    value=_acon_c,
    partials=(_acon_c_dx, _acon_c_dp1, _acon_c_dp2, _acon_c_dbeta),
    parameters=("p1", "p2", "beta"),
    precise=precise.ACON_C,
)

mish = unary(MISH)
serf = unary(SERF)
phish = unary(PHISH)


def acon_c(lift: Lift) -> Callable[..., Any]:
    """p1, p2 and beta may be tensors."""
    apply = lift.elementwise(ACON_C, "acon_c")
    unit = lift.elementwise(SILU_UNIT, "acon_c")

    def acon_c(x: Any, p1: Any = 1.0, p2: Any = 0.0, beta: Any = 1.0) -> Any:
        numbers = all(
            isinstance(value, (int, float)) and not lift.is_array(value) for value in (p1, p2, beta)
        )
        if numbers and p1 == 1 and p2 == 0 and beta == 1:
            return unit(x)
        if not lift.precise:
            return apply(x, p1, p2, beta)
        roots = crossings(*map(_exact.constant, (p1, p2, beta))) if numbers else NOWHERE
        return apply(x, p1, p2, beta, *roots.flat())

    return acon_c
