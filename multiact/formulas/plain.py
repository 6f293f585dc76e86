"""identity: nothing is changed."""

from __future__ import annotations

from multiact.formulas._kinds import Elementwise, unary

IDENTITY = Elementwise(
    "identity",
    # A new array: PyTorch has no forward derivative for an input that is returned as it is, and
    # writing into the result must not change x.
    value=lambda xp, x: 1 * x,
    partials=(lambda xp, x: xp.where((x > 0) | (x <= 0), 1.0, x),),
    keeps_integers=True,
)

identity = unary(IDENTITY)
