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


def _softplus(x: mpf, beta: Any = 1) -> mpf:
    return mpmath.log1p(mpmath.exp(mpf(beta) * x)) / mpf(beta)


def _clip(x: mpf, low: Any, high: Any) -> mpf:
    return min(max(x, mpf(low)), mpf(high))


def _star_relu(x: mpf, scale: Any = 0.8944, bias: Any = -0.4472) -> mpf:
    return mpf(scale) * max(x, mpf(0)) ** 2 + mpf(bias)


def _celu(x: mpf, alpha: Any = 1) -> mpf:
    alpha = mpf(alpha)
    return x if x > 0 else alpha * mpmath.expm1(x / alpha)


def _xielu(x: mpf, alpha_p: Any = 0.8, alpha_n: Any = 0.8, beta: Any = 0.5) -> mpf:
    if x > 0:
        return mpf(alpha_p) * x**2 + mpf(beta) * x
    return mpf(alpha_n) * (mpmath.expm1(x) - x) + mpf(beta) * x


def _sparse_plus(x: mpf) -> mpf:
    return mpf(0) if x <= -1 else x if x >= 1 else (x + 1) ** 2 / 4


def _squareplus(x: mpf, b: Any = 4) -> mpf:
    # √(x² + b) + x cancels on the left, where the digits of a large x would run out.
    root = mpmath.sqrt(x**2 + mpf(b))
    return (x + root) / 2 if x > 0 else mpf(b) / (root - x) / 2


def _laplace(x: mpf, mu: Any = 0.707107, sigma: Any = 0.282095) -> mpf:
    return mpmath.erfc((mpf(mu) - x) / (mpf(sigma) * mpmath.sqrt(2))) / 2


def _acon_c(x: mpf, p1: Any = 1, p2: Any = 0, beta: Any = 1) -> mpf:
    apart = mpf(p1) - mpf(p2)
    return apart * x * _sigma(mpf(beta) * apart * x) + mpf(p2) * x


def _snake(x: mpf, a: Any = 1) -> mpf:
    return x + mpmath.sin(mpf(a) * x) ** 2 / mpf(a)


def _shrink(x: mpf, lambd: Any = 0.5, bias: Any = 0) -> mpf:
    if abs(x) <= lambd:
        return mpf(0)
    return x - mpf(bias) if x > 0 else x + mpf(bias)


def _tanhshrink(x: mpf) -> mpf:
    # Three times as many digits: what is left is x³/3.
    with mpmath.workdps(3 * mpmath.mp.dps + 3 * max(0, -int(mpmath.log10(abs(x) or 1)))):
        return x - mpmath.tanh(x)


DEFINITIONS: dict[str, Callable[..., mpf]] = {
    "relu": lambda x: max(x, mpf(0)),
    "leaky_relu": lambda x, negative_slope=0.01: _leaky(x, negative_slope),
    "prelu": _leaky,
    "rrelu": _rrelu,
    "relu6": lambda x: _clip(x, 0, 6),
    "clipped_relu": lambda x, max_value: _clip(x, 0, max_value),
    "threshold": lambda x, threshold, value: x if x > threshold else mpf(value),
    "thresholded_relu": lambda x, alpha=1: x if x > alpha else mpf(0),
    "squared_relu": lambda x: max(x, mpf(0)) ** 2,
    "star_relu": _star_relu,
    "elu": _elu,
    "selu": lambda x: mpf(SELU_SCALE) * _elu(x, SELU_ALPHA),
    "celu": _celu,
    "xielu": _xielu,
    "sigmoid": _sigma,
    "tanh": mpmath.tanh,
    "log_sigmoid": lambda x: -_softplus(-x),
    "lecun_tanh": lambda x: mpf("1.7159") * mpmath.tanh(2 * x / 3),
    "arctan": mpmath.atan,
    "softsign": lambda x: x / (1 + abs(x)),
    "laplace": _laplace,
    "hard_sigmoid": lambda x: _clip(x / 6 + mpf(1) / 2, 0, 1),
    "hard_tanh": lambda x, **ends: _clip(x, ends.get("min", -1), ends.get("max", 1)),
    "hard_silu": lambda x: x * _clip(x / 6 + mpf(1) / 2, 0, 1),
    "sparse_sigmoid": lambda x: _clip((x + 1) / 2, 0, 1),
    "sparse_plus": _sparse_plus,
    "softplus": _softplus,
    "squareplus": _squareplus,
    "silu": lambda x, beta=1: x * _sigma(mpf(beta) * x),
    "quick_gelu": lambda x: _gelu(x, "sigmoid"),
    "mish": _mish,
    "gelu": _gelu,
    "gelu_10": lambda x: _clip(_gelu(x), -10, 10),
    "serf": lambda x: x * mpmath.erf(mpmath.log1p(mpmath.exp(x))),
    "phish": lambda x: x * mpmath.tanh(_gelu(x)),
    "acon_c": _acon_c,
    "snake": _snake,
    "sine": lambda x, omega=1: mpmath.sin(mpf(omega) * x),
    "softshrink": lambda x, lambd=0.5: _shrink(x, lambd, lambd),
    "hardshrink": _shrink,
    "shrink": _shrink,
    "tanhshrink": _tanhshrink,
    "identity": lambda x: x,
}
"""Every elementwise function of the catalogue."""


def _at(*slopes: tuple[Any, Any]) -> dict[mpf, mpf]:
    return {mpf(kink): mpf(slope) for kink, slope in slopes}


def _ends(lambd: Any = 0.5, bias: Any = 0) -> dict[mpf, mpf]:
    return _at((-lambd, 0), (lambd, 0))


SLOPES_AT_KINKS: dict[str, Callable[..., dict[mpf, mpf]]] = {
    "relu": lambda: _at((0, 0)),
    "leaky_relu": lambda negative_slope=0.01: _at((0, negative_slope)),
    "prelu": lambda slope: _at((0, slope)),
    "rrelu": lambda lower=1 / 8, upper=1 / 3: _at((0, (mpf(lower) + mpf(upper)) / 2)),
    "relu6": lambda: _at((0, 0), (6, 0)),
    "clipped_relu": lambda max_value: _at((0, 0), (max_value, 0)),
    "threshold": lambda threshold, value: _at((threshold, 0)),
    "thresholded_relu": lambda alpha=1: _at((alpha, 0)),
    "elu": lambda alpha=1: _at((0, alpha)),
    "selu": lambda: _at((0, mpf(SELU_SCALE) * mpf(SELU_ALPHA))),
    "hard_sigmoid": lambda: _at((-3, 0), (3, 0)),
    "hard_tanh": lambda **ends: _at((ends.get("min", -1), 0), (ends.get("max", 1), 0)),
    "hard_silu": lambda: _at((-3, 0), (3, 1)),
    "sparse_sigmoid": lambda: _at((-1, 0), (1, 0)),
    # gelu(x) = 10 at 10 + 8e−23, which in every dtype is 10.
    "gelu_10": lambda: _at((10, 0)),
    "softshrink": _ends,
    "hardshrink": _ends,
    "shrink": _ends,
    # Here only the second derivative jumps.
    "squared_relu": lambda: _at((0, 0)),
    "star_relu": lambda scale=0.8944, bias=-0.4472: _at((0, 0)),
    "celu": lambda alpha=1: _at((0, 1)),
    "xielu": lambda alpha_p=0.8, alpha_n=0.8, beta=0.5: _at((0, beta)),
    "softsign": lambda: _at((0, 1)),
    "sparse_plus": lambda: _at((-1, 0), (1, 1)),
}
"""The derivative at each kink: that of the saturated, or flatter, piece."""


def truth(name: str, params: Mapping[str, Any], x: float, order: int) -> mpf | None:
    """The derivative of an order at a point; ``None`` where there is none (at a kink)."""
    return _truth(name, tuple(sorted(params.items())), float(x), order)


@cache
def _truth(name: str, params: tuple[tuple[str, Any], ...], x: float, order: int) -> mpf | None:
    definition, given = DEFINITIONS[name], dict(params)
    if order == 0:
        with mpmath.workdps(DIGITS):
            return definition(mpf(x), **given)
    with mpmath.workdps(DIGITS):
        slopes = SLOPES_AT_KINKS[name](**given) if name in SLOPES_AT_KINKS else {}
        if x in slopes:
            return slopes[x] if order == 1 else None
    with mpmath.workdps(DIFFERENTIATING_DIGITS):
        point = mpf(x)
        # A step far smaller than x never crosses the kink.
        step = mpf(10) ** -30 * (abs(point) or 1)
        return mpmath.diff(lambda t: definition(t, **given), point, order, h=step)
