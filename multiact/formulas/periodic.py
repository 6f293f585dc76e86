"""snake, sine: functions with a sine.

Where x is 1e4, half an ULP of omega·x is thousands of times what the sine may be off, and so is
the rounding of omega to float32. So the product is carried as two numbers p + e, and
sin(p + e) = sin p·cos e + cos p·sin e.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact import _errors
from multiact.formulas import _exact
from multiact.formulas._kinds import Elementwise, Lift
from multiact.formulas.precise import periodic as precise


def _sine(xp: Any, p: Any, e: Any) -> Any:
    return xp.sin(p) * xp.cos(e) + xp.cos(p) * xp.sin(e)


def _cosine(xp: Any, p: Any, e: Any) -> Any:
    return xp.cos(p) * xp.cos(e) - xp.sin(p) * xp.sin(e)


def _sine_dx(xp: Any, x: Any, *omega: Any) -> Any:
    return sum(omega) * _cosine(xp, *_exact.product_with_short(xp, x, omega))


def _sine_domega(xp: Any, x: Any, *omega: Any) -> Any:
    return x * _cosine(xp, *_exact.product_with_short(xp, x, omega))


SINE_UNIT = Elementwise(
    "sine",
    value=lambda xp, x: xp.sin(x),
    partials=(lambda xp, x: xp.cos(x),),
    oscillates="value",
    precise=precise.SINE_UNIT,
)
# omega is a number in parts.
SINE = Elementwise(
    "sine",
    value=lambda xp, x, *omega: _sine(xp, *_exact.product_with_short(xp, x, omega)),
    partials=(_sine_dx, _sine_domega, _sine_domega, _sine_domega),
    parameters=("omega",) * 3,
    oscillates="value",
    precise=precise.SINE,
)


def _snake_unit(xp: Any, x: Any) -> Any:
    s = xp.sin(x)
    return x + s * s


def _snake_unit_dx(xp: Any, x: Any) -> Any:
    # 1 + sin(2x), in a form that does not cancel where it is small.
    both = xp.sin(x) + xp.cos(x)
    return both * both


def _snake_short(xp: Any, x: Any, *a: Any) -> Any:
    s = _sine(xp, *_exact.product_with_short(xp, x, a))
    return x + s * (s / sum(a))


def _snake_short_dx(xp: Any, x: Any, *a: Any) -> Any:
    return _snake_slope(xp, *_exact.product_with_short(xp, x, a))


def _snake_short_da(xp: Any, x: Any, *a: Any) -> Any:
    p, e = _exact.product_with_short(xp, x, a)
    t = _sine(xp, p, e) / sum(a)
    return t * (2 * x * _cosine(xp, p, e) - t)


def _snake(xp: Any, x: Any, a: Any) -> Any:
    s = _sine(xp, *_exact.product(xp, x, a))
    return x + s * _sine_over(xp, s, x, a)


def _snake_dx(xp: Any, x: Any, a: Any) -> Any:
    return _snake_slope(xp, *_exact.product(xp, x, a))


def _snake_da(xp: Any, x: Any, a: Any) -> Any:
    p, e = _exact.product(xp, x, a)
    t = _sine_over(xp, _sine(xp, p, e), x, a)
    return t * (2 * x * _cosine(xp, p, e) - t)


def _snake_slope(xp: Any, p: Any, e: Any) -> Any:
    both = _sine(xp, p, e) + _cosine(xp, p, e)
    return both * both


def _sine_over(xp: Any, s: Any, x: Any, a: Any) -> Any:
    """sin(a·x)/a, which goes to x as a goes to 0."""
    divides = xp.abs(a) > 0
    return xp.where(divides, s / xp.where(divides, a, 1.0), x)


SNAKE_UNIT = Elementwise(
    "snake", value=_snake_unit, partials=(_snake_unit_dx,), precise=precise.SNAKE_UNIT
)
# a is a number in parts.
SNAKE_SHORT = Elementwise(
    "snake",
    value=_snake_short,
    partials=(_snake_short_dx, _snake_short_da, _snake_short_da, _snake_short_da),
    parameters=("a",) * 3,
    precise=precise.SNAKE_SHORT,
)
SNAKE = Elementwise(
    "snake",
    value=_snake,
    partials=(_snake_dx, _snake_da),
    parameters=("a",),
    precise=precise.SNAKE,
)


def snake(lift: Lift) -> Callable[..., Any]:
    """a may be a tensor."""
    unit = lift.elementwise(SNAKE_UNIT, "snake")
    number = lift.elementwise(SNAKE_SHORT, "snake")
    tensor = lift.elementwise(SNAKE, "snake")

    def snake(x: Any, a: Any = 1.0) -> Any:
        # NumPy's float64 scalars are arrays as well as numbers, and get a gradient.
        if not isinstance(a, (int, float)) or lift.is_array(a):
            return tensor(x, a)
        if a == 0:
            allowed = "any other number; as a goes to 0 the function goes to x"
            raise _errors.number("snake", "a", a, allowed)
        return unit(x) if a == 1 else number(x, *_exact.short(_exact.constant(a)))

    return snake


def sine(lift: Lift) -> Callable[..., Any]:
    """omega is one number."""
    unit = lift.elementwise(SINE_UNIT, "sine")
    number = lift.elementwise(SINE, "sine")

    def sine(x: Any, omega: float = 1.0) -> Any:
        if not isinstance(omega, (int, float)):
            raise _errors.scalar("sine", "omega", omega)
        return unit(x) if omega == 1 else number(x, *_exact.short(_exact.constant(omega)))

    return sine
