"""softmax and its relatives for the precise tier."""

from __future__ import annotations

from typing import Any

from multiact.formulas._kinds import Rowwise
from multiact.formulas.precise._arithmetic import log1p_unit, scaled_exp, unscaled
from multiact.formulas.precise._rows import (
    across,
    below_top,
    filled,
    less_mean,
    less_share,
    opened,
    row_sum,
    weighted,
)


def softmax_value(xp: Any, x: Any, mask: Any, axis: int, rest: Any = None) -> Any:
    """softmax(x + rest)."""
    e = powers(xp, x, mask, axis, rest)
    coarse, fine = row_sum(xp, e, axis)
    return e / filled(xp, coarse + fine)


def softmax_product(xp: Any, x: Any, vector: Any, mask: Any, axis: int, rest: Any = None) -> Any:
    """J·v = Jᵀ·v with J = diag(s) − s·sᵀ at x + rest."""
    e = powers(xp, x, mask, axis, rest)
    moved, whole = less_mean(xp, e, x, vector, mask, axis)
    return weighted(xp, e, moved) / whole


def powers(xp: Any, x: Any, mask: Any, axis: int, rest: Any = None) -> Any:
    """e^(x + rest) over its maximum in the row."""
    z, z_rest, _ = below_top(xp, x, mask, axis)
    e = _power(xp, z, z_rest if rest is None else z_rest + rest)
    return opened(xp, e, mask)


def _power(xp: Any, z: Any, rest: Any) -> Any:
    """e^(z + rest), all of whose bits are right unless it is subnormal itself."""
    return unscaled(xp, *scaled_exp(xp, z, rest))


def _softmin(xp: Any, x: Any, mask: Any, axis: int) -> Any:
    return softmax_value(xp, -x, mask, axis)


def _softmin_product(xp: Any, x: Any, vector: Any, mask: Any, axis: int) -> Any:
    return -softmax_product(xp, -x, vector, mask, axis)


def _log_softmax(xp: Any, x: Any, mask: Any, axis: int) -> Any:
    z, rest, _ = below_top(xp, x, mask, axis)
    return opened(xp, z + (rest - _log_total(xp, z, rest, mask, axis)), mask, -xp.inf)


def _log_softmax_forward(xp: Any, x: Any, tangent: Any, mask: Any, axis: int) -> Any:
    moved, _ = less_mean(xp, powers(xp, x, mask, axis), x, tangent, mask, axis)
    return opened(xp, moved, mask)


def _log_softmax_back(xp: Any, x: Any, cotangent: Any, mask: Any, axis: int) -> Any:
    return less_share(xp, opened(xp, cotangent, mask), powers(xp, x, mask, axis), axis)


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
    e = opened(xp, _power(xp, z, rest), mask)
    coarse, fine = row_sum(xp, xp.where(z < 0, e, 0.0), axis)
    tied = across(xp, xp.sum, xp.where(z < 0, 0.0, e), axis)
    # 0 also in a row without any open place.
    others = xp.where(tied > 0, coarse + fine + (tied - 1), 0.0 * tied)
    return xp.where(others < 1, log1p_unit(xp, xp.minimum(others, 1.0)), xp.log(1 + others))


SOFTMAX = Rowwise("softmax", softmax_value, softmax_product, softmax_product)
SOFTMIN = Rowwise("softmin", _softmin, _softmin_product, _softmin_product)
LOG_SOFTMAX = Rowwise("log_softmax", _log_softmax, _log_softmax_forward, _log_softmax_back)
LOGSUMEXP = Rowwise("logsumexp", _logsumexp, _logsumexp_forward, _logsumexp_back)
