"""Definitions of the input times a smooth gate of itself, beyond silu, mish and gelu."""

from __future__ import annotations

from flint import arb

from multiact_compare.oracle.enclosure import Value
from multiact_compare.oracle.point import (
    FAR_OUT,
    ONE,
    ZERO,
    Formulas,
    Kinks,
    Point,
    logistic,
    tanh_pair,
)
from multiact_compare.oracle.smooth import gated_by_logistic, gelu


def serf() -> Point:
    """x·erf(L) with L = ln(1 + e^x), whose derivative is σ(x).

    No float64 number can show e^−1000 on the left, nor 1 − erf(64) on the right.
    """
    density = 2 * arb.pi().rsqrt()

    def at(x: float, second: bool) -> tuple[Value, ...]:
        if x < -1000 or x > FAR_OUT:
            side = (ZERO, ZERO) if x < 0 else (arb(x), ONE)
            return (*side, ZERO) if second else side
        e = arb(-abs(x)).exp()
        s, c = logistic(e, x > 0)
        log = e.log1p()
        if x > 0:
            log += x
        gate = log.erf()
        rise = density * (log * -log).exp() * s
        value, first = gate * x, gate + rise * x
        if not second:
            return value, first
        return value, first, rise * (2 + x * (c - 2 * log * s))

    return at


def phish() -> Point:
    """x·tanh(g) with g = gelu(x)."""
    inner = gelu()

    def at(x: float, second: bool) -> tuple[Value, ...]:
        g, *slopes = inner(x, second)
        # Below 0.5 gelu is small, on the left of 0 too.
        t, fall = tanh_pair(g, x < 0.5)
        rise = slopes[0]
        slope = fall * rise
        value, first = t * x, t + slope * x
        if not second:
            return value, first
        return value, first, 2 * slope + fall * (slopes[1] - 2 * t * rise * rise) * x

    return at


def acon_c(p1: float = 1.0, p2: float = 0.0, beta: float = 1.0) -> Point:
    """(p1 − p2)·x·σ(beta·(p1 − p2)·x) + p2·x."""
    line = arb(p2)
    apart = arb(p1) - line
    inner = gated_by_logistic(arb(beta) * apart)

    def at(x: float, second: bool) -> tuple[Value, ...]:
        gated, rise, *bend = inner(x, second)
        return apart * gated + line * x, apart * rise + line, *(apart * b for b in bend)

    return at


FORMULAS: Formulas = {"serf": serf, "phish": phish, "acon_c": acon_c}
KINKS: Kinks = {}
