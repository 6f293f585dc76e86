"""multiact on the arrays of array-api-strict: a backend made from primitives, values only.

Nothing in multiact knows of it. It is found by the entry point ``array_api_strict`` in the group
``multiact.backends``, which is named after the module root of the array type.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import array_api_strict as xp

from multiact import _errors
from multiact.backend import Elementwise, Rowwise, build, check_parameter

ARITHMETIC = (xp.float32, xp.float64)


class Primitives:
    """The array API has most of them under the same name."""

    inf = math.inf
    exp = staticmethod(xp.exp)
    expm1 = staticmethod(xp.expm1)
    log1p = staticmethod(xp.log1p)
    tanh = staticmethod(xp.tanh)
    abs = staticmethod(xp.abs)
    where = staticmethod(xp.where)
    maximum = staticmethod(xp.maximum)
    minimum = staticmethod(xp.minimum)

    @staticmethod
    def sigmoid(x: Any) -> Any:
        return Primitives.sigmoids(x)[0]

    @staticmethod
    def sigmoids(x: Any) -> tuple[Any, Any]:
        total = 1 + xp.exp(-xp.abs(x))
        return xp.exp(xp.minimum(x, 0.0)) / total, xp.exp(xp.minimum(-x, 0.0)) / total

    @staticmethod
    def erfc(x: Any) -> Any:
        flat = xp.reshape(x, (-1,))
        values = [math.erfc(float(flat[i])) for i in range(flat.shape[0])]
        return xp.reshape(xp.asarray(values, dtype=x.dtype), x.shape)

    @staticmethod
    def sum(x: Any, axis: int) -> Any:
        return xp.sum(x, axis=axis)

    @staticmethod
    def max(x: Any, axis: int) -> Any:
        return xp.max(x, axis=axis)

    @staticmethod
    def expand_dims(x: Any, axis: int) -> Any:
        return xp.expand_dims(x, axis=axis)

    @staticmethod
    def split_axis(x: Any, axis: int, pieces: int) -> Any:
        shape = x.shape
        return xp.reshape(x, (*shape[:axis], shape[axis] // pieces, pieces, *shape[axis + 1 :]))

    @staticmethod
    def merge_axes(x: Any, axis: int) -> Any:
        shape = x.shape
        return xp.reshape(x, (*shape[:axis], shape[axis] * shape[axis + 1], *shape[axis + 2 :]))

    @staticmethod
    def astype_like(condition: Any, x: Any) -> Any:
        return xp.astype(condition, x.dtype)


class StrictLift:
    """There is nothing to differentiate with, so a formula is only evaluated."""

    def elementwise(self, formula: Elementwise, function: str) -> Callable[..., Any]:
        def apply(x: Any, *parameters: Any) -> Any:
            if not (formula.keeps_integers and xp.isdtype(x.dtype, "integral")):
                x = _floating(function, x)
            for name, parameter in zip(formula.parameters, parameters, strict=True):
                check_parameter(self, function, name, parameter, x)
            return formula.value(Primitives, x, *parameters)

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        def apply(x: Any, mask: Any, *static: Any) -> Any:
            return formula.value(Primitives, _floating(formula.name, x), mask, *static)

        return apply

    def is_array(self, value: Any) -> bool:
        return isinstance(value, type(xp.asarray(0.0)))

    def shape(self, x: Any) -> tuple[int, ...]:
        return tuple(x.shape)

    def reshape(self, x: Any, shape: tuple[int, ...]) -> Any:
        return xp.reshape(x, shape)

    def is_bool(self, x: Any) -> bool:
        return bool(x.dtype == xp.bool)

    def uniform(self, function: str, x: Any, lower: float, upper: float, rng: Any) -> Any:
        raise NotImplementedError(f"{function}: the array API has no random numbers; pass slope")


def _floating(function: str, x: Any) -> Any:
    if x.dtype in ARITHMETIC:
        return x
    if xp.isdtype(x.dtype, ("integral", "bool")):
        return xp.astype(x, xp.float64)
    raise _errors.unsupported_dtype(function, x.dtype)


globals().update(build(__name__, StrictLift()))
