"""The form of a formula that the precise tier evaluates: in float64, with limits at ±inf."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from multiact.formulas._kinds import Elementwise, Rowwise

LARGEST = 1.7976931348623157e308
# What is larger at the largest number grows without bound.
GROWN = 1e150
# What is smaller there vanishes: times NOTHING it is a zero of its sign, which times 0 it is not in
# Inductor's code.
VANISHED, NOTHING = 1e-150, 1e-200


def precise_elementwise(formula: Elementwise) -> Elementwise:
    """The accurate form; at ±inf it gives the limit.

    What keeps integers is piecewise linear and right at ±inf as it is.
    """
    exact = formula.precise or formula
    if exact.keeps_integers:
        return replace(exact, value=_with_zeros(exact.value))
    ending = _without_limits if exact.oscillates == "value" else _with_limits
    sloping = _without_limits if exact.oscillates else _with_limits
    return replace(
        exact,
        value=_with_zeros(ending(exact.value)),
        partials=tuple(_with_positive_zeros(sloping(partial)) for partial in exact.partials),
    )


def precise_rowwise(formula: Rowwise) -> Rowwise:
    """The accurate form."""
    return formula.precise or formula


def _with_limits(function: Callable[..., Any]) -> Callable[..., Any]:
    """At ±inf the function's value at the largest number; ±inf or 0 if it is almost that there."""

    def reaching(xp: Any, x: Any, *parameters: Any) -> Any:
        y = function(xp, xp.maximum(xp.minimum(x, LARGEST), -LARGEST), *parameters)
        # Made of a comparison: autodiff would meet 0·inf in a product that is not chosen.
        infinity = (2 * xp.astype_like(y > 0, y) - 1) * xp.inf
        size, ends = xp.abs(y), xp.abs(x) == xp.inf
        y = xp.where(ends & (size < VANISHED), NOTHING * y, y)
        return xp.where(ends & (size > GROWN), infinity, y)

    return reaching


def _without_limits(function: Callable[..., Any]) -> Callable[..., Any]:
    """NaN at ±inf."""

    def oscillating(xp: Any, x: Any, *parameters: Any) -> Any:
        y = function(xp, xp.maximum(xp.minimum(x, LARGEST), -LARGEST), *parameters)
        return xp.where(xp.abs(x) == xp.inf, math.nan, y)

    return oscillating


def _with_zeros(function: Callable[..., Any]) -> Callable[..., Any]:
    """What is 0 at ±0 is that very zero: frameworks do not agree on the sign of max(−0, 0)."""

    def signed(xp: Any, x: Any, *parameters: Any) -> Any:
        y = function(xp, x, *parameters)
        return xp.where((x == 0) & (y == 0), x, y)

    return signed


def _with_positive_zeros(function: Callable[..., Any]) -> Callable[..., Any]:
    """A derivative that is 0 at ±0 is +0, with the derivative that it has itself."""

    def unsigned(xp: Any, x: Any, *parameters: Any) -> Any:
        y = function(xp, x, *parameters)
        return xp.where((x == 0) & (y == 0), y - xp.detach(y), y)

    return unsigned
