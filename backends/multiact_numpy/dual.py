"""Second derivatives without automatic differentiation: dual numbers over NumPy.

A :class:`Dual` carries a value and its derivative along one direction through the primitives and
operators that formulas are written in. Evaluating a closed-form first derivative on duals gives
the second derivative.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from multiact_numpy import primitives

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
        return -self + other

    def __mul__(self, other: Any) -> Dual:
        value, tangent = _parts(other)
        return Dual(self.value * value, self.tangent * value + self.value * tangent)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dual:
        value, tangent = _parts(other)
        quotient = self.value / value
        return Dual(quotient, (self.tangent - quotient * tangent) / value)

    def __rtruediv__(self, other: Any) -> Dual:
        return Dual(other, 0.0) / self

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


def _chain(function: Callable[[Any], Any], slope: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """A primitive on duals; ``slope(x, y)`` is its derivative at x, where its value is y."""

    def primitive(x: Any) -> Any:
        if not isinstance(x, Dual):
            return function(x)
        y = function(x.value)
        return Dual(y, slope(x.value, y) * x.tangent)

    return primitive


exp = _chain(primitives.exp, lambda x, y: y)
expm1 = _chain(primitives.expm1, lambda x, y: primitives.exp(x))
log = _chain(primitives.log, lambda x, y: 1 / x)
sqrt = _chain(primitives.sqrt, lambda x, y: 0.5 / y)
sin = _chain(primitives.sin, lambda x, y: primitives.cos(x))
cos = _chain(primitives.cos, lambda x, y: -primitives.sin(x))
atan = _chain(primitives.atan, lambda x, y: 1 / (1 + x * x))
log1p = _chain(primitives.log1p, lambda x, y: 1 / (1 + x))
tanh = _chain(primitives.tanh, lambda x, y: (1 - y) * (1 + y))
sigmoid = _chain(primitives.sigmoid, lambda x, y: y * primitives.sigmoid(-x))
erfc = _chain(primitives.erfc, lambda x, y: -TWO_OVER_SQRT_PI * primitives.exp(-(x * x)))
erf = _chain(primitives.erf, lambda x, y: TWO_OVER_SQRT_PI * primitives.exp(-(x * x)))
abs = _chain(primitives.abs, lambda x, y: np.sign(x))


def sigmoids(x: Dual) -> tuple[Dual, Dual]:
    s, r = primitives.sigmoids(x.value)
    change = s * r * x.tangent
    return Dual(s, change), Dual(r, -change)


def where(condition: Any, x: Any, y: Any) -> Dual:
    (x_value, x_tangent), (y_value, y_tangent) = _parts(x), _parts(y)
    return Dual(
        primitives.where(condition, x_value, y_value),
        primitives.where(condition, x_tangent, y_tangent),
    )


def maximum(x: Dual, bound: float) -> Dual:
    return where(x.value > bound, x, where(x.value <= bound, bound, x))


def minimum(x: Dual, bound: float) -> Dual:
    return where(x.value < bound, x, where(x.value >= bound, bound, x))
