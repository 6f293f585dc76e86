"""Sums over rows, of numbers up to about 1, that lose nothing to their order."""

from __future__ import annotations

from typing import Any

from multiact.formulas.precise._arithmetic import total


def across(xp: Any, reduce: Any, x: Any, axis: int) -> Any:
    """A reduction that keeps its axis."""
    return xp.expand_dims(reduce(x, axis), axis)


def row_sum(xp: Any, x: Any, axis: int, rest: Any = None) -> tuple[Any, Any]:
    """The sum over an axis, which stays, for 0 ≤ x ≤ 1, as a part that is exact and a small one.

    The first adds up multiples of 2^-25, of which 2^28 fit in float64.
    """
    coarse = xp.detach(xp.truncate(x + 1) - 1)
    fine = x - coarse if rest is None else (x - coarse) + rest
    return across(xp, xp.sum, coarse, axis), across(xp, xp.sum, fine, axis)


def opened(xp: Any, x: Any, mask: Any, otherwise: Any = 0.0) -> Any:
    """x where the mask is open; masked places may hold inf or NaN."""
    return x if mask is None else xp.where(mask, x, otherwise)


def below_top(xp: Any, x: Any, mask: Any, axis: int) -> tuple[Any, Any, Any]:
    """x less the maximum of its row, as a sum, and that maximum.

    Masked places are 0, and a row without any open place has a maximum of 0. The difference to a
    maximum of +inf is NaN.
    """
    top = across(xp, xp.max, opened(xp, x, mask, -xp.inf), axis)
    if mask is not None:
        top = xp.where(top == -xp.inf, 0.0, top)
    z, rest = total(opened(xp, x, mask, top), -top)
    return z, xp.where(xp.abs(z) < xp.inf, rest, 0.0), top


def largest(xp: Any, x: Any, mask: Any, axis: int) -> Any:
    """Where the first maximum of each row is."""
    x = opened(xp, x, mask, -xp.inf)
    at_top = xp.astype_like(x == across(xp, xp.max, x, axis), x)
    return xp.detach(at_top * xp.astype_like(xp.cumsum(at_top, axis) == 1, x)) > 0


def from_top(xp: Any, x: Any, top: Any, axis: int) -> Any:
    """x less its entry at ``top``."""
    return x - across(xp, xp.sum, xp.where(top, x, 0.0), axis)


def balanced(xp: Any, x: Any, top: Any, axis: int) -> Any:
    """x with another entry at ``top``, such that the row adds up to 0."""
    others = xp.where(top, 0.0, x)
    return xp.where(top, -across(xp, xp.sum, others, axis), others)
