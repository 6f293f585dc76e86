"""softmax and its relatives for the precise tier."""

from __future__ import annotations

from typing import Any

from multiact.formulas._kinds import Rowwise
from multiact.formulas.precise._arithmetic import log1p_unit
from multiact.formulas.precise._rows import (
    across,
    balanced,
    below_top,
    from_top,
    largest,
    opened,
    row_sum,
)


def softmax_value(xp: Any, x: Any, mask: Any, axis: int, rest: Any = None) -> Any:
    """softmax(x + rest)."""
    z, z_rest, _ = below_top(xp, x, mask, axis)
    e = xp.exp(z)
    e = opened(xp, e + e * (z_rest if rest is None else z_rest + rest), mask)
    coarse, fine = row_sum(xp, e, axis)
    whole = coarse + fine
    return e / xp.where(whole == 0, 1.0, whole)


def softmax_product(xp: Any, x: Any, vector: Any, mask: Any, axis: int, rest: Any = None) -> Any:
    """J·v = Jᵀ·v with J = diag(s) − s·sᵀ at x + rest.

    Where one weight is almost 1, s·(v − Σ s·v) would cancel there. So v is taken relative to its
    entry at the largest weight, and the result there is minus the sum of the others.
    """
    s = softmax_value(xp, x, mask, axis, rest)
    top = largest(xp, x, mask, axis)
    u = from_top(xp, opened(xp, vector, mask), top, axis)
    return balanced(xp, s * (u - across(xp, xp.sum, s * u, axis)), top, axis)


def _softmin(xp: Any, x: Any, mask: Any, axis: int) -> Any:
    return softmax_value(xp, -x, mask, axis)


def _softmin_product(xp: Any, x: Any, vector: Any, mask: Any, axis: int) -> Any:
    return -softmax_product(xp, -x, vector, mask, axis)


def _log_softmax(xp: Any, x: Any, mask: Any, axis: int) -> Any:
    z, rest, _ = below_top(xp, x, mask, axis)
    return opened(xp, z + (rest - _log_total(xp, z, rest, mask, axis)), mask, -xp.inf)


def _log_softmax_forward(xp: Any, x: Any, tangent: Any, mask: Any, axis: int) -> Any:
    u = from_top(xp, opened(xp, tangent, mask), largest(xp, x, mask, axis), axis)
    s = softmax_value(xp, x, mask, axis)
    return opened(xp, u - across(xp, xp.sum, s * u, axis), mask)


def _log_softmax_back(xp: Any, x: Any, cotangent: Any, mask: Any, axis: int) -> Any:
    cotangent = opened(xp, cotangent, mask)
    whole = across(xp, xp.sum, cotangent, axis)
    gradient = cotangent - softmax_value(xp, x, mask, axis) * whole
    return balanced(xp, gradient, largest(xp, x, mask, axis), axis)


def _logsumexp(xp: Any, x: Any, mask: Any, axis: int, keepdims: bool) -> Any:
    top = across(xp, xp.max, opened(xp, x, mask, -xp.inf), axis)
    infinite = xp.abs(top) == xp.inf
    # Where the maximum is infinite the result is that.
    finite = xp.where(infinite, 0.0, x)
    z, rest, base = below_top(xp, finite, mask, axis)
    y = xp.where(infinite, top, base + _log_total(xp, z, rest, mask, axis))
    return y if keepdims else xp.sum(y, axis)


def _logsumexp_forward(xp: Any, x: Any, tangent: Any, mask: Any, axis: int, keepdims: bool) -> Any:
    moved = across(xp, xp.sum, softmax_value(xp, x, mask, axis) * opened(xp, tangent, mask), axis)
    return moved if keepdims else xp.sum(moved, axis)


def _logsumexp_back(xp: Any, x: Any, cotangent: Any, mask: Any, axis: int, keepdims: bool) -> Any:
    whole = cotangent if keepdims else xp.expand_dims(cotangent, axis)
    return softmax_value(xp, x, mask, axis) * whole


def _log_total(xp: Any, z: Any, rest: Any, mask: Any, axis: int) -> Any:
    """ln Σ e^(z + rest), z being 0 at the row's maximum and at masked places, else negative.

    Made of what the others add to the maximum's 1: beside that 1 a small sum would vanish.
    """
    e = xp.exp(z)
    e = opened(xp, e + e * rest, mask)
    coarse, fine = row_sum(xp, xp.where(z < 0, e, 0.0), axis)
    tied = across(xp, xp.sum, xp.where(z < 0, 0.0, e), axis)
    # 0 also in a row without any open place.
    others = xp.where(tied > 0, coarse + fine + (tied - 1), 0.0 * tied)
    return xp.where(others < 1, log1p_unit(xp, xp.minimum(others, 1.0)), xp.log(1 + others))


SOFTMAX = Rowwise("softmax", softmax_value, softmax_product, softmax_product)
SOFTMIN = Rowwise("softmin", _softmin, _softmin_product, _softmin_product)
LOG_SOFTMAX = Rowwise("log_softmax", _log_softmax, _log_softmax_forward, _log_softmax_back)
LOGSUMEXP = Rowwise("logsumexp", _logsumexp, _logsumexp_forward, _logsumexp_back)
