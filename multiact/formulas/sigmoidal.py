"""sigmoid, tanh: bounded on both sides.

The derivatives are products of two sigmoids: both factors are accurate in their own tail, where
1 − y² or y·(1 − y) would cancel, and they are smooth, so that they can be differentiated again.
"""

from __future__ import annotations

from multiact.formulas._kinds import Elementwise, unary

SIGMOID = Elementwise(
    "sigmoid",
    value=lambda xp, x: xp.sigmoid(x),
    partials=(lambda xp, x: xp.sigmoid(x) * xp.sigmoid(-x),),
)

TANH = Elementwise(
    "tanh",
    value=lambda xp, x: xp.tanh(x),
    partials=(lambda xp, x: 4 * (xp.sigmoid(2 * x) * xp.sigmoid(-2 * x)),),
)

sigmoid = unary(SIGMOID)
tanh = unary(TANH)
