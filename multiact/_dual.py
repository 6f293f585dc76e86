"""Second derivatives without automatic differentiation: dual numbers over any primitives.

A :class:`Dual` carries a value and its derivative along one direction through the primitives and
operators that formulas are written in. Evaluating a closed-form first derivative on duals gives
the second derivative.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

TWO_OVER_SQRT_PI = 2 / math.sqrt(math.pi)


class Dual:
    """value + tangent·ε with ε² = 0."""

    __slots__ = ("tangent", "value")
    # NumPy must hand its operators over to the reflected ones below.
    __array_ufunc__ = None

    def __init__(self, value: Any, tangent: Any) -> None:
        self.value = value
        self.tangent = tangent

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.tangent)

    def __add__(self, other: Any) -> Dual:
        value, tangent = _parts(other)
        return Dual(self.value + value, self.tangent + tangent)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Dual:
        value, tangent = _parts(other)
        return Dual(self.value - value, self.tangent - tangent)

    def __rsub__(self, other: Any) -> Dual:
        return Dual(other, 0.0) - self

    def __mul__(self, other: Any) -> Dual:
        value, tangent = _parts(other)
        return Dual(self.value * value, self.tangent * value + self.value * tangent)

    __rmul__ = __mul__

    def __pos__(self) -> Dual:
        return self

    def __pow__(self, exponent: float) -> Dual:
        if exponent == 0:
            return Dual(self.value**0, self.value * 0)
        return Dual(self.value**exponent, exponent * self.value ** (exponent - 1) * self.tangent)

    def __truediv__(self, other: Any) -> Dual:
        value, tangent = _parts(other)
        quotient = self.value / value
        return Dual(quotient, (self.tangent - quotient * tangent) / value)

    def __rtruediv__(self, other: Any) -> Dual:
        return Dual(other, 0.0) / self

    def __eq__(self, other: object) -> Any:
        return self.value == _parts(other)[0]

    def __ne__(self, other: object) -> Any:
        return self.value != _parts(other)[0]

    __hash__ = None  # type: ignore[assignment]

    def __lt__(self, other: Any) -> Any:
        return self.value < _parts(other)[0]

    def __le__(self, other: Any) -> Any:
        return self.value <= _parts(other)[0]

    def __gt__(self, other: Any) -> Any:
        return self.value > _parts(other)[0]

    def __ge__(self, other: Any) -> Any:
        return self.value >= _parts(other)[0]


def _parts(operand: Any) -> tuple[Any, Any]:
    return (operand.value, operand.tangent) if isinstance(operand, Dual) else (operand, 0.0)


Slope = Callable[[Any, Any, Any], Any]
"""The derivative of a primitive at x, given the primitives, x and the primitive's value there."""

SLOPES: dict[str, Slope] = {
    "exp": lambda xp, x, y: y,
    "expm1": lambda xp, x, y: xp.exp(x),
    "log": lambda xp, x, y: 1 / x,
    "log1p": lambda xp, x, y: 1 / (1 + x),
    "sqrt": lambda xp, x, y: 0.5 / y,
    "sin": lambda xp, x, y: xp.cos(x),
    "cos": lambda xp, x, y: -xp.sin(x),
    "atan": lambda xp, x, y: 1 / (1 + x * x),
    "tanh": lambda xp, x, y: (1 - y) * (1 + y),
    "sigmoid": lambda xp, x, y: y * xp.sigmoid(-x),
    "erf": lambda xp, x, y: TWO_OVER_SQRT_PI * xp.exp(-(x * x)),
    "erfc": lambda xp, x, y: -TWO_OVER_SQRT_PI * xp.exp(-(x * x)),
    "abs": lambda xp, x, y: xp.where(x > 0, 1.0, xp.where(x < 0, -1.0, x)),
}


class DualPrimitives:
    """The primitives of elementwise formulas, on duals that hold arrays of ``xp``."""

    def __init__(self, xp: Any) -> None:
        self.inf = xp.inf
        self._xp = xp

    def __getattr__(self, name: str) -> Callable[[Any], Any]:
        slope = SLOPES.get(name)
        if slope is None:
            raise AttributeError(f"{name} is no primitive of elementwise formulas")
        return _chain(self._xp, getattr(self._xp, name), slope)

    def sigmoids(self, x: Dual) -> tuple[Dual, Dual]:
        s, r = self._xp.sigmoids(x.value)
        change = s * r * x.tangent
        return Dual(s, change), Dual(r, -change)

    def where(self, condition: Any, x: Any, y: Any) -> Dual:
        (x_value, x_tangent), (y_value, y_tangent) = _parts(x), _parts(y)
        value = self._xp.where(condition, x_value, y_value)
        if type(x_tangent) is float and type(y_tangent) is float:
            # Two constants: where takes an array beside a number, and numbers are 0 here. (NumPy's
            # scalars, which are floats as well, are results like arrays.)
            return Dual(value, 0.0)
        return Dual(value, self._xp.where(condition, x_tangent, y_tangent))

    def maximum(self, x: Dual, bound: float) -> Dual:
        return self.where(x.value > bound, x, self.where(x.value <= bound, bound, x))

    def minimum(self, x: Dual, bound: float) -> Dual:
        return self.where(x.value < bound, x, self.where(x.value >= bound, bound, x))

    def astype_like(self, condition: Any, x: Dual) -> Any:
        return self._xp.astype_like(condition, x.value)

    def truncate(self, x: Any) -> Any:
        # Parameters, which are plain, are truncated as well.
        if not isinstance(x, Dual):
            return self._xp.truncate(x)
        return Dual(self._xp.truncate(x.value), x.tangent)

    def detach(self, x: Any) -> Any:
        return self._xp.detach(_parts(x)[0])


def _chain(xp: Any, function: Callable[[Any], Any], slope: Slope) -> Callable[[Any], Any]:
    """A primitive on duals; of parameters, which are plain, it is the primitive itself."""

    def primitive(x: Any) -> Any:
        if not isinstance(x, Dual):
            return function(x)
        y = function(x.value)
        return Dual(y, slope(xp, x.value, y) * x.tangent)

    return primitive
