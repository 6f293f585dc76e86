"""The defining formulas over power series of interval arithmetic, piece by piece.

From one such formula come a function, its derivatives and a bound on all of them over a whole
interval. They are written independently of multiact's formulas, and of those of
:mod:`multiact_compare.oracle`, against which every run checks them.

A formula may cancel in the value, for which the precision is raised, but not in the high orders:
they bound the error over an interval, and no precision makes an interval narrower.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from flint import arb, arb_series

from multiact_compare.dtypes import Doubles

Series: TypeAlias = Any
"""A power series, or a constant: what ``flint``'s operators make of them."""

Piece: TypeAlias = Callable[[Series, float], Series]
"""The function on the piece that holds the number given second."""


@dataclass(frozen=True)
class Far:
    """Value and derivative in float64 where |x| is at least ``start``, and within which errors."""

    start: float
    evaluate: Callable[[Doubles], tuple[Doubles, Doubles]]
    errors: Callable[[float], tuple[float, float]]


@dataclass(frozen=True)
class Definition:
    """A function that is analytic between its ``joints``, apart from 0, which is always one.

    ``far`` stands for it where it turns from one number to the next.
    """

    at: Piece
    joints: tuple[float, ...] = ()
    far: Far | None = None


# Shared parts


def log1p(e: Series) -> Series:
    """ln(1 + e): its derivative is e′/(1 + e), so that only the constant needs the logarithm."""
    rest = (e.derivative() / (1 + e)).integral()
    return rest + arb_series([e[0].log1p()])


def softplus_of(u: Series, right: bool) -> Series:
    """ln(1 + e^u)."""
    return u + log1p((-u).exp()) if right else log1p(u.exp())


def logistic(u: Series, right: bool) -> Series:
    """1/(1 + e^−u), without a large exponential on either side."""
    if right:
        return 1 / (1 + (-u).exp())
    e = u.exp()
    return e / (1 + e)


def hyperbolic_tangent(u: Series, right: bool) -> Series:
    """tanh(u)."""
    e = (-2 * u if right else 2 * u).exp()
    t = (1 - e) / (1 + e)
    return t if right else -t


def cumulative(u: Series) -> Series:
    """The standard normal distribution's Φ(u)."""
    return (-u * arb(0.5).sqrt()).erfc() / 2


def constant(value: object) -> Series:
    return arb_series([arb(value)])


def clipped(low: float, high: float, ends: tuple[float, float], line: Piece) -> Definition:
    """A piece between two points, and constants beyond."""

    def at(x: Series, about: float) -> Series:
        if low < about < high:
            return line(x, about)
        return constant(ends[0] if about <= low else ends[1])

    return Definition(at, (low, high))


def two_lines(slope: object) -> Definition:
    return Definition(lambda x, about: x if about > 0 else x * arb(slope))


# Rectifiers and thresholds


def rrelu(lower: float = 1 / 8, upper: float = 1 / 3) -> Definition:
    def at(x: Series, about: float) -> Series:
        return x if about > 0 else x * (arb(lower) + arb(upper)) / 2

    return Definition(at)


def clipped_relu(max_value: float) -> Definition:
    return clipped(0.0, float(max_value), (0.0, max_value), lambda x, about: x)


def threshold(threshold: float, value: float) -> Definition:
    return Definition(
        lambda x, about: x if about > threshold else constant(value), (float(threshold),)
    )


def star_relu(scale: float = 0.8944, bias: float = -0.4472) -> Definition:
    return Definition(
        lambda x, about: arb(scale) * x * x + arb(bias) if about > 0 else constant(bias)
    )


# The exponential family


def exponential_linear(alpha: str | float, scale: str | float) -> Definition:
    def at(x: Series, about: float) -> Series:
        return arb(scale) * (x if about > 0 else arb(alpha) * (x.exp() - 1))

    return Definition(at)


def celu(alpha: float = 1.0) -> Definition:
    def at(x: Series, about: float) -> Series:
        return x if about > 0 else arb(alpha) * ((x / arb(alpha)).exp() - 1)

    return Definition(at)


def xielu(alpha_p: float = 0.8, alpha_n: float = 0.8, beta: float = 0.5) -> Definition:
    def at(x: Series, about: float) -> Series:
        bent = arb(alpha_p) * x * x if about > 0 else arb(alpha_n) * (x.exp() - 1 - x)
        return bent + arb(beta) * x

    return Definition(at)


# Sigmoids


def log_sigmoid() -> Definition:
    return Definition(lambda x, about: -softplus_of(-x, about < 0))


def lecun_tanh() -> Definition:
    def at(x: Series, about: float) -> Series:
        return arb("1.7159") * hyperbolic_tangent(x * (arb(2) / 3), about > 0)

    return Definition(at)


def softsign() -> Definition:
    # x/(1 + |x|), so written that the high orders do not cancel.
    return Definition(lambda x, about: 1 - 1 / (1 + x) if about > 0 else 1 / (1 - x) - 1)


def laplace(mu: float = 0.707107, sigma: float = 0.282095) -> Definition:
    return Definition(lambda x, about: cumulative((x - arb(mu)) / arb(sigma)))


# Pieces of lines and parabolas


def hard_sigmoid() -> Definition:
    return clipped(-3.0, 3.0, (0.0, 1.0), lambda x, about: (x + 3) / 6)


def hard_tanh(min: float = -1.0, max: float = 1.0) -> Definition:  # noqa: A002
    return clipped(float(min), float(max), (min, max), lambda x, about: x)


def hard_silu() -> Definition:
    def at(x: Series, about: float) -> Series:
        if abs(about) < 3:
            return x * (x + 3) / 6
        return x if about > 0 else constant(0)

    return Definition(at, (-3.0, 3.0))


def sparse_plus() -> Definition:
    def at(x: Series, about: float) -> Series:
        if abs(about) < 1:
            return (x + 1) * (x + 1) / 4
        return x if about > 0 else constant(0)

    return Definition(at, (-1.0, 1.0))


# The smooth relatives of relu


def softplus(beta: float = 1.0) -> Definition:
    def at(x: Series, about: float) -> Series:
        return softplus_of(arb(beta) * x, about * beta > 0) / arb(beta)

    return Definition(at)


def squareplus(b: float = 4.0) -> Definition:
    def at(x: Series, about: float) -> Series:
        root = (x * x + arb(b)).sqrt()
        return (x + root) / 2 if about > 0 else arb(b) / (2 * (root - x))

    return Definition(at)


def silu(beta: float | str = 1.0) -> Definition:
    def at(x: Series, about: float) -> Series:
        return x * logistic(arb(beta) * x, about * float(beta) > 0)

    return Definition(at)


def mish() -> Definition:
    # tanh(ln p) = (p² − 1)/(p² + 1) with p = 1 + e^x; over e^2x on the right.
    def at(x: Series, about: float) -> Series:
        if about > 0:
            e = (-x).exp()
            return x * (1 + 2 * e) / (1 + 2 * e + 2 * e * e)
        e = x.exp()
        return x * e * (e + 2) / (e * (e + 2) + 2)

    return Definition(at)


def gelu(approximate: str = "none") -> Definition:
    if approximate == "tanh":
        return Definition(_gelu_tanh)
    if approximate == "sigmoid":
        return silu("1.702")
    return Definition(lambda x, about: x * cumulative(x))


def gelu_10() -> Definition:
    return Definition(lambda x, about: x * cumulative(x) if about < 10 else constant(10), (10.0,))


def serf() -> Definition:
    return Definition(lambda x, about: x * softplus_of(x, about > 0).erf())


def phish() -> Definition:
    def at(x: Series, about: float) -> Series:
        return x * hyperbolic_tangent(x * cumulative(x), about > 0)

    return Definition(at)


def acon_c(p1: float = 1.0, p2: float = 0.0, beta: float = 1.0) -> Definition:
    def at(x: Series, about: float) -> Series:
        apart = arb(p1) - arb(p2)
        right = about * beta * (p1 - p2) > 0
        return apart * x * logistic(arb(beta) * apart * x, right) + arb(p2) * x

    return Definition(at)


def _gelu_tanh(x: Series, about: float) -> Series:
    # (1 + tanh u)/2 is the logistic function of 2u.
    u = 2 * (2 / arb.pi()).sqrt() * (x + arb("0.044715") * x * x * x)
    return x * logistic(u, about > 0)


# Sines


def sine(omega: float = 1.0) -> Definition:
    def evaluate(x: Doubles) -> tuple[Doubles, Doubles]:
        sines, cosines = turned(omega, x)
        return sines, omega * cosines

    far = Far(TURNING / abs(omega), evaluate, lambda x: (TURNED, TURNED * abs(omega)))
    return Definition(lambda x, about: (arb(omega) * x).sin(), far=far)


def snake(a: float = 1.0) -> Definition:
    def at(x: Series, about: float) -> Series:
        turned = (arb(a) * x).sin()
        return x + turned * turned / arb(a)

    def evaluate(x: Doubles) -> tuple[Doubles, Doubles]:
        sines, cosines = turned(a, x)
        return x + sines * sines / a, 1 + 2 * sines * cosines

    def errors(x: float) -> tuple[float, float]:
        return 2.0**-52 * abs(x) + 4 * TURNED / abs(a), 8 * TURNED

    return Definition(at, far=Far(TURNING / abs(a), evaluate, errors))


TURNING = 2.0**13
"""From this angle on, numbers of 32 bits are so far apart that few lie on one polynomial."""

TURNED = 2.0**-48
"""Sixteen times what float64's sine and cosine are off at most."""


def turned(frequency: float, x: Doubles) -> tuple[Doubles, Doubles]:
    """Sine and cosine of the exact product, which is the sum of two float64 numbers."""
    angle = frequency * x
    # Of 53 bits by 24, in halves that multiply exactly.
    high = float(np.float32(frequency))
    rest = (high * x - angle) + (frequency - high) * x
    sines, cosines = np.sin(angle), np.cos(angle)
    with np.errstate(invalid="ignore"):
        small_sines, small_cosines = np.sin(rest), np.cos(rest)
    return (
        sines * small_cosines + cosines * small_sines,
        cosines * small_cosines - sines * small_sines,
    )


# Shrinkage


def shrink(lambd: float = 0.5, bias: float = 0.0) -> Definition:
    def at(x: Series, about: float) -> Series:
        if abs(about) <= lambd:
            return constant(0)
        return x - arb(bias) if about > 0 else x + arb(bias)

    return Definition(at, (-float(lambd), float(lambd)))


def tanhshrink() -> Definition:
    return Definition(lambda x, about: x - hyperbolic_tangent(x, about > 0))


DEFINITIONS: Mapping[str, Callable[..., Definition]] = {
    "identity": lambda: Definition(lambda x, about: x),
    "relu": lambda: two_lines(0),
    "leaky_relu": lambda negative_slope=0.01: two_lines(negative_slope),
    "prelu": lambda slope: two_lines(slope),
    "rrelu": rrelu,
    "relu6": lambda: clipped_relu(6.0),
    "clipped_relu": clipped_relu,
    "threshold": threshold,
    "thresholded_relu": lambda alpha=1.0: threshold(alpha, 0.0),
    "squared_relu": lambda: star_relu(1.0, 0.0),
    "star_relu": star_relu,
    "elu": lambda alpha=1.0: exponential_linear(alpha, 1),
    "selu": lambda: exponential_linear(
        "1.6732632423543772848170429916717", "1.0507009873554804934193349852946"
    ),
    "celu": celu,
    "xielu": xielu,
    "sigmoid": lambda: Definition(lambda x, about: logistic(x, about > 0)),
    "tanh": lambda: Definition(lambda x, about: hyperbolic_tangent(x, about > 0)),
    "log_sigmoid": log_sigmoid,
    "lecun_tanh": lecun_tanh,
    "arctan": lambda: Definition(lambda x, about: x.atan()),
    "softsign": softsign,
    "laplace": laplace,
    "hard_sigmoid": hard_sigmoid,
    "hard_tanh": hard_tanh,
    "hard_silu": hard_silu,
    "sparse_sigmoid": lambda: clipped(-1.0, 1.0, (0.0, 1.0), lambda x, about: (x + 1) / 2),
    "sparse_plus": sparse_plus,
    "softplus": softplus,
    "squareplus": squareplus,
    "silu": silu,
    "quick_gelu": lambda: silu("1.702"),
    "mish": mish,
    "gelu": gelu,
    "gelu_10": gelu_10,
    "serf": serf,
    "phish": phish,
    "acon_c": acon_c,
    "sine": sine,
    "snake": snake,
    "softshrink": lambda lambd=0.5: shrink(lambd, lambd),
    "hardshrink": lambda lambd=0.5: shrink(lambd, 0.0),
    "shrink": shrink,
    "tanhshrink": tanhshrink,
}
"""Of every elementwise function of the catalogue, by name."""
