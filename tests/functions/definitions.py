"""What every function is, by its defining formula in mpmath: slow, obvious, not multiact's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import mpmath
from mpmath import mpf

DIGITS = 50
# mpmath.diff halves the number of good digits.
DIFFERENTIATING_DIGITS = 120

SELU_ALPHA = "1.6732632423543772848170429916717"
SELU_SCALE = "1.0507009873554804934193349852946"


def _leaky(x: mpf, slope: Any) -> mpf:
    return x if x > 0 else mpf(slope) * x


def _rrelu(x: mpf, lower: Any = 1 / 8, upper: Any = 1 / 3) -> mpf:
    return _leaky(x, (mpf(lower) + mpf(upper)) / 2)


def _elu(x: mpf, alpha: Any = 1) -> mpf:
    return x if x > 0 else mpf(alpha) * mpmath.expm1(x)


def _sigma(x: mpf) -> mpf:
    return 1 / (1 + mpmath.exp(-x))


def _gelu(x: mpf, approximate: str = "none") -> mpf:
    if approximate == "tanh":
        inner = mpmath.sqrt(2 / mpmath.pi) * (x + mpf("0.044715") * x**3)
        # 1 + tanh(u) cancels far below 0; it is 2/(1 + e^(−2u)).
        return x * _sigma(2 * inner)
    if approximate == "sigmoid":
        return x * _sigma(mpf("1.702") * x)
    return x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def _mish(x: mpf) -> mpf:
    return x * mpmath.tanh(mpmath.log1p(mpmath.exp(x)))


DEFINITIONS: dict[str, Callable[..., mpf]] = {
    "relu": lambda x: x if x > 0 else mpf(0),
    "leaky_relu": lambda x, negative_slope=0.01: _leaky(x, negative_slope),
    "prelu": _leaky,
    "rrelu": _rrelu,
    "elu": _elu,
    "selu": lambda x: mpf(SELU_SCALE) * _elu(x, SELU_ALPHA),
    "sigmoid": _sigma,
    "tanh": mpmath.tanh,
    "softplus": lambda x, beta=1: mpmath.log1p(mpmath.exp(mpf(beta) * x)) / mpf(beta),
    "silu": lambda x, beta=1: x * _sigma(mpf(beta) * x),
    "mish": _mish,
    "gelu": _gelu,
}
"""Every elementwise function of the catalogue."""

SLOPES_AT_ZERO: dict[str, Callable[..., mpf]] = {
    "relu": lambda: mpf(0),
    "leaky_relu": lambda negative_slope=0.01: mpf(negative_slope),
    "prelu": lambda slope: mpf(slope),
    "rrelu": lambda lower=1 / 8, upper=1 / 3: (mpf(lower) + mpf(upper)) / 2,
    "elu": lambda alpha=1: mpf(alpha),
    "selu": lambda: mpf(SELU_SCALE) * mpf(SELU_ALPHA),
}
"""The derivative at the kink: that of the saturated, or flatter, piece."""


def truth(name: str, params: Mapping[str, Any], x: float, order: int) -> mpf | None:
    """The derivative of an order at a point; ``None`` where there is none (at a kink)."""
    return _truth(name, tuple(sorted(params.items())), float(x), order)


@cache
def _truth(name: str, params: tuple[tuple[str, Any], ...], x: float, order: int) -> mpf | None:
    definition, given = DEFINITIONS[name], dict(params)
    if order == 0:
        with mpmath.workdps(DIGITS):
            return definition(mpf(x), **given)
    if x == 0 and name in SLOPES_AT_ZERO:
        with mpmath.workdps(DIGITS):
            return SLOPES_AT_ZERO[name](**given) if order == 1 else None
    with mpmath.workdps(DIFFERENTIATING_DIGITS):
        point = mpf(x)
        # A step far smaller than x never crosses the kink.
        step = mpf(10) ** -30 * (abs(point) or 1)
        return mpmath.diff(lambda t: definition(t, **given), point, order, h=step)
