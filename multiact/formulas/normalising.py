"""softmax and its relatives: a row becomes weights that sum to 1, or their logarithms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact import _arguments
from multiact.formulas._kinds import Lift, Rowwise
from multiact.formulas.precise import normalising as precise


def _softmax(xp: Any, x: Any, mask: Any, axis: int) -> Any:
    e, total = _weights(xp, x, mask, axis)
    return e / total


def _weights(xp: Any, x: Any, mask: Any, axis: int) -> tuple[Any, Any]:
    """e^x in units of the row's largest, and the row's sum of it."""
    top = _top(xp, x, mask, axis)
    if mask is None:
        e = xp.exp(x - top)
        return e, xp.expand_dims(xp.sum(e, axis), axis)
    # Masked places must not reach the arithmetic: they may hold inf or NaN. In a row without any
    # open place the total 0 is replaced, so that the row becomes 0.
    e = xp.where(mask, xp.exp(xp.where(mask, x, top) - top), 0.0)
    total = xp.expand_dims(xp.sum(e, axis), axis)
    return e, xp.where(total == 0, 1.0, total)


def _softmax_product(xp: Any, x: Any, vector: Any, mask: Any, axis: int) -> Any:
    """J·v = s·(v − Σ s·v); J = diag(s) − s·sᵀ is symmetric, so this is Jᵀ·v as well."""
    s = _softmax(xp, x, mask, axis)
    vector = _open(xp, vector, mask)
    return s * (vector - xp.expand_dims(xp.sum(s * vector, axis), axis))


def _softmin(xp: Any, x: Any, mask: Any, axis: int) -> Any:
    return _softmax(xp, -x, mask, axis)


def _softmin_product(xp: Any, x: Any, vector: Any, mask: Any, axis: int) -> Any:
    return -_softmax_product(xp, -x, vector, mask, axis)


def _log_softmax(xp: Any, x: Any, mask: Any, axis: int) -> Any:
    top = _top(xp, x, mask, axis)
    z = _open(xp, x, mask, top) - top
    total = xp.expand_dims(_log_total(xp, z, mask, axis), axis)
    return _open(xp, z - total, mask, -xp.inf)


def _log_softmax_forward(xp: Any, x: Any, tangent: Any, mask: Any, axis: int) -> Any:
    tangent = _open(xp, tangent, mask)
    s = _softmax(xp, x, mask, axis)
    return _open(xp, tangent - xp.expand_dims(xp.sum(s * tangent, axis), axis), mask)


def _log_softmax_back(xp: Any, x: Any, cotangent: Any, mask: Any, axis: int) -> Any:
    cotangent = _open(xp, cotangent, mask)
    total = xp.expand_dims(xp.sum(cotangent, axis), axis)
    return cotangent - _softmax(xp, x, mask, axis) * total


def _logsumexp(xp: Any, x: Any, mask: Any, axis: int, keepdims: bool) -> Any:
    top = xp.max(_open(xp, x, mask, -xp.inf), axis)
    # The differences to an infinite maximum would be NaN.
    base = xp.detach(xp.where(xp.abs(top) == xp.inf, 0.0, top))
    level = xp.expand_dims(base, axis)
    z = _open(xp, x, mask, level) - level
    y = xp.where(top == -xp.inf, top, base + _log_total(xp, z, mask, axis))
    return xp.expand_dims(y, axis) if keepdims else y


def _logsumexp_forward(xp: Any, x: Any, tangent: Any, mask: Any, axis: int, keepdims: bool) -> Any:
    s = _softmax(xp, x, mask, axis)
    moved = xp.sum(s * _open(xp, tangent, mask), axis)
    return xp.expand_dims(moved, axis) if keepdims else moved


def _logsumexp_back(xp: Any, x: Any, cotangent: Any, mask: Any, axis: int, keepdims: bool) -> Any:
    e, total = _weights(xp, x, mask, axis)
    # A division per row, not one per element.
    return e * ((cotangent if keepdims else xp.expand_dims(cotangent, axis)) / total)


def _log_total(xp: Any, z: Any, mask: Any, axis: int) -> Any:
    """ln Σ e^z, where z is 0 at the row's maximum and at masked places, and negative elsewhere.

    Made of what the rest adds to the maximum's 1: beside that 1 a small rest would vanish.
    """
    e = _open(xp, xp.exp(z), mask)
    below = xp.sum(xp.where(z < 0, e, 0.0), axis)
    tied = xp.sum(xp.where(z < 0, 0.0, e), axis)
    rest = below + (tied - 1)
    # It is −1 in a row without any open place; the logarithm would spoil derivatives there.
    return xp.log1p(xp.where(rest < 0, 0.0, rest))


def _top(xp: Any, x: Any, mask: Any, axis: int) -> Any:
    """The row's largest open entry, 0 if no place is open.

    It only shifts the row, which changes no result: its own derivative, which would be 0 but for
    rounding, is left out, and a NaN that it does not see still reaches the row's sum.
    """
    largest = getattr(xp, "largest", xp.max)
    top = xp.detach(xp.expand_dims(largest(_open(xp, x, mask, -xp.inf), axis), axis))
    return top if mask is None else xp.where(top == -xp.inf, 0.0, top)


def _open(xp: Any, x: Any, mask: Any, otherwise: Any = 0.0) -> Any:
    """x where the mask is open; masked places may hold inf or NaN."""
    return x if mask is None else xp.where(mask, x, otherwise)


SOFTMAX = Rowwise("softmax", _softmax, _softmax_product, _softmax_product, precise=precise.SOFTMAX)
SOFTMIN = Rowwise("softmin", _softmin, _softmin_product, _softmin_product, precise=precise.SOFTMIN)
LOG_SOFTMAX = Rowwise(
    "log_softmax",
    _log_softmax,
    _log_softmax_forward,
    _log_softmax_back,
    precise=precise.LOG_SOFTMAX,
)
LOGSUMEXP = Rowwise(
    "logsumexp",
    _logsumexp,
    _logsumexp_forward,
    _logsumexp_back,
    precise=precise.LOGSUMEXP,
)


def _of_rows(formula: Rowwise) -> Callable[[Lift], Callable[..., Any]]:
    """The factory of a function of rows along any axis, with an optional mask."""

    def factory(lift: Lift) -> Callable[..., Any]:
        apply = lift.rowwise(formula)

        def function(x: Any, axis: int = -1, where: Any = None) -> Any:
            axis = _arguments.row_axis(lift, formula.name, axis, x)
            _arguments.check_mask(lift, formula.name, where, x)
            return apply(x, where, axis)

        return function

    return factory


softmax = _of_rows(SOFTMAX)
softmin = _of_rows(SOFTMIN)
log_softmax = _of_rows(LOG_SOFTMAX)


def logsumexp(lift: Lift) -> Callable[..., Any]:
    """The axis goes, or stays with length 1."""
    apply = lift.rowwise(LOGSUMEXP)

    def logsumexp(x: Any, axis: int = -1, keepdims: bool = False, where: Any = None) -> Any:
        axis = _arguments.row_axis(lift, "logsumexp", axis, x)
        keepdims = _arguments.check_flag("logsumexp", "keepdims", keepdims)
        _arguments.check_mask(lift, "logsumexp", where, x)
        return apply(x, where, axis, keepdims)

    return logsumexp
