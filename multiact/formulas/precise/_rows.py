"""Sums over rows, of numbers up to about 1, that lose nothing to their order."""

from __future__ import annotations

from typing import Any

from multiact.formulas.precise._arithmetic import total

# Vectors with larger entries are not taken apart.
HUGE = 2.0**980
# The least normal number.
LEAST = 2.0**-1022


def across(xp: Any, reduce: Any, x: Any, axis: int) -> Any:
    """A reduction that keeps its axis."""
    return xp.expand_dims(reduce(x, axis), axis)


def parts_of_weights(xp: Any, x: Any, rest: Any = None) -> tuple[Any, Any]:
    """0 ≤ x ≤ 1 as a multiple of 2^-25, whose sums are exact in any order, and a small number."""
    coarse = xp.detach(xp.truncate(x + 1) - 1)
    return coarse, x - coarse if rest is None else (x - coarse) + rest


def row_sum(xp: Any, x: Any, axis: int, rest: Any = None) -> tuple[Any, Any]:
    """The sum over an axis, which stays, for 0 ≤ x ≤ 1, as a part that is exact and a small one."""
    coarse, fine = parts_of_weights(xp, x, rest)
    return across(xp, xp.sum, coarse, axis), across(xp, xp.sum, fine, axis)


def parts_of_vector(xp: Any, x: Any, axis: int) -> tuple[Any, Any]:
    """x as a number of 12 bits, of the same unit in the whole row, and one 2^-12 as large."""
    largest = across(xp, xp.max, xp.detach(xp.abs(x)), axis)
    # Added and subtracted, it leaves multiples of its last bits. What it would overflow for, and
    # what is not finite, stays whole.
    level = xp.where(largest < HUGE, largest * 2.0**42, 0.0)
    coarse = (x + level) - level
    return coarse, x - coarse


def less_mean(xp: Any, weights: Any, x: Any, vector: Any, mask: Any, axis: int) -> tuple[Any, Any]:
    """v − Σ w·v/Σ w, and Σ w, for weights w from 0 to 1 that grow with x.

    Made of Σ w_j·(v_i − v_j), which may be far smaller than its terms. It is right nevertheless,
    whatever order a framework adds in: what is added first is exact in rows of up to 2^15 entries,
    and the rest is small. Where one weight outweighs the others by far, v_i·Σ w would hide what
    they add; so v is taken relative to its entry there.
    """
    v = from_top(xp, opened(xp, vector, mask), largest(xp, x, mask, axis), axis)
    w, w_fine = parts_of_weights(xp, weights)
    u, u_fine = parts_of_vector(xp, v, axis)
    whole, whole_fine, sums, sums_fine = (
        across(xp, xp.sum, terms, axis) for terms in (w, w_fine, w * u, w * u_fine + w_fine * v)
    )
    rest = (u_fine * whole + v * whole_fine) - sums_fine
    divisor = filled(xp, whole + whole_fine)
    return ((u * whole - sums) + rest) / divisor, divisor


def weighted(xp: Any, weights: Any, x: Any) -> Any:
    """w·x, +0 where the weight is 0 or subnormal: some frameworks take such numbers for 0."""
    return xp.where(weights < LEAST, 0.0, weights * x)


def less_share(xp: Any, x: Any, weights: Any, axis: int) -> Any:
    """x − w·Σ x/Σ w, as right as :func:`less_mean`, also at a weight that outweighs the others."""
    w, w_fine = parts_of_weights(xp, weights)
    u, u_fine = parts_of_vector(xp, x, axis)
    whole, whole_fine, total_x, total_fine = (
        across(xp, xp.sum, terms, axis) for terms in (w, w_fine, u, u_fine)
    )
    rest = (u_fine * whole + x * whole_fine) - (w * total_fine + w_fine * (total_x + total_fine))
    return ((u * whole - w * total_x) + rest) / filled(xp, whole + whole_fine)


def filled(xp: Any, whole: Any) -> Any:
    """A sum of weights to divide by: 1 in a row without any open place, all of whose are 0."""
    return xp.where(whole == 0, 1.0, whole)


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
