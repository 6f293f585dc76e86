"""vjp and derivative on NumPy: the closed forms, reached through the functions' own factories.

The factory of a function checks its arguments and chooses its formula. Given one of the lifts
below in place of the usual one, it hands the formula and the prepared arguments to a gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import multiact
from multiact import _errors
from multiact.backend import Elementwise, Rowwise
from multiact.formulas import factory
from multiact_numpy import dual
from multiact_numpy import primitives as xp
from multiact_numpy.lift import NumpyLift, Operand, is_array, prepare_parameter


class Pullback(NumpyLift):
    """Functions made with this lift return (gradient to x, gradients to the parameters)."""

    def __init__(self, cotangent: Any) -> None:
        self.cotangent = cotangent

    def elementwise(self, formula: Elementwise, function: str) -> Callable[..., Any]:
        def apply(x: Any, *parameters: Any) -> tuple[Any, dict[str, Any]]:
            operand = _floating(function, x)
            ready = [
                prepare_parameter(function, name, parameter, operand)
                for name, parameter in zip(formula.parameters, parameters, strict=True)
            ]
            cotangent = self._ready(function, operand, operand.array.shape)
            with np.errstate(all="ignore"):
                dx = formula.partials[0](xp, operand.array, *ready) * cotangent
                dparams = {
                    name: _sum_to(partial(xp, operand.array, *ready) * cotangent, parameter)
                    for name, partial, parameter in zip(
                        formula.parameters, formula.partials[1:], parameters, strict=True
                    )
                    if is_array(parameter)
                }
            return operand.restore(dx), dparams

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        def apply(x: Any, mask: Any, *static: Any) -> tuple[Any, dict[str, Any]]:
            operand = _floating(formula.name, x)
            with np.errstate(all="ignore"):
                shape = formula.value(xp, operand.array, mask, *static).shape
                cotangent = self._ready(formula.name, operand, shape)
                dx = formula.pullback(xp, operand.array, cotangent, mask, *static)
            return operand.restore(dx), {}

        return apply

    def _ready(self, function: str, operand: Operand, shape: tuple[int, ...]) -> Any:
        cotangent = self.cotangent
        if not is_array(cotangent) and not isinstance(cotangent, (int, float)):
            raise _errors.foreign_parameter(function, "cotangent", cotangent, operand.original)
        cotangent = np.asarray(cotangent)
        if cotangent.shape != shape:
            raise _errors.cotangent_shape(function, cotangent.shape, shape)
        return cotangent.astype(operand.array.dtype, copy=False)


class Derivative(NumpyLift):
    """Functions made with this lift return ∂f/∂x, or ∂²f/∂x² by dual numbers."""

    def __init__(self, order: int) -> None:
        self.order = order

    def elementwise(self, formula: Elementwise, function: str) -> Callable[..., Any]:
        def apply(x: Any, *parameters: Any) -> Any:
            operand = _floating(function, x)
            ready = [
                prepare_parameter(function, name, parameter, operand)
                for name, parameter in zip(formula.parameters, parameters, strict=True)
            ]
            slope = formula.partials[0]
            with np.errstate(all="ignore"):
                if self.order == 1:
                    return operand.restore(slope(xp, operand.array, *ready))
                seed = dual.Dual(operand.array, np.ones_like(operand.array))
                return operand.restore(slope(dual, seed, *ready).tangent)

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        raise _errors.not_elementwise(formula.name)


def _floating(function: str, x: Any) -> Operand:
    dtype = np.asarray(x).dtype
    if dtype.kind in "biu":
        raise _errors.not_differentiable(function, dtype)
    return Operand(function, x)


def _sum_to(gradient: Any, parameter: Any) -> Any:
    """Sum a gradient over what the parameter was broadcast along; in the parameter's dtype."""
    shape = np.shape(parameter)
    extra = gradient.ndim - len(shape)
    axes = tuple(range(extra)) + tuple(
        extra + i for i, size in enumerate(shape) if size == 1 and gradient.shape[extra + i] != 1
    )
    return gradient.sum(axis=axes).reshape(shape).astype(np.asarray(parameter).dtype)


def _remake(f: Callable[..., Any], lift: NumpyLift) -> Callable[..., Any]:
    """The catalogue function f, made anew with another lift."""
    try:
        record = multiact.records[f.__name__]
        known = f in (getattr(multiact, record.name), getattr(_package(), record.name))
    except (AttributeError, KeyError):
        known = False
    if not known:
        raise TypeError(
            f"vjp and derivative got {f!r} for a NumPy array. NumPy has no automatic "
            f"differentiation, so only the functions of multiact, whose derivatives are known in "
            f"closed form, are allowed; pass one of those, or an array of another framework."
        )
    return factory(record.family, record.name)(lift)


def _package() -> Any:
    import multiact_numpy

    return multiact_numpy


def vjp(
    f: Callable[..., Any], x: Any, cotangent: Any, params: dict[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """See :func:`multiact.vjp`."""
    dx, dparams = _remake(f, Pullback(cotangent))(x, **params)
    # A factory may have reshaped a parameter (a slope laid along its axis).
    return dx, {name: np.reshape(g, np.shape(params[name])) for name, g in dparams.items()}


def derivative(f: Callable[..., Any], x: Any, order: int, params: dict[str, Any]) -> Any:
    """See :func:`multiact.derivative`."""
    if order not in (1, 2):
        raise _errors.option("derivative", "order", order, (1, 2))
    return _remake(f, Derivative(order))(x, **params)
