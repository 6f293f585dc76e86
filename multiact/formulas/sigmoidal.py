"""sigmoid, tanh: bounded on both sides.

The derivatives are products of two sigmoids: both factors are accurate in their own tail, where
1 − y² or y·(1 − y) would cancel, and they are smooth, so that they can be differentiated again.
"""

from __future__ import annotations

from typing import Any

from multiact.formulas._kinds import Elementwise, unary


def _sigmoid_dx(xp: Any, x: Any) -> Any:
    s, r = xp.sigmoids(x)
    return s * r


def _tanh_dx(xp: Any, x: Any) -> Any:
    s, r = xp.sigmoids(2 * x)
    return 4 * (s * r)


SIGMOID = Elementwise("sigmoid", value=lambda xp, x: xp.sigmoid(x), partials=(_sigmoid_dx,))
TANH = Elementwise("tanh", value=lambda xp, x: xp.tanh(x), partials=(_tanh_dx,))

sigmoid = unary(SIGMOID)
tanh = unary(TANH)
