"""Activations as a user writes them; the commands under test import this module too."""

from __future__ import annotations

from typing import Any

import multiact


def _relu_cos_in_arb(x: Any, amplitude: float) -> Any:
    wave = amplitude * x.cos()
    return x + wave if x[0] > 0 else wave


@multiact.activation(
    formula=r"\max(0, x) + a \cos x", kinks=(0.0,), smoothness="C0", arb=_relu_cos_in_arb
)
def relu_cos(xp: Any, x: Any, amplitude: Any = 0.5) -> Any:
    """ReLU plus a cosine."""
    return xp.maximum(x, 0.0) + amplitude * xp.cos(x)


@multiact.activation(kinks=(0.0,), cases=({"slope": 0.25}, {"slope": -1.5}))
def dynamic(xp: Any, x: Any, slope: Any) -> Any:
    """A leaky ReLU whose slope is decided elsewhere."""
    return xp.where(x > 0, x, slope * x)


def _gated_dx(xp: Any, x: Any, beta: Any) -> Any:
    s = xp.sigmoid(beta * x)
    return s + beta * x * s * xp.sigmoid(-beta * x)


def _gated_dbeta(xp: Any, x: Any, beta: Any) -> Any:
    return x * x * xp.sigmoid(beta * x) * xp.sigmoid(-beta * x)


def _gated_in_mpmath(x: Any, beta: float) -> Any:
    import mpmath

    return x / (1 + mpmath.exp(-beta * x))


@multiact.activation(derivative=_gated_dx, partials={"beta": _gated_dbeta}, mpmath=_gated_in_mpmath)
def gated(xp: Any, x: Any, beta: Any = 1.0) -> Any:
    """x times a sigmoid, with derivatives of its own."""
    return x * xp.sigmoid(beta * x)


@multiact.activation(derivative=lambda xp, x: 1 - xp.tanh(x))
def wrong(xp: Any, x: Any) -> Any:
    """tanh, whose derivative somebody got wrong."""
    return xp.tanh(x)


@multiact.activation
def everything(xp: Any, x: Any, shift: Any = 0.25) -> Any:
    """Every function that ``xp`` has, on numbers as well as on arrays."""
    near = xp.clip(x, -3.0, 3.0)
    smooth = xp.exp(near) + xp.expm1(near) + xp.log(4 + near) + xp.log1p(near * near)
    waves = xp.sin(x) + xp.cos(x) + xp.atan(x) + xp.tanh(x) + xp.sigmoid(x)
    tails = xp.erf(x) + xp.erfc(x) + xp.sqrt(x * x + 1) + abs(-1.0) * xp.abs(x)
    pieces = xp.where((x > 1) & ~(x > 2), 1.0, 0.0) + xp.minimum(x, shift) + xp.maximum(x, -x)
    constants = xp.pi * xp.exp(0.5) + xp.sigmoid(0.0) + xp.maximum(1.0, 2.0)
    return smooth + waves - tails / 3 + pieces + constants + x**3 + 1 / (2 + x**2) + x**0
