"""softmax: a row becomes weights that sum to 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact import _arguments
from multiact.formulas._kinds import Lift, Rowwise


def _softmax(xp: Any, x: Any, mask: Any, axis: int) -> Any:
    if mask is None:
        e = xp.exp(x - xp.expand_dims(xp.max(x, axis), axis))
        return e / xp.expand_dims(xp.sum(e, axis), axis)
    # Masked places must not reach the arithmetic: they may hold inf or NaN. A row without any
    # open place has top −inf and total 0; both are replaced so that the row becomes 0.
    top = xp.expand_dims(xp.max(xp.where(mask, x, -xp.inf), axis), axis)
    top = xp.where(top == -xp.inf, 0.0, top)
    e = xp.where(mask, xp.exp(xp.where(mask, x, top) - top), 0.0)
    total = xp.expand_dims(xp.sum(e, axis), axis)
    return e / xp.where(total == 0, 1.0, total)


def _softmax_product(xp: Any, x: Any, vector: Any, mask: Any, axis: int) -> Any:
    """J·v = s·(v − Σ s·v); J = diag(s) − s·sᵀ is symmetric, so this is Jᵀ·v as well."""
    s = _softmax(xp, x, mask, axis)
    if mask is not None:
        vector = xp.where(mask, vector, 0.0)
    return s * (vector - xp.expand_dims(xp.sum(s * vector, axis), axis))


SOFTMAX = Rowwise("softmax", _softmax, _softmax_product, _softmax_product)


def softmax(lift: Lift) -> Callable[..., Any]:
    """Any axis, with an optional mask."""
    apply = lift.rowwise(SOFTMAX)

    def softmax(x: Any, axis: int = -1, where: Any = None) -> Any:
        shape = lift.shape(x)
        if shape is not None:
            axis = _arguments.check_axis("softmax", axis, len(shape))
        _arguments.check_mask(lift, "softmax", where, x)
        return apply(x, where, axis)

    return softmax
