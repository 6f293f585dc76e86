"""What makes sparsemax, entmax15 and gumbel_softmax precise.

A weight may be a tiny difference between an entry and the threshold. So entries, threshold and the
sum that determines it are carried as sums of two numbers.
"""

from __future__ import annotations

from typing import Any

from multiact.formulas.precise._arithmetic import FAR, product, quotient, total
from multiact.formulas.precise._rows import across, less_mean, row_sum, weighted
from multiact.formulas.precise.normalising import softmax_product, softmax_value


def excess(xp: Any, x: Any, top: Any, tau: Any, axis: int, power: int) -> Any:
    """max(z − τ, 0), z = (x − top)/power, with the τ near ``tau`` for which the powers sum to 1.

    Each Newton step doubles the digits. They also carry the derivatives.
    """
    z, z_rest = total(x, -top)
    # What is 1 below the maximum has no weight.
    inside = z > -2.0 * power
    w, rest = total(xp.where(inside, z, -2.0 * power) / power, -tau)
    rest = rest + xp.where(inside, z_rest, 0.0) / power
    for _ in range(2):
        chosen = w + rest > 0
        high, low = xp.where(chosen, w, 0.0), xp.where(chosen, rest, 0.0)
        if power == 1:
            slope = xp.astype_like(chosen, z)
        else:
            slope = 2 * high
            high, error = product(xp, high, high)
            low = error + slope * low
        coarse, fine = row_sum(xp, high, axis, low)
        step = ((coarse - 1) + fine) / across(xp, xp.sum, slope, axis)
        w, more = total(w, -step)
        rest = rest + more
    return xp.maximum(w + rest, 0)


def weighted_product(xp: Any, weights: Any, x: Any, vector: Any, axis: int) -> Any:
    """w·(v − Σ w·v/Σ w), for weights that grow with x."""
    moved, _ = less_mean(xp, weights, x, vector, None, axis)
    return weighted(xp, weights, moved)


def soft(xp: Any, terms: tuple[Any, ...], temperature: float, axis: int) -> Any:
    """softmax(Σ terms/temperature)."""
    z, rest = _tempered(xp, terms, temperature)
    return softmax_value(xp, z, None, axis, rest)


def soft_product(
    xp: Any, terms: tuple[Any, ...], vector: Any, temperature: float, axis: int
) -> Any:
    """The Jacobian of :func:`soft`, which is symmetric, times a vector."""
    z, rest = _tempered(xp, terms, temperature)
    return softmax_product(xp, z, vector, None, axis, rest) / temperature


def _tempered(xp: Any, terms: tuple[Any, ...], temperature: float) -> tuple[Any, Any]:
    """The exponent as a sum, cut off where its power of e vanishes."""
    high, rest = terms[0], 0.0
    for term in terms[1:]:
        high, error = total(high, term)
        rest = rest + error
    rest = xp.where(xp.abs(high) < xp.inf, rest, 0.0)
    return quotient(xp, high, rest, temperature, FAR)
