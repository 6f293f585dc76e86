"""vjp and derivative on NumPy: the closed forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from multiact import _errors
from multiact.backend import closed_form
from multiact_numpy.lift import ARITHMETIC, NumpyLift, Operand, is_array, prepare_parameter


class GradientOperand(Operand):
    """x made ready, for functions of it and of other arrays."""

    __slots__ = ()

    def elementwise(self, function: Callable[..., Any], *arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(self.xp, self.array, *arguments)

    rowwise = elementwise

    def restore(self, result: Any) -> Any:
        with np.errstate(all="ignore"):
            return super().restore(result)


class GradientLift(NumpyLift):
    """What gradients in closed form need beside NumPy's lift."""

    def operand(self, function: str, x: Any) -> GradientOperand:
        dtype = np.asarray(x).dtype
        if dtype.kind in "biu":
            raise _errors.not_differentiable(function, dtype)
        return GradientOperand(function, x, arithmetic=self.arithmetic)

    def parameter(self, function: str, name: str, value: Any, operand: Operand) -> Any:
        return prepare_parameter(function, name, value, operand)

    def cotangent(self, function: str, value: Any, operand: Operand) -> Any:
        if not is_array(value) and not isinstance(value, (int, float)):
            raise _errors.foreign_parameter(function, "cotangent", value, operand.original)
        return np.asarray(value).astype(operand.array.dtype, copy=False)

    def sum_to(self, gradient: Any, parameter: Any) -> Any:
        shape = np.shape(parameter)
        extra = gradient.ndim - len(shape)
        axes = tuple(range(extra)) + tuple(
            extra + i
            for i, size in enumerate(shape)
            if size == 1 and gradient.shape[extra + i] != 1
        )
        with np.errstate(all="ignore"):
            return gradient.sum(axis=axes).reshape(shape).astype(np.asarray(parameter).dtype)

    def zeros_like(self, value: Any) -> Any | None:
        if is_array(value) and np.asarray(value).dtype in ARITHMETIC:
            return np.zeros_like(value)
        return None


def vjp(
    f: Callable[..., Any], x: Any, cotangent: Any, params: dict[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """See :func:`multiact.vjp`."""
    return closed_form.vjp(GradientLift, f, x, cotangent, params)


def derivative(f: Callable[..., Any], x: Any, order: int, params: dict[str, Any]) -> Any:
    """See :func:`multiact.derivative`."""
    return closed_form.derivative(GradientLift, f, x, order, params)
