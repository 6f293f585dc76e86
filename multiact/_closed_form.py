"""vjp and derivative in closed form, for arrays that have no automatic differentiation.

The factory of a function checks its arguments and chooses its formula. Given one of the lifts
below in place of the usual one, it hands the formula and the prepared arguments to a gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import multiact
from multiact import _custom, _errors, precise
from multiact._dispatch import find
from multiact._dual import Dual, DualPrimitives
from multiact.formulas import Elementwise, Lift, Rowwise, factory

Shape = tuple[int | None, ...] | None


class Operand(Protocol):
    """x made ready: in the dtype of the arithmetic, with the primitives for it."""

    def elementwise(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """``function(xp, array, *arguments)``, where no element depends on another one."""

    def rowwise(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The same for whole rows."""

    def restore(self, result: Any) -> Any:
        """The result in x's own dtype."""


class ClosedLift(Lift, Protocol):
    """What a lift has beside :class:`multiact.backend.Lift` for gradients in closed form."""

    def form(self, formula: Elementwise) -> Elementwise:
        """The formula's form in the lift's tier."""

    def row_form(self, formula: Rowwise) -> Rowwise:
        """The same for rows."""

    def operand(self, function: str, x: Any) -> Operand:
        """x made ready; a dtype that is not floating is a ``TypeError``."""

    def parameter(self, function: str, name: str, value: Any, operand: Any) -> Any:
        """A number as it is; an array checked, in the dtype of the arithmetic."""

    def cotangent(self, function: str, value: Any, operand: Any) -> Any:
        """An array of x's framework in the dtype of the arithmetic."""

    def sum_to(self, gradient: Any, parameter: Any) -> Any:
        """The gradient summed over what the parameter was broadcast along, in its dtype."""

    def zeros_like(self, value: Any) -> Any | None:
        """Zeros like a floating array, ``None`` for anything else."""


class _Gradient:
    """A lift in place of another one, which goes on checking the arguments."""

    def __init__(self, lift: ClosedLift) -> None:
        self._lift = lift

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lift, name)

    def _prepared(
        self, formula: Elementwise, function: str, x: Any, parameters: tuple[Any, ...]
    ) -> tuple[Any, list[Any]]:
        operand = self._lift.operand(function, x)
        return operand, [
            self._lift.parameter(function, name, parameter, operand)
            for name, parameter in zip(formula.parameters, parameters, strict=True)
        ]


class Pullback(_Gradient):
    """Functions made with this lift return (gradient to x, gradients to the parameters)."""

    def __init__(self, lift: ClosedLift, cotangent: Any) -> None:
        super().__init__(lift)
        self._cotangent = cotangent

    def elementwise(self, formula: Elementwise, function: str) -> Callable[..., Any]:
        lift, formula = self._lift, self._lift.form(formula)

        def apply(x: Any, *parameters: Any) -> tuple[Any, dict[str, Any]]:
            operand, ready = self._prepared(formula, function, x, parameters)
            cotangent = self._ready(function, operand, lift.shape(x))

            def product(partial: Callable[..., Any]) -> Any:
                return operand.elementwise(_times(partial), cotangent, *ready)

            slope, *others = formula.partials
            return operand.restore(product(slope)), {
                name: lift.sum_to(product(partial), parameter)
                for name, partial, parameter in zip(
                    formula.parameters, others, parameters, strict=True
                )
                if lift.is_array(parameter)
            }

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        lift, formula = self._lift, self._lift.row_form(formula)

        def apply(x: Any, mask: Any, *static: Any) -> tuple[Any, dict[str, Any]]:
            operand = lift.operand(formula.name, x)
            shape = lift.shape(operand.rowwise(formula.value, mask, *static))
            cotangent = self._ready(formula.name, operand, shape)
            return operand.restore(operand.rowwise(formula.pullback, cotangent, mask, *static)), {}

        return apply

    def _ready(self, function: str, operand: Any, shape: Shape) -> Any:
        cotangent = self._lift.cotangent(function, self._cotangent, operand)
        given = self._lift.shape(cotangent)
        if not _compatible(given, shape):
            raise _errors.cotangent_shape(function, given or (), shape or ())
        return cotangent


class Derivative(_Gradient):
    """Functions made with this lift return ∂f/∂x, or ∂²f/∂x² by dual numbers."""

    def __init__(self, lift: ClosedLift, order: int) -> None:
        super().__init__(lift)
        self._order = order

    def elementwise(self, formula: Elementwise, function: str) -> Callable[..., Any]:
        formula = self._lift.form(formula)
        slope = formula.partials[0]
        if self._order == 2:
            slope = _tangent(slope)

        def apply(x: Any, *parameters: Any) -> Any:
            operand, ready = self._prepared(formula, function, x, parameters)
            return operand.restore(operand.elementwise(slope, *ready))

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        raise _errors.not_elementwise(formula.name)


def _compatible(first: Shape, second: Shape) -> bool:
    """Whether two shapes may be the same; a lazy array does not know all its sizes."""
    if first == second or first is None or second is None:
        return True
    return len(first) == len(second) and all(
        a is None or b is None or a == b for a, b in zip(first, second, strict=True)
    )


def _times(partial: Callable[..., Any]) -> Callable[..., Any]:
    def product(xp: Any, x: Any, cotangent: Any, *parameters: Any) -> Any:
        return partial(xp, x, *parameters) * cotangent

    return product


def _tangent(slope: Callable[..., Any]) -> Callable[..., Any]:
    """The derivative of a formula's derivative."""

    def bend(xp: Any, x: Any, *parameters: Any) -> Any:
        # 1 everywhere, but NaN where x is.
        seed = Dual(x, xp.where(x == x, 1.0, x))
        plain = (p if isinstance(p, (int, float)) else Dual(p, 0.0) for p in parameters)
        return slope(DualPrimitives(xp), seed, *plain).tangent

    return bend


Lifts = Callable[[bool], ClosedLift]
"""The lift of the default tier (``False``) or of the precise one."""


def _remade(
    f: Callable[..., Any], x: Any, lifts: Lifts, gradient: Callable[[ClosedLift], Any]
) -> Callable[..., Any]:
    """The catalogue function f, made anew so that it returns a gradient."""
    own = _custom.record_of(f)
    if own is not None:
        return factory(own.family, own.name)(gradient(lifts(_custom.is_precise(f))))
    record = multiact.records.get(getattr(f, "__name__", ""))
    if record is not None:
        backend = find(type(x))
        tiers = ((multiact, backend), (precise, getattr(backend, "precise", None)))
        for is_precise, homes in enumerate(tiers):
            if any(f is getattr(home, record.name, None) for home in homes):
                return factory(record.family, record.name)(gradient(lifts(bool(is_precise))))
    raise TypeError(
        f"vjp and derivative got {f!r} for an array of type {_errors.describe(type(x))}. multiact "
        f"has no automatic differentiation there, so only the functions of multiact, whose "
        f"derivatives are known in closed form, are allowed; pass one of those, or an array of "
        f"another framework."
    )


def vjp(
    lifts: Lifts, f: Callable[..., Any], x: Any, cotangent: Any, params: dict[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """See :func:`multiact.vjp`."""
    dx, found = _remade(f, x, lifts, lambda lift: Pullback(lift, cotangent))(x, **params)
    gradients: dict[str, Any] = {}
    if not params:
        return dx, gradients
    lift = lifts(False)
    for name, value in params.items():
        if name in found:
            gradients[name] = _shaped_like(lift, found[name], value)
        elif (zeros := lift.zeros_like(value)) is not None:
            # What is only read, such as noise.
            gradients[name] = zeros
    return dx, gradients


def _shaped_like(lift: Lift, gradient: Any, parameter: Any) -> Any:
    """A factory may have reshaped a parameter: a slope laid along its axis."""
    shape: Any = lift.shape(parameter)
    return gradient if lift.shape(gradient) == shape else lift.reshape(gradient, shape)


def derivative(
    lifts: Lifts, f: Callable[..., Any], x: Any, order: int, params: dict[str, Any]
) -> Any:
    """See :func:`multiact.derivative`."""
    if order not in (1, 2):
        raise _errors.option("derivative", "order", order, (1, 2))
    return _remade(f, x, lifts, lambda lift: Derivative(lift, order))(x, **params)
