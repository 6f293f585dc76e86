"""multiact on boxes: a backend made from primitives, with gradients in closed form.

Nothing in multiact knows of it. It is found by the entry point ``boxes`` in the group
``multiact.backends``, which is named after the module root of the array type.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import boxes
import numpy as np
from boxes import Box

from multiact import _errors
from multiact.backend import (
    Elementwise,
    Rowwise,
    build,
    check_parameter,
    closed_form,
    error_function,
)

FLOATING = (np.float32, np.float64)


class Primitives:
    """The library has most of them under the same name."""

    inf = math.inf
    exp = staticmethod(boxes.exp)
    expm1 = staticmethod(boxes.expm1)
    log = staticmethod(boxes.log)
    log1p = staticmethod(boxes.log1p)
    sqrt = staticmethod(boxes.sqrt)
    sin = staticmethod(boxes.sin)
    cos = staticmethod(boxes.cos)
    atan = staticmethod(boxes.atan)
    tanh = staticmethod(boxes.tanh)
    abs = staticmethod(boxes.abs)
    round = staticmethod(boxes.round)
    where = staticmethod(boxes.where)
    maximum = staticmethod(boxes.maximum)
    minimum = staticmethod(boxes.minimum)

    def sum(self, x: Any, axis: int) -> Any:
        return boxes.sum(x, axis=axis)

    def max(self, x: Any, axis: int) -> Any:
        return boxes.max(x, axis=axis)

    def sort(self, x: Any, axis: int) -> Any:
        return boxes.sort(x, axis=axis)

    def cumsum(self, x: Any, axis: int) -> Any:
        return boxes.cumulative_sum(x, axis=axis)

    def expand_dims(self, x: Any, axis: int) -> Any:
        return boxes.expand_dims(x, axis=axis)

    def detach(self, x: Any) -> Any:
        return x

    def sigmoid(self, x: Any) -> Any:
        return self.sigmoids(x)[0]

    def sigmoids(self, x: Any) -> tuple[Any, Any]:
        total = 1 + self.exp(-self.abs(x))
        return self.exp(self.minimum(x, 0)) / total, self.exp(self.minimum(-x, 0)) / total

    def erf(self, x: Any) -> Any:
        return error_function.erf(self, x.dtype.name, x)

    def erfc(self, x: Any) -> Any:
        return error_function.erfc(self, x.dtype.name, x)

    def split_axis(self, x: Any, axis: int, pieces: int) -> Any:
        shape = x.shape
        sizes = (*shape[:axis], shape[axis] // pieces, pieces, *shape[axis + 1 :])
        return Box(x.values.reshape(sizes))

    def merge_axes(self, x: Any, axis: int) -> Any:
        shape = x.shape
        return Box(x.values.reshape(*shape[:axis], -1, *shape[axis + 2 :]))

    def halves(self, x: Any, axis: int) -> tuple[Any, ...]:
        return tuple(Box(half) for half in np.split(x.values, 2, axis))

    def concat(self, parts: tuple[Any, ...], axis: int) -> Any:
        return boxes.concat(parts, axis=axis)

    def astype_like(self, condition: Any, x: Any) -> Any:
        return Box(condition.values, x.dtype)


class Operand:
    """x made ready: there is nothing to cast."""

    def __init__(self, x: Box) -> None:
        self.array = x

    def elementwise(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return function(Primitives(), self.array, *arguments)

    rowwise = elementwise

    def restore(self, result: Any) -> Any:
        return result


class BoxLift:
    """A formula is only evaluated."""

    def __init__(self, precise: bool = False) -> None:
        assert not precise
        self.precise = precise

    def elementwise(self, formula: Elementwise, function: str) -> Callable[..., Any]:
        def apply(x: Any, *parameters: Any) -> Any:
            if not (formula.keeps_integers and x.dtype.kind in "iu"):
                x = _floating(function, x)
            for name, parameter in zip(formula.parameters, parameters, strict=True):
                check_parameter(self, function, name, parameter, x)
            return formula.value(Primitives(), x, *parameters)

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        def apply(x: Any, mask: Any, *static: Any) -> Any:
            return formula.value(Primitives(), _floating(formula.name, x), mask, *static)

        return apply

    def is_array(self, value: Any) -> bool:
        return isinstance(value, Box)

    def shape(self, x: Any) -> tuple[int, ...]:
        return tuple(x.shape)

    def reshape(self, x: Any, shape: tuple[int, ...]) -> Any:
        return Box(x.values.reshape(shape))

    def is_bool(self, x: Any) -> bool:
        return bool(x.dtype == np.bool_)

    def check_parameter(self, function: str, name: str, value: Any, x: Any) -> bool:
        return check_parameter(self, function, name, value, x)

    def uniform(self, function: str, x: Any, lower: float, upper: float, rng: Any) -> Any:
        raise NotImplementedError(f"{function}: boxes have no random numbers; pass an array")

    # What gradients in closed form need beside the above.

    def form(self, formula: Elementwise) -> Elementwise:
        return formula

    def row_form(self, formula: Rowwise) -> Rowwise:
        return formula

    def operand(self, function: str, x: Any) -> Operand:
        return Operand(x)

    def parameter(self, function: str, name: str, value: Any, operand: Operand) -> Any:
        check_parameter(self, function, name, value, operand.array)
        return value

    def cotangent(self, function: str, value: Any, operand: Operand) -> Any:
        return value

    def sum_to(self, gradient: Any, parameter: Any) -> Any:
        missing = tuple(range(len(gradient.shape) - len(parameter.shape)))
        return Box(gradient.values.sum(missing))

    def zeros_like(self, value: Any) -> Any:
        return Box(np.zeros_like(value.values)) if isinstance(value, Box) else None


def _floating(function: str, x: Any) -> Any:
    if x.dtype in FLOATING:
        return x
    if x.dtype.kind in "biu":
        return Box(x.values, np.float64)
    raise _errors.unsupported_dtype(function, x.dtype)


globals().update(build(__name__, BoxLift()))


def vjp(f: Any, x: Any, cotangent: Any, params: dict[str, Any]) -> Any:
    return closed_form.vjp(BoxLift, f, x, cotangent, params)


def derivative(f: Any, x: Any, order: int, params: dict[str, Any]) -> Any:
    return closed_form.derivative(BoxLift, f, x, order, params)
