"""hardmax, sparsemax, entmax15, gumbel_softmax: a row becomes weights, most of them near 0.

sparsemax and entmax15 are max(z − τ, 0)^p with the τ that makes the sum 1. Sorting finds τ but for
the rounding of cumulative sums, and two Newton steps remove that. The steps also give the
derivatives: no derivative ever passes through the sorting.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from multiact import _arguments
from multiact.formulas._kinds import Lift, Rowwise
from multiact.formulas.normalising import SOFTMAX
from multiact.formulas.precise import sparse as precise

# What −ln u of a uniform u in (0, 1) is kept above, and u itself: rounded to 1 or 0, u would give
# infinite noise.
LEAST_EXPONENTIAL, LEAST_UNIFORM = 2.0**-54, 2.0**-126


def _across(xp: Any, reduce: Callable[..., Any], x: Any, axis: int) -> Any:
    """A reduction that keeps its axis."""
    return xp.expand_dims(reduce(x, axis), axis)


def _first_largest(xp: Any, x: Any, axis: int) -> Any:
    """1 at the first largest entry of each row, 0 elsewhere; all 0 in a row with NaN."""
    largest = xp.astype_like(x == _across(xp, xp.max, x, axis), x)
    return xp.where(xp.cumsum(largest, axis) == 1, largest, 0.0)


def _hardmax(xp: Any, x: Any, mask: None, axis: int) -> Any:
    top = _across(xp, xp.max, x, axis)
    return xp.where(top == top, _first_largest(xp, x, axis), top)


def _hardmax_product(xp: Any, x: Any, vector: Any, mask: None, axis: int) -> Any:
    return xp.where(x == x, 0.0, x) * vector


def _sparsemax_candidates(xp: Any, z: Any, rank: Any, axis: int) -> Any:
    return (xp.cumsum(z, axis) - 1) / rank


def _entmax15_candidates(xp: Any, z: Any, rank: Any, axis: int) -> Any:
    mean = xp.cumsum(z, axis) / rank
    spread = xp.cumsum(z * z, axis) - rank * (mean * mean)
    return mean - xp.sqrt(xp.maximum(1 - spread, 0) / rank)


def _threshold(xp: Any, z: Any, axis: int, candidates: Callable[..., Any], passes: int) -> Any:
    """τ as sorting finds it: the largest that exceeds no entry it was made of.

    ``candidates(xp, z, rank, axis)`` are the τ of the first entry of a descending row, of the first
    two, and so on.
    """
    descending = -xp.sort(-z, axis)
    rank = xp.cumsum(xp.astype_like(descending <= 0, z), axis)
    tau = _across(xp, xp.max, z, axis)
    for _ in range(passes):
        # Relative to the previous τ the sums are small, and what they lose to rounding with them.
        moved = descending - tau
        found = candidates(xp, moved, rank, axis)
        tau = tau + _across(xp, xp.max, xp.where(found < moved, found, -xp.inf), axis)
    return tau


def _exceeding(xp: Any, x: Any, axis: int, power: int, excess: Callable[..., Any]) -> Any:
    """max(z − τ, 0) with z = x/power; NaN in rows whose maximum is NaN or infinite."""
    top = xp.detach(_across(xp, xp.max, x, axis))
    z = _below_top(xp, x, top, power)
    if power == 1:
        tau = xp.detach(_threshold(xp, z, axis, _sparsemax_candidates, passes=1))
    else:
        tau = xp.detach(_threshold(xp, z, axis, _entmax15_candidates, passes=2))
    return xp.where(xp.abs(top) < xp.inf, excess(xp, x, top, tau, axis, power), math.nan)


def _excess(xp: Any, x: Any, top: Any, tau: Any, axis: int, power: int) -> Any:
    """max(z − τ, 0) with the τ to which two Newton steps from ``tau`` lead."""
    z = _below_top(xp, x, top, power)
    for _ in range(2):
        excess = xp.maximum(z - tau, 0)
        if power == 1:
            error, slope = excess, xp.astype_like(excess > 0, excess)
        else:
            error, slope = excess * excess, 2 * excess
        tau = tau + (_across(xp, xp.sum, error, axis) - 1) / _across(xp, xp.sum, slope, axis)
    return xp.maximum(z - tau, 0)


def _below_top(xp: Any, x: Any, top: Any, power: int) -> Any:
    """z less its maximum."""
    # τ lies at most 1 below the maximum. What is further down has no weight, but −inf would spoil
    # the sums; at −2 it is off the threshold, where the derivatives of max(z − τ, 0) would meet.
    return xp.maximum((x - top) / power, -2)


def _projection(
    name: str,
    power: int,
    excess: Callable[..., Any],
    weighted_product: Callable[..., Any],
    accurate: Rowwise | None = None,
) -> Rowwise:
    """sparsemax or entmax15.

    ``excess`` and ``weighted_product`` are :func:`_excess` and :func:`_weighted_product`, or more
    precise ones.
    """

    def value(xp: Any, x: Any, mask: None, axis: int) -> Any:
        roots = _exceeding(xp, x, axis, power, excess)
        return roots if power == 1 else roots * roots

    def product(xp: Any, x: Any, vector: Any, mask: None, axis: int) -> Any:
        weights = _exceeding(xp, x, axis, power, excess)
        if power == 1:
            weights = xp.where(weights > 0, 1.0, xp.detach(weights))
        return weighted_product(xp, weights, x, vector, axis)

    return Rowwise(name, value, product, product, precise=accurate)


def _weighted_product(xp: Any, weights: Any, x: Any, vector: Any, axis: int) -> Any:
    """J·v = w·(v − Σ w·v / Σ w); J = diag(w) − w·wᵀ/Σ w is symmetric, so this is Jᵀ·v as well."""
    mean = _across(xp, xp.sum, weights * vector, axis) / _across(xp, xp.sum, weights, axis)
    return weights * (vector - mean)


def _perturbed(xp: Any, x: Any, noise: Any, axis: int, drawn: bool) -> tuple[Any, ...]:
    """Terms of x + noise, less about its maximum; ``drawn`` noise is uniform and made Gumbel.

    The sum of x and the noise would lose the noise beside a large x; two differences to the winner
    lose nothing.
    """
    if noise is None:
        return x, -xp.detach(_across(xp, xp.max, x, axis))
    noise = xp.detach(xp.astype_like(noise, x))
    if drawn:
        exponential = -xp.log(xp.maximum(noise, LEAST_UNIFORM))
        noise = -xp.log(xp.maximum(exponential, LEAST_EXPONENTIAL))
    winner = xp.detach(_first_largest(xp, x + noise, axis))

    def less_winner(part: Any) -> tuple[Any, Any]:
        at_winner = xp.where(winner == 1, part, 0.0)
        return part, -xp.detach(_across(xp, xp.sum, at_winner, axis))

    return *less_winner(x), *less_winner(noise)


def _sum(terms: tuple[Any, ...]) -> Any:
    first = terms[0] + terms[1]
    return first + (terms[2] + terms[3]) if terms[2:] else first


def _soft(xp: Any, terms: tuple[Any, ...], temperature: float, axis: int) -> Any:
    return SOFTMAX.value(xp, _sum(terms) / temperature, None, axis)


def _soft_product(
    xp: Any, terms: tuple[Any, ...], vector: Any, temperature: float, axis: int
) -> Any:
    """The Jacobian of :func:`_soft`, which is symmetric, times a vector."""
    return SOFTMAX.pullback(xp, _sum(terms) / temperature, vector, None, axis) / temperature


def _gumbel(
    soft: Callable[..., Any],
    soft_product: Callable[..., Any],
    accurate: Rowwise | None = None,
) -> Rowwise:
    """The formula of gumbel_softmax over a softmax of terms and its Jacobian product."""

    def value(
        xp: Any, x: Any, noise: Any, axis: int, drawn: bool, temperature: float, hard: bool
    ) -> Any:
        terms = _perturbed(xp, x, noise, axis, drawn)
        weights = soft(xp, terms, temperature, axis)
        if not hard:
            return weights
        # The difference is exactly 0, and has the derivative.
        return _hardmax(xp, _sum(terms), None, axis) + (weights - xp.detach(weights))

    def product(
        xp: Any,
        x: Any,
        vector: Any,
        noise: Any,
        axis: int,
        drawn: bool,
        temperature: float,
        hard: bool,
    ) -> Any:
        return soft_product(xp, _perturbed(xp, x, noise, axis, drawn), vector, temperature, axis)

    return Rowwise("gumbel_softmax", value, product, product, precise=accurate)


HARDMAX = Rowwise("hardmax", _hardmax, _hardmax_product, _hardmax_product)
SPARSEMAX, ENTMAX15 = (
    _projection(
        name,
        power,
        _excess,
        _weighted_product,
        _projection(name, power, precise.excess, precise.weighted_product),
    )
    for name, power in (("sparsemax", 1), ("entmax15", 2))
)
GUMBEL_SOFTMAX = _gumbel(_soft, _soft_product, _gumbel(precise.soft, precise.soft_product))


def _of_rows(formula: Rowwise) -> Callable[[Lift], Callable[..., Any]]:
    """The factory of a function of rows along any axis."""

    def factory(lift: Lift) -> Callable[..., Any]:
        apply = lift.rowwise(formula)

        def function(x: Any, axis: int = -1) -> Any:
            return apply(x, None, _arguments.row_axis(lift, formula.name, axis, x))

        return function

    return factory


hardmax = _of_rows(HARDMAX)
sparsemax = _of_rows(SPARSEMAX)
entmax15 = _of_rows(ENTMAX15)


def gumbel_softmax(lift: Lift) -> Callable[..., Any]:
    """The noise is drawn or given."""
    apply = lift.rowwise(GUMBEL_SOFTMAX)

    def gumbel_softmax(
        x: Any,
        temperature: float = 1.0,
        hard: bool = False,
        rng: Any = None,
        axis: int = -1,
        noise: Any = None,
    ) -> Any:
        _arguments.check_positive("gumbel_softmax", "temperature", temperature)
        hard = _arguments.check_flag("gumbel_softmax", "hard", hard)
        axis = _arguments.row_axis(lift, "gumbel_softmax", axis, x)
        drawn = noise is None
        if drawn:
            noise = lift.uniform("gumbel_softmax", x, 0.0, 1.0, rng)
        elif not lift.check_parameter("gumbel_softmax", "noise", noise, x):
            # The same number everywhere changes nothing.
            _arguments.check_finite("gumbel_softmax", "noise", noise)
            noise = None
        return apply(x, noise, axis, drawn, temperature, hard)

    return gumbel_softmax
