"""softshrink, hardshrink, tanhshrink, shrink: values near 0 become 0, or much smaller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact import _arguments, _errors
from multiact.formulas._kinds import Elementwise, Lift, unary
from multiact.formulas.precise import shrinkage as precise
from multiact.formulas.thresholds import above

# Below this magnitude x − tanh(x) would cancel. Lambert's fraction has converged there: cutting it
# off leaves a tenth of the error that the contract allows a second derivative in float64, and less
# of what it allows value and derivative.
NEAR_ZERO = 0.8


def _slope(xp: Any, x: Any, lambd: Any, *_: Any) -> Any:
    """1 where |x| > lambd, 0 between and at both ends."""
    return above(xp, xp.abs(x), lambd)


def _side(xp: Any, x: Any, lambd: Any, *_: Any) -> Any:
    """1 above lambd, −1 below −lambd, 0 between."""
    return above(xp, x, lambd) - above(xp, -x, lambd)


def _softshrink(xp: Any, x: Any, lambd: Any) -> Any:
    return xp.maximum(x - lambd, 0) - xp.maximum(-x - lambd, 0)


SOFTSHRINK = Elementwise(
    "softshrink",
    value=_softshrink,
    partials=(_slope, lambda xp, x, lambd: -_side(xp, x, lambd)),
    parameters=("lambd",),
)


def _hardshrink(xp: Any, x: Any, lambd: Any) -> Any:
    # The comparison is false for NaN, which stays.
    return xp.where(xp.abs(x) <= lambd, 0.0, x)


HARDSHRINK = Elementwise(
    "hardshrink",
    value=_hardshrink,
    # The jumps move with lambd; beside them nothing changes.
    partials=(_slope, lambda xp, x, lambd: 0 * _slope(xp, x, lambd)),
    parameters=("lambd",),
)


def _shrink(xp: Any, x: Any, lambd: Any, bias: Any) -> Any:
    return xp.where(xp.abs(x) <= lambd, 0.0, xp.where(x > 0, x - bias, x + bias))


SHRINK = Elementwise(
    "shrink",
    value=_shrink,
    partials=(
        _slope,
        lambda xp, x, lambd, bias: 0 * _slope(xp, x, lambd),
        lambda xp, x, lambd, bias: -_side(xp, x, lambd),
    ),
    parameters=("lambd", "bias"),
)


def _fraction(t: Any) -> Any:
    """K in tanh(x) = x/(1 + t/K), t = x²: 3 + t/(5 + t/(7 + …)) (Lambert 1761)."""
    k = 15 + t / 17
    for odd in (13, 11, 9, 7, 5, 3):
        k = odd + t / k
    return k


def _tanhshrink(xp: Any, x: Any) -> Any:
    # Cut, so that the fraction is finite where it is not chosen.
    t = xp.minimum(x * x, 1.0)
    small = x * (t / (_fraction(t) + t))
    return xp.where(xp.abs(x) < NEAR_ZERO, small, x - xp.tanh(x))


def _tanhshrink_dx(xp: Any, x: Any) -> Any:
    # tanh², far from 0 by an exponential: where it is almost 1, an error of tanh would double.
    e = xp.exp(-2 * xp.abs(x))
    far = (1 - e) / (1 + e)
    near = xp.tanh(x)
    return xp.where(xp.abs(x) < 1, near * near, far * far)


TANHSHRINK = Elementwise(
    "tanhshrink",
    value=_tanhshrink,
    partials=(_tanhshrink_dx,),
    precise=precise.TANHSHRINK,
)

tanhshrink = unary(TANHSHRINK)


def _of_threshold(formula: Elementwise) -> Callable[[Lift], Callable[..., Any]]:
    """The factory of a function of x and a threshold that is one number."""

    def factory(lift: Lift) -> Callable[..., Any]:
        apply = lift.elementwise(formula, formula.name)

        def function(x: Any, lambd: float = 0.5) -> Any:
            _check_lambd(formula.name, lambd)
            return apply(x, lambd)

        return function

    return factory


softshrink = _of_threshold(SOFTSHRINK)
hardshrink = _of_threshold(HARDSHRINK)


def shrink(lift: Lift) -> Callable[..., Any]:
    """A threshold and a shift that are numbers."""
    apply = lift.elementwise(SHRINK, "shrink")

    def shrink(x: Any, lambd: float = 0.5, bias: float = 0.0) -> Any:
        _check_lambd("shrink", lambd)
        _arguments.check_numbers("shrink", bias=bias)
        return apply(x, lambd, bias)

    return shrink


def _check_lambd(function: str, lambd: Any) -> None:
    _arguments.check_numbers(function, lambd=lambd)
    if lambd < 0:
        raise _errors.number(
            function, "lambd", lambd, "a number from 0 on; what lies within ±lambd becomes 0"
        )
